#include "desk/statement.h"

#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "desk/names.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS stated (warrant TEXT NOT NULL, agency TEXT NOT NULL,"
    " serial INTEGER NOT NULL, day INTEGER NOT NULL, size INTEGER NOT NULL, note TEXT NOT NULL,"
    " PRIMARY KEY (warrant, agency, serial)) WITHOUT ROWID;";

struct stating {
    const struct desk_engine *e;
    struct sql *sql;
    const char *domain;
    int64_t today, first_day; /* `first_day`: of the log's first entry */
    const struct warrant *w;
    const char *agency;
};

/* ---- counting ---- */

struct counting {
    const char *warrant;
    uint64_t counts[USE_COUNTS];
    struct names users;
};

static bool names_warrant(const char *list, const char *warrant)
{
    size_t len = strlen(warrant);
    for (const char *at = list; *at != '\0'; at += strcspn(at, " ")) {
        at += strspn(at, " ");
        if (strncmp(at, warrant, len) == 0 && (at[len] == ' ' || at[len] == '\0'))
            return true;
    }
    size_t all = strlen(list);
    return all >= 3 && strcmp(list + all - 3, "...") == 0; /* there were too many to name */
}

static int count_entry(void *context, const struct access_entry *e)
{
    struct counting *c = context;
    bool asked = e->action == ACCESS_SEARCH || e->action == ACCESS_COUNT;
    bool named = names_warrant(e->warrants, c->warrant);
    c->counts[USE_SEARCHES] += asked;
    if (named && e->action == ACCESS_VIEW)
        c->counts[USE_OPENED] += e->count;
    if (named && e->action == ACCESS_EXPORT)
        c->counts[USE_EXPORTED] += e->count;
    if (named && e->action == ACCESS_PASS)
        c->counts[USE_PASSED] += e->count;
    bool looked =
        e->action == ACCESS_VIEW || e->action == ACCESS_EXPORT || e->action == ACCESS_PASS;
    if (asked || (looked && (named || e->warrants[0] == '\0'))) /* who writes with whom is of all */
        (void)names_add(&c->users, e->user, strlen(e->user));
    return 0;
}

/* From the entry `first` on, until its day ends. */
static int count_day(const struct stating *s, uint64_t first, struct use *x, struct diag *d)
{
    struct counting c = {.warrant = s->w->id};
    int r = access_at(s->e->log, (x->day + 1) * CALENDAR_DAY_MS, &x->size, x->root, d);
    if (r == 0 && x->size > first) {
        const struct access_question q = {
            .from = first, .limit = x->size - first, .action = ACCESS_ACTIONS};
        r = access_each(s->e->log, &q, count_entry, &c, d);
    }
    memcpy(x->counts, c.counts, sizeof x->counts);
    x->counts[USE_USERS] = c.users.count;
    names_clear(&c.users);
    return r;
}

/* ---- making ---- */

static int keep(const struct stating *s, const struct use *x, const char *note, struct diag *d)
{
    sqlite3_stmt *q = sql(s->sql, "INSERT INTO stated VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    sql_bind_text(q, 1, x->warrant);
    sql_bind_text(q, 2, x->agency);
    sqlite3_bind_int64(q, 3, (sqlite3_int64)x->serial);
    sqlite3_bind_int64(q, 4, x->day);
    sqlite3_bind_int64(q, 5, (sqlite3_int64)x->size);
    sql_bind_text(q, 6, note);
    return sql_run(q) < 0 ? sql_failed(s->sql, d, "cannot keep the statement") : 0;
}

/* What was stated last of a warrant: `size` of the log, where the next one begins. */
struct last {
    uint64_t serial, size;
    int64_t day;
};

static int state_next(const struct stating *s, struct last *last, struct diag *d)
{
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_USE_MAX);
    CLEANUP_BUF struct buf note = BUF_INIT(VALUE_USE_MAX);
    struct use x = {
        .warrant = s->w->id, .agency = s->agency, .serial = last->serial + 1, .day = last->day + 1};
    int r = count_day(s, last->size, &x, d);
    if (r < 0)
        return r;
    use_format(&text, s->domain, &x);
    access_sign_note(s->e->log, s->agency, &text, &note);
    if (buf_failed(&text) || buf_failed(&note))
        return diag_set(d, ERR_LIMIT, "the statement for warrant %s is too long", s->w->id);
    *last = (struct last){x.serial, x.size, x.day};
    return keep(s, &x, buf_text(&note), d);
}

/* None yet: the day before the first one, and the entry with which that one begins. */
static int none_stated(const struct stating *s, struct last *ret, struct diag *d)
{
    int64_t day = s->w->from_day > s->first_day ? s->w->from_day : s->first_day;
    *ret = (struct last){.day = day - 1};
    return access_since(s->e->log, day * CALENDAR_DAY_MS, &ret->size, d);
}

