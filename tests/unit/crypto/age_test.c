#include "vectors.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "crypto/age.h"

#define MAX (1U << 20)
#define CHUNK 65536U
#define HEADER_LEN 168U /* with one recipient */
#define NONCE_LEN 16U
#define TAG_LEN 16U

static struct age_identity ids[3];
static struct age_recipient recipients[3];
static uint8_t plaintext[3 * CHUNK + 5];

static int make_keys(void **state)
{
    (void)state;
    if (sodium_init() < 0)
        return -1;
    for (size_t i = 0; i < 3; i++) {
        age_identity_generate(&ids[i]);
        recipients[i] = age_identity_recipient(&ids[i]);
    }
    randombytes_buf(plaintext, sizeof plaintext);
    return 0;
}

static void encrypt(size_t len, struct buf *out)
{
    assert_int_equal(age_encrypt(recipients, 1, plaintext, len, out), 0);
}

/* Decrypts into a buffer that has something already, which must survive a failure. */
static int decrypt(const struct age_identity *id, const void *file, size_t len, size_t *ret_len)
{
    struct buf out = BUF_INIT_SECRET(MAX);
    buf_put(&out, "before", 6);
    int r = age_decrypt(id, 1, file, len, &out);
    assert_memory_equal(out.data, "before", 6);
    assert_true(r == 0 || out.len == 6);
    *ret_len = out.len - 6;
    if (r == 0)
        assert_memory_equal(out.data + 6, plaintext, *ret_len);
    buf_clear(&out);
    return r;
}

static int decrypt_status(const void *file, size_t len)
{
    size_t got;
    return decrypt(&ids[0], file, len, &got);
}

/* The file "x25519" of C2SP's CCTV, whose text is "age". */
static void file__decrypt__published(void **state)
{
    (void)state;
    uint8_t file[300], digest[32];
    struct age_identity id;
    struct buf out = BUF_INIT(MAX);
    size_t len = vectors_unhex(
        "6167652d656e6372797074696f6e2e6f72672f76310a2d3e20583235353139205445694630797071722b6270"
        "766371584e7943564a704c374f757750645677504c374b51456246444f43630a686a6162475877534c513963"
        "3353364c7732692b5332547532666977514848736c62424e36423431464c450a2d2d2d2057794a7039462f39"
        "464f5a6837674a646865713257494a637748675963384e495668336464776872634e670aeecf62c7ce91b433"
        "274e68d4f2f9134cb74c5bfef7beaa52c8f0bc0e992c1e8331fb66",
        file, sizeof file);
    assert_int_equal(
        age_identity_parse(
            "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0", &id),
        0);
    assert_int_equal(age_decrypt(&id, 1, file, len, &out), 0);
    crypto_hash_sha256(digest, out.data, out.len);
    vectors_assert_hex(digest, sizeof digest,
                       "013f54400c82da08037759ada907a8b864e97de81c088a182062c4b5622fd2ab");
    assert_int_equal(age_decrypt(&ids[0], 1, file, len, &out), ERR_NOT_FOUND);
    buf_clear(&out);
}

static void file__encrypt__every_kind_of_length(void **state)
{
    (void)state;
    static const size_t lens[] = {0,         1,         100,           CHUNK - 1,    CHUNK,
                                  CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1, 3 * CHUNK + 5};
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        struct buf file = BUF_INIT(MAX);
        size_t len, chunks = lens[i] == 0 ? 1 : (lens[i] + CHUNK - 1) / CHUNK;
        buf_put(&file, "before", 6);
        encrypt(lens[i], &file);
        assert_memory_equal(file.data, "before", 6);
        assert_int_equal(file.len, 6 + HEADER_LEN + NONCE_LEN + lens[i] + chunks * TAG_LEN);
        assert_int_equal(decrypt(&ids[0], file.data + 6, file.len - 6, &len), 0);
        assert_int_equal(len, lens[i]);
        buf_clear(&file);
    }
}

static void file__encrypt__several_recipients(void **state)
{
    (void)state;
    struct buf file = BUF_INIT(MAX);
    struct age_identity stranger;
    size_t len;
    age_identity_generate(&stranger);
    assert_int_equal(age_encrypt(recipients, 3, plaintext, 100, &file), 0);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(decrypt(&ids[i], file.data, file.len, &len), 0);
    assert_int_equal(decrypt(&stranger, file.data, file.len, &len), ERR_NOT_FOUND);

    struct age_identity both[] = {stranger, ids[2]};
    struct buf out = BUF_INIT(MAX);
    assert_int_equal(age_decrypt(both, 2, file.data, file.len, &out), 0);
    assert_int_equal(age_decrypt(NULL, 0, file.data, file.len, &out), ERR_NOT_FOUND);
    buf_clear(&out);
    buf_clear(&file);
}

