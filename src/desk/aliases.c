/* Merging, splitting, naming, undoing. */
#include "desk/aliases_internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "desk/privilege_internal.h"

static const char *const kinds[] = {
    [DESK_ALIAS_NAMED] = "named",
    [DESK_ALIAS_MERGED] = "merged",
    [DESK_ALIAS_SPLIT] = "split",
    [DESK_ALIAS_UNDONE] = "undone",
};
_Static_assert(sizeof kinds / sizeof *kinds == DESK_ALIAS_KINDS, "a word for each kind");

const char *desk_alias_text(enum desk_alias_kind kind)
{
    return (unsigned)kind < DESK_ALIAS_KINDS ? kinds[kind] : "";
}

static int check_reason(const char *reason, struct diag *d)
{
    size_t len = strlen(reason);
    if (len == 0 || len > DESK_ALIAS_REASON_MAX || !value_utf8_valid(reason, len))
        return diag_set(d, ERR_FORMAT, "say for which reason, in at most %u bytes",
                        DESK_ALIAS_REASON_MAX);
    return 0;
}

static int account_of(struct desk_index *x, const char *account, uint32_t *ret, struct diag *d)
{
    int r = sight_account(x, account, ret, d);
    return r < 0 ? r : people_fresh(x, d);
}

/* ---- merging ---- */

/* The name under which two people come. */
static char *common_name(struct desk_index *x, const struct desk_merge *m, uint32_t account,
                         uint32_t with)
{
    const char *of_account = people_called(x, account), *of_with = people_called(x, with);
    if (m->name[0] != '\0')
        return mem_string(m->name);
    if (of_account[0] != '\0' || of_with[0] != '\0')
        return mem_string(of_account[0] != '\0' ? of_account : of_with);
    return mem_string_n(m->account, said_handle_len(m->account));
}

static int merge(struct desk_index *x, const struct desk_merge *m, uint32_t account, uint32_t with,
                 const struct desk_by *by, int64_t *ret_change, struct diag *d)
{
    CLEANUP_FREE char *name = common_name(x, m, account, with);
    CLEANUP(alias_change_clear)
    struct alias_change c = {.kind = DESK_ALIAS_MERGED, .reason = m->reason};
    alias_change_add_person(x, &c, account, name);
    alias_change_add_person(x, &c, with, name);
    int r = marks_check_line("a name", name, d);
    if (r == 0)
        r = alias_check_free(x, &c, name, true, d);
    return r < 0 ? r : alias_change_write(x, &c, by, ret_change, d);
}

int desk_aliases_merge(struct desk_index *x, const struct desk_merge *m, const struct desk_by *by,
                       int64_t *ret_change, struct diag *d)
{
    uint32_t account = 0, with = 0;
    int r = check_reason(m->reason, d);
    if (r == 0)
        r = account_of(x, m->account, &account, d);
    if (r == 0)
        r = account_of(x, m->with, &with, d);
    if (r < 0)
        return r;
    if (account == with)
        return diag_set(d, ERR_FORMAT, "%s is merged with another account", m->account);
    if (people_are_one(x, account, with))
        return diag_set(d, ERR_INVALID_STATE, "%s and %s are one person already", m->account,
                        m->with);
    return merge(x, m, account, with, by, ret_change, d);
}

/* ---- splitting ---- */

/* That of the account before it came under the one that it has; "" none, or others bear it. */
static int name_before(struct desk_index *x, const struct alias_change *c, uint32_t account,
                       char **ret, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT before FROM alias_changed WHERE account = ?1 AND after = ?2 AND"
                     " before <> after ORDER BY change DESC LIMIT 1");
    sqlite3_bind_int64(s, 1, account);
    sql_bind_text(s, 2, people_called(x, account));
    int r = sql_row(s);
    if (r < 0 && r != ERR_NOT_FOUND)
        return sql_failed(&x->sql, d, "cannot read what was merged");
    const char *before = r == 0 ? sql_text(s, 0) : "";
    bool is_theirs = strcasecmp(before, people_called(x, account)) == 0;
    bool is_free = alias_check_free(x, c, before, false, NULL) == 0;
    *ret = mem_string(!is_theirs && is_free ? before : "");
    return 0;
}

