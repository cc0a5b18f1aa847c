#include "vectors.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/memory.h"
#include "crypto/note.h"

#define MAX 65536U
#define DASH "\xe2\x80\x94 "
/* A line of an unknown key: a valid name, five bytes. */
#define UNKNOWN DASH "someone AAAAAAA=\n"

/* The example in the documentation of Go's golang.org/x/mod/sumdb/note. */
static const char neumann_vkey[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char neumann_seed[] = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
static const char neumann_text[] = "If you think cryptography is the answer to your problem,\n"
                                   "then you don't know what your problem is.\n";
static const char neumann_line[] =
    DASH "PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpR"
         "Zb6KE6RyyBwJnAM=\n";

struct signer {
    struct note_key key;
    uint8_t secret[SIGN_SECRET_BYTES];
};

static struct signer signer(const char *name)
{
    struct signer s = {.key.name = name};
    sign_keypair(s.key.key, s.secret);
    return s;
}

static int parse(const char *text, struct note *ret)
{
    return note_parse(text, strlen(text), MAX, ret);
}

static void note__verify__go_example(void **state)
{
    (void)state;
    char *name, *vkey;
    struct note_key k;
    struct note n;
    uint8_t typed[1 + SIGN_SEED_BYTES], public[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES];
    struct buf b = BUF_INIT(MAX);
    assert_int_equal(note_key_parse(neumann_vkey, &name, &k), 0);
    assert_string_equal(name, "PeterNeumann");
    assert_ptr_equal(k.name, name);

    assert_int_equal(decode_base64_exact(neumann_seed, strlen(neumann_seed), typed, sizeof typed),
                     0);
    sign_keypair_from_seed(typed + 1, public, secret);
    assert_memory_equal(public, k.key, sizeof public);
    note_sign(&b, neumann_text, strlen(neumann_text), &k, secret);
    char *expected = mem_format("%s\n%s", neumann_text, neumann_line);
    assert_string_equal(buf_text(&b), expected);

    assert_int_equal(parse(expected, &n), 0);
    assert_int_equal(n.text_len, strlen(neumann_text));
    assert_ptr_equal(n.text, expected);
    assert_int_equal(n.signature_count, 1);
    assert_memory_equal(n.signatures[0].name, "PeterNeumann", n.signatures[0].name_len);
    assert_int_equal(note_verify(&n, &k), 0);
    vkey = note_key_format(&k);
    assert_string_equal(vkey, neumann_vkey);
    free(expected);
    free(vkey);
    free(name);
    buf_clear(&b);
}

static void key__parse__malformed(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a3+",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumanN+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
    };
    char *name = NULL;
    struct note_key k;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(note_key_parse(bad[i], &name, &k), ERR_FORMAT);
    assert_null(name);
}

static void key__format__parses_again(void **state)
{
    (void)state;
    struct signer s = signer("k\xc3\xb6nig.example/1"), other = signer("k\xc3\xb6nig.example/1");
    uint8_t hash[NOTE_KEY_HASH_BYTES], other_hash[NOTE_KEY_HASH_BYTES];
    struct note_key k;
    char *name, *vkey = note_key_format(&s.key);
    assert_int_equal(note_key_parse(vkey, &name, &k), 0);
    assert_string_equal(name, s.key.name);
    assert_memory_equal(k.key, s.key.key, sizeof k.key);
    note_key_hash(&s.key, hash);
    note_key_hash(&other.key, other_hash);
    assert_memory_not_equal(hash, other_hash, sizeof hash);
    free(name);
    free(vkey);
}

