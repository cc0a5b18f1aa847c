/* What is known of packages that came. */
#include <string.h>

#include "desk/received_internal.h"

static bool fill(struct desk_index *x, sqlite3_stmt *s, struct arena *a,
                 struct desk_received_by *ret)
{
    *ret = (struct desk_received_by){
        .package = arena_string(a, sql_text(s, 0)),
        .agency = arena_string(a, sql_text(s, 1)),
        .network = arena_string(a, sql_text(s, 2)),
        .received_unix_ms = sqlite3_column_int64(s, 4),
        .bot = names_text(&x->names[NAME_BOT], (uint32_t)sqlite3_column_int64(s, 5)),
        .leaf = (uint64_t)sqlite3_column_int64(s, 6),
        .warrant = names_text(&x->names[NAME_WARRANT], (uint32_t)sqlite3_column_int64(s, 7)),
        .kind = (enum desk_received_kind)sqlite3_column_int(s, 8),
    };
    return sql_copy(s, 3, ret->sha256, HASH_BYTES) == 0 &&
           (unsigned)ret->kind < DESK_RECEIVED_KINDS && ret->package != NULL &&
           ret->agency != NULL && ret->network != NULL;
}

int desk_received_of(struct desk_index *x, int64_t message, struct arena *a,
                     const struct desk_received_by **ret, size_t *ret_count, struct diag *d)
{
    struct desk_received_by *list = NULL;
    size_t count = 0;
    int r = 0;
    *ret_count = 0;
    if (!x->has_received)
        return 0;
    sqlite3_stmt *s =
        sql(&x->sql, "SELECT name, agency, network, sha256, received, bot, leaf, warrant, kind"
                     " FROM received_record JOIN received_package ON number = package"
                     " WHERE message = ?1 ORDER BY package, bot, leaf LIMIT ?2");
    sqlite3_bind_int64(s, 1, message);
    sqlite3_bind_int64(s, 2, DESK_RECEIVED_SHOWN_MAX);
    while (sql_walk(&x->sql, s, &r, d)) {
        if (list == NULL)
            list = arena_array(a, DESK_RECEIVED_SHOWN_MAX, sizeof *list);
        if (list == NULL || !fill(x, s, a, &list[count++]))
            r = diag_set(d, ERR_AUTH, "%s: by what message %lld came is not as it was written",
                         x->sql.name, (long long)message);
    }
    sqlite3_reset(s);
    *ret = list;
    *ret_count = r < 0 ? 0 : count;
    return r;
}

bool received_is_own(struct desk_index *x, int64_t message)
{
    if (!x->has_received)
        return true;
    CLEANUP_QUERY sqlite3_stmt *s = sql(&x->sql, "SELECT 1 FROM record WHERE message = ?1 LIMIT 1");
    sqlite3_bind_int64(s, 1, message);
    return sql_row(s) == 0;
}

int received_load(struct desk_index *x, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s = sql(&x->sql, "SELECT 1 FROM received_package LIMIT 1");
    int r = sql_row(s);
    x->has_received = r == 0;
    return r < 0 && r != ERR_NOT_FOUND ? sql_failed(&x->sql, d, "cannot read what came") : 0;
}

/* ---- is it as it came? ---- */

/* Warrants that a record of the own archives names, too, are counted by that. */
static int check_messages(struct desk_index *x, uint64_t *warrants, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT message, warrant FROM received_record WHERE kind <> 2"
                                   " EXCEPT SELECT message, warrant FROM record");
    int r = 0;
    while (sql_walk(&x->sql, s, &r, d)) {
        int64_t message = sqlite3_column_int64(s, 0);
        if (message < 1 || message > index_last_id(x))
            r = diag_set(d, ERR_AUTH, "%s: message %lld came in a package and is not there",
                         x->sql.name, (long long)message);
        else
            warrants[message - 1] += names_mix((uint64_t)sqlite3_column_int64(s, 1));
    }
    sqlite3_reset(s);
    return r;
}
_Static_assert(DESK_RECEIVED_OTHER == 2, "the kind of what was not taken in");

static int check_packages(struct desk_index *x, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT agency, name FROM received_package WHERE fresh + held + other + fork"
                     " <> (SELECT count(*) FROM received_record WHERE package = number)");
    int r = sql_row(s);
    if (r == ERR_NOT_FOUND)
        return 0;
    return r < 0 ? sql_failed(&x->sql, d, "cannot count what came")
                 : diag_set(d, ERR_AUTH,
                            "%s: not all records of package %s of %s are there that came",
                            x->sql.name, sql_text(s, 1), sql_text(s, 0));
}

int received_check(struct desk_index *x, uint64_t *warrants, struct diag *d)
{
    int r = check_packages(x, d);
    return r < 0 ? r : check_messages(x, warrants, d);
}
