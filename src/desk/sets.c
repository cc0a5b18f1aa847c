/* Sets of messages that reviewers or later messages change: read once, then kept up. Whatever rolls
 * a transaction back makes all of them be read again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/index_internal.h"

static const struct {
    const char *name, *query, *query_any;
} kinds[] = {
    [SET_TAG] = {"tag", "SELECT message FROM tag WHERE word = ?1", NULL},
    [SET_CASE] = {"case", "SELECT message FROM case_message WHERE word = ?1", NULL},
    [SET_FLAGGED] = {"flagged", "SELECT message FROM flag", NULL},
    [SET_EDITED] = {"edited", "SELECT target FROM about WHERE target <> 0 AND kind = 1", NULL},
    [SET_RETRACTED] = {"retracted", "SELECT target FROM about WHERE target <> 0 AND kind = 2",
                       NULL},
    [SET_SEEN] = {"seen", "SELECT message FROM seen WHERE user = ?2", "SELECT message FROM seen"},
    [SET_ASSIGNED] = {"assigned", "SELECT message FROM assigned_message WHERE user = ?2",
                      "SELECT message FROM assigned_message"},
};
_Static_assert(sizeof kinds / sizeof kinds[0] == SET_KINDS, "a row for each");
_Static_assert(CONTENT_EDIT == 1 && CONTENT_RETRACT == 2, "kinds are kept by their numbers");

static struct kept_set *find(struct desk_index *x, const char *key)
{
    for (size_t i = 0; i < SETS_MAX; i++)
        if (x->sets[i].key != NULL && strcmp(x->sets[i].key, key) == 0)
            return &x->sets[i];
    return NULL;
}

/* The one that was not asked for the longest. */
static struct kept_set *make_room(struct desk_index *x)
{
    struct kept_set *k = &x->sets[0];
    for (size_t i = 0; i < SETS_MAX; i++)
        if (x->sets[i].key == NULL || x->sets[i].used < k->used)
            k = &x->sets[i];
    free(k->key);
    idset_clear(&k->set);
    *k = (struct kept_set){0};
    return k;
}

/* Each user has one. */
static bool is_of_user(enum set_kind kind)
{
    return kind == SET_SEEN || kind == SET_ASSIGNED;
}

static char *key_of(enum set_kind kind, const char *word, int64_t user)
{
    return mem_format("%s:%s:%lld", kinds[kind].name, word == NULL ? "" : word,
                      is_of_user(kind) ? (long long)user : 0LL);
}

static int load(struct desk_index *x, enum set_kind kind, const char *word, int64_t user,
                struct idset *ret, struct diag *d)
{
    bool any = user == 0 && kinds[kind].query_any != NULL;
    sqlite3_stmt *s = sql(&x->sql, any ? kinds[kind].query_any : kinds[kind].query);
    int r = 0;
    if (word != NULL)
        sql_bind_text(s, 1, word);
    if (is_of_user(kind) && !any)
        sqlite3_bind_int64(s, 2, user);
    while (sql_walk(&x->sql, s, &r, d))
        idset_add(ret, sqlite3_column_int64(s, 0));
    return r;
}

int sets_of(struct desk_index *x, enum set_kind kind, const char *word, int64_t user,
            const struct idset **ret, struct diag *d)
{
    CLEANUP_FREE char *key = key_of(kind, word, user);
    struct kept_set *k = find(x, key);
    if (k == NULL) {
        struct idset set = {0};
        int r = load(x, kind, word, user, &set, d);
        if (r < 0) {
            idset_clear(&set);
            return r;
        }
        k = make_room(x);
        k->key = TAKE(key);
        k->set = set;
    }
    k->used = ++x->set_uses;
    *ret = &k->set;
    return 0;
}

static void change(struct desk_index *x, const char *key, int64_t message, bool on)
{
    struct kept_set *k = find(x, key);
    if (k == NULL)
        return;
    if (on)
        idset_add(&k->set, message);
    else
        idset_remove(&k->set, message);
}

void sets_change(struct desk_index *x, enum set_kind kind, const char *word, int64_t user,
                 int64_t message, bool on)
{
    CLEANUP_FREE char *key = key_of(kind, word, user);
    change(x, key, message, on);
    if (!is_of_user(kind))
        return;
    CLEANUP_FREE char *anyone = key_of(kind, word, 0);
    change(x, anyone, message, on);
}

void sets_forget(struct desk_index *x)
{
    for (size_t i = 0; i < SETS_MAX; i++) {
        free(x->sets[i].key);
        idset_clear(&x->sets[i].set);
        x->sets[i] = (struct kept_set){0};
    }
}
