#include "vectors.h"

#include <sodium.h>
#include <string.h>

#include "base/buf.h"
#include "crypto/age.h"

/* The example of the specification: 32 bytes 0x42. */
static const char identity_text[] =
    "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
static const char recipient_text[] =
    "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

static void identity__parse__specification(void **state)
{
    (void)state;
    struct age_identity id;
    struct age_recipient r, of_id;
    uint8_t secret[AGE_KEY_BYTES];
    char text[AGE_IDENTITY_LEN + 1];
    memset(secret, 0x42, sizeof secret);
    assert_int_equal(age_identity_parse(identity_text, &id), 0);
    assert_memory_equal(id.secret, secret, sizeof secret);
    assert_int_equal(age_recipient_parse(recipient_text, &r), 0);
    of_id = age_identity_recipient(&id);
    assert_memory_equal(of_id.key, r.key, sizeof r.key);
    age_identity_format(&id, text);
    assert_string_equal(text, identity_text);
    age_recipient_format(&r, text);
    assert_string_equal(text, recipient_text);
}

static void identity__generate__parses_again(void **state)
{
    (void)state;
    struct age_identity id, again, other;
    struct age_recipient r;
    char text[AGE_IDENTITY_LEN + 1];
    for (int i = 0; i < 20; i++) {
        age_identity_generate(&id);
        age_identity_format(&id, text);
        assert_int_equal(strlen(text), AGE_IDENTITY_LEN);
        assert_int_equal(age_identity_parse(text, &again), 0);
        assert_memory_equal(&again, &id, sizeof id);
        r = age_identity_recipient(&id);
        age_recipient_format(&r, text);
        assert_int_equal(strlen(text), AGE_RECIPIENT_LEN);
        assert_int_equal(age_recipient_parse(text, &r), 0);
        assert_memory_equal(r.key, id.public, sizeof r.key);
    }
    age_identity_generate(&other);
    assert_memory_not_equal(id.secret, other.secret, sizeof id.secret);
}

/* Bech32 notices every change of up to four characters. */
static void identity__parse__any_changed_character(void **state)
{
    (void)state;
    static const char replacements[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7lQPZRY1-bio B\n\x80";
    struct age_identity id;
    struct age_recipient r;
    char text[AGE_IDENTITY_LEN + 1];
    for (size_t i = 0; i < AGE_IDENTITY_LEN; i++) {
        for (const char *c = replacements; *c != '\0'; c++) {
            strcpy(text, identity_text);
            text[i] = *c;
            assert_int_equal(age_identity_parse(text, &id),
                             *c == identity_text[i] ? 0 : ERR_FORMAT);
            if (i >= AGE_RECIPIENT_LEN)
                continue;
            strcpy(text, recipient_text);
            text[i] = *c;
            assert_int_equal(age_recipient_parse(text, &r),
                             *c == recipient_text[i] ? 0 : ERR_FORMAT);
        }
    }
}

static void identity__parse__malformed(void **state)
{
    (void)state;
    static const char *const bad[] = {
        /* in the other case, and in both */
        "age-secret-key-1gfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpq4egaex",
        "AGE-SECRET-KEY-1gfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpq4egaex",
        "AGE1ZVKYG2LQZRAA2LNJVQEJ32NKUU0UES2S82HZRYE869XEEXVN73EQUNUJWJ",
        /* checksums that match: a padding bit set, Bech32m, a digit too few, one too many, the
         * prefix of a hybrid identity */
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPPG0UGY5",
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQQ9C3UY",
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPVY8WHF",
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQQ74RJQ6",
        "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR",
        "",
        "AGE-SECRET-KEY-",
        "AGE-SECRET-KEY-1",
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAE",
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEXX",
        " AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX",
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX ",
    };
    struct age_identity id, untouched;
    struct age_recipient r;
    memset(&id, 0x5a, sizeof id);
    untouched = id;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(age_identity_parse(bad[i], &id), ERR_FORMAT);
        assert_int_equal(age_recipient_parse(bad[i], &r), ERR_FORMAT);
    }
    assert_memory_equal(&id, &untouched, sizeof id);
    assert_int_equal(age_identity_parse(recipient_text, &id), ERR_FORMAT);
    assert_int_equal(age_recipient_parse(identity_text, &r), ERR_FORMAT);
}

static void recipient__parse__low_order(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    };
    char text[AGE_RECIPIENT_LEN + 1];
    struct age_recipient r, parsed;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        vectors_unhex(keys[i], r.key, sizeof r.key);
        age_recipient_format(&r, text);
        assert_int_equal(age_recipient_parse(text, &parsed), ERR_KEY);
    }
}

/* '%' stands for the identity. */
static int parse_file(const char *format, struct age_identities *ret)
{
    struct buf b = BUF_INIT(AGE_IDENTITIES_MAX * 100);
    for (const char *c = format; *c != '\0'; c++) {
        if (*c == '%')
            buf_put_text(&b, identity_text);
        else
            buf_put_u8(&b, (uint8_t)*c);
    }
    int r = age_identities_parse(buf_text(&b), ret);
    buf_clear(&b);
    return r;
}

static void identities__parse__every_one_of_a_file(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
    } good[] = {
        {"%", 1},
        {"%\n", 1},
        {"%\r\n", 1},
        {"# created: today\n# public key: age1…\n%\n", 1},
        {"\r\n%\r\n", 1},
        {"\n\n#\n\n%\n\n%\n", 2},
        {"%\n# an older one\n%\n%", 3},
        {"\xef\xbb\xbf%\n", 1},
        {"\xef\xbb\xbf# made by an editor\r\n%\r\n%\r\n", 2},
    };
    static const char *const malformed[] = {
        " %\n",      "% \n",    "%%\n",         "key: %\n",           "nothing\n%\n",
        "% # why\n", "\t\n%\n", "%\nnothing\n", "%\n\xef\xbb\xbf%\n",
    };
    static const char *const none[] = {"", "\n", "# %\n", "#%", "\r\n", "\xef\xbb\xbf"};
    struct age_identities ids;
    struct age_identity id;
    assert_int_equal(age_identity_parse(identity_text, &id), 0);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(parse_file(good[i].text, &ids), 0);
        assert_int_equal(ids.count, good[i].count);
        for (size_t k = 0; k < ids.count; k++)
            assert_memory_equal(&ids.list[k], &id, sizeof id);
    }
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
        assert_int_equal(parse_file(malformed[i], &ids), ERR_FORMAT);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(parse_file(none[i], &ids), ERR_NOT_FOUND);
}

static void identities__parse__not_more_than_it_holds(void **state)
{
    (void)state;
    char text[2 * (AGE_IDENTITIES_MAX + 1) + 1] = "";
    struct age_identities ids;
    for (size_t i = 0; i < AGE_IDENTITIES_MAX; i++)
        strcat(text, "%\n");
    assert_int_equal(parse_file(text, &ids), 0);
    assert_int_equal(ids.count, AGE_IDENTITIES_MAX);
    strcat(text, "%\n");
    assert_int_equal(parse_file(text, &ids), ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity__parse__specification),
        cmocka_unit_test(identity__generate__parses_again),
        cmocka_unit_test(identity__parse__any_changed_character),
        cmocka_unit_test(identity__parse__malformed),
        cmocka_unit_test(recipient__parse__low_order),
        cmocka_unit_test(identities__parse__every_one_of_a_file),
        cmocka_unit_test(identities__parse__not_more_than_it_holds),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