static int last_stated(const struct stating *s, struct last *ret, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *q =
        sql(s->sql, "SELECT serial, size, day FROM stated WHERE warrant = ?1 AND agency = ?2"
                    " ORDER BY serial DESC LIMIT 1");
    sql_bind_text(q, 1, s->w->id);
    sql_bind_text(q, 2, s->agency);
    int r = sql_row(q);
    if (r == ERR_NOT_FOUND)
        return none_stated(s, ret, d);
    if (r < 0)
        return sql_failed(s->sql, d, "cannot read what was stated");
    *ret = (struct last){.serial = (uint64_t)sqlite3_column_int64(q, 0),
                         .size = (uint64_t)sqlite3_column_int64(q, 1),
                         .day = sqlite3_column_int64(q, 2)};
    return 0;
}

static int state_warrant(const struct stating *s, struct diag *d)
{
    struct last last;
    int64_t end = s->w->until_day + USE_DAYS_AFTER;
    int r = last_stated(s, &last, d);
    end = end < s->today - 1 ? end : s->today - 1;
    while (r == 0 && last.day < end)
        r = state_next(s, &last, d);
    return r;
}

/* ---- all ---- */

struct making {
    struct stating s;
    const struct library *library;
    bool named;
};

static int first_entry(void *context, const struct access_entry *e)
{
    *(int64_t *)context = calendar_day_of(e->at_unix_ms);
    return 1;
}

static int make(void *context, struct diag *d)
{
    struct making *m = context;
    const struct policy_set *set = library_newest(m->library);
    const struct access_question first = {.limit = 1, .action = ACCESS_ACTIONS};
    int r = sql_execute(m->s.sql, schema, d);
    m->s.first_day = m->s.today;
    if (r == 0)
        r = access_each(m->s.e->log, &first, first_entry, &m->s.first_day, d);
    for (size_t i = 0; r >= 0 && set != NULL && i < POLICY_WARRANTS_MAX; i++) {
        m->s.w = set->warrants[i];
        for (size_t k = 0; r >= 0 && m->s.w != NULL && k < m->s.w->agency_count; k++) {
            const struct warrant_agency *a = &m->s.w->agencies[k];
            if (!a->has_desk || memcmp(a->desk, access_key(m->s.e->log), sizeof a->desk) != 0)
                continue;
            m->named = true;
            m->s.agency = a->name;
            r = state_warrant(&m->s, d);
        }
    }
    return r < 0 ? r : 0;
}

int desk_statement_make(const struct desk_folder *f, const struct desk_engine *e,
                        int64_t now_unix_ms, struct diag *d)
{
    CLEANUP(network_note_free_cleanup) struct network_note *net = NULL;
    CLEANUP(library_free_cleanup) struct library *library = NULL;
    CLEANUP_FREE char *documents = desk_folder_documents(f);
    int r = desk_folder_note(f, &net, d);
    if (r == 0)
        r = library_open(net, documents, &library, d);
    if (r == 0)
        r = desk_statement_make_by(e, net, library, now_unix_ms, d);
    return r < 0 ? diag_prefix(d, r, "%s", f->dir) : 0;
}

int desk_statement_make_by(const struct desk_engine *e, const struct network_note *net,
                           const struct library *library, int64_t now_unix_ms, struct diag *d)
{
    struct making m = {.library = library};
    m.s = (struct stating){.e = e,
                           .sql = desk_index_sql(e->index),
                           .domain = net->domain,
                           .today = calendar_day_of(now_unix_ms)};
    int r = sql_transaction(m.s.sql, make, &m, d);
    if (r < 0 || m.named)
        return r;
    return diag_set(d, ERR_NOT_FOUND, "no warrant in force names this desk's key");
}

int desk_statement_each(const struct desk_engine *e, desk_statement_fn *fn, void *context,
                        struct diag *d)
{
    struct sql *s = desk_index_sql(e->index);
    int r = sql_execute(s, schema, d);
    if (r < 0)
        return r;
    sqlite3_stmt *q = sql(s, "SELECT warrant, agency, serial, day, note FROM stated"
                             " ORDER BY warrant, agency, serial");
    while (sql_walk(s, q, &r, d)) {
        const struct use x = {.warrant = sql_text(q, 0),
                              .agency = sql_text(q, 1),
                              .serial = (uint64_t)sqlite3_column_int64(q, 2),
                              .day = sqlite3_column_int64(q, 3)};
        r = fn(context, &x, sql_text(q, 4));
        if (r != 0)
            sqlite3_reset(q);
    }
    return r;
}
