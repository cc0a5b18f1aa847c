/* Shares as text, and how a secret is split and put together, for recovery.h. */
#include <libgfshare.h>
#include <sodium.h>
#include <string.h>

#include "base/encode.h"
#include "base/memory.h"
#include "base/secret.h"
#include "crypto/hash.h"
#include "daykeys/recovery_internal.h"

static const char title[] = "ironside share 1\n";

static void random_bytes(unsigned char *to, unsigned int len)
{
    randombytes_buf(to, len);
}

void recovery_prepare(void)
{
    gfshare_fill_rand = random_bytes;
}

static void put_check(struct buf *b, size_t start)
{
    uint8_t hash[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    hash_sha256(b->data + start, b->len - start, hash);
    encode_hex(hash, sizeof hash, hex);
    buf_format(b, "check %s\n", hex);
}

void recovery_share_put(struct buf *b, const struct recovery_share *s)
{
    size_t start = b->len;
    buf_put_text(b, title);
    buf_format(b, "network %s\nwarrant %s\nholder %s\nshare %u of %u\nneeded %u\nrecipient %s\n",
               s->domain, s->warrant, s->holder, s->number, s->of, s->needed, s->recipient);
    buf_put_text(b, "secret ");
    encode_base64_buf(b, s->secret, sizeof s->secret);
    buf_put_u8(b, '\n');
    if (!buf_failed(b))
        put_check(b, start);
}

bool recovery_line(const char **pos, const char *key, char *ret, size_t size)
{
    size_t key_len = strlen(key);
    if (strncmp(*pos, key, key_len) != 0 || (*pos)[key_len] != ' ')
        return false;
    const char *value = *pos + key_len + 1;
    size_t len = strcspn(value, "\n");
    if (value[len] != '\n' || len >= size)
        return false;
    memcpy(ret, value, len);
    ret[len] = '\0';
    *pos = value + len + 1;
    return true;
}

static bool small_number(const char *text, uint8_t *ret)
{
    uint64_t v;
    if (value_parse_u64(text, RECOVERY_HOLDERS_MAX, &v) < 0 || v == 0)
        return false;
    *ret = (uint8_t)v;
    return true;
}

/* "2 of 3" */
static bool parse_number(char *text, struct recovery_share *s)
{
    char *of = strstr(text, " of ");
    if (of == NULL)
        return false;
    *of = '\0';
    return small_number(text, &s->number) && small_number(of + 4, &s->of) && s->number <= s->of;
}

static bool parse_secret(const char **pos, struct recovery_share *s)
{
    char text[ENCODE_BASE64_LEN(AGE_KEY_BYTES) + 1];
    bool good = recovery_line(pos, "secret", text, sizeof text) &&
                decode_base64_exact(text, strlen(text), s->secret, sizeof s->secret) == 0;
    secret_wipe(text, sizeof text);
    return good;
}

static bool parse_check(const char **pos, const char *text)
{
    uint8_t hash[HASH_BYTES];
    char said[2 * HASH_BYTES + 1], hex[2 * HASH_BYTES + 1];
    hash_sha256(text, (size_t)(*pos - text), hash);
    encode_hex(hash, sizeof hash, hex);
    return recovery_line(pos, "check", said, sizeof said) && strcmp(said, hex) == 0;
}

int recovery_share_parse(const char *text, struct recovery_share *ret, struct diag *d)
{
    char number[16], needed[8];
    const char *pos = text + strlen(title);
    if (strncmp(text, title, strlen(title)) != 0)
        return diag_set(d, ERR_FORMAT,
                        "not a recovery share: open it with 'ironside warrant "
                        "share' first");
    if (!recovery_line(&pos, "network", ret->domain, sizeof ret->domain) ||
        !recovery_line(&pos, "warrant", ret->warrant, sizeof ret->warrant) ||
        !recovery_line(&pos, "holder", ret->holder, sizeof ret->holder) ||
        !recovery_line(&pos, "share", number, sizeof number) || !parse_number(number, ret) ||
        !recovery_line(&pos, "needed", needed, sizeof needed) ||
        !small_number(needed, &ret->needed) ||
        !recovery_line(&pos, "recipient", ret->recipient, sizeof ret->recipient) ||
        !parse_secret(&pos, ret) || !parse_check(&pos, text) || *pos != '\0')
        return diag_set(d, ERR_FORMAT, "a recovery share that is damaged");
    return 0;
}

/* ---- together ---- */

static int check_together(const struct recovery_share *s, size_t count, const char *domain,
                          const char *warrant, struct diag *d)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(s[i].domain, domain) != 0 || strcmp(s[i].warrant, warrant) != 0)
            return diag_set(d, ERR_AUTH, "the share of %s is for warrant %s of %s", s[i].holder,
                            s[i].warrant, s[i].domain);
        if (strcmp(s[i].recipient, s[0].recipient) != 0 || s[i].needed != s[0].needed ||
            s[i].of != s[0].of)
            return diag_set(d, ERR_AUTH, "the shares of %s and %s are not of the same offer",
                            s[0].holder, s[i].holder);
        for (size_t k = 0; k < i; k++)
            if (s[k].number == s[i].number)
                return diag_set(d, ERR_AUTH, "share %u is there twice", s[i].number);
    }
    if (count < s[0].needed)
        return diag_set(d, ERR_INVALID_STATE, "%zu of the %u shares are there, %u are needed",
                        count, s[0].of, s[0].needed);
    return 0;
}

static int combine(struct recovery_share *s, struct age_identity *ret, struct diag *d)
{
    uint8_t numbers[RECOVERY_HOLDERS_MAX];
    char recipient[AGE_RECIPIENT_LEN + 1];
    CLEANUP_SECRET char *text = secret_new(AGE_IDENTITY_LEN + 1);
    CLEANUP_SECRET struct age_identity *id = secret_new(sizeof *id);
    for (size_t i = 0; i < s[0].needed; i++)
        numbers[i] = s[i].number;
    recovery_prepare();
    gfshare_ctx *g = gfshare_ctx_init_dec(numbers, s[0].needed, AGE_KEY_BYTES);
    if (g == NULL)
        abort();
    for (unsigned char i = 0; i < s[0].needed; i++)
        gfshare_ctx_dec_giveshare(g, i, s[i].secret);
    gfshare_ctx_dec_extract(g, id->secret);
    gfshare_ctx_free(g);
    age_identity_format(id, text);
    int r = age_identity_parse(text, id);
    if (r == 0) {
        const struct age_recipient public = age_identity_recipient(id);
        age_recipient_format(&public, recipient);
        r = strcmp(recipient, s[0].recipient) == 0 ? 0 : ERR_AUTH;
    }
    if (r < 0)
        return diag_set(d, ERR_AUTH, "the shares do not fit together: one is not what it says");
    *ret = *id;
    return 0;
}

int recovery_join(const char *domain, const char *warrant, const char *const *shares, size_t count,
                  struct age_identity *ret, struct diag *d)
{
    CLEANUP_SECRET struct recovery_share *s = secret_new((count + 1) * sizeof *s);
    if (count == 0 || count > RECOVERY_HOLDERS_MAX)
        return diag_set(d, ERR_FORMAT, "no share is there, or more than %u", RECOVERY_HOLDERS_MAX);
    int r = 0;
    for (size_t i = 0; r == 0 && i < count; i++) {
        r = recovery_share_parse(shares[i], &s[i], d);
        if (r < 0)
            diag_prefix(d, r, "share number %zu", i + 1);
    }
    if (r == 0)
        r = check_together(s, count, domain, warrant, d);
    return r < 0 ? r : combine(s, ret, d);
}
