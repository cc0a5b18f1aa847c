#include "vectors.h"

#include <sodium.h>
#include <string.h>

#include "crypto/checkpoint.h"

#define ORIGIN "example.com/behind-the-sofa"
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="

/* The example of the specification. */
static const char example[] = ORIGIN
    "\n20852163\n" ROOT "\n"
    "\n\xe2\x80\x94 " ORIGIN " Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv"
    "2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

static int parse(const char *text, struct checkpoint *ret)
{
    return checkpoint_parse(text, strlen(text), ORIGIN, ret);
}

static void checkpoint__parse__specification(void **state)
{
    (void)state;
    struct note n;
    struct checkpoint c;
    assert_int_equal(note_parse(example, strlen(example), CHECKPOINT_MAX_BYTES, &n), 0);
    assert_int_equal(checkpoint_parse(n.text, n.text_len, ORIGIN, &c), 0);
    assert_int_equal(c.size, 20852163);
    vectors_assert_hex(c.root, sizeof c.root,
                       "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62");
    assert_int_equal(checkpoint_parse(n.text, n.text_len, ORIGIN "x", &c), ERR_AUTH);
    assert_int_equal(checkpoint_parse(n.text, n.text_len, "example.com", &c), ERR_AUTH);
}

static void checkpoint__parse__sizes(void **state)
{
    (void)state;
    struct checkpoint c;
    assert_int_equal(parse(ORIGIN "\n0\n" ROOT "\n", &c), 0);
    assert_int_equal(c.size, 0);
    assert_int_equal(parse(ORIGIN "\n18446744073709551615\n" ROOT "\n", &c), 0);
    assert_true(c.size == UINT64_MAX);
    assert_int_equal(parse(ORIGIN "\n1\n" ROOT "\nextension\nanother\n", &c), 0);
}

static void checkpoint__parse__malformed(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "\n",
        ORIGIN "\n",
        ORIGIN "\n1\n",
        ORIGIN "\n1\n" ROOT, /* no last newline */
        "\n1\n" ROOT "\n",
        ORIGIN "\n\n" ROOT "\n",
        ORIGIN "\n01\n" ROOT "\n",
        ORIGIN "\n00\n" ROOT "\n",
        ORIGIN "\n-1\n" ROOT "\n",
        ORIGIN "\n+1\n" ROOT "\n",
        ORIGIN "\n 1\n" ROOT "\n",
        ORIGIN "\n1 \n" ROOT "\n",
        ORIGIN "\n1a\n" ROOT "\n",
        ORIGIN "\n18446744073709551616\n" ROOT "\n",
        ORIGIN "\n99999999999999999999\n" ROOT "\n",
        ORIGIN "\n1\n\n",
        ORIGIN "\n1\n" ROOT "=\n",
        ORIGIN "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
        ORIGIN "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", /* bits behind the end */
        ORIGIN "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n",
        ORIGIN "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2JA\n",
        ORIGIN "\n1\n" ROOT "\n\n", /* an empty extension line */
        ORIGIN "\n1\n" ROOT "\n\nextension\n",
        ORIGIN "\n1\n" ROOT "\nextension",
    };
    struct checkpoint c = {.size = 77};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(parse(bad[i], &c), ERR_FORMAT);
    assert_int_equal(c.size, 77); /* untouched */
}

static void checkpoint__sign__verifies(void **state)
{
    (void)state;
    static const char *const extensions[] = {"", "one\n", "one\ntwo\n"};
    struct note_key k = {.name = "bot/1"};
    uint8_t secret[SIGN_SECRET_BYTES];
    struct checkpoint c = {.size = 1234567890123}, read;
    sign_keypair(k.key, secret);
    randombytes_buf(c.root, sizeof c.root);
    for (size_t i = 0; i < 3; i++) {
        struct buf b = BUF_INIT(CHECKPOINT_MAX_BYTES);
        struct note n;
        checkpoint_sign(&b, ORIGIN, &c, extensions[i], &k, secret);
        assert_false(buf_failed(&b));
        assert_int_equal(note_parse((const char *)b.data, b.len, CHECKPOINT_MAX_BYTES, &n), 0);
        assert_int_equal(note_verify(&n, &k), 0);
        assert_int_equal(checkpoint_parse(n.text, n.text_len, ORIGIN, &read), 0);
        assert_int_equal(read.size, c.size);
        assert_memory_equal(read.root, c.root, sizeof c.root);
        b.data[strlen(ORIGIN) + 1] ^= 1; /* another size */
        assert_int_equal(note_parse((const char *)b.data, b.len, CHECKPOINT_MAX_BYTES, &n), 0);
        assert_int_equal(note_verify(&n, &k), ERR_AUTH);
        buf_clear(&b);
    }
}

static void checkpoint__sign__what_could_not_be_parsed(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},       {"two\nlines", ""},   {ORIGIN, "no newline"},
        {ORIGIN, "\n"}, {ORIGIN, "a\n\nb\n"}, {"tab\t", ""},
    };
    struct note_key k = {.name = "bot/1"};
    uint8_t secret[SIGN_SECRET_BYTES];
    struct checkpoint c = {.size = 1};
    sign_keypair(k.key, secret);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b = BUF_INIT(CHECKPOINT_MAX_BYTES);
        checkpoint_sign(&b, cases[i][0], &c, cases[i][1], &k, secret);
        assert_true(buf_failed(&b));
        buf_clear(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checkpoint__parse__specification),
        cmocka_unit_test(checkpoint__parse__sizes),
        cmocka_unit_test(checkpoint__parse__malformed),
        cmocka_unit_test(checkpoint__sign__verifies),
        cmocka_unit_test(checkpoint__sign__what_could_not_be_parsed),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
