#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/encode.h"

#define MAX_BYTES 300
#define MAX_TEXT (ENCODE_BASE64_LEN(MAX_BYTES) + 1)

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Each decoder beside the variant of libsodium's that it has to agree with. */
static const struct codec {
    int (*decode)(const char *, size_t, uint8_t *, size_t, size_t *);
    int variant;
} codecs[] = {
    {decode_base64, sodium_base64_VARIANT_ORIGINAL},
    {decode_base64_raw, sodium_base64_VARIANT_ORIGINAL_NO_PADDING},
};

static bool is_ascii(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] >= 0x80)
            return false;
    return true;
}

/* Both refuse `text`, or both make the same bytes of it, which encode to `text` again. Returns
 * whether they took it. Only we refuse what is not ASCII: to libsodium 1.0.18 it is a '/'. */
static bool agree(const struct codec *c, const char *text, size_t len)
{
    uint8_t ours[64], theirs[64];
    size_t our_len = 77, their_len = 0;
    int r = c->decode(text, len, ours, sizeof ours, &our_len);
    int s = sodium_base642bin(theirs, sizeof theirs, text, len, NULL, &their_len, NULL, c->variant);
    if (!is_ascii(text, len))
        s = -1;
    if ((r == 0) != (s == 0))
        fail_msg("\"%.*s\": we return %d, libsodium %d", (int)len, text, r, s);
    if (r != 0) {
        assert_int_equal(r, ERR_FORMAT);
        assert_int_equal(our_len, 77);
        return false;
    }
    assert_int_equal(our_len, their_len);
    assert_memory_equal(ours, theirs, our_len);
    char again[100];
    sodium_bin2base64(again, sizeof again, ours, our_len, c->variant);
    assert_int_equal(strlen(again), len);
    assert_memory_equal(again, text, len);
    return true;
}