static void file__encrypt__never_the_same(void **state)
{
    (void)state;
    struct buf one = BUF_INIT(MAX), other = BUF_INIT(MAX);
    encrypt(100, &one);
    encrypt(100, &other);
    assert_memory_not_equal(one.data + 30, other.data + 30, 43); /* the share */
    assert_memory_not_equal(one.data + HEADER_LEN, other.data + HEADER_LEN, NONCE_LEN);
    assert_memory_not_equal(one.data + HEADER_LEN + NONCE_LEN, other.data + HEADER_LEN + NONCE_LEN,
                            100);
    buf_clear(&one);
    buf_clear(&other);
}

static void file__encrypt__refused(void **state)
{
    (void)state;
    struct age_recipient many[AGE_RECIPIENTS_MAX + 1], low[2] = {recipients[0]};
    struct buf out = BUF_INIT(MAX);
    struct age_writer *w = NULL;
    for (size_t i = 0; i < AGE_RECIPIENTS_MAX + 1; i++)
        many[i] = recipients[0];
    buf_put(&out, "before", 6);
    assert_int_equal(age_encrypt(many, 0, "text", 4, &out), ERR_LIMIT);
    assert_int_equal(age_encrypt(many, AGE_RECIPIENTS_MAX + 1, "text", 4, &out), ERR_LIMIT);
    assert_int_equal(age_encrypt(low, 2, "text", 4, &out), ERR_KEY);
    assert_int_equal(age_writer_new(many, 0, &out, &w), ERR_LIMIT);
    assert_int_equal(age_writer_new(low, 2, &out, &w), ERR_KEY);
    assert_null(w);
    assert_int_equal(out.len, 6);
    assert_memory_equal(out.data, "before", 6);
    assert_int_equal(age_encrypt(many, AGE_RECIPIENTS_MAX, plaintext, 4, &out), 0);
    size_t len;
    assert_int_equal(decrypt(&ids[0], out.data + 6, out.len - 6, &len), 0);
    buf_clear(&out);
}

static void file__encrypt__no_room(void **state)
{
    (void)state;
    struct buf file = BUF_INIT(MAX);
    encrypt(100, &file);
    for (size_t max = 0; max < file.len; max += 7) {
        struct buf out = BUF_INIT(max);
        assert_int_equal(age_encrypt(recipients, 1, plaintext, 100, &out), ERR_LIMIT);
        assert_int_equal(out.len, 0);
        buf_clear(&out);
    }
    struct buf out = BUF_INIT(99);
    assert_int_equal(age_decrypt(ids, 1, file.data, file.len, &out), ERR_LIMIT);
    assert_int_equal(out.len, 0);
    buf_clear(&out);
    buf_clear(&file);
}

static void file__decrypt__any_changed_byte(void **state)
{
    (void)state;
    struct buf file = BUF_INIT(MAX);
    encrypt(10, &file);
    for (size_t i = 0; i < file.len; i++) {
        file.data[i] ^= 1;
        int r = decrypt_status(file.data, file.len);
        if (i >= HEADER_LEN)
            assert_int_equal(r, ERR_AUTH);
        else
            assert_true(r == ERR_FORMAT || r == ERR_NOT_FOUND || r == ERR_AUTH);
        file.data[i] ^= 1;
    }
    assert_int_equal(decrypt_status(file.data, file.len), 0);
    buf_clear(&file);
}

static void file__decrypt__cut_or_lengthened(void **state)
{
    (void)state;
    struct buf file = BUF_INIT(MAX);
    encrypt(10, &file);
    for (size_t len = 0; len < file.len; len++) {
        uint8_t *cut = mem_copy(file.data, len); /* so that a read past the end is seen */
        int r = decrypt_status(cut, len);
        assert_int_equal(r, len < HEADER_LEN + NONCE_LEN + TAG_LEN ? ERR_FORMAT : ERR_AUTH);
        free(cut);
    }
    buf_put_u8(&file, 0);
    assert_int_equal(decrypt_status(file.data, file.len), ERR_AUTH);
    buf_clear(&file);

    encrypt(2 * CHUNK, &file);
    size_t one_chunk = HEADER_LEN + NONCE_LEN + CHUNK + TAG_LEN;
    assert_int_equal(decrypt_status(file.data, one_chunk), ERR_AUTH);
    assert_int_equal(decrypt_status(file.data, one_chunk + 1), ERR_FORMAT);
    assert_int_equal(decrypt_status(file.data, one_chunk + TAG_LEN), ERR_FORMAT);
    assert_int_equal(decrypt_status(file.data, one_chunk + TAG_LEN + 1), ERR_AUTH);
    buf_put(&file, plaintext, 100);
    assert_int_equal(decrypt_status(file.data, file.len), ERR_AUTH);
    buf_clear(&file);
}

