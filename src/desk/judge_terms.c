/* What the terms of a query stand for: numbers of accounts, conversations, countries; sets. */
#include "desk/judge_terms.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "desk/assign.h"
#include "query/terms.h"

#define EARTH_KM 6371.0088
#define RADIAN (3.14159265358979323846 / 180.0)

static bool is_name(const struct person *p, const char *value)
{
    return p->name != NULL && strcasecmp(p->name, value) == 0;
}

/* Those to whom a reviewer gave the name; NULL: nobody, so it is a handle. */
const char *const *judge_accounts(void *context, const char *value)
{
    struct judge_names *n = context;
    struct people *p = &n->x->people;
    size_t count = 0;
    if (!p->named || n->x->sight.plain)
        return NULL;
    for (uint32_t i = 0; i < p->count; i++) {
        if (!is_name(&p->items[i], value))
            continue;
        n->list = mem_resize(n->list, count + 2, sizeof *n->list);
        n->list[count++] = names_text(&n->x->names[NAME_ACCOUNT], i + 1);
        n->list[count] = NULL;
    }
    return count == 0 ? NULL : n->list;
}

static void add_handle(struct desk_index *x, const char *handle, struct idset *ret)
{
    size_t len = said_handle_len(handle);
    for (uint32_t i = 1; i <= x->names[NAME_ACCOUNT].count; i++) {
        const char *account = names_text(&x->names[NAME_ACCOUNT], i);
        if (said_handle_len(account) == len && strncasecmp(account, handle, len) == 0)
            idset_add(ret, i);
    }
}

static void take_accounts(struct desk_index *x, struct judge_term *t)
{
    struct judge_names names = {.x = x};
    const char *const *list = judge_accounts(&names, t->node->value);
    if (list == NULL)
        add_handle(x, t->node->value, &t->accounts);
    for (; list != NULL && *list != NULL; list++)
        add_handle(x, *list, &t->accounts);
    free(names.list);
}

/* The haversine formula. */
static double distance_km(double lat, double lon, const struct query_place *p)
{
    double a = sin((lat - p->lat) * RADIAN / 2), b = sin((lon - p->lon) * RADIAN / 2);
    double h = a * a + cos(lat * RADIAN) * cos(p->lat * RADIAN) * b * b;
    return 2 * EARTH_KM * asin(sqrt(h > 1 ? 1 : h));
}

static void take_places(struct desk_index *x, struct judge_term *t)
{
    for (size_t i = 0; i < x->place_count; i++)
        if (distance_km(x->places[i].lat, x->places[i].lon, &t->node->place) <= t->node->place.km)
            idset_add(&t->messages, x->places[i].message);
    t->set = &t->messages;
}

static uint32_t conversation_of(const struct desk_index *x, const char *value)
{
    char lower[17];
    size_t len = strlen(value);
    if (len != sizeof lower - 1)
        return 0;
    for (size_t i = 0; i <= len; i++)
        lower[i] = (char)(value[i] >= 'A' && value[i] <= 'Z' ? value[i] + ('a' - 'A') : value[i]);
    return names_find(&x->names[NAME_CONVERSATION], lower, len);
}

static uint32_t lang_of(const struct desk_index *x, const char *value)
{
    if (strcasecmp(value, "unknown") == 0)
        return 0;
    const struct names *n = &x->names[NAME_LANG];
    for (uint32_t i = 1; i <= n->count; i++)
        if (strcasecmp(names_text(n, i), value) == 0)
            return i;
    return UINT32_MAX;
}

static uint32_t country_of(const char *value)
{
    char upper[3] = "";
    if (strlen(value) != 2)
        return UINT32_MAX;
    for (size_t i = 0; i < 2; i++)
        upper[i] = (char)(value[i] >= 'a' && value[i] <= 'z' ? value[i] - ('a' - 'A') : value[i]);
    return columns_letters(upper);
}

static int take_is(struct desk_index *x, struct judge_term *t, struct diag *d)
{
    const char *value = t->node->value;
    enum set_kind kind = strcmp(value, "edited") == 0      ? SET_EDITED
                         : strcmp(value, "retracted") == 0 ? SET_RETRACTED
                                                           : SET_FLAGGED;
    return sets_of(x, kind, NULL, 0, &t->set, d);
}