static void base64__encode__published_vectors(void **state)
{
    (void)state;
    static const char *const vectors[][2] = {/* RFC 4648 section 10 */
                                             {"", ""},
                                             {"f", "Zg=="},
                                             {"fo", "Zm8="},
                                             {"foo", "Zm9v"},
                                             {"foob", "Zm9vYg=="},
                                             {"fooba", "Zm9vYmE="},
                                             {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        const char *bytes = vectors[i][0], *text = vectors[i][1];
        char encoded[16];
        encode_base64(bytes, strlen(bytes), encoded);
        assert_string_equal(encoded, text);
        uint8_t decoded[8];
        size_t len;
        assert_int_equal(decode_base64(text, strlen(text), decoded, sizeof decoded, &len), 0);
        assert_int_equal(len, strlen(bytes));
        assert_memory_equal(decoded, bytes, len);
    }
}

static void base64__round_trip__agrees_with_libsodium_at_every_length(void **state)
{
    (void)state;
    uint8_t bytes[MAX_BYTES], back[MAX_BYTES];
    char ours[MAX_TEXT], theirs[MAX_TEXT], secret[MAX_TEXT];
    randombytes_buf(bytes, sizeof bytes);
    for (size_t len = 0; len <= MAX_BYTES; len++) {
        size_t got;
        encode_base64(bytes, len, ours);
        encode_secret_base64(bytes, len, secret);
        sodium_bin2base64(theirs, sizeof theirs, bytes, len, sodium_base64_VARIANT_ORIGINAL);
        assert_string_equal(ours, theirs);
        assert_string_equal(secret, theirs);
        assert_int_equal(strlen(ours), ENCODE_BASE64_LEN(len));
        assert_int_equal(decode_base64(ours, strlen(ours), back, len, &got), 0);
        assert_int_equal(got, len);
        assert_memory_equal(back, bytes, len);
        assert_int_equal(decode_base64_exact(ours, strlen(ours), back, len), 0);
        assert_int_equal(decode_secret_base64_exact(ours, strlen(ours), back, len), 0);
        assert_memory_equal(back, bytes, len);
    }
}

static void base64__round_trip__raw_agrees_with_libsodium_at_every_length(void **state)
{
    (void)state;
    uint8_t bytes[MAX_BYTES], back[MAX_BYTES];
    char theirs[MAX_TEXT];
    randombytes_buf(bytes, sizeof bytes);
    for (size_t len = 0; len <= MAX_BYTES; len++) {
        size_t got;
        CLEANUP_BUF struct buf b = BUF_INIT(ENCODE_BASE64_RAW_LEN(len));
        encode_base64_raw_buf(&b, bytes, len);
        sodium_bin2base64(theirs, sizeof theirs, bytes, len,
                          sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
        assert_false(buf_failed(&b));
        assert_string_equal(buf_text(&b), theirs);
        assert_int_equal(decode_base64_raw(theirs, b.len, back, len, &got), 0);
        assert_int_equal(got, len);
        assert_memory_equal(back, bytes, len);
    }
}

static void base64__encode_buf__appends(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(16);
    encode_base64_buf(&b, NULL, 0);
    encode_base64_raw_buf(&b, NULL, 0);
    assert_false(buf_failed(&b));
    encode_base64_buf(&b, "fooba", 5);
    encode_base64_buf(&b, "f", 1);
    encode_base64_raw_buf(&b, "fo", 2);
    assert_string_equal(buf_text(&b), "Zm9vYmE=Zg==Zm8");
}

static void base64__encode_buf__over_the_maximum_fails(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(3);
    encode_base64_buf(&b, "f", 1);
    assert_true(buf_failed(&b));
    buf_reset(&b);
    encode_base64_raw_buf(&b, "foo", 3);
    assert_true(buf_failed(&b));
    buf_reset(&b);
    encode_base64_raw_buf(&b, "fo", 2);
    assert_false(buf_failed(&b));
}

static void base64__decode__bad_forms_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        /* a length that no encoder makes, padding left out */
        "Z", "Zg", "Zg=", "Zm8", "Zm9vZ", "Zm9vZg", "Zm9vZg=", "Zm9vYmE",
        /* padding where none belongs, too much of it, nothing else */
        "=", "==", "===", "====", "Z===", "Zm9v====", "Zm9v=", "Zm9v==", "Zg===", "=Zg=", "==Zg",
        "Z=g=", "Zm=v", "Z=9v", "=m9v", "Zg==Zg==", "Zm8=Zm9v", "Zm9vZg=v", "Zm9v=mFy",
        /* bits set that the padding says are not there */
        "Zh==", "Zi==", "Zk==", "Zo==", "Zx==", "Z/==", "Zm9=", "Zm+=", "Zm/=", "Zm9vYh==",
        "Zm9vYmF=",
        /* whitespace, line ends, controls */
        " Zm9v", "Zm9v ", "Zm9v\n", "Zm9v\r\n", "Zm 9v", "Zm9\n",
        "Z\tg=", "Zg= ", "Zg =", " g==", "Zm9vYmFy\n", "Zm9v\nYmFy", "Zm9v    ", "\x7fm9v",
        "\x01m9v",
        /* the URL alphabet, other characters */
        "Zm-v", "Zm_v", "Zm,v", "Zm.v", "Zm:v", "Zm@v", "Zm[v", "Zm`v", "Zm{v", "Zm9\xc3",
        "\xff\xff\xff\xff", "Zm*v", "Zm!v"};
    uint8_t out[32];
    size_t len = 77;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (decode_base64(bad[i], strlen(bad[i]), out, sizeof out, &len) != ERR_FORMAT)
            fail_msg("\"%s\" was taken", bad[i]);
        assert_int_equal(len, 77);
        assert_false(agree(&codecs[0], bad[i], strlen(bad[i])));
        for (size_t want = 0; want <= 9; want++) {
            assert_int_equal(decode_base64_exact(bad[i], strlen(bad[i]), out, want), ERR_FORMAT);
            assert_int_equal(decode_secret_base64_exact(bad[i], strlen(bad[i]), out, want),
                             ERR_FORMAT);
        }
    }
}

static void base64__decode__a_nul_inside_is_refused(void **state)
{
    (void)state;
    uint8_t out[8];
    size_t len;
    assert_int_equal(decode_base64("Zm\0v", 4, out, sizeof out, &len), ERR_FORMAT);
    assert_int_equal(decode_base64("Zm9v\0\0\0\0", 8, out, sizeof out, &len), ERR_FORMAT);
    assert_int_equal(decode_base64_raw("Zm9v\0", 5, out, sizeof out, &len), ERR_FORMAT);
    assert_int_equal(decode_base64_raw("Zm9v\0\0", 6, out, sizeof out, &len), ERR_FORMAT);
    assert_int_equal(decode_secret_base64_exact("Zm\0v", 4, out, 3), ERR_FORMAT);
}