static void file__decrypt__chunks_in_another_order(void **state)
{
    (void)state;
    struct buf file = BUF_INIT(MAX);
    encrypt(3 * CHUNK, &file);
    const size_t sealed = CHUNK + TAG_LEN;
    uint8_t *first = file.data + HEADER_LEN + NONCE_LEN, *second = first + sealed;
    uint8_t *hold = mem_copy(first, sealed);
    memmove(first, second, sealed); /* the second twice */
    assert_int_equal(decrypt_status(file.data, file.len), ERR_AUTH);
    memcpy(second, hold, sealed); /* swapped */
    assert_int_equal(decrypt_status(file.data, file.len), ERR_AUTH);
    memcpy(second, first, sealed);
    memcpy(first, hold, sealed); /* as it was, then without the second */
    assert_int_equal(decrypt_status(file.data, file.len), 0);
    memmove(second, second + sealed, sealed);
    assert_int_equal(decrypt_status(file.data, file.len - sealed), ERR_AUTH);
    free(hold);
    buf_clear(&file);
}

#define V1 "age-encryption.org/v1\n"
#define X25519                                                                                     \
    "-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\n"                                      \
    "hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLE\n"
#define LINE48 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
#define MAC "--- WyJp9F/9FOZh7gJdheq2WIJcwHgYc8NIVh3ddwhrcNg\n"
#define PAYLOAD "0123456789abcdef0123456789abcdef"

static int header_status(const char *header)
{
    char *file = mem_format("%s%s", header, PAYLOAD);
    int r = decrypt_status(file, strlen(file));
    free(file);
    return r;
}

static void header__parse__well_formed(void **state)
{
    (void)state;
    /* None is for our identity, which is told only of a header that was understood. */
    static const char *const good[] = {
        V1 X25519 MAC,
        V1 "-> a\n\n" MAC,
        V1 "-> a b ~!\nAAAA\n" X25519 "-> grease\n" LINE48 "\n" MAC,
        V1 "-> a\n" LINE48 LINE48 "AA\n" X25519 MAC,
        V1 "-> x25519 wrong\nAAAA\n" MAC,
        V1 "-> scrypt ajMFur+EJLGaohv/dLRGnw 18\n8SHBz/ldWnjyGFQqfjat6uNBarWqqEMDS7W8X7+Xq5Q\n" MAC,
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(header_status(good[i]), ERR_NOT_FOUND);
}

static void header__parse__malformed(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        MAC,
        V1,
        V1 MAC, /* no stanza */
        X25519 MAC,
        "age-encryption.org/v2\n" X25519 MAC,
        "age-encryption.org/v1\r\n" X25519 MAC,
        " " V1 X25519 MAC,
        V1 "\n" X25519 MAC,
        V1 "->\n\n" MAC,
        V1 "-> \n\n" MAC,
        V1 "-> a \n\n" MAC,
        V1 "->  a\n\n" MAC,
        V1 "-> a  b\n\n" MAC,
        V1 "->a\n\n" MAC,
        V1 "-- a\n\n" MAC,
        V1 "-> a\tb\n\n" MAC,
        V1 "-> \xc3\xa9\n\n" MAC,
        V1 "-> a\n" MAC,             /* no body */
        V1 "-> a\n" LINE48 MAC,      /* no short line after a full one */
        V1 "-> a\nAAAA\nAAAA\n" MAC, /* short lines */
        V1 "-> a\nA" LINE48 "\n" MAC,
        V1 "-> a\nAA" LINE48 "\n" MAC,
        V1 "-> a\nA\n" MAC,
        V1 "-> a\nAB\n" MAC, /* bits behind the end */
        V1 "-> a\nAA==\n" MAC,
        V1 "-> a\nAAAA\r\n" MAC,
        V1 "-> a\nAA A\n" MAC,
        V1 X25519 "---\n",
        V1 X25519 "--- \n",
        V1 X25519 "---WyJp9F/9FOZh7gJdheq2WIJcwHgYc8NIVh3ddwhrcNg\n",
        V1 X25519 "--- WyJp9F/9FOZh7gJdheq2WIJcwHgYc8NIVh3ddwhrcNg \n",
        V1 X25519 "--- WyJp9F/9FOZh7gJdheq2WIJcwHgYc8NIVh3ddwhrcNh\n", /* not canonical */
        V1 X25519 "--- WyJp9F/9FOZh7gJdheq2WIJcwHgYc8NIVh3ddwhrcNg=\n",
        V1 X25519 "--- WyJp9F/9FOZh7gJdheq2WIJcwHgYc8NIVh3ddwhrcA\n",
        V1 X25519 "--- WyJp9F/9FOZh7gJdheq2WIJcwHgYc8NIVh3ddwhrcNg", /* no newline */
        V1 "-> X25519\nhjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLE\n" MAC,
        V1 "-> X25519 x TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\n"
           "hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLE\n" MAC,
        V1 "-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc x\n"
           "hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLE\n" MAC,
        V1 "-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCd\n" /* not canonical */
           "hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLE\n" MAC,
        V1 "-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOA\n" /* 31 bytes */
           "hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLE\n" MAC,
        V1 "-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\n" /* body of 31 */
           "hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FA\n" MAC,
        V1 "-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\n" LINE48 "\n" MAC,
        V1 "-> X25519 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n" /* low order */
           "hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLE\n" MAC,
        V1 X25519 "-> X25519 short\nhjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLE\n" MAC,
        V1 X25519 "-> scrypt ajMFur+EJLGaohv/dLRGnw 18\nAAAA\n" MAC, /* not alone */
        V1 "-> scrypt ajMFur+EJLGaohv/dLRGnw 18\nAAAA\n" X25519 MAC,
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int r = header_status(bad[i]);
        if (r != ERR_FORMAT)
            fail_msg("%d for %s", r, bad[i]);
    }
}

