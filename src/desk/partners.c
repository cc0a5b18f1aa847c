#include "desk/partners.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "crypto/age.h"
#include "desk/index_internal.h"
#include "desk/query_utc.h"
#include "desk/schedule.h"
#include "exchange/package.h"
#include "wire/network_note.h"

/* A desk that was removed stays, since packages name it. */
static const char schema[] =
    "CREATE TABLE IF NOT EXISTS partner (number INTEGER PRIMARY KEY, name TEXT NOT NULL,"
    " network TEXT NOT NULL, domain TEXT NOT NULL, network_hash BLOB NOT NULL,"
    " agency TEXT NOT NULL, key BLOB NOT NULL, recipients TEXT NOT NULL, scope TEXT NOT NULL,"
    " times TEXT NOT NULL, delivery TEXT NOT NULL, approval INTEGER NOT NULL,"
    " receipt_minutes INTEGER NOT NULL, user INTEGER NOT NULL, at INTEGER NOT NULL,"
    " removed INTEGER NOT NULL DEFAULT 0);"
    "CREATE UNIQUE INDEX IF NOT EXISTS partner_name ON partner (name) WHERE removed = 0;"
    "CREATE UNIQUE INDEX IF NOT EXISTS partner_desk ON partner (network_hash, agency, key)"
    " WHERE removed = 0;";

int partners_make(struct desk_index *x, struct diag *d)
{
    return sql_execute(&x->sql, schema, d);
}

static const char *const approvals[] = {
    [DESK_APPROVAL_FIRST] = "first",
    [DESK_APPROVAL_EACH] = "each",
    [DESK_APPROVAL_NONE] = "none",
};
_Static_assert(sizeof approvals / sizeof *approvals == DESK_APPROVALS, "a word for each");

const char *desk_approval_text(enum desk_approval a)
{
    return a < DESK_APPROVALS ? approvals[a] : "";
}

enum desk_approval desk_approval_of(const char *word)
{
    enum desk_approval a = DESK_APPROVAL_FIRST;
    while (a < DESK_APPROVALS && strcmp(word, approvals[a]) != 0)
        a++;
    return a;
}

/* ---- what a partner may be ---- */

static int check_names(const struct desk_partner *p, struct diag *d)
{
    if (strlen(p->name) > DESK_PARTNER_NAME_MAX || !package_name_valid(p->name))
        return diag_set(d, ERR_FORMAT,
                        "a partner's name has up to %u lower case letters, digits and '-', and "
                        "begins with a letter",
                        DESK_PARTNER_NAME_MAX);
    return value_handle_valid(p->agency)
               ? 0
               : diag_set(d, ERR_FORMAT, "'%s' is not an agency's name, as warrants have it",
                          p->agency);
}

static int check_recipients(const char *text, struct diag *d)
{
    CLEANUP_FREE char *copy = mem_string(text);
    struct age_recipient r;
    char *rest = copy, *word;
    size_t count = 0;
    while ((word = strsep(&rest, " ")) != NULL)
        if (++count > DESK_PARTNER_RECIPIENTS_MAX || age_recipient_parse(word, &r) < 0)
            return diag_set(d, ERR_FORMAT,
                            "'%s' is not an age recipient: name one to %u that begin with age1",
                            word, DESK_PARTNER_RECIPIENTS_MAX);
    return 0;
}

/* What of a partner is kept in another form than it came. */
struct checked {
    struct network_note *net;
    struct buf times;
};

static void checked_clear(struct checked *c)
{
    network_note_free(c->net);
    buf_clear(&c->times);
}

static int check_schedule(const struct desk_partner *p, struct buf *times, struct diag *d)
{
    CLEANUP(query_free_cleanup) struct query *q = NULL;
    CLEANUP(desk_schedule_free_cleanup) struct desk_schedule *s = NULL;
    int r = 0;
    if ((p->scope[0] == '\0') != (p->times[0] == '\0'))
        return diag_set(d, ERR_FORMAT, "a schedule has both: what it passes on, and its times");
    if (p->scope[0] == '\0')
        return 0;
    if (!value_line_valid(p->scope, DESK_PARTNER_SCOPE_MAX))
        return diag_set(d, ERR_FORMAT,
                        "what is passed on is a query of a line, of at most %u bytes",
                        DESK_PARTNER_SCOPE_MAX);
    r = desk_query_utc(p->scope, p->by.at_unix_ms, &q, d);
    if (r == 0)
        r = desk_schedule_parse(p->times, &s, d);
    if (r == 0)
        desk_schedule_put(s, times);
    return r;
}

static int check_delivery(const struct desk_partner *p, struct diag *d)
{
    if (p->delivery[0] != '\0' &&
        (p->delivery[0] != '/' || !value_line_valid(p->delivery, DESK_PARTNER_DELIVERY_MAX)))
        return diag_set(d, ERR_FORMAT,
                        "packages are delivered into a folder: name it from / on, not '%s'",
                        p->delivery);
    if (p->receipt_minutes < 1 || p->receipt_minutes > DESK_RECEIPT_MINUTES_MAX)
        return diag_set(d, ERR_FORMAT, "a receipt is expected within 1 to %d minutes",
                        DESK_RECEIPT_MINUTES_MAX);
    return p->approval < DESK_APPROVALS
               ? 0
               : diag_set(d, ERR_FORMAT, "what is approved is one of first, each, none");
}

