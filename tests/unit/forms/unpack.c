#include "unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include "base/encode.h"
#include "support.h"

#define UNPACKED_MAX (64U << 20)

/* The base64 behind the nth empty line that begins one, to the next boundary. */
static void decode_part(const char *mail, const char *type, struct buf *ret)
{
    CLEANUP_BUF struct buf text = BUF_INIT(UNPACKED_MAX);
    const char *pos = strstr(mail, type);
    assert_non_null(pos);
    pos = strstr(pos, "\r\n\r\n") + 4;
    for (const char *end = strstr(pos, "--="); pos < end; pos++)
        if (*pos != '\r' && *pos != '\n')
            buf_put_u8(&text, (uint8_t)*pos);
    /* Lines of 57 bytes have no padding within. */
    size_t len = 0;
    uint8_t *data = buf_extend(ret, text.len);
    assert_int_equal(decode_base64((const char *)text.data, text.len, data, text.len, &len), 0);
    ret->len = len;
}

static void walk(const char *mail, const char *name, struct buf *b)
{
    CLEANUP_BUF struct buf zip = BUF_INIT(UNPACKED_MAX);
    struct archive *a = archive_read_new();
    struct archive_entry *entry;
    decode_part(mail, "application/zip", &zip);
    assert_int_equal(archive_read_support_format_zip(a), ARCHIVE_OK);
    assert_int_equal(archive_read_open_memory(a, zip.data, zip.len), ARCHIVE_OK);
    while (archive_read_next_header(a, &entry) == ARCHIVE_OK) {
        char block[4096];
        la_ssize_t n;
        bool wanted = name == NULL || strcmp(archive_entry_pathname(entry), name) == 0;
        if (name == NULL)
            buf_format(b, "%s\n", archive_entry_pathname(entry));
        while ((n = archive_read_data(a, block, sizeof block)) > 0)
            if (wanted)
                buf_put(b, block, (size_t)n);
        assert_int_equal(n, 0);
    }
    archive_read_free(a);
}

char *unpack_rsmf(const char *mail, const char *name)
{
    CLEANUP_BUF struct buf b = BUF_INIT(UNPACKED_MAX);
    walk(mail, name, &b);
    if (b.len == 0)
        fail_msg("there is no %s in it", name);
    return buf_take_text(&b);
}

void unpack_rsmf_all(const char *mail, struct buf *b)
{
    CLEANUP_BUF struct buf text = BUF_INIT(UNPACKED_MAX);
    decode_part(mail, "text/plain", &text);
    buf_put(b, text.data, text.len);
    walk(mail, NULL, b);
}

static void inflate_into(const uint8_t *data, size_t len, struct buf *b)
{
    z_stream z = {.next_in = (uint8_t *)data, .avail_in = (uInt)len};
    int r = inflateInit(&z);
    while (r == Z_OK) {
        uint8_t block[4096];
        z.next_out = block;
        z.avail_out = sizeof block;
        r = inflate(&z, Z_NO_FLUSH);
        buf_put(b, block, sizeof block - z.avail_out);
    }
    assert_int_equal(r, Z_STREAM_END);
    inflateEnd(&z);
}

size_t unpack_pdf(const void *pdf, size_t len, struct buf *b)
{
    static const char filter[] = "/FlateDecode", begin[] = "stream\n";
    size_t streams = 0;
    const uint8_t *pos = pdf, *end = pos + len;
    while ((pos = memmem(pos, (size_t)(end - pos), filter, strlen(filter))) != NULL) {
        pos = memmem(pos, (size_t)(end - pos), begin, strlen(begin));
        assert_non_null(pos);
        pos += strlen(begin);
        inflate_into(pos, (size_t)(end - pos), b);
        streams++;
    }
    return streams;
}
