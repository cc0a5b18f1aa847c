/* Reading an age file in pieces. */
#include <string.h>

#include "base/secret.h"
#include "crypto/age_internal.h"

struct age_reader {
    struct age_stream stream;
    uint8_t sealed[AGE_SEALED_CHUNK_BYTES]; /* waits until it is known whether it is the last */
    size_t len;
    bool begun; /* a chunk was opened: an empty one may not follow */
};

int age_reader_new(const struct age_identity *identities, size_t count, const void *head,
                   size_t len, size_t *ret_used, struct age_reader **ret)
{
    struct age_header h;
    uint8_t file_key[AGE_FILE_KEY_BYTES];
    const uint8_t *bytes = head;
    int r = age_header_parse(bytes, len, &h);
    if (r < 0)
        return r;
    if (len - h.len < AGE_NONCE_BYTES)
        return ERR_FORMAT;
    r = age_header_open(&h, bytes, identities, count, file_key);
    if (r < 0)
        return r;
    struct age_reader *reader = secret_new(sizeof *reader);
    age_stream_init(&reader->stream, file_key, bytes + h.len);
    secret_wipe(file_key, sizeof file_key);
    *ret_used = h.len + AGE_NONCE_BYTES;
    *ret = reader;
    return 0;
}

static int open_chunk(struct age_reader *r, bool last, struct buf *out)
{
    size_t start = out->len;
    if (r->len < AGE_TAG_BYTES + (r->begun ? 1U : 0U))
        return ERR_FORMAT;
    uint8_t *to = buf_extend(out, r->len - AGE_TAG_BYTES);
    if (to == NULL)
        return ERR_LIMIT;
    int e = age_stream_open(&r->stream, r->sealed, r->len, last, to);
    if (e < 0)
        out->len = start;
    r->len = 0;
    r->begun = true;
    return e;
}

int age_reader_add(struct age_reader *r, const void *data, size_t len, struct buf *out)
{
    const uint8_t *from = data;
    while (len > 0) {
        if (r->len == sizeof r->sealed) {
            int e = open_chunk(r, false, out);
            if (e < 0)
                return e;
        }
        size_t room = sizeof r->sealed - r->len, n = len < room ? len : room;
        memcpy(r->sealed + r->len, from, n);
        r->len += n;
        from += n;
        len -= n;
    }
    return 0;
}

int age_reader_end(struct age_reader *r, struct buf *out)
{
    int e = open_chunk(r, true, out);
    age_reader_free(r);
    return e;
}

void age_reader_free(struct age_reader *r)
{
    secret_free(r);
}
