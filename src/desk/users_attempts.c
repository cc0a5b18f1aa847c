/* Sign-ins that fail, counted by name, whether somebody has it or not. */
#include <string.h>

#include "desk/users_internal.h"

static int read_attempt(struct users_attempt *a, struct diag *d)
{
    struct sql *s = a->users->sql;
    CLEANUP_QUERY sqlite3_stmt *q =
        sql(s, "SELECT failed, locked_until FROM desk_attempt WHERE name = ?");
    sql_bind_bytes(q, 1, a->name, sizeof a->name);
    int r = sql_row(q);
    if (r == ERR_NOT_FOUND)
        return 0;
    if (r < 0)
        return sql_failed(s, d, "cannot read who is locked out");
    a->failed = sqlite3_column_int(q, 0);
    a->locked_until = sqlite3_column_int64(q, 1);
    return 0;
}

static int write_attempt(const struct users_attempt *a)
{
    sqlite3_stmt *q = sql(a->users->sql, "INSERT OR REPLACE INTO desk_attempt VALUES (?, ?, ?, ?)");
    sql_bind_bytes(q, 1, a->name, sizeof a->name);
    sqlite3_bind_int(q, 2, a->failed);
    sqlite3_bind_int64(q, 3, a->now);
    sqlite3_bind_int64(q, 4, a->locked_until);
    return sql_run(q);
}

static int forget_attempt(const struct users_attempt *a)
{
    sqlite3_stmt *q = sql(a->users->sql, "DELETE FROM desk_attempt WHERE name = ?");
    sql_bind_bytes(q, 1, a->name, sizeof a->name);
    return sql_run(q);
}

/* Those that are too many, the oldest first. */
static int trim_attempts(struct sql *s)
{
    sqlite3_stmt *q = sql(s, "DELETE FROM desk_attempt WHERE name IN (SELECT name FROM desk_attempt"
                             " ORDER BY last DESC LIMIT -1 OFFSET ?)");
    sqlite3_bind_int64(q, 1, USERS_ATTEMPTS_MAX);
    return sql_run(q);
}

static int count_failure(void *context, struct diag *d)
{
    struct users_attempt *a = context;
    a->failed++;
    if (a->failed >= (int)DESK_FAILED_MAX) {
        a->failed = 0;
        a->locked_until = a->now + DESK_LOCKED_MS;
    }
    if (write_attempt(a) < 0 || trim_attempts(a->users->sql) < 0)
        return sql_failed(a->users->sql, d, "cannot write who is locked out");
    return 0;
}

int users_attempt_begin(struct desk_users *u, const char *name, int64_t now,
                        struct users_attempt *ret, struct diag *d)
{
    *ret = (struct users_attempt){.users = u, .now = now};
    hash_sha256(name, strlen(name), ret->name);
    int r = read_attempt(ret, d);
    if (r == 0 && ret->locked_until > now)
        r = diag_set(d, ERR_LIMIT, "too many sign-ins failed: wait a quarter of an hour");
    return r;
}

int users_attempt_held(const struct users_attempt *a, struct diag *d)
{
    return forget_attempt(a) < 0 ? sql_failed(a->users->sql, d, "cannot write the sign-in") : 0;
}

int users_attempt_failed(struct users_attempt *a, const char *says, struct diag *d)
{
    int r = users_within(a->users, count_failure, a, d);
    return r < 0 ? r : diag_set(d, ERR_AUTH, "%s", says);
}
