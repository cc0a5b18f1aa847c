#include "crypto/checkpoint.h"

#include <inttypes.h>
#include <string.h>

#include "base/encode.h"

void checkpoint_sign(struct buf *out, const char *origin, const struct checkpoint *c,
                     const char *extensions, const struct note_key *k,
                     const uint8_t secret[static SIGN_SECRET_BYTES])
{
    struct checkpoint again;
    CLEANUP_BUF struct buf text = BUF_INIT(CHECKPOINT_MAX_BYTES);
    buf_format(&text, "%s\n%" PRIu64 "\n", origin, c->size);
    encode_base64_buf(&text, c->root, sizeof c->root);
    buf_put_u8(&text, '\n');
    buf_put_text(&text, extensions);
    if (buf_failed(&text) ||
        checkpoint_parse((const char *)text.data, text.len, origin, &again) < 0) {
        buf_fail(out);
        return;
    }
    note_sign(out, (const char *)text.data, text.len, k, secret);
}

struct line {
    const char *text;
    size_t len;
};

/* Takes the next line off `text`. ERR_FORMAT: none, not ended, or empty. */
static int next_line(const char **text, size_t *len, struct line *ret)
{
    const char *newline = *len == 0 ? NULL : memchr(*text, '\n', *len);
    if (newline == NULL || newline == *text)
        return ERR_FORMAT;
    *ret = (struct line){*text, (size_t)(newline - *text)};
    *text = newline + 1;
    *len -= ret->len + 1;
    return 0;
}

static int size_parse(const struct line *l, uint64_t *ret)
{
    uint64_t size = 0;
    if (l->len > 1 && l->text[0] == '0')
        return ERR_FORMAT;
    for (size_t i = 0; i < l->len; i++) {
        unsigned digit = (unsigned)l->text[i] - '0';
        if (digit > 9 || __builtin_mul_overflow(size, 10, &size) ||
            __builtin_add_overflow(size, digit, &size))
            return ERR_FORMAT;
    }
    *ret = size;
    return 0;
}

int checkpoint_parse(const char *text, size_t len, const char *origin, struct checkpoint *ret)
{
    struct line first, size, root, extension;
    struct checkpoint c;
    if (next_line(&text, &len, &first) < 0 || next_line(&text, &len, &size) < 0 ||
        next_line(&text, &len, &root) < 0 || size_parse(&size, &c.size) < 0 ||
        decode_base64_exact(root.text, root.len, c.root, sizeof c.root) < 0)
        return ERR_FORMAT;
    while (len > 0) {
        if (next_line(&text, &len, &extension) < 0)
            return ERR_FORMAT;
    }
    if (first.len != strlen(origin) || memcmp(first.text, origin, first.len) != 0)
        return ERR_AUTH;
    *ret = c;
    return 0;
}