static void header__parse__too_much(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(MAX);
    buf_put_text(&b, V1);
    for (size_t i = 0; i < AGE_RECIPIENTS_MAX; i++)
        buf_put_text(&b, X25519);
    size_t len = b.len;
    buf_put_text(&b, MAC);
    assert_int_equal(header_status(buf_text(&b)), ERR_NOT_FOUND);
    b.len = len;
    buf_put_text(&b, X25519 MAC);
    assert_int_equal(header_status(buf_text(&b)), ERR_LIMIT);

    buf_reset(&b);
    buf_put_text(&b, V1 "-> a\n");
    while (b.len < AGE_HEADER_MAX_BYTES)
        buf_put_text(&b, LINE48);
    buf_put_text(&b, "\n" MAC);
    assert_int_equal(header_status(buf_text(&b)), ERR_FORMAT);
    buf_clear(&b);
}

static void writer__add__in_pieces(void **state)
{
    (void)state;
    static const size_t lens[] = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5};
    static const size_t pieces[] = {1000, CHUNK - 1, CHUNK, CHUNK + 1, sizeof plaintext};
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        for (size_t j = 0; j < sizeof pieces / sizeof *pieces; j++) {
            struct buf file = BUF_INIT(MAX);
            struct age_writer *w;
            size_t len;
            assert_int_equal(age_writer_new(recipients, 1, &file, &w), 0);
            for (size_t at = 0; at < lens[i]; at += pieces[j]) {
                len = lens[i] - at < pieces[j] ? lens[i] - at : pieces[j];
                assert_int_equal(age_writer_add(w, plaintext + at, len, &file), 0);
            }
            assert_int_equal(age_writer_add(w, NULL, 0, &file), 0);
            assert_int_equal(age_writer_end(w, &file), 0);
            assert_int_equal(decrypt(&ids[0], file.data, file.len, &len), 0);
            assert_int_equal(len, lens[i]);
            buf_clear(&file);
        }
    }
}

/* A caller may write out and empty the buffer as it fills. */
static void writer__add__constant_memory(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(CHUNK + TAG_LEN), file = BUF_INIT(MAX);
    struct age_writer *w;
    size_t len;
    assert_int_equal(age_writer_new(recipients, 1, &out, &w), 0);
    for (size_t at = 0; at < sizeof plaintext; at += 5000) {
        len = sizeof plaintext - at < 5000 ? sizeof plaintext - at : 5000;
        buf_put(&file, out.data, out.len);
        buf_reset(&out);
        assert_int_equal(age_writer_add(w, plaintext + at, len, &out), 0);
    }
    buf_put(&file, out.data, out.len);
    buf_reset(&out);
    assert_int_equal(age_writer_end(w, &out), 0);
    buf_put(&file, out.data, out.len);
    assert_int_equal(decrypt(&ids[0], file.data, file.len, &len), 0);
    assert_int_equal(len, sizeof plaintext);
    buf_clear(&out);
    buf_clear(&file);
}