int desk_aliases_split(struct desk_index *x, const char *account, const char *reason,
                       const struct desk_by *by, int64_t *ret_change, struct diag *d)
{
    CLEANUP_FREE char *before = NULL;
    CLEANUP(alias_change_clear)
    struct alias_change c = {.kind = DESK_ALIAS_SPLIT, .reason = reason};
    uint32_t number = 0;
    int r = check_reason(reason, d);
    if (r == 0)
        r = account_of(x, account, &number, d);
    if (r < 0)
        return r;
    alias_change_add_person(x, &c, number, NULL);
    if (c.count < 2)
        return diag_set(d, ERR_INVALID_STATE, "%s is a person by itself", account);
    r = name_before(x, &c, number, &before, d);
    if (r < 0)
        return r;
    alias_change_add(&c, number, before);
    return alias_change_write(x, &c, by, ret_change, d);
}

/* ---- naming ---- */

static int give_name(struct desk_index *x, const char *account, const char *name, bool whole,
                     const struct desk_by *by, struct diag *d)
{
    CLEANUP(alias_change_clear)
    struct alias_change c = {.kind = DESK_ALIAS_NAMED, .reason = ""};
    uint32_t number = 0;
    int64_t change;
    int r = marks_check_line("a name", name, d);
    if (r == 0)
        r = account_of(x, account, &number, d);
    if (r < 0)
        return r;
    alias_change_add_person(x, &c, number, whole ? name : NULL);
    alias_change_add(&c, number, name);
    for (uint32_t i = 1; name[0] != '\0' && i <= x->people.count; i++)
        if (strcasecmp(people_called(x, i), name) == 0)
            alias_change_add_person(x, &c, i, NULL);
    return alias_change_write(x, &c, by, &change, d);
}

int desk_set_name(struct desk_index *x, const char *account, const char *name,
                  const struct desk_by *by, struct diag *d)
{
    return give_name(x, account, name, false, by, d);
}

int desk_aliases_name(struct desk_index *x, const char *account, const char *name,
                      const struct desk_by *by, struct diag *d)
{
    return give_name(x, account, name, true, by, d);
}

/* ---- undoing ---- */

static int add_undone(struct desk_index *x, struct alias_change *c, sqlite3_stmt *s, struct diag *d)
{
    uint32_t account = (uint32_t)sqlite3_column_int64(s, 0);
    const char *before = sql_text(s, 1), *after = sql_text(s, 2);
    bool changed = strcmp(before, after) != 0;
    if (changed && strcmp(people_called(x, account), after) != 0)
        return diag_set(d, ERR_INVALID_STATE, "%s was named otherwise since",
                        names_text(&x->names[NAME_ACCOUNT], account));
    alias_change_add(c, account, changed ? before : people_called(x, account));
    return 0;
}

/* In sight is a change of which an account is. */
static int read_undone(struct desk_index *x, struct alias_change *c, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT account, before, after FROM alias_changed"
                                   " WHERE change = ?1 ORDER BY account");
    bool in_sight = false;
    int r = people_fresh(x, d);
    sqlite3_bind_int64(s, 1, c->undoes);
    while (r == 0 && sql_walk(&x->sql, s, &r, d)) {
        in_sight =
            in_sight || census_has_person(sight_census(x), (uint32_t)sqlite3_column_int64(s, 0));
        r = add_undone(x, c, s, d);
    }
    sqlite3_reset(s);
    if (!in_sight && (r == 0 || r == ERR_INVALID_STATE))
        return diag_set(d, ERR_NOT_FOUND, "nothing was merged or split by the number %lld",
                        (long long)c->undoes);
    return r;
}

int desk_aliases_undo(struct desk_index *x, int64_t change, const char *reason,
                      const struct desk_by *by, int64_t *ret_change, struct diag *d)
{
    CLEANUP(alias_change_clear)
    struct alias_change c = {.kind = DESK_ALIAS_UNDONE, .undoes = change, .reason = reason};
    int r = check_reason(reason, d);
    if (r == 0)
        r = read_undone(x, &c, d);
    for (size_t i = 0; i < c.count && r == 0; i++)
        if (strcmp(c.names[i], people_called(x, c.accounts[i])) != 0)
            r = alias_check_free(x, &c, c.names[i], false, d);
    return r < 0 ? r : alias_change_write(x, &c, by, ret_change, d);
}
