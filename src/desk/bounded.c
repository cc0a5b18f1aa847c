#include "desk/bounded.h"

#include <string.h>

#include "desk/bounded_internal.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS bounded_set (number INTEGER PRIMARY KEY, name TEXT NOT NULL,"
    " word TEXT NOT NULL, user INTEGER NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL,"
    " state INTEGER NOT NULL DEFAULT 0, decided_by INTEGER NOT NULL DEFAULT 0,"
    " decided INTEGER NOT NULL DEFAULT 0, decided_reason TEXT NOT NULL DEFAULT '');"
    "CREATE TABLE IF NOT EXISTS bounded_conversation (number INTEGER NOT NULL,"
    " conversation INTEGER NOT NULL, PRIMARY KEY (number, conversation)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS bounded_user (user INTEGER NOT NULL, number INTEGER NOT NULL,"
    " by_user INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (user, number)) WITHOUT ROWID;";

int bounded_make(struct desk_index *x, struct diag *d)
{
    return sql_execute(&x->sql, schema, d);
}

const char *desk_bounded_state_text(enum desk_bounded_state s)
{
    static const char *const words[] = {
        [DESK_BOUNDED_PROPOSED] = "proposed",
        [DESK_BOUNDED_APPROVED] = "approved",
        [DESK_BOUNDED_WITHDRAWN] = "withdrawn",
    };
    _Static_assert(sizeof words / sizeof *words == DESK_BOUNDED_STATES, "a word for each");
    return s < DESK_BOUNDED_STATES ? words[s] : "";
}

static int check_reason(const char *reason, struct diag *d)
{
    size_t len = strlen(reason);
    if (len == 0 || len > DESK_BOUNDED_REASON_MAX || !value_utf8_valid(reason, len))
        return diag_set(d, ERR_FORMAT, "say for which reason, in at most %u bytes",
                        DESK_BOUNDED_REASON_MAX);
    return 0;
}

/* ---- proposing ---- */

static int write_set(struct desk_index *x, const struct desk_bounded_ask *a,
                     const struct desk_by *by, int64_t *ret, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "INSERT INTO bounded_set (name, word, user, at, reason)"
                                   " VALUES (?1, ?2, ?3, ?4, ?5)");
    sql_bind_text(s, 1, a->name);
    sql_bind_text(s, 2, a->word);
    sqlite3_bind_int64(s, 3, by->user);
    sqlite3_bind_int64(s, 4, by->at_unix_ms);
    sql_bind_text(s, 5, a->reason);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write a set");
    *ret = sqlite3_last_insert_rowid(x->sql.db);
    return 0;
}

static int write_conversation(struct desk_index *x, int64_t number, int64_t conversation,
                              struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "INSERT INTO bounded_conversation VALUES (?1, ?2)");
    sqlite3_bind_int64(s, 1, number);
    sqlite3_bind_int64(s, 2, conversation);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write a set's conversations") : 0;
}

static int collect(struct desk_index *x, const struct desk_bounded_ask *a, struct idset *ret,
                   struct diag *d)
{
    int r = a->message_count == 0 ? diag_set(d, ERR_NOT_FOUND, "that finds no message") : 0;
    for (size_t i = 0; r == 0 && i < a->message_count; i++) {
        r = sight_check_message(x, a->messages[i], d);
        if (r == 0)
            idset_add(ret, x->columns.conversation[a->messages[i] - 1]);
    }
    if (r == 0 && ret->count > DESK_BOUNDED_CONVERSATIONS_MAX)
        r = diag_set(d, ERR_LIMIT, "a set has at most %u conversations: narrow the query",
                     DESK_BOUNDED_CONVERSATIONS_MAX);
    return r;
}