/* A reviewer by name: the table is that of users.h, which is not there before there are any. */
static int user_of(struct desk_index *x, const char *name, int64_t *ret)
{
    CLEANUP_QUERY sqlite3_stmt *table =
        sql(&x->sql, "SELECT 1 FROM sqlite_schema WHERE name = 'desk_user'");
    int r = sql_row(table);
    if (r < 0)
        return r;
    CLEANUP_QUERY sqlite3_stmt *s = sql(&x->sql, "SELECT id FROM desk_user WHERE name = ?1");
    sql_bind_text(s, 1, name);
    r = sql_row(s);
    if (r == 0)
        *ret = sqlite3_column_int64(s, 0);
    return r;
}

/* Whom the value names: me, anyone (0), or a reviewer; -1: there is no such one, who has nothing.
 */
static int64_t whom(struct desk_index *x, const char *value, int64_t me)
{
    if (strcmp(value, "anyone") == 0)
        return 0;
    if (strcmp(value, "me") == 0 || value[0] == '\0')
        return me;
    int64_t user = -1;
    return user_of(x, value, &user) < 0 ? -1 : user;
}

static int take_seen(struct desk_index *x, struct judge_term *t, int64_t user, struct diag *d)
{
    return sets_of(x, SET_SEEN, NULL, whom(x, t->node->value, user), &t->set, d);
}

/* What is assigned as a whole. */
static int take_assigned_whole(struct desk_index *x, struct judge_term *t, int64_t user,
                               struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT kind, object FROM assigned WHERE ?1 IN (0, user)");
    int r = 0;
    sqlite3_bind_int64(s, 1, user);
    while (sql_walk(&x->sql, s, &r, d)) {
        const char *object = sql_text(s, 1);
        uint32_t conversation = conversation_of(x, object);
        if (sqlite3_column_int(s, 0) == DESK_ASSIGN_ORGANISATION)
            people_of(x, object, &t->accounts);
        else if (sqlite3_column_int(s, 0) == DESK_ASSIGN_CONVERSATION && conversation != 0)
            idset_add(&t->conversations, conversation);
    }
    return r;
}

/* The messages by themselves hold all that matches where nothing is assigned as a whole. */
static int take_assigned(struct desk_index *x, struct judge_term *t, int64_t user, struct diag *d)
{
    user = whom(x, t->node->value, user);
    int r = take_assigned_whole(x, t, user, d);
    if (r == 0)
        r = sets_of(x, SET_ASSIGNED, NULL, user, &t->some, d);
    if (t->accounts.count == 0 && t->conversations.count == 0)
        t->set = t->some;
    return r;
}

int judge_take_term(struct desk_index *x, struct judge_term *t, int64_t user, struct diag *d)
{
    const char *value = t->node->value;
    switch (t->node->term) {
    case QUERY_FROM:
    case QUERY_TO:
    case QUERY_WITH:
        take_accounts(x, t);
        return 0;
    case QUERY_ORG:
        people_of(x, value, &t->accounts);
        return 0;
    case QUERY_NEAR_PLACE:
        take_places(x, t);
        return 0;
    case QUERY_IN:
        t->number = conversation_of(x, value);
        return 0;
    case QUERY_COUNTRY:
        t->number = country_of(value);
        return 0;
    case QUERY_LANG:
        t->number = lang_of(x, value);
        return 0;
    case QUERY_KIND:
        t->number = (uint32_t)content_kind_of(value);
        return 0;
    case QUERY_TAG:
        return sets_of(x, SET_TAG, value, 0, &t->set, d);
    case QUERY_CASE:
        return sets_of(x, SET_CASE, value, 0, &t->set, d);
    case QUERY_SEEN:
    case QUERY_UNSEEN:
        return take_seen(x, t, user, d);
    case QUERY_ASSIGNED:
        return take_assigned(x, t, user, d);
    case QUERY_IS:
        return take_is(x, t, d);
    case QUERY_HAS:
    case QUERY_WARRANT:
    case QUERY_BOT:
    case QUERY_BEFORE:
    case QUERY_AFTER:
    case QUERY_ON:
    case QUERY_AT:
    case QUERY_TERMS:
        break;
    }
    return 0;
}
