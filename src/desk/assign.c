#include "desk/assign.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "desk/index_internal.h"

static const char *const kinds[DESK_ASSIGN_KINDS] = {
    [DESK_ASSIGN_MESSAGE] = "message",
    [DESK_ASSIGN_CONVERSATION] = "conversation",
    [DESK_ASSIGN_ORGANISATION] = "organisation",
    [DESK_ASSIGN_SEARCH] = "search",
};

const char *desk_assign_kind_text(enum desk_assign_kind k)
{
    return (unsigned)k < DESK_ASSIGN_KINDS ? kinds[k] : "";
}

enum desk_assign_kind desk_assign_kind_of(const char *word)
{
    int k = 0;
    while (k < DESK_ASSIGN_KINDS && strcmp(kinds[k], word) != 0)
        k++;
    return (enum desk_assign_kind)k;
}

static int note(struct desk_index *x, const struct desk_by *by, enum desk_assign_kind kind,
                const char *object, int64_t user, bool on, struct diag *d)
{
    char whom[DESK_NUMBER_BYTES];
    snprintf(whom, sizeof whom, "%s %lld", kinds[kind], (long long)user);
    return marks_note_change(x, by, "assigned", object, whom, on, d);
}

int desk_assign_message(struct desk_index *x, int64_t message, int64_t user, bool on,
                        const struct desk_by *by, struct diag *d)
{
    char object[DESK_NUMBER_BYTES];
    int r = sight_check_message(x, message, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s =
        sql(&x->sql, on ? "INSERT OR IGNORE INTO assigned_message VALUES (?1, ?2, ?3, ?4)"
                        : "DELETE FROM assigned_message WHERE user = ?1 AND message = ?2");
    sqlite3_bind_int64(s, 1, user);
    sqlite3_bind_int64(s, 2, message);
    if (on) {
        sqlite3_bind_int64(s, 3, by->user);
        sqlite3_bind_int64(s, 4, by->at_unix_ms);
    }
    r = marks_run(x, s, d);
    if (r <= 0)
        return r;
    if (on)
        sets_change(x, SET_ASSIGNED, NULL, user, message, true);
    else
        sets_forget(x); /* whether it is anybody else's is not known here */
    snprintf(object, sizeof object, "%lld", (long long)message);
    return note(x, by, DESK_ASSIGN_MESSAGE, object, user, on, d);
}

static int check_conversation(struct desk_index *x, const char *id, struct diag *d)
{
    uint32_t number = names_find(&x->names[NAME_CONVERSATION], id, strlen(id));
    if (census_conversation(sight_census(x), number)->messages == 0)
        return diag_set(d, ERR_NOT_FOUND, "there is no conversation %s", id);
    return 0;
}

static int check_organisation(struct desk_index *x, const char *name, struct diag *d)
{
    int r = people_fresh(x, d);
    for (uint32_t i = 0; i < x->people.count && r == 0; i++) {
        const char *organisation = x->people.items[i].organisation;
        if (organisation != NULL && strcasecmp(organisation, name) == 0 &&
            census_has_person(sight_census(x), i + 1))
            return 0;
    }
    return r < 0 ? r : diag_set(d, ERR_NOT_FOUND, "nobody is in an organisation '%s'", name);
}

static int check_object(struct desk_index *x, enum desk_assign_kind kind, const char *object,
                        struct diag *d)
{
    switch (kind) {
    case DESK_ASSIGN_CONVERSATION:
        return check_conversation(x, object, d);
    case DESK_ASSIGN_ORGANISATION:
        return check_organisation(x, object, d);
    case DESK_ASSIGN_SEARCH:
        return 0;
    case DESK_ASSIGN_MESSAGE:
    case DESK_ASSIGN_KINDS:
        break;
    }
    return diag_set(d, ERR_FORMAT, "that is not assigned as a whole");
}

int desk_assign(struct desk_index *x, enum desk_assign_kind kind, const char *object, int64_t user,
                bool on, const struct desk_by *by, struct diag *d)
{
    int r = on ? check_object(x, kind, object, d) : 0; /* what is gone can be taken off */
    if (r < 0)
        return r;
    sqlite3_stmt *s =
        sql(&x->sql, on ? "INSERT OR IGNORE INTO assigned VALUES (?1, ?2, ?3, ?4, ?5)"
                        : "DELETE FROM assigned WHERE user = ?1 AND kind = ?2 AND object = ?3");
    sqlite3_bind_int64(s, 1, user);
    sqlite3_bind_int(s, 2, (int)kind);
    sql_bind_text(s, 3, object);
    if (on) {
        sqlite3_bind_int64(s, 4, by->user);
        sqlite3_bind_int64(s, 5, by->at_unix_ms);
    }
    r = marks_run(x, s, d);
    return r <= 0 ? r : note(x, by, kind, object, user, on, d);
}

int desk_assign_forget_search(struct desk_index *x, int64_t search, struct diag *d)
{
    char object[DESK_NUMBER_BYTES];
    snprintf(object, sizeof object, "%lld", (long long)search);
    sqlite3_stmt *s = sql(&x->sql, "DELETE FROM assigned WHERE kind = ?1 AND object = ?2");
    sqlite3_bind_int(s, 1, DESK_ASSIGN_SEARCH);
    sql_bind_text(s, 2, object);
    int r = marks_run(x, s, d);
    return r < 0 ? r : 0;
}

int desk_assignments(struct desk_index *x, int64_t user, desk_assignment_fn *fn, void *context,
                     struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT kind, object, by_user, at FROM assigned WHERE user = ?1"
                                   " ORDER BY at, kind, object");
    int r = 0;
    sqlite3_bind_int64(s, 1, user);
    while (r == 0 && sql_walk(&x->sql, s, &r, d)) {
        const struct desk_assignment a = {
            .kind = (enum desk_assign_kind)sqlite3_column_int(s, 0),
            .object = sql_text(s, 1),
            .by_user = sqlite3_column_int64(s, 2),
            .at_unix_ms = sqlite3_column_int64(s, 3),
        };
        if (a.kind != DESK_ASSIGN_CONVERSATION || check_conversation(x, a.object, NULL) == 0)
            r = fn(context, &a);
    }
    sqlite3_reset(s);
    return r;
}

int desk_assigned_messages(struct desk_index *x, int64_t user, uint64_t *ret, struct diag *d)
{
    const struct idset *set = NULL;
    int r = sets_of(x, SET_ASSIGNED, NULL, user, &set, d);
    if (r == 0)
        *ret = sight_count(x, set);
    return r;
}