static int write_all(struct desk_index *x, const struct desk_bounded_ask *a,
                     const struct idset *conversations, const struct desk_by *by,
                     int64_t *ret_number, struct diag *d)
{
    int r = write_set(x, a, by, ret_number, d);
    for (int64_t i = idset_above(conversations, 0); r == 0 && i != 0;
         i = idset_above(conversations, i))
        r = write_conversation(x, *ret_number, i, d);
    return r;
}

int desk_bounded_propose(struct desk_index *x, const struct desk_bounded_ask *a,
                         const struct desk_by *by, int64_t *ret_number, uint64_t *ret_conversations,
                         struct diag *d)
{
    struct idset conversations = {0};
    int r = desk_case_check(x, a->word, d);
    if (r == 0 && !value_line_valid(a->name, DESK_BOUNDED_NAME_MAX))
        r = diag_set(d, ERR_FORMAT, "a set's name is a line of 1 to %u bytes",
                     DESK_BOUNDED_NAME_MAX);
    if (r == 0)
        r = check_reason(a->reason, d);
    if (r == 0)
        r = collect(x, a, &conversations, d);
    if (r == 0)
        r = write_all(x, a, &conversations, by, ret_number, d);
    *ret_conversations = conversations.count;
    idset_clear(&conversations);
    return r;
}

/* ---- deciding, binding ---- */

static int find(struct desk_index *x, int64_t number, enum desk_bounded_state *ret_state,
                int64_t *ret_user, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT state, user FROM bounded_set WHERE number = ?1");
    sqlite3_bind_int64(s, 1, number);
    int r = sql_row(s);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "there is no set %lld", (long long)number);
    if (r < 0)
        return sql_failed(&x->sql, d, "cannot read a set");
    *ret_state = (enum desk_bounded_state)sqlite3_column_int(s, 0);
    *ret_user = sqlite3_column_int64(s, 1);
    return 0;
}

static int may_decide(enum desk_bounded_state state, bool approve, bool is_own, struct diag *d)
{
    if (state == DESK_BOUNDED_WITHDRAWN)
        return diag_set(d, ERR_INVALID_STATE, "it was withdrawn: propose another one");
    if (approve && state == DESK_BOUNDED_APPROVED)
        return diag_set(d, ERR_INVALID_STATE, "it was approved before");
    if (approve && is_own)
        return diag_set(d, ERR_INVALID_STATE,
                        "nobody approves what they have proposed: ask another supervisor");
    return 0;
}