static void name__judge__characters(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "example.com/log42", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                                       "a-b_c=d"};
    static const char *const bad[] = {
        "",
        "a b",
        " ",
        "a+b",
        "a\nb",
        "a\tb",
        "\x01",
        "\x7f",
        "\xc2\x85",
        "\xc2\xa0",
        "\xe1\x9a\x80", /* next line, no-break, ogham */
        "\xe2\x80\x80",
        "\xe2\x80\x8a",
        "\xe2\x80\xa8",
        "\xe2\x80\xaf",
        "\xe2\x81\x9f",
        "\xe3\x80\x80", /* U+2000, 200A, 2028, 202F, 205F, 3000 */
        "\xff",
        "\xc3",
        "\xc0\xaf",
        "\xed\xa0\x80", /* not UTF-8 */
    };
    char name[NOTE_NAME_MAX + 1];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(note_name_valid(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(note_name_valid(bad[i], strlen(bad[i])));
    assert_false(note_name_valid("a\0b", 3));
    memset(name, 'n', sizeof name);
    assert_true(note_name_valid(name, NOTE_NAME_MAX));
    assert_false(note_name_valid(name, NOTE_NAME_MAX + 1));
}

static void note__parse__malformed(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n" UNKNOWN,                   /* no empty line */
        "text\n\n" DASH "someone AAAAAAA=", /* no last newline */
        "text\n\n" UNKNOWN "\n",            /* an empty line behind */
        "text\n\n" UNKNOWN "more\n",        /* a line that is no signature */
        "text\n\n" UNKNOWN "\n"
        "more\n",                                  /* … after another empty line */
        "text\n\n- someone AAAAAAA=\n",            /* a hyphen */
        "text\n\n\xe2\x80\x93 someone AAAAAAA=\n", /* an en dash */
        "text\n\n\xe2\x80\x94someone AAAAAAA=\n",
        "text\n\n " UNKNOWN,
        "text\n\n" DASH " AAAAAAA=\n", /* no name */
        "text\n\n" DASH "someone\n",   /* no signature */
        "text\n\n" DASH "someone \n",
        "text\n\n" DASH "someone AAAAAAA= \n",
        "text\n\n" DASH "someone  AAAAAAA=\n",
        "text\n\n" DASH "some+one AAAAAAA=\n",
        "text\n\n" DASH "some\xc2\xa0one AAAAAAA=\n",
        "text\n\n" DASH "someone AAAAAAA\n",  /* no padding */
        "text\n\n" DASH "someone AAAAAAB=\n", /* bits behind the end */
        "text\n\n" DASH "someone AAAA_AA=\n",
        "text\n\n" DASH "someone AAAAAA==\n", /* a key hash alone */
        "te\txt\n\n" UNKNOWN,
        "text\r\n\n" UNKNOWN,
        "te\x1fxt\n\n" UNKNOWN,
        "te\xc3xt\n\n" UNKNOWN, /* cut, overlong, surrogate, too large, stray */
        "te\xc0\x80xt\n\n" UNKNOWN,
        "te\xe0\x80\x80xt\n\n" UNKNOWN,
        "te\xed\xbf\xbfxt\n\n" UNKNOWN,
        "te\xf4\x90\x80\x80xt\n\n" UNKNOWN,
        "te\xf8\x88\x80\x80\x80xt\n\n" UNKNOWN,
        "te\x80xt\n\n" UNKNOWN,
    };
    struct note n = {.text_len = 77};
    assert_int_equal(note_parse(NULL, 0, MAX, &n), ERR_FORMAT);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(parse(bad[i], &n), ERR_FORMAT);
    assert_int_equal(note_parse("te\0xt\n\n" UNKNOWN, sizeof "te\0xt\n\n" UNKNOWN - 1, MAX, &n),
                     ERR_FORMAT);
    assert_int_equal(
        note_parse("text\n\n" UNKNOWN, 5 + strlen(UNKNOWN), 5 + strlen(UNKNOWN) - 1, &n),
        ERR_LIMIT);
    assert_int_equal(n.text_len, 77); /* untouched */
}

static void note__parse__unusual(void **state)
{
    (void)state;
    struct note n;
    assert_int_equal(parse("\n\n" UNKNOWN, &n), 0);
    assert_int_equal(n.text_len, 1);
    assert_int_equal(parse("\n\n\n" UNKNOWN, &n), 0);
    assert_int_equal(n.text_len, 2);
    assert_int_equal(parse("a\n\nb\n\n\n\n" UNKNOWN UNKNOWN, &n), 0);
    assert_int_equal(n.text_len, 7);
    assert_int_equal(n.signature_count, 2);
    /* What looks like a signature in the text is text. */
    assert_int_equal(parse("a\n\n" UNKNOWN "\n" UNKNOWN, &n), 0);
    assert_int_equal(n.signature_count, 1);
    assert_int_equal(parse("\x7f \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf\n\n" UNKNOWN, &n),
                     0);
}

static void note__parse__sixteen_signatures_at_most(void **state)
{
    (void)state;
    struct note n;
    struct buf b = BUF_INIT(MAX);
    buf_put_text(&b, "text\n\n");
    for (size_t i = 1; i <= NOTE_SIGNATURES_MAX; i++) {
        buf_put_text(&b, UNKNOWN);
        assert_int_equal(parse(buf_text(&b), &n), 0);
        assert_int_equal(n.signature_count, i);
    }
    buf_put_text(&b, UNKNOWN);
    assert_int_equal(parse(buf_text(&b), &n), ERR_FORMAT);
    buf_clear(&b);
}

