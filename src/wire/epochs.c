/* The epochs half of warrant.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/memory.h"
#include "wire/warrant.h"

#define DAY_DIGITS_MAX 9

void epochs_free(struct epochs *e)
{
    if (e == NULL)
        return;
    document_clear(&e->document);
    free(e);
}

static void read_days(struct document_reader *r, struct epochs *e)
{
    e->days = arena_array(&r->document->arena, WARRANT_DAYS_MAX, sizeof *e->days);
    if (e->days == NULL) {
        document_refuse(r, "epochs", "", "too large");
        return;
    }
    while (r->failed == 0 && r->pos != r->end) {
        char day_text[DAY_DIGITS_MAX + 1] = "";
        uint64_t day = 0;
        size_t len = strspn(r->pos, "0123456789");
        if (len <= DAY_DIGITS_MAX)
            memcpy(day_text, r->pos, len);
        if (value_parse_u64(day_text, INT32_MAX, &day) < 0 || e->count == WARRANT_DAYS_MAX) {
            document_unexpected(r, e->count == WARRANT_DAYS_MAX ? "too many days"
                                                                : "not DAY and an X25519 key");
            return;
        }
        struct epoch *at = &e->days[e->count];
        const char *value = document_value(r, day_text);
        if (decode_base64_exact(value, strlen(value), at->key, sizeof at->key) < 0)
            document_refuse(r, day_text, value, "not DAY and an X25519 key");
        else if (e->count > 0 && (int64_t)day != at[-1].day + 1)
            document_refuse(r, day_text, value, "does not follow the day before it");
        at->day = (int64_t)day;
        e->count++;
    }
    if (r->failed == 0 && e->count == 0)
        document_refuse(r, "bot", e->bot, "no day follows");
}

static int read_text(struct document_reader *r, struct epochs *e, const char *domain)
{
    document_network(r, domain);
    e->warrant = document_value(r, "warrant");
    if (!value_warrant_valid(e->warrant))
        document_refuse(r, "warrant", e->warrant, "not a warrant's id");
    e->bot = document_value(r, "bot");
    if (!value_domain_valid(e->bot))
        document_refuse(r, "bot", e->bot, "not a component's address");
    read_days(r, e);
    return document_end(r);
}

int epochs_open_offer(const char *domain, const char *bot,
                      const uint8_t bot_key[static SIGN_PUBLIC_BYTES], const char *note, size_t len,
                      struct epochs **ret, struct diag *d)
{
    CLEANUP(epochs_free_cleanup) struct epochs *e = mem_new(sizeof *e);
    struct document_reader r;
    struct note view;
    int code = document_begin(&r, &e->document, "epochs", note, len, VALUE_EPOCHS_MAX, &view, d);
    if (code == 0)
        code = read_text(&r, e, domain);
    if (code == 0 && strcmp(e->bot, bot) != 0)
        code = diag_set(d, ERR_AUTH, "epochs: made by %s, not by %s", e->bot, bot);
    if (code == 0)
        code = document_verify(&view, "epochs", bot, bot_key, d);
    if (code == 0)
        *ret = TAKE(e);
    return code;
}

int epochs_open(const struct warrant *w, const uint8_t bot_key[static SIGN_PUBLIC_BYTES],
                const char *note, size_t len, struct epochs **ret, struct diag *d)
{
    CLEANUP(epochs_free_cleanup) struct epochs *e = NULL;
    int code = epochs_open_offer(w->network, w->bot, bot_key, note, len, &e, d);
    if (code < 0)
        return code;
    if (memcmp(e->document.hash, w->epochs, HASH_BYTES) != 0 || strcmp(e->warrant, w->id) != 0)
        return diag_set(d, ERR_AUTH, "epochs: not the text that warrant %s names", w->id);
    if (epochs_key(e, w->from_day) == NULL || epochs_key(e, w->until_day) == NULL)
        return diag_set(d, ERR_FORMAT, "epochs: warrant %s has days without a key", w->id);
    *ret = TAKE(e);
    return 0;
}

const uint8_t *epochs_key(const struct epochs *e, int64_t day)
{
    if (day < e->days[0].day || day - e->days[0].day >= (int64_t)e->count)
        return NULL;
    return e->days[day - e->days[0].day].key;
}

void epochs_format(struct buf *b, const char *domain, const struct epochs *e)
{
    buf_format(b, "ironside epochs 1\nnetwork %s\nwarrant %s\nbot %s\n", domain, e->warrant,
               e->bot);
    for (size_t i = 0; i < e->count; i++) {
        buf_format(b, "%" PRId64 " ", e->days[i].day);
        document_put_key(b, e->days[i].key);
        buf_put_u8(b, '\n');
    }
}
