/* aesgcm: URIs and the texts of messages that send files. */
#include "fuzz.h"
#include "wire/file_content.h"

static void check_uri(const char *text, size_t len)
{
    struct file_uri u;
    CLEANUP_BUF struct buf again = BUF_INIT(FUZZ_BYTES_MAX);
    if (file_uri_parse(text, len, &u) < 0)
        return;
    file_uri_put(&again, &u);
    FUZZ_MUST(again.len == len && memcmp(again.data, text, len) == 0);
    FUZZ_MUST(value_domain_valid(u.host) && value_path_valid(u.path) && u.port != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const char *text = (const char *)data;
    struct file_content f, g;
    CLEANUP_BUF struct buf again = BUF_INIT(FUZZ_BYTES_MAX);
    check_uri(text, len);
    if (file_content_parse(text, len, &f) < 0)
        return 0;
    FUZZ_MUST(file_content_name_valid(f.name) && strchr(f.name, '/') == NULL);
    FUZZ_MUST(f.size <= VALUE_FILE_BYTES_MAX);
    struct diag why;
    FUZZ_MUST(file_content_put(&again, &f, &why) == 0);
    FUZZ_MUST(again.len == len && memcmp(again.data, text, again.len) == 0);
    FUZZ_MUST(file_content_parse(buf_text(&again), again.len, &g) == 0);
    return 0;
}