static void note__verify__among_unknown_lines(void **state)
{
    (void)state;
    struct signer s = signer("alpha"), same_name = signer("alpha"), stranger = signer("omega");
    struct buf b = BUF_INIT(MAX);
    struct note n;
    buf_put_text(&b, "text\n\n" UNKNOWN);
    note_sign_line(&b, "other text\n", 11, &same_name.key, same_name.secret);
    note_sign_line(&b, "text\n", 5, &s.key, s.secret);
    assert_int_equal(parse(buf_text(&b), &n), 0);
    assert_int_equal(note_verify(&n, &s.key), 0);
    assert_int_equal(note_verify(&n, &stranger.key), ERR_NOT_FOUND);
    assert_int_equal(note_verify(&n, &same_name.key), ERR_AUTH); /* its line is over another text */
    struct note_key renamed = s.key;
    renamed.name = "alphA";
    assert_int_equal(note_verify(&n, &renamed), ERR_NOT_FOUND);
    buf_clear(&b);
}

static void note__verify__any_changed_byte(void **state)
{
    (void)state;
    struct signer s = signer("alpha");
    struct buf b = BUF_INIT(MAX);
    struct note n;
    note_sign(&b, "text\n\nand more\n", 15, &s.key, s.secret);
    for (size_t i = 0; i < b.len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            b.data[i] ^= (uint8_t)(1U << bit);
            int r = note_parse((const char *)b.data, b.len, MAX, &n);
            if (r == 0)
                r = note_verify(&n, &s.key);
            assert_true(r == ERR_FORMAT || r == ERR_AUTH || r == ERR_NOT_FOUND);
            b.data[i] ^= (uint8_t)(1U << bit);
        }
    }
    assert_int_equal(note_parse((const char *)b.data, b.len, MAX, &n), 0);
    assert_int_equal(note_verify(&n, &s.key), 0);
    buf_clear(&b);
}

static void note__verify__bad_line_of_a_known_key(void **state)
{
    (void)state;
    struct signer s = signer("alpha");
    uint8_t cut[40] = {0};
    struct buf b = BUF_INIT(MAX);
    struct note n;
    note_sign(&b, "text\n", 5, &s.key, s.secret);
    note_sign_line(&b, "other\n", 6, &s.key, s.secret); /* a good one beside it does not help */
    assert_int_equal(parse(buf_text(&b), &n), 0);
    assert_int_equal(note_verify(&n, &s.key), ERR_AUTH);

    buf_reset(&b);
    note_key_hash(&s.key, cut);
    buf_put_text(&b, "text\n\n" DASH "alpha ");
    encode_base64_buf(&b, cut, sizeof cut);
    buf_put_text(&b, "\n");
    assert_int_equal(parse(buf_text(&b), &n), 0);
    assert_int_equal(note_verify(&n, &s.key), ERR_AUTH);
    buf_clear(&b);
}

static void note__sign__what_could_not_be_parsed(void **state)
{
    (void)state;
    struct signer s = signer("alpha"), bad_name = signer("al pha");
    static const char *const texts[] = {"", "no newline", "bell\a\n", "\xff\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct buf b = BUF_INIT(MAX);
        note_sign(&b, texts[i], strlen(texts[i]), &s.key, s.secret);
        assert_true(buf_failed(&b));
        buf_clear(&b);
    }
    struct buf b = BUF_INIT(MAX);
    note_sign_line(&b, "text\n", 5, &bad_name.key, bad_name.secret);
    assert_true(buf_failed(&b));
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(note__verify__go_example),
        cmocka_unit_test(key__parse__malformed),
        cmocka_unit_test(key__format__parses_again),
        cmocka_unit_test(name__judge__characters),
        cmocka_unit_test(note__parse__malformed),
        cmocka_unit_test(note__parse__unusual),
        cmocka_unit_test(note__parse__sixteen_signatures_at_most),
        cmocka_unit_test(note__verify__among_unknown_lines),
        cmocka_unit_test(note__verify__any_changed_byte),
        cmocka_unit_test(note__verify__bad_line_of_a_known_key),
        cmocka_unit_test(note__sign__what_could_not_be_parsed),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