int desk_bounded_decide(struct desk_index *x, int64_t number, bool approve, const char *reason,
                        const struct desk_by *by, struct diag *d)
{
    enum desk_bounded_state state;
    int64_t user;
    int r = find(x, number, &state, &user, d);
    if (r == 0)
        r = may_decide(state, approve, user == by->user, d);
    if (r == 0)
        r = check_reason(reason, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s = sql(&x->sql, "UPDATE bounded_set SET state = ?2, decided_by = ?3,"
                                   " decided = ?4, decided_reason = ?5 WHERE number = ?1");
    sqlite3_bind_int64(s, 1, number);
    sqlite3_bind_int(s, 2, approve ? DESK_BOUNDED_APPROVED : DESK_BOUNDED_WITHDRAWN);
    sqlite3_bind_int64(s, 3, by->user);
    sqlite3_bind_int64(s, 4, by->at_unix_ms);
    sql_bind_text(s, 5, reason);
    bounded_changed(x);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write what was decided") : 0;
}

int desk_bounded_bind(struct desk_index *x, int64_t number, int64_t user, bool on,
                      const struct desk_by *by, struct diag *d)
{
    enum desk_bounded_state state;
    int64_t proposer;
    int r = find(x, number, &state, &proposer, d);
    if (r == 0 && on && state == DESK_BOUNDED_WITHDRAWN)
        r = diag_set(d, ERR_INVALID_STATE, "it was withdrawn: nobody is bound to it any more");
    if (r < 0)
        return r;
    sqlite3_stmt *s = sql(&x->sql, on ? "INSERT OR IGNORE INTO bounded_user VALUES (?1, ?2, ?3, ?4)"
                                      : "DELETE FROM bounded_user WHERE user = ?1 AND number = ?2");
    sqlite3_bind_int64(s, 1, user);
    sqlite3_bind_int64(s, 2, number);
    if (on) {
        sqlite3_bind_int64(s, 3, by->user);
        sqlite3_bind_int64(s, 4, by->at_unix_ms);
    }
    bounded_changed(x);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write who is bound to a set") : 0;
}

/* ---- asking ---- */

static int count_in_sight(struct desk_index *x, struct desk_bounded *b, struct diag *d)
{
    sqlite3_stmt *s =
        sql(&x->sql, "SELECT conversation FROM bounded_conversation WHERE number = ?1");
    int r = 0;
    sqlite3_bind_int64(s, 1, b->number);
    while (sql_walk(&x->sql, s, &r, d)) {
        uint64_t messages =
            census_conversation(sight_census(x), (uint32_t)sqlite3_column_int64(s, 0))->messages;
        b->conversations += messages > 0;
        b->messages += messages;
    }
    return r;
}

int desk_bounded_each(struct desk_index *x, int64_t before, unsigned limit, desk_bounded_fn *fn,
                      void *context, struct diag *d)
{
    sqlite3_stmt *s =
        sql(&x->sql, "SELECT number, name, word, user, at, reason, state, decided_by, decided,"
                     " decided_reason FROM bounded_set WHERE ?1 = 0 OR number < ?1"
                     " ORDER BY number DESC LIMIT ?2");
    int r = 0;
    sqlite3_bind_int64(s, 1, before);
    sqlite3_bind_int64(s, 2, limit);
    while (r == 0 && sql_walk(&x->sql, s, &r, d)) {
        struct desk_bounded b = {
            .number = sqlite3_column_int64(s, 0),
            .name = sql_text(s, 1),
            .word = sql_text(s, 2),
            .user = sqlite3_column_int64(s, 3),
            .at_unix_ms = sqlite3_column_int64(s, 4),
            .reason = sql_text(s, 5),
            .state = (enum desk_bounded_state)sqlite3_column_int(s, 6),
            .decided_by = sqlite3_column_int64(s, 7),
            .decided_unix_ms = sqlite3_column_int64(s, 8),
            .decided_reason = sql_text(s, 9),
        };
        r = count_in_sight(x, &b, d);
        if (r == 0)
            r = fn(context, &b);
    }
    sqlite3_reset(s);
    return r;
}

int desk_bounded_conversations(struct desk_index *x, int64_t number, uint32_t behind,
                               unsigned limit, desk_conversation_fn *fn, void *context,
                               struct diag *d)
{
    enum desk_bounded_state state;
    int64_t proposer;
    int r = find(x, number, &state, &proposer, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s = sql(&x->sql, "SELECT conversation FROM bounded_conversation WHERE number ="
                                   " ?1 AND conversation > ?2 ORDER BY conversation");
    sqlite3_bind_int64(s, 1, number);
    sqlite3_bind_int64(s, 2, behind);
    while (r == 0 && limit > 0 && sql_walk(&x->sql, s, &r, d)) {
        uint32_t conversation = (uint32_t)sqlite3_column_int64(s, 0);
        if (census_conversation(sight_census(x), conversation)->messages == 0)
            continue;
        r = conversations_tell(x, conversation, fn, context);
        limit--;
    }
    sqlite3_reset(s);
    return r;
}

int desk_bounded_users(struct desk_index *x, int64_t number, desk_bounded_user_fn *fn,
                       void *context, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT user FROM bounded_user WHERE number = ?1 ORDER BY user");
    int r = 0;
    sqlite3_bind_int64(s, 1, number);
    while (r == 0 && sql_walk(&x->sql, s, &r, d))
        r = fn(context, sqlite3_column_int64(s, 0));
    sqlite3_reset(s);
    return r;
}
