#include "daykeys/recovery.h"

#include <libgfshare.h>
#include <sodium.h>
#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"
#include "base/secret.h"
#include "daykeys/recovery_internal.h"

static const char title[] = "ironside recovery 1\n";

int recovery_check(const struct recovery_plan *p, struct diag *d)
{
    if (p->needed < 2 || p->needed > p->count || p->count > RECOVERY_HOLDERS_MAX)
        return diag_set(d, ERR_FORMAT,
                        "%zu of %zu shares: at least 2 must be needed, and not more than there are "
                        "(%u at most)",
                        p->needed, p->count, RECOVERY_HOLDERS_MAX);
    for (size_t i = 0; i < p->count; i++) {
        const char *name = p->holders[i].name;
        if (!value_warrant_valid(name) || strlen(name) > RECOVERY_NAME_MAX)
            return diag_set(d, ERR_FORMAT, "'%s' cannot name the holder of a share", name);
        for (size_t k = 0; k < i; k++)
            if (strcmp(p->holders[k].name, name) == 0 ||
                memcmp(p->holders[k].recipient.key, p->holders[i].recipient.key, AGE_KEY_BYTES) ==
                    0)
                return diag_set(d, ERR_FORMAT, "%s and %s are the same holder", p->holders[k].name,
                                name);
    }
    return 0;
}

/* ---- making ---- */

struct writing {
    struct buf *text;
    int64_t first_day, next_day;
    bool any, gap;
};

static int put_key(void *context, int64_t day, const struct hpke_keypair *pair)
{
    struct writing *w = context;
    char text[CALENDAR_DAY_LEN + 1];
    if (!w->any) {
        calendar_format_day(day, text);
        buf_format(w->text, "from %s\n", text);
    }
    w->gap = w->gap || (w->any && day != w->next_day);
    w->any = true;
    w->next_day = day + 1;
    buf_put_text(w->text, "key ");
    encode_base64_buf(w->text, pair->secret, HPKE_SECRET_BYTES);
    buf_put_u8(w->text, '\n');
    return 0;
}

static int seal_keys(const struct recovery_plan *p, const struct daykeys *keys,
                     const struct age_identity *id, struct buf *ret, struct diag *d)
{
    CLEANUP_BUF struct buf text = BUF_INIT_SECRET(RECOVERY_SEALED_MAX);
    const struct age_recipient to = age_identity_recipient(id);
    struct writing w = {.text = &text};
    buf_put_text(&text, title);
    buf_format(&text, "network %s\nwarrant %s\n", p->domain, p->warrant);
    int r = daykeys_each(keys, p->warrant, put_key, &w);
    if (r == 0 && (!w.any || w.gap))
        return diag_set(d, ERR_NOT_FOUND, "warrant %s has no day keys in a row here", p->warrant);
    if (r == 0)
        r = buf_failed(&text) ? ERR_LIMIT : age_encrypt(&to, 1, text.data, text.len, ret);
    return r < 0 ? diag_set(d, r, "the keys cannot be sealed: %s", err_text(r)) : 0;
}

static int seal_share(const struct recovery_holder *h, const struct recovery_share *s,
                      struct buf *ret, struct diag *d)
{
    CLEANUP_BUF struct buf text = BUF_INIT_SECRET(RECOVERY_SHARE_MAX);
    recovery_share_put(&text, s);
    int r = buf_failed(&text) ? ERR_LIMIT : age_encrypt(&h->recipient, 1, text.data, text.len, ret);
    return r < 0 ? diag_set(d, r, "the share of %s cannot be sealed: %s", h->name, err_text(r)) : 0;
}

static int split(const struct recovery_plan *p, const struct age_identity *id,
                 struct buf *ret_shares, struct diag *d)
{
    uint8_t numbers[RECOVERY_HOLDERS_MAX];
    CLEANUP_SECRET struct recovery_share *s = secret_new(sizeof *s);
    CLEANUP_SECRET uint8_t *secret = secret_new(AGE_KEY_BYTES);
    const struct age_recipient recipient = age_identity_recipient(id);
    for (size_t i = 0; i < p->count; i++)
        numbers[i] = (uint8_t)(i + 1);
    memcpy(secret, id->secret, AGE_KEY_BYTES);
    recovery_prepare();
    gfshare_ctx *g =
        gfshare_ctx_init_enc(numbers, (unsigned)p->count, (unsigned char)p->needed, AGE_KEY_BYTES);
    if (g == NULL)
        abort();
    gfshare_ctx_enc_setsecret(g, secret);
    snprintf(s->domain, sizeof s->domain, "%s", p->domain);
    snprintf(s->warrant, sizeof s->warrant, "%s", p->warrant);
    age_recipient_format(&recipient, s->recipient);
    s->of = (uint8_t)p->count;
    s->needed = (uint8_t)p->needed;
    int r = 0;
    for (size_t i = 0; r == 0 && i < p->count; i++) {
        snprintf(s->holder, sizeof s->holder, "%s", p->holders[i].name);
        s->number = numbers[i];
        gfshare_ctx_enc_getshare(g, (unsigned char)i, s->secret);
        r = seal_share(&p->holders[i], s, &ret_shares[i], d);
    }
    gfshare_ctx_free(g);
    return r;
}

