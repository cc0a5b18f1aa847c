#include <string.h>

#include "base/secret.h"
#include "crypto/age.h"
#include "crypto/dh.h"

#define RECIPIENT_HRP "age"
#define IDENTITY_HRP "AGE-SECRET-KEY-"
#define CHECKSUM_LEN 6
#define DIGIT_BITS 5
#define TOP_AT 25 /* the checksum's highest digit */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define DATA_LEN ((AGE_KEY_BYTES * 8 + 4) / 5) /* 52 digits of 5 bits, the last 4 bits are zero */
#define DIGITS_LEN (DATA_LEN + CHECKSUM_LEN)

static const char lower[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
static const char upper[] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

static uint32_t polymod(uint32_t checksum, uint8_t digit)
{
    static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                         0x2a1462b3};
    uint32_t top = checksum >> TOP_AT;
    checksum = (checksum & 0x1ffffff) << DIGIT_BITS ^ digit;
    for (unsigned i = 0; i < DIGIT_BITS; i++)
        checksum ^= (top >> i & 1) * generator[i];
    return checksum;
}

/* Over the prefix in lower case and `len` digits. */
static uint32_t checksum_of(const char *hrp, const uint8_t *digits, size_t len)
{
    uint32_t checksum = 1;
    for (const char *c = hrp; *c != '\0'; c++) /* '-' has no case: its 0x20 is set */
        checksum = polymod(checksum, (uint8_t)((*c | 0x20) >> DIGIT_BITS));
    checksum = polymod(checksum, 0);
    for (const char *c = hrp; *c != '\0'; c++)
        checksum = polymod(checksum, (uint8_t)((*c | 0x20) & 0x1f));
    for (size_t i = 0; i < len; i++)
        checksum = polymod(checksum, digits[i]);
    return checksum;
}

/* Not in constant time in the key: this runs when a person's key file is read or shown. */
static void bech32_format(const char *hrp, const char *alphabet,
                          const uint8_t key[static AGE_KEY_BYTES], char *ret)
{
    uint8_t digits[DIGITS_LEN] = {0};
    for (size_t bit = 0; bit < AGE_KEY_BYTES * 8; bit++)
        digits[bit / DIGIT_BITS] |=
            (uint8_t)((key[bit / 8] >> (7 - bit % 8) & 1) << (4 - bit % DIGIT_BITS));
    uint32_t checksum = checksum_of(hrp, digits, DIGITS_LEN) ^ 1;
    for (size_t i = 0; i < CHECKSUM_LEN; i++)
        digits[DATA_LEN + i] = checksum >> (DIGIT_BITS * (CHECKSUM_LEN - 1 - i)) & 0x1f;

    size_t len = strlen(hrp);
    memcpy(ret, hrp, len);
    ret[len++] = '1';
    for (size_t i = 0; i < DIGITS_LEN; i++)
        ret[len++] = alphabet[digits[i]];
    ret[len] = '\0';
    secret_wipe(digits, sizeof digits);
}

static int digits_parse(const char *text, const char *alphabet, uint8_t ret[static DIGITS_LEN])
{
    for (size_t i = 0; i < DIGITS_LEN; i++) {
        const char *found = text[i] == '\0' ? NULL : strchr(alphabet, text[i]);
        if (found == NULL)
            return ERR_FORMAT;
        ret[i] = (uint8_t)(found - alphabet);
    }
    return text[DIGITS_LEN] == '\0' ? 0 : ERR_FORMAT;
}

static int bech32_parse(const char *text, const char *hrp, const char *alphabet,
                        uint8_t ret[static AGE_KEY_BYTES])
{
    uint8_t digits[DIGITS_LEN];
    size_t len = strlen(hrp);
    int r = ERR_FORMAT;
    if (strncmp(text, hrp, len) == 0 && text[len] == '1' &&
        digits_parse(text + len + 1, alphabet, digits) == 0 &&
        checksum_of(hrp, digits, DIGITS_LEN) == 1 && (digits[DATA_LEN - 1] & 0x0f) == 0) {
        memset(ret, 0, AGE_KEY_BYTES);
        for (size_t bit = 0; bit < AGE_KEY_BYTES * 8; bit++)
            ret[bit / 8] |= (uint8_t)((digits[bit / DIGIT_BITS] >> (4 - bit % DIGIT_BITS) & 1)
                                      << (7 - bit % 8));
        r = 0;
    }
    secret_wipe(digits, sizeof digits);
    return r;
}

void age_identity_generate(struct age_identity *ret)
{
    secret_random(ret->secret, sizeof ret->secret);
    dh_public_of(ret->secret, ret->public);
}

struct age_recipient age_identity_recipient(const struct age_identity *id)
{
    struct age_recipient r;
    memcpy(r.key, id->public, sizeof r.key);
    return r;
}

int age_recipient_parse(const char *text, struct age_recipient *ret)
{
    struct age_recipient recipient;
    int r = bech32_parse(text, RECIPIENT_HRP, lower, recipient.key);
    if (r < 0)
        return r;
    if (dh_low_order(recipient.key))
        return ERR_KEY;
    *ret = recipient;
    return 0;
}

int age_identity_parse(const char *text, struct age_identity *ret)
{
    int r = bech32_parse(text, IDENTITY_HRP, upper, ret->secret);
    if (r == 0)
        dh_public_of(ret->secret, ret->public);
    return r;
}

void age_recipient_format(const struct age_recipient *r, char ret[static AGE_RECIPIENT_LEN + 1])
{
    bech32_format(RECIPIENT_HRP, lower, r->key, ret);
}

void age_identity_format(const struct age_identity *id, char ret[static AGE_IDENTITY_LEN + 1])
{
    bech32_format(IDENTITY_HRP, upper, id->secret, ret);
}

/* A line without its end. */
static int add_identity(const char *line, size_t len, struct age_identities *to)
{
    char text[AGE_IDENTITY_LEN + 1];
    if (len == 0 || line[0] == '#')
        return 0;
    if (len != AGE_IDENTITY_LEN)
        return ERR_FORMAT;
    if (to->count == AGE_IDENTITIES_MAX)
        return ERR_LIMIT;
    memcpy(text, line, len);
    text[len] = '\0';
    int r = age_identity_parse(text, &to->list[to->count]);
    to->count += r == 0;
    secret_wipe(text, sizeof text);
    return r;
}

int age_identities_parse(const char *text, struct age_identities *ret)
{
    int r = 0;
    ret->count = 0;
    if (strncmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
        text += strlen(BYTE_ORDER_MARK);
    while (r == 0 && *text != '\0') {
        size_t len = strcspn(text, "\n");
        const char *next = text + len + (text[len] == '\n');
        if (len > 0 && text[len - 1] == '\r')
            len--;
        r = add_identity(text, len, ret);
        text = next;
    }
    return r == 0 && ret->count == 0 ? ERR_NOT_FOUND : r;
}
