/* Asking for partners, and what is said of one. */
#include "base/encode.h"
#include "desk/index_internal.h"
#include "desk/partners.h"

#define COLUMNS                                                                                    \
    "SELECT number, name, network, domain, network_hash, agency, key, recipients, scope, times,"   \
    " delivery, approval, receipt_minutes, user, at FROM partner WHERE removed = 0"

static int hand_on(sqlite3_stmt *s, desk_partner_fn *fn, void *context)
{
    struct desk_partner p = {.number = sqlite3_column_int64(s, 0),
                             .name = sql_text(s, 1),
                             .network = sql_text(s, 2),
                             .domain = sql_text(s, 3),
                             .agency = sql_text(s, 5),
                             .recipients = sql_text(s, 7),
                             .scope = sql_text(s, 8),
                             .times = sql_text(s, 9),
                             .delivery = sql_text(s, 10),
                             .approval = (enum desk_approval)sqlite3_column_int(s, 11),
                             .receipt_minutes = sqlite3_column_int64(s, 12),
                             .by = {sqlite3_column_int64(s, 13), sqlite3_column_int64(s, 14)}};
    int r = sql_copy(s, 4, p.network_hash, sizeof p.network_hash);
    if (r == 0)
        r = sql_copy(s, 6, p.key, sizeof p.key);
    return r == 0 ? fn(context, &p) : r;
}

int desk_partner_read(struct desk_index *x, int64_t number, desk_partner_fn *fn, void *context,
                      struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s = sql(&x->sql, COLUMNS " AND number = ?1");
    sqlite3_bind_int64(s, 1, number);
    int r = sql_row(s);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "there is no partner %lld", (long long)number);
    return r < 0 ? sql_failed(&x->sql, d, "cannot read partners") : hand_on(s, fn, context);
}

int desk_partners_each(struct desk_index *x, desk_partner_fn *fn, void *context, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, COLUMNS " ORDER BY name");
    int r = 0;
    while (r == 0 && sql_walk(&x->sql, s, &r, d))
        r = hand_on(s, fn, context);
    sqlite3_reset(s);
    return r;
}

int desk_partner_find(struct desk_index *x, const uint8_t network_hash[static HASH_BYTES],
                      const char *agency, const uint8_t key[static SIGN_PUBLIC_BYTES],
                      desk_partner_fn *fn, void *context, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, COLUMNS " AND network_hash = ?1 AND agency = ?2 AND key = ?3");
    sql_bind_bytes(s, 1, network_hash, HASH_BYTES);
    sql_bind_text(s, 2, agency);
    sql_bind_bytes(s, 3, key, SIGN_PUBLIC_BYTES);
    int r = sql_row(s);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r,
                        "the desk of the agency %s with that key, in the network with that "
                        "note, is no partner's",
                        agency);
    return r < 0 ? sql_failed(&x->sql, d, "cannot read partners") : hand_on(s, fn, context);
}

int desk_partner_copy(struct arena *a, const struct desk_partner *p, struct desk_partner *ret)
{
    *ret = *p;
    ret->name = arena_string(a, p->name);
    ret->network = arena_string(a, p->network);
    ret->domain = arena_string(a, p->domain);
    ret->agency = arena_string(a, p->agency);
    ret->recipients = arena_string(a, p->recipients);
    ret->scope = arena_string(a, p->scope);
    ret->times = arena_string(a, p->times);
    ret->delivery = arena_string(a, p->delivery);
    return ret->delivery == NULL ? ERR_LIMIT : 0;
}

void desk_partner_line(const struct desk_partner *p, struct buf *b)
{
    char key[ENCODE_BASE64_LEN(SIGN_PUBLIC_BYTES) + 1], hash[2 * HASH_BYTES + 1];
    encode_base64(p->key, sizeof p->key, key);
    encode_hex(p->network_hash, sizeof p->network_hash, hash);
    buf_format(b, "%s of the network %s, key %s, to %s", p->agency, hash, key, p->recipients);
    if (p->scope[0] != '\0')
        buf_format(b, ", %s: %s, approval %s", p->times, p->scope, desk_approval_text(p->approval));
    buf_format(b, ", into '%s', receipt within %lld minutes", p->delivery,
               (long long)p->receipt_minutes);
}