static void base64__decode__raw_refuses_padding_and_bad_forms(void **state)
{
    (void)state;
    static const char *const good[] = {"", "Zg", "Zm8", "Zm9v", "Zm9vYg"};
    static const char *const bad[] = {"Z",     "Zg==", "Zg=",    "Zm8=", "=",    "Zh",    "Zm9",
                                      "Zm9vY", "Zg\n", "Zm9v\n", "Z g",  "Zm-v", "Zm9v=", " "};
    uint8_t out[32];
    size_t len;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(decode_base64_raw(good[i], strlen(good[i]), out, sizeof out, &len), 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (decode_base64_raw(bad[i], strlen(bad[i]), out, sizeof out, &len) != ERR_FORMAT)
            fail_msg("\"%s\" was taken", bad[i]);
        assert_false(agree(&codecs[1], bad[i], strlen(bad[i])));
    }
}

/* Every ending there is: of 64^2 texts of two characters, one in 16 is canonical, of 64^3 of
 * three, one in 4. */
static void base64__decode__every_ending_agrees_with_libsodium(void **state)
{
    (void)state;
    size_t two = 0, three = 0;
    for (size_t a = 0; a < 64; a++) {
        for (size_t b = 0; b < 64; b++) {
            char text[5] = {alphabet[a], alphabet[b], '=', '='};
            bool taken = agree(&codecs[0], text, 4);
            assert_true(taken == (b % 16 == 0));
            assert_true(taken == agree(&codecs[1], text, 2));
            two += taken;
            for (size_t c = 0; c < 64; c += a % 8 == 0 ? 1 : 13) {
                text[2] = alphabet[c];
                taken = agree(&codecs[0], text, 4);
                assert_true(taken == (c % 4 == 0));
                assert_true(taken == agree(&codecs[1], text, 3));
                three += taken;
            }
            text[2] = '=';
        }
    }
    assert_int_equal(two, 64 * 4);
    assert_true(three > 0);
}

static void base64__decode__any_byte_anywhere_agrees_with_libsodium(void **state)
{
    (void)state;
    static const char *const texts[] = {"Zm9vYmFy", "Zm9vYmE=", "Zm9vYg==", "Zm9v", "Zm8=", "Zg=="};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[16];
        size_t len = strlen(texts[i]);
        for (size_t at = 0; at < len; at++) {
            for (unsigned byte = 0; byte < 256; byte++) {
                memcpy(text, texts[i], len);
                text[at] = (char)byte;
                for (size_t cut = 0; cut <= len; cut++)
                    for (size_t c = 0; c < 2; c++)
                        agree(&codecs[c], text, cut);
            }
        }
    }
}

static void base64__decode__any_byte_anywhere_in_a_key(void **state)
{
    (void)state;
    char text[] = "Zm9vYg==";
    uint8_t ours[4] = {0}, theirs[4] = {0};
    for (size_t at = 0; at < 8; at++) {
        char right = text[at];
        for (unsigned byte = 0; byte < 256; byte++) {
            text[at] = (char)byte;
            int r = decode_base64_exact(text, 8, ours, 4);
            assert_int_equal(decode_secret_base64_exact(text, 8, theirs, 4), r);
            if (r == 0)
                assert_memory_equal(ours, theirs, 4);
        }
        text[at] = right;
    }
}

static void base64__decode__random_texts_agree_with_libsodium(void **state)
{
    (void)state;
    static const char characters[] = "AQgwBCZaz059+/====\n -_";
    size_t taken = 0;
    for (int i = 0; i < 20000; i++) {
        char text[13];
        size_t len = randombytes_uniform(sizeof text);
        for (size_t at = 0; at < len; at++)
            text[at] = characters[randombytes_uniform(sizeof characters - 1)];
        for (size_t c = 0; c < 2; c++)
            taken += agree(&codecs[c], text, len);
    }
    assert_true(taken > 0);
}