static int check_alone(const struct desk_partner *p, struct checked *ret, struct diag *d)
{
    *ret = (struct checked){.times = BUF_INIT(DESK_SCHEDULE_MAX + 1)};
    int r = check_names(p, d);
    if (r == 0)
        r = check_recipients(p->recipients, d);
    if (r == 0)
        r = check_schedule(p, &ret->times, d);
    if (r == 0)
        r = check_delivery(p, d);
    return r == 0 ? network_note_open(p->network, strlen(p->network), &ret->net, d) : r;
}

struct other {
    const struct desk_partner *partner; /* which itself is not meant */
    struct diag *d;
};

static int refuse_other(void *context, const struct desk_partner *p)
{
    const struct other *o = context;
    return p->number == o->partner->number
               ? 0
               : diag_set(o->d, ERR_EXISTS, "that desk is the partner %s already", p->name);
}

static int check_other(struct desk_index *x, const struct desk_partner *p,
                       const struct network_note *net, struct diag *d)
{
    struct other o = {p, d};
    int r = desk_partner_find(x, net->document.hash, p->agency, p->key, refuse_other, &o, d);
    return r == ERR_NOT_FOUND ? 0 : r;
}

static int check(struct desk_index *x, const struct desk_partner *p, struct checked *ret,
                 struct diag *d)
{
    int r = check_alone(p, ret, d);
    return r == 0 ? check_other(x, p, ret->net, d) : r;
}

/* ---- changing ---- */

static int write_row(struct desk_index *x, const struct desk_partner *p, struct checked *c,
                     sqlite3_stmt *s, struct diag *d)
{
    sql_bind_text(s, 2, p->name);
    sql_bind_text(s, 3, p->network);
    sql_bind_text(s, 4, c->net->domain);
    sql_bind_bytes(s, 5, c->net->document.hash, HASH_BYTES);
    sql_bind_text(s, 6, p->agency);
    sql_bind_bytes(s, 7, p->key, SIGN_PUBLIC_BYTES);
    sql_bind_text(s, 8, p->recipients);
    sql_bind_text(s, 9, p->scope);
    sql_bind_text(s, 10, buf_text(&c->times));
    sql_bind_text(s, 11, p->delivery);
    sqlite3_bind_int(s, 12, (int)p->approval);
    sqlite3_bind_int64(s, 13, p->receipt_minutes);
    sqlite3_bind_int64(s, 14, p->by.user);
    sqlite3_bind_int64(s, 15, p->by.at_unix_ms);
    int r = sql_run(s);
    if (r == ERR_EXISTS)
        return diag_set(d, r, "there is a partner %s already", p->name);
    return r < 0 ? sql_failed(&x->sql, d, "cannot write a partner") : 0;
}

int desk_partner_add(struct desk_index *x, const struct desk_partner *p, int64_t *ret_number,
                     struct diag *d)
{
    CLEANUP(checked_clear) struct checked c;
    int r = check(x, p, &c, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s =
        sql(&x->sql, "INSERT INTO partner (number, name, network, domain, network_hash, agency,"
                     " key, recipients, scope, times, delivery, approval, receipt_minutes,"
                     " user, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
                     " ?13, ?14, ?15)");
    sqlite3_bind_null(s, 1);
    r = write_row(x, p, &c, s, d);
    if (r == 0)
        *ret_number = sqlite3_last_insert_rowid(x->sql.db);
    return r;
}

static int none_changed(struct desk_index *x, const char *name, struct diag *d)
{
    return sqlite3_changes(x->sql.db) > 0
               ? 0
               : diag_set(d, ERR_NOT_FOUND, "there is no partner %s", name);
}

int desk_partner_change(struct desk_index *x, const struct desk_partner *p, struct diag *d)
{
    CLEANUP(checked_clear) struct checked c;
    int r = check(x, p, &c, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s = sql(&x->sql, "UPDATE partner SET name = ?2, network = ?3, domain = ?4,"
                                   " network_hash = ?5, agency = ?6, key = ?7, recipients = ?8,"
                                   " scope = ?9, times = ?10, delivery = ?11, approval = ?12,"
                                   " receipt_minutes = ?13, user = ?14, at = ?15"
                                   " WHERE number = ?1 AND removed = 0");
    sqlite3_bind_int64(s, 1, p->number);
    r = write_row(x, p, &c, s, d);
    return r == 0 ? none_changed(x, p->name, d) : r;
}

int desk_partner_remove(struct desk_index *x, const char *name, const struct desk_by *by,
                        struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "UPDATE partner SET removed = ?2, user = ?3"
                                   " WHERE name = ?1 AND removed = 0");
    sql_bind_text(s, 1, name);
    sqlite3_bind_int64(s, 2, by->at_unix_ms);
    sqlite3_bind_int64(s, 3, by->user);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot remove a partner")
                          : none_changed(x, name, d);
}
