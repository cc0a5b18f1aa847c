/* A change of names as it is made and written, and what is told of it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "desk/aliases_internal.h"
#include "desk/privilege_internal.h"

/* ---- making ---- */

void alias_change_clear(struct alias_change *c)
{
    for (size_t i = 0; i < c->count; i++)
        free(c->names[i]);
    free(c->names);
    free(c->accounts);
    *c = (struct alias_change){.kind = c->kind};
}

static bool concerns(const struct alias_change *c, uint32_t account)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->accounts[i] == account)
            return true;
    return false;
}

void alias_change_add(struct alias_change *c, uint32_t account, const char *name)
{
    size_t i = 0;
    while (i < c->count && c->accounts[i] != account)
        i++;
    if (i == c->count) {
        c->accounts = mem_resize(c->accounts, i + 1, sizeof *c->accounts);
        c->names = mem_resize(c->names, i + 1, sizeof *c->names);
        c->names[i] = NULL;
        c->accounts[c->count++] = account;
    }
    free(c->names[i]);
    c->names[i] = mem_string(name);
}

void alias_change_add_person(struct desk_index *x, struct alias_change *c, uint32_t account,
                             const char *name)
{
    if (name != NULL || !concerns(c, account))
        alias_change_add(c, account, name != NULL ? name : people_called(x, account));
    for (uint32_t i = 1; i <= x->people.count; i++)
        if (i != account && people_are_one(x, i, account) && (name != NULL || !concerns(c, i)))
            alias_change_add(c, i, name != NULL ? name : people_called(x, i));
}

static bool has_handle(const struct desk_index *x, uint32_t account, const char *name)
{
    const char *text = names_text(&x->names[NAME_ACCOUNT], account);
    size_t len = said_handle_len(text);
    return strlen(name) == len && strncasecmp(text, name, len) == 0;
}

int alias_check_free(struct desk_index *x, const struct alias_change *c, const char *name,
                     bool handles, struct diag *d)
{
    if (name[0] == '\0')
        return 0;
    for (uint32_t i = 1; i <= x->names[NAME_ACCOUNT].count; i++) {
        bool same = strcasecmp(people_called(x, i), name) == 0;
        if ((same || (handles && has_handle(x, i, name))) && !concerns(c, i) &&
            census_has_person(sight_census(x), i))
            return diag_set(d, ERR_EXISTS, "'%s' is what %s is called: give another name", name,
                            names_text(&x->names[NAME_ACCOUNT], i));
    }
    return 0;
}

/* ---- writing ---- */

static int write_change(struct desk_index *x, const struct alias_change *c,
                        const struct desk_by *by, int64_t *ret, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "INSERT INTO alias_change (kind, user, at, reason, undoes)"
                                   " VALUES (?1, ?2, ?3, ?4, ?5)");
    sqlite3_bind_int(s, 1, (int)c->kind);
    sqlite3_bind_int64(s, 2, by->user);
    sqlite3_bind_int64(s, 3, by->at_unix_ms);
    sql_bind_text(s, 4, c->reason);
    sqlite3_bind_int64(s, 5, c->undoes);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write who is one person");
    *ret = sqlite3_last_insert_rowid(x->sql.db);
    return 0;
}

static int write_account(struct desk_index *x, int64_t change, uint32_t account, const char *name,
                         struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "INSERT INTO alias_changed VALUES (?1, ?2, ?3, ?4)");
    sqlite3_bind_int64(s, 1, change);
    sqlite3_bind_int64(s, 2, account);
    sql_bind_text(s, 3, people_called(x, account));
    sql_bind_text(s, 4, name);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write who is one person");
    return people_write(x, account, name, NULL, d);
}

/* All names first: a mark of any of a person is then of all of them. */
int alias_change_write(struct desk_index *x, const struct alias_change *c, const struct desk_by *by,
                       int64_t *ret_change, struct diag *d)
{
    bool any = false;
    int r = write_change(x, c, by, ret_change, d);
    for (size_t i = 0; i < c->count && r == 0; i++)
        r = write_account(x, *ret_change, c->accounts[i], c->names[i], d);
    for (size_t i = 0; i < c->count && r == 0; i++)
        r = privilege_named(x, c->accounts[i], c->names[i], &any, d);
    return r == 0 && any ? privilege_cover_all(x, NULL, d) : r;
}

