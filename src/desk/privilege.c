#include "desk/privilege.h"

#include <string.h>

#include "base/memory.h"
#include "desk/privilege_internal.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS privilege_mark (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
    " what TEXT NOT NULL, user INTEGER NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL,"
    " state INTEGER NOT NULL DEFAULT 0, decided_by INTEGER NOT NULL DEFAULT 0,"
    " decided INTEGER NOT NULL DEFAULT 0, decided_reason TEXT NOT NULL DEFAULT '');"
    "CREATE INDEX IF NOT EXISTS privilege_mark_state ON privilege_mark (state, number);"
    /* Numbers of messages, conversations or accounts; of a pair, accounts of either side. */
    "CREATE TABLE IF NOT EXISTS privilege_object (mark INTEGER NOT NULL, side INTEGER NOT NULL,"
    " object INTEGER NOT NULL, PRIMARY KEY (mark, side, object)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS privilege_released (message INTEGER PRIMARY KEY,"
    " user INTEGER NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL);";

int privilege_make(struct desk_index *x, struct diag *d)
{
    return sql_execute(&x->sql, schema, d);
}

int privilege_load(struct desk_index *x, struct diag *d)
{
    x->privilege.stale = false;
    return cover_load(x, 0, &x->privilege.cover, d);
}

void privilege_forget(struct desk_index *x)
{
    cover_clear(&x->privilege.cover);
    idset_clear(&x->privilege.hidden);
}

void privilege_rolled_back(struct desk_index *x)
{
    x->privilege.stale = true;
}

int privilege_fresh(struct desk_index *x, struct diag *d)
{
    return x->privilege.stale ? privilege_cover_all(x, NULL, d) : 0;
}

/* ---- marking ---- */

static int check_reason(const char *reason, struct diag *d)
{
    size_t len = strlen(reason);
    if (len == 0 || len > DESK_PRIVILEGE_REASON_MAX || !value_utf8_valid(reason, len))
        return diag_set(d, ERR_FORMAT, "say for which reason, in at most %u bytes",
                        DESK_PRIVILEGE_REASON_MAX);
    return 0;
}

static int add_object(struct desk_index *x, int64_t mark, int side, int64_t object, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "INSERT OR IGNORE INTO privilege_object (mark, side, object)"
                                   " VALUES (?1, ?2, ?3)");
    sqlite3_bind_int64(s, 1, mark);
    sqlite3_bind_int(s, 2, side);
    sqlite3_bind_int64(s, 3, object);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write what is privileged") : 0;
}

/* With all accounts under one name with it. */
static int add_person(struct desk_index *x, int64_t mark, int side, const char *account,
                      struct diag *d)
{
    uint32_t number = 0;
    int r = sight_account(x, account, &number, d);
    if (r == 0)
        r = people_fresh(x, d);
    if (r == 0)
        r = add_object(x, mark, side, number, d);
    for (uint32_t i = 1; r == 0 && i <= x->people.count; i++)
        if (i != number && people_are_one(x, i, number))
            r = add_object(x, mark, side, i, d);
    return r;
}

static int add_pair(struct desk_index *x, int64_t mark, const struct desk_privilege_ask *a,
                    struct diag *d)
{
    if (a->with == NULL || strcmp(a->what, a->with) == 0)
        return diag_set(d, ERR_FORMAT, "a pair is of two people");
    int r = add_person(x, mark, 0, a->what, d);
    return r < 0 ? r : add_person(x, mark, 1, a->with, d);
}

static int add_conversation(struct desk_index *x, int64_t mark, const char *id, struct diag *d)
{
    uint32_t number = names_find(&x->names[NAME_CONVERSATION], id, strlen(id));
    if (census_conversation(sight_census(x), number)->messages == 0)
        return diag_set(d, ERR_NOT_FOUND, "there is no conversation %s", id);
    return add_object(x, mark, 0, number, d);
}

/* What it is an edit of, or itself. */
static int64_t original_of(struct desk_index *x, int64_t message)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT target FROM about WHERE message = ?1 AND kind = ?2 AND target <> 0");
    sqlite3_bind_int64(s, 1, message);
    sqlite3_bind_int(s, 2, CONTENT_EDIT);
    return sql_row(s) == 0 ? sqlite3_column_int64(s, 0) : message;
}