static void writer__add__no_room(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(HEADER_LEN + NONCE_LEN + CHUNK);
    struct age_writer *w;
    assert_int_equal(age_writer_new(recipients, 1, &out, &w), 0);
    assert_int_equal(age_writer_add(w, plaintext, CHUNK, &out), 0);
    assert_int_equal(age_writer_add(w, plaintext, 1, &out), ERR_LIMIT);
    age_writer_free(w);
    buf_clear(&out);
    assert_int_equal(age_writer_new(recipients, 1, &out, &w), 0);
    assert_int_equal(age_writer_add(w, plaintext, CHUNK, &out), 0);
    assert_int_equal(age_writer_end(w, &out), ERR_LIMIT);
    age_writer_free(NULL);
    buf_clear(&out);
}

/* All of a file but what `age_reader_new` has taken, in pieces. */
static int read_in_pieces(const struct buf *file, size_t piece, struct buf *out)
{
    struct age_reader *r;
    size_t used, head = file->len < AGE_HEAD_BYTES ? file->len : AGE_HEAD_BYTES;
    int e = age_reader_new(ids, 1, file->data, head, &used, &r);
    if (e < 0)
        return e;
    for (size_t at = used; e == 0 && at < file->len; at += piece)
        e = age_reader_add(r, file->data + at, file->len - at < piece ? file->len - at : piece,
                           out);
    if (e == 0)
        return age_reader_end(r, out);
    age_reader_free(r);
    return e;
}

static void reader__add__in_pieces(void **state)
{
    (void)state;
    static const size_t lens[] = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5};
    static const size_t pieces[] = {999, CHUNK, CHUNK + TAG_LEN, sizeof plaintext};
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++)
        for (size_t j = 0; j < sizeof pieces / sizeof *pieces; j++) {
            struct buf file = BUF_INIT(MAX), out = BUF_INIT(MAX);
            encrypt(lens[i], &file);
            assert_int_equal(read_in_pieces(&file, pieces[j], &out), 0);
            assert_int_equal(out.len, lens[i]);
            assert_memory_equal(out.data == NULL ? plaintext : out.data, plaintext, lens[i]);
            buf_clear(&out);
            buf_clear(&file);
        }
}

static void reader__add__refuses_what_was_changed_or_cut(void **state)
{
    (void)state;
    struct buf file = BUF_INIT(MAX), out = BUF_INIT(MAX);
    encrypt(2 * CHUNK, &file);
    size_t whole = file.len, payload = HEADER_LEN + NONCE_LEN;
    for (size_t at = 0; at < whole; at += 4099) {
        file.data[at] ^= 1;
        assert_true(read_in_pieces(&file, CHUNK, &out) < 0);
        file.data[at] ^= 1;
    }
    static const size_t cuts[] = {1, TAG_LEN, CHUNK, CHUNK + TAG_LEN, 2 * (CHUNK + TAG_LEN)};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        file.len = whole - cuts[i];
        assert_true(read_in_pieces(&file, CHUNK, &out) < 0);
    }
    file.len = payload - 1;
    assert_int_equal(read_in_pieces(&file, CHUNK, &out), ERR_FORMAT);
    buf_clear(&out);
    buf_clear(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file__decrypt__published),
        cmocka_unit_test(file__encrypt__every_kind_of_length),
        cmocka_unit_test(file__encrypt__several_recipients),
        cmocka_unit_test(file__encrypt__never_the_same),
        cmocka_unit_test(file__encrypt__refused),
        cmocka_unit_test(file__encrypt__no_room),
        cmocka_unit_test(file__decrypt__any_changed_byte),
        cmocka_unit_test(file__decrypt__cut_or_lengthened),
        cmocka_unit_test(file__decrypt__chunks_in_another_order),
        cmocka_unit_test(header__parse__well_formed),
        cmocka_unit_test(header__parse__malformed),
        cmocka_unit_test(header__parse__too_much),
        cmocka_unit_test(writer__add__in_pieces),
        cmocka_unit_test(writer__add__constant_memory),
        cmocka_unit_test(writer__add__no_room),
        cmocka_unit_test(reader__add__in_pieces),
        cmocka_unit_test(reader__add__refuses_what_was_changed_or_cut),
    };
    return cmocka_run_group_tests(tests, make_keys, NULL);
}