int recovery_make(const struct recovery_plan *p, const struct daykeys *keys, struct buf *ret_sealed,
                  struct buf *ret_shares, struct diag *d)
{
    CLEANUP_SECRET struct age_identity *id = secret_new(sizeof *id);
    int r = recovery_check(p, d);
    if (r < 0)
        return r;
    age_identity_generate(id);
    r = seal_keys(p, keys, id, ret_sealed, d);
    return r < 0 ? r : split(p, id, ret_shares, d);
}

/* ---- opening ---- */

int recovery_open_share(const void *file, size_t len, const struct age_identity *identities,
                        size_t identity_count, struct buf *ret_text, struct diag *d)
{
    CLEANUP_BUF struct buf text = BUF_INIT_SECRET(RECOVERY_SHARE_MAX);
    CLEANUP_SECRET struct recovery_share *s = secret_new(sizeof *s);
    int r = age_decrypt(identities, identity_count, file, len, &text);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "it is sealed to another holder");
    if (r < 0)
        return diag_set(d, r, "it does not open: it was changed, or is no age file");
    r = recovery_share_parse(buf_text(&text), s, d);
    if (r == 0)
        buf_put(ret_text, text.data, text.len);
    return r == 0 && buf_failed(ret_text) ? ERR_LIMIT : r;
}

void recovery_keys_clear(struct recovery_keys *k)
{
    secret_free(k->pairs);
    *k = (struct recovery_keys){0};
}

/* One line: its public half is computed again. */
static bool parse_key(const char **pos, struct hpke_keypair *ret)
{
    char text[ENCODE_BASE64_LEN(HPKE_SECRET_BYTES) + 1];
    bool good = recovery_line(pos, "key", text, sizeof text) &&
                decode_base64_exact(text, strlen(text), ret->secret, sizeof ret->secret) == 0 &&
                crypto_scalarmult_base(ret->public, ret->secret) == 0;
    secret_wipe(text, sizeof text);
    return good;
}

static int parse_keys(const char *text, const char *domain, const char *warrant,
                      struct recovery_keys *k, struct diag *d)
{
    char network[VALUE_DOMAIN_MAX + 1], id[VALUE_WARRANT_MAX + 1], day[CALENDAR_DAY_LEN + 1];
    const char *pos = text + strlen(title);
    if (strncmp(text, title, strlen(title)) != 0 ||
        !recovery_line(&pos, "network", network, sizeof network) ||
        !recovery_line(&pos, "warrant", id, sizeof id) ||
        !recovery_line(&pos, "from", day, sizeof day) || calendar_parse_day(day, &k->first_day) < 0)
        return diag_set(d, ERR_FORMAT, "not day keys that were sealed for recovery");
    if (strcmp(network, domain) != 0 || strcmp(id, warrant) != 0)
        return diag_set(d, ERR_FORMAT, "these are the day keys of warrant %s of %s", id, network);
    while (*pos != '\0') {
        if (k->count == DAYKEYS_PER_WARRANT_MAX || !parse_key(&pos, &k->pairs[k->count]))
            return diag_set(d, ERR_FORMAT, "a day key that was sealed for recovery is malformed");
        k->count++;
    }
    return k->count > 0 ? 0 : diag_set(d, ERR_FORMAT, "no day key was sealed for recovery");
}

int recovery_open(const char *domain, const char *warrant, const void *sealed, size_t len,
                  const struct age_identity *identity, struct recovery_keys *ret, struct diag *d)
{
    CLEANUP_BUF struct buf text = BUF_INIT_SECRET(RECOVERY_SEALED_MAX);
    CLEANUP_RECOVERY_KEYS struct recovery_keys k = {0};
    int r = age_decrypt(identity, 1, sealed, len, &text);
    if (r < 0)
        return diag_set(d, ERR_AUTH,
                        "the sealed keys do not open: they were changed, or are of "
                        "another offer");
    k.pairs = secret_new(DAYKEYS_PER_WARRANT_MAX * sizeof *k.pairs);
    r = parse_keys(buf_text(&text), domain, warrant, &k, d);
    if (r < 0)
        return r;
    *ret = k;
    k = (struct recovery_keys){0};
    return 0;
}