/* The message, what it is an edit of, and all edits of that; marked anew, each. */
static int add_message(struct desk_index *x, int64_t mark, int64_t message, struct diag *d)
{
    int64_t original = original_of(x, message);
    if (!sight_has(x, message))
        return diag_set(d, ERR_NOT_FOUND, "there is no message %lld", (long long)message);
    int r = add_object(x, mark, 0, message, d);
    if (r == 0)
        r = add_object(x, mark, 0, original, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s =
        sql(&x->sql, "INSERT OR IGNORE INTO privilege_object (mark, side, object)"
                     " SELECT ?1, 0, message FROM about WHERE target = ?2 AND kind = ?3");
    sqlite3_bind_int64(s, 1, mark);
    sqlite3_bind_int64(s, 2, original);
    sqlite3_bind_int(s, 3, CONTENT_EDIT);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write what is privileged") : 0;
}

static int add_messages(struct desk_index *x, int64_t mark, const struct desk_privilege_ask *a,
                        struct diag *d)
{
    int r = a->message_count == 0 ? diag_set(d, ERR_NOT_FOUND, "that is no message") : 0;
    for (size_t i = 0; i < a->message_count && r == 0; i++)
        r = add_message(x, mark, a->messages[i], d);
    if (r < 0)
        return r;
    sqlite3_stmt *s = sql(&x->sql, "DELETE FROM privilege_released WHERE message IN"
                                   " (SELECT object FROM privilege_object WHERE mark = ?1)");
    sqlite3_bind_int64(s, 1, mark);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write what is privileged") : 0;
}

static int add_objects(struct desk_index *x, int64_t mark, const struct desk_privilege_ask *a,
                       struct diag *d)
{
    switch (a->kind) {
    case DESK_PRIVILEGED_MESSAGES:
        return add_messages(x, mark, a, d);
    case DESK_PRIVILEGED_CONVERSATION:
        return add_conversation(x, mark, a->what, d);
    case DESK_PRIVILEGED_PERSON:
        return add_person(x, mark, 0, a->what, d);
    case DESK_PRIVILEGED_PAIR:
        return add_pair(x, mark, a, d);
    case DESK_PRIVILEGED_KINDS:
        break;
    }
    return diag_set(d, ERR_FORMAT, "nothing of that kind can be privileged");
}

static int write_mark(struct desk_index *x, const struct desk_privilege_ask *a,
                      const struct desk_by *by, int64_t *ret, struct diag *d)
{
    CLEANUP_FREE char *what = a->kind == DESK_PRIVILEGED_PAIR
                                  ? mem_format("%s %s", a->what, a->with == NULL ? "" : a->with)
                                  : mem_string(a->what);
    sqlite3_stmt *s = sql(&x->sql, "INSERT INTO privilege_mark (kind, what, user, at, reason)"
                                   " VALUES (?1, ?2, ?3, ?4, ?5)");
    sqlite3_bind_int(s, 1, (int)a->kind);
    sql_bind_text(s, 2, what);
    sqlite3_bind_int64(s, 3, by->user);
    sqlite3_bind_int64(s, 4, by->at_unix_ms);
    sql_bind_text(s, 5, a->reason);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write that it is privileged");
    *ret = sqlite3_last_insert_rowid(x->sql.db);
    return 0;
}

int desk_privilege_mark(struct desk_index *x, const struct desk_privilege_ask *a,
                        const struct desk_by *by, int64_t *ret_number, uint64_t *ret_hidden,
                        struct diag *d)
{
    int r = check_reason(a->reason, d);
    if (r == 0)
        r = write_mark(x, a, by, ret_number, d);
    if (r == 0)
        r = add_objects(x, *ret_number, a, d);
    return r < 0 ? r : privilege_cover_all(x, ret_hidden, d);
}

/* ---- deciding ---- */

static int state_of(struct desk_index *x, int64_t number, enum desk_privilege_state *ret,
                    struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT state FROM privilege_mark WHERE number = ?1");
    sqlite3_bind_int64(s, 1, number);
    int r = sql_row(s);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "nothing is privileged by the number %lld", (long long)number);
    if (r < 0)
        return sql_failed(&x->sql, d, "cannot read what is privileged");
    *ret = (enum desk_privilege_state)sqlite3_column_int(s, 0);
    return 0;
}

static int check_open(struct desk_index *x, int64_t number, bool release, struct diag *d)
{
    enum desk_privilege_state state = DESK_PRIVILEGE_STATES;
    int r = state_of(x, number, &state, d);
    if (r < 0)
        return r;
    if (state == DESK_PRIVILEGE_RELEASED || (state == DESK_PRIVILEGE_KEPT && !release))
        return diag_set(d, ERR_INVALID_STATE, "%lld is %s already", (long long)number,
                        desk_privilege_state_text(state));
    return 0;
}

int desk_privilege_decide(struct desk_index *x, int64_t number, bool release, const char *reason,
                          const struct desk_by *by, struct diag *d)
{
    int r = check_reason(reason, d);
    if (r == 0)
        r = check_open(x, number, release, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s = sql(&x->sql, "UPDATE privilege_mark SET state = ?2, decided_by = ?3,"
                                   " decided = ?4, decided_reason = ?5 WHERE number = ?1");
    sqlite3_bind_int64(s, 1, number);
    sqlite3_bind_int(s, 2, release ? DESK_PRIVILEGE_RELEASED : DESK_PRIVILEGE_KEPT);
    sqlite3_bind_int64(s, 3, by->user);
    sqlite3_bind_int64(s, 4, by->at_unix_ms);
    sql_bind_text(s, 5, reason);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write what was decided");
    return release ? privilege_cover_all(x, NULL, d) : 0;
}

int desk_privilege_release(struct desk_index *x, int64_t message, const char *reason,
                           const struct desk_by *by, struct diag *d)
{
    int r = check_reason(reason, d);
    if (r == 0 && !sight_has(x, message))
        r = diag_set(d, ERR_NOT_FOUND, "there is no message %lld", (long long)message);
    if (r < 0)
        return r;
    sqlite3_stmt *s =
        sql(&x->sql, "INSERT OR REPLACE INTO privilege_released VALUES (?1, ?2, ?3, ?4)");
    sqlite3_bind_int64(s, 1, message);
    sqlite3_bind_int64(s, 2, by->user);
    sqlite3_bind_int64(s, 3, by->at_unix_ms);
    sql_bind_text(s, 4, reason);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write that it is released");
    idset_add(&x->privilege.cover.released, message);
    privilege_switch(x, message);
    sight_settle(x);
    return 0;
}
