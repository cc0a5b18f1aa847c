#include "crypto/age.h"

#include <stdbool.h>
#include <string.h>

#include "base/secret.h"
#include "crypto/age_internal.h"

/* Header and nonce of a new file. What was appended before a failure is the caller's to undo. */
static int begin(const struct age_recipient *recipients, size_t count, struct age_stream *s,
                 struct buf *out)
{
    uint8_t file_key[AGE_FILE_KEY_BYTES], nonce[AGE_NONCE_BYTES];
    secret_random(file_key, sizeof file_key);
    secret_random(nonce, sizeof nonce);
    int r = age_header_write(recipients, count, file_key, out);
    buf_put(out, nonce, sizeof nonce);
    age_stream_init(s, file_key, nonce);
    secret_wipe(file_key, sizeof file_key);
    return r == 0 && buf_failed(out) ? ERR_LIMIT : r;
}

/* Takes back what a call appended that then failed. */
static void take_back(struct buf *out, size_t start)
{
    if (out->len > start)
        secret_wipe(out->data + start, out->len - start);
    out->len = start;
}

/* Of a payload; at least one, for an empty payload has an empty chunk. */
static size_t chunk_count(size_t len, size_t chunk)
{
    return len == 0 ? 1 : (len - 1) / chunk + 1;
}

int age_encrypt(const struct age_recipient *recipients, size_t count, const void *plaintext,
                size_t len, struct buf *out)
{
    struct age_stream s;
    const uint8_t *from = len == 0 ? (const uint8_t *)"" : plaintext;
    size_t start = out->len, chunks = chunk_count(len, AGE_CHUNK_BYTES);
    int r = begin(recipients, count, &s, out);
    uint8_t *to = r < 0 ? NULL : buf_extend(out, len + chunks * AGE_TAG_BYTES);
    for (size_t i = 0; to != NULL && i < chunks; i++) {
        size_t at = i * AGE_CHUNK_BYTES;
        bool last = i == chunks - 1;
        age_stream_seal(&s, from + at, last ? len - at : AGE_CHUNK_BYTES, last,
                        to + i * AGE_SEALED_CHUNK_BYTES);
    }
    secret_wipe(&s, sizeof s);
    if (to != NULL)
        return 0;
    take_back(out, start);
    return r < 0 ? r : ERR_LIMIT;
}

/* The payload behind the nonce; `to` takes `len` less the tags. */
static int payload_open(struct age_stream *s, const uint8_t *from, size_t len, uint8_t *to)
{
    size_t chunks = chunk_count(len, AGE_SEALED_CHUNK_BYTES);
    for (size_t i = 0; i < chunks; i++) {
        size_t at = i * AGE_SEALED_CHUNK_BYTES;
        bool last = i == chunks - 1;
        int r = age_stream_open(s, from + at, last ? len - at : AGE_SEALED_CHUNK_BYTES, last,
                                to + i * AGE_CHUNK_BYTES);
        if (r < 0)
            return r;
    }
    return 0;
}

int age_decrypt(const struct age_identity *identities, size_t count, const void *file, size_t len,
                struct buf *out)
{
    struct age_header h;
    struct age_stream s;
    uint8_t file_key[AGE_FILE_KEY_BYTES];
    const uint8_t *bytes = file;
    size_t start = out->len;
    int r = age_header_parse(bytes, len, &h);
    if (r < 0)
        return r;
    if (len - h.len < AGE_NONCE_BYTES)
        return ERR_FORMAT;
    const uint8_t *nonce = bytes + h.len, *payload = nonce + AGE_NONCE_BYTES;
    size_t payload_len = len - h.len - AGE_NONCE_BYTES;
    size_t chunks = chunk_count(payload_len, AGE_SEALED_CHUNK_BYTES);
    /* No chunk is shorter than a tag, and the last of several is not empty. */
    if (payload_len - (chunks - 1) * AGE_SEALED_CHUNK_BYTES < AGE_TAG_BYTES + (chunks > 1))
        return ERR_FORMAT;

    r = age_header_open(&h, bytes, identities, count, file_key);
    if (r < 0)
        return r;
    age_stream_init(&s, file_key, nonce);
    secret_wipe(file_key, sizeof file_key);
    uint8_t *to = buf_extend(out, payload_len - chunks * AGE_TAG_BYTES);
    r = to == NULL ? ERR_LIMIT : payload_open(&s, payload, payload_len, to);
    secret_wipe(&s, sizeof s);
    if (r < 0)
        take_back(out, start);
    return r;
}

struct age_writer {
    struct age_stream stream;
    uint8_t chunk[AGE_CHUNK_BYTES]; /* waits until it is known whether it is the last */
    size_t len;
};

int age_writer_new(const struct age_recipient *recipients, size_t count, struct buf *out,
                   struct age_writer **ret)
{
    struct age_writer *w = secret_new(sizeof *w);
    size_t start = out->len;
    int r = begin(recipients, count, &w->stream, out);
    if (r < 0) {
        take_back(out, start);
        age_writer_free(w);
        return r;
    }
    *ret = w;
    return 0;
}

static int put_chunk(struct age_writer *w, bool last, struct buf *out)
{
    uint8_t *to = buf_extend(out, w->len + AGE_TAG_BYTES);
    if (to == NULL)
        return ERR_LIMIT;
    age_stream_seal(&w->stream, w->chunk, w->len, last, to);
    w->len = 0;
    return 0;
}

int age_writer_add(struct age_writer *w, const void *data, size_t len, struct buf *out)
{
    const uint8_t *from = data;
    while (len > 0) {
        if (w->len == sizeof w->chunk) {
            int r = put_chunk(w, false, out);
            if (r < 0)
                return r;
        }
        size_t room = sizeof w->chunk - w->len, n = len < room ? len : room;
        memcpy(w->chunk + w->len, from, n);
        w->len += n;
        from += n;
        len -= n;
    }
    return 0;
}

int age_writer_end(struct age_writer *w, struct buf *out)
{
    int r = put_chunk(w, true, out);
    age_writer_free(w);
    return r;
}

void age_writer_free(struct age_writer *w)
{
    secret_free(w);
}