/* ---- telling ---- */

int desk_aliases(struct desk_index *x, const char *account, desk_person_fn *fn, void *context,
                 struct diag *d)
{
    uint32_t number = 0;
    int r = sight_account(x, account, &number, d);
    if (r == 0)
        r = people_fresh(x, d);
    if (r == 0)
        r = people_tell(x, number, fn, context);
    for (uint32_t i = 1; r == 0 && i <= x->people.count; i++)
        if (i != number && people_are_one(x, i, number) && census_has_person(sight_census(x), i))
            r = people_tell(x, i, fn, context);
    return r;
}

#define SKELETON_BYTES 256U

/* Letters alone, of every script; of ASCII's the small ones. */
static size_t skeleton(const char *account, char ret[static SKELETON_BYTES])
{
    size_t n = 0, len = said_handle_len(account);
    for (size_t i = 0; i < len && n + 1 < SKELETON_BYTES; i++) {
        unsigned char c = (unsigned char)account[i];
        if (c >= 0x80 || isalpha(c))
            ret[n++] = (char)tolower(c);
    }
    ret[n] = '\0';
    return n;
}

int desk_aliases_like(struct desk_index *x, const char *account, desk_person_fn *fn, void *context,
                      struct diag *d)
{
    char mine[SKELETON_BYTES], other[SKELETON_BYTES];
    uint32_t number = 0;
    unsigned told = 0;
    int r = sight_account(x, account, &number, d);
    if (r == 0)
        r = people_fresh(x, d);
    if (r < 0 || skeleton(account, mine) == 0)
        return r;
    for (uint32_t i = 1; i <= x->names[NAME_ACCOUNT].count && told < DESK_ALIAS_LIKE_MAX; i++) {
        if (skeleton(names_text(&x->names[NAME_ACCOUNT], i), other) == 0 ||
            strcmp(mine, other) != 0 || people_are_one(x, i, number) ||
            !census_has_person(sight_census(x), i))
            continue;
        r = people_tell(x, i, fn, context);
        if (r != 0)
            break;
        told++;
    }
    return r;
}

int desk_alias_changes(struct desk_index *x, const char *account, desk_alias_change_fn *fn,
                       void *context, struct diag *d)
{
    uint32_t number = 0;
    int r = sight_account(x, account, &number, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s =
        sql(&x->sql, "SELECT number, user, at, kind, reason, undoes, NOT EXISTS (SELECT 1 FROM"
                     " alias_changed a JOIN person p ON p.account = a.account WHERE a.change ="
                     " number AND a.before <> a.after AND p.name <> a.after) FROM alias_change"
                     " JOIN alias_changed m ON m.change = number WHERE m.account = ?1"
                     " ORDER BY number DESC LIMIT ?2");
    sqlite3_bind_int64(s, 1, number);
    sqlite3_bind_int64(s, 2, DESK_ALIAS_CHANGES_MAX);
    while (r == 0 && sql_walk(&x->sql, s, &r, d)) {
        const struct desk_alias_change told = {
            .number = sqlite3_column_int64(s, 0),
            .user = sqlite3_column_int64(s, 1),
            .at_unix_ms = sqlite3_column_int64(s, 2),
            .kind = (enum desk_alias_kind)sqlite3_column_int(s, 3),
            .reason = sql_text(s, 4),
            .undoes = sqlite3_column_int64(s, 5),
            .can_be_undone = sqlite3_column_int(s, 6) != 0,
        };
        r = fn(context, &told);
    }
    sqlite3_reset(s);
    return r;
}

int desk_alias_accounts(struct desk_index *x, int64_t change, desk_alias_account_fn *fn,
                        void *context, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT account, before, after FROM alias_changed"
                                   " WHERE change = ?1 ORDER BY account");
    int r = 0;
    sqlite3_bind_int64(s, 1, change);
    while (r == 0 && sql_walk(&x->sql, s, &r, d)) {
        uint32_t account = (uint32_t)sqlite3_column_int64(s, 0);
        const struct desk_alias_account told = {names_text(&x->names[NAME_ACCOUNT], account),
                                                sql_text(s, 1), sql_text(s, 2)};
        if (census_has_person(sight_census(x), account))
            r = fn(context, &told);
    }
    sqlite3_reset(s);
    return r;
}
