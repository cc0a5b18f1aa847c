/* A signed note and a checkpoint. */
#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "fuzz.h"

#define ORIGIN "ibot.chat.example"

static void check_note(const char *data, size_t len)
{
    static const struct note_key key = {.name = ORIGIN, .key = {9}};
    CLEANUP_BUF struct buf again = BUF_INIT(FUZZ_BYTES_MAX), whole = BUF_INIT(FUZZ_BYTES_MAX);
    struct note n;
    if (note_parse(data, len, FUZZ_BYTES_MAX, &n) < 0)
        return;
    FUZZ_MUST(n.text_len < len && n.text[n.text_len - 1] == '\n');
    buf_put(&again, n.text, n.text_len);
    buf_put_u8(&again, '\n');
    for (size_t i = 0; i < n.signature_count; i++)
        buf_format(&again, "\xe2\x80\x94 %.*s %.*s\n", (int)n.signatures[i].name_len,
                   n.signatures[i].name, (int)n.signatures[i].blob_len, n.signatures[i].blob);
    buf_put(&whole, data, len);
    FUZZ_MUST(fuzz_same(&again, &whole));
    FUZZ_MUST(note_verify(&n, &key) < 0);
}

static void check_checkpoint(const char *data, size_t len)
{
    CLEANUP_BUF struct buf text = BUF_INIT(FUZZ_BYTES_MAX);
    struct checkpoint c;
    if (checkpoint_parse(data, len, ORIGIN, &c) < 0)
        return;
    buf_format(&text, ORIGIN "\n%llu\n", (unsigned long long)c.size);
    FUZZ_MUST(text.len < len && memcmp(text.data, data, text.len) == 0);
}

static void check_key(const char *data, size_t len)
{
    char *text = malloc(len + 1), *name = NULL;
    struct note_key k;
    FUZZ_MUST(text != NULL);
    memcpy(text, data, len);
    text[len] = '\0';
    if (note_key_parse(text, &name, &k) == 0) {
        char *again = note_key_format(&k);
        FUZZ_MUST(strcmp(again, text) == 0);
        free(again);
        free(name);
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0)
        return 0;
    check_note((const char *)data, len);
    check_checkpoint((const char *)data, len);
    check_key((const char *)data, len);
    return 0;
}