static void base64__decode__over_the_maximum_is_refused(void **state)
{
    (void)state;
    uint8_t out[8];
    size_t len = 77;
    assert_int_equal(decode_base64("Zm9vYg==", 8, out, 3, &len), ERR_LIMIT);
    assert_int_equal(decode_base64("Zm9vYmE=", 8, out, 4, &len), ERR_LIMIT);
    assert_int_equal(decode_base64_raw("Zm9vYg", 6, out, 3, &len), ERR_LIMIT);
    assert_int_equal(decode_base64("Zg==", 4, NULL, 0, &len), ERR_LIMIT);
    assert_int_equal(len, 77);
    assert_int_equal(decode_base64("Zm9vYg==", 8, out, 4, &len), 0);
    assert_int_equal(len, 4);
}

static void base64__decode__nothing_is_nothing(void **state)
{
    (void)state;
    size_t len = 77;
    assert_int_equal(decode_base64("", 0, NULL, 0, &len), 0);
    assert_int_equal(len, 0);
    assert_int_equal(decode_base64(NULL, 0, NULL, 0, &len), 0);
    assert_int_equal(decode_base64_raw(NULL, 0, NULL, 0, &len), 0);
    assert_int_equal(decode_base64_exact(NULL, 0, NULL, 0), 0);
}

static void base64__decode_exact__other_lengths_are_refused(void **state)
{
    (void)state;
    uint8_t bytes[40] = {0}, out[40];
    char text[64];
    for (size_t len = 0; len <= 40; len++) {
        encode_base64(bytes, len, text);
        for (size_t want = 0; want <= 40; want++) {
            int expected = want == len ? 0 : ERR_FORMAT;
            assert_int_equal(decode_base64_exact(text, strlen(text), out, want), expected);
            assert_int_equal(decode_secret_base64_exact(text, strlen(text), out, want), expected);
        }
    }
}

static void hex__round_trip__every_byte(void **state)
{
    (void)state;
    uint8_t bytes[256], back[256];
    char text[513], theirs[513];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    for (size_t len = 0; len <= sizeof bytes; len++) {
        encode_hex(bytes, len, text);
        sodium_bin2hex(theirs, sizeof theirs, bytes, len);
        assert_string_equal(text, theirs);
        assert_int_equal(decode_hex_exact(text, strlen(text), back, len), 0);
        assert_memory_equal(back, bytes, len);
    }
}

static void hex__decode__bad_forms_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",   "0",    "000",   "0000", "0A",   "A0", "0g", "g0",
                                      "0x", " 0",   "0 ",    "0\n",  "0/",   "0:", "0`", "0@",
                                      "-1", "\xb9", "1\xb9", "+1",   "\n00", "00 "};
    uint8_t out[4];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(decode_hex_exact(bad[i], strlen(bad[i]), out, 1), ERR_FORMAT);
    assert_int_equal(decode_hex_exact("0\0", 2, out, 1), ERR_FORMAT);
    assert_int_equal(decode_hex_exact("0f", 2, out, 1), 0);
    assert_int_equal(out[0], 15);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64__encode__published_vectors),
        cmocka_unit_test(base64__round_trip__agrees_with_libsodium_at_every_length),
        cmocka_unit_test(base64__round_trip__raw_agrees_with_libsodium_at_every_length),
        cmocka_unit_test(base64__encode_buf__appends),
        cmocka_unit_test(base64__encode_buf__over_the_maximum_fails),
        cmocka_unit_test(base64__decode__bad_forms_are_refused),
        cmocka_unit_test(base64__decode__a_nul_inside_is_refused),
        cmocka_unit_test(base64__decode__raw_refuses_padding_and_bad_forms),
        cmocka_unit_test(base64__decode__every_ending_agrees_with_libsodium),
        cmocka_unit_test(base64__decode__any_byte_anywhere_agrees_with_libsodium),
        cmocka_unit_test(base64__decode__any_byte_anywhere_in_a_key),
        cmocka_unit_test(base64__decode__random_texts_agree_with_libsodium),
        cmocka_unit_test(base64__decode__over_the_maximum_is_refused),
        cmocka_unit_test(base64__decode__nothing_is_nothing),
        cmocka_unit_test(base64__decode_exact__other_lengths_are_refused),
        cmocka_unit_test(hex__round_trip__every_byte),
        cmocka_unit_test(hex__decode__bad_forms_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
