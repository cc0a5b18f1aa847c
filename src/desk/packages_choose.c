/* What is in a package: which leaves of which bots, and why others are not. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/packages_internal.h"
#include "desk/search_internal.h"
#include "desk/sight.h"

#define PAGE 4096U /* messages that are found at once */

static int take_leaf(void *context, const struct desk_leaf *l)
{
    struct packaging *p = context;
    size_t bot = 0;
    while (bot < p->o->folder->bot_count && strcmp(p->bots[bot], l->bot) != 0)
        bot++;
    if (bot == p->o->folder->bot_count)
        return diag_set(p->d, ERR_NOT_FOUND, "the desk does not follow %s any more", l->bot);
    struct choices *c = &p->choices[bot];
    if (c->count == c->capacity) {
        c->capacity = c->capacity == 0 ? 256 : 2 * c->capacity;
        c->list = mem_resize(c->list, c->capacity, sizeof *c->list);
    }
    c->list[c->count++] = (struct pack_choice){l->leaf, p->why};
    return 0;
}

/* ---- what the query finds ---- */

static int find_all(struct packaging *p, const struct query *q, int64_t **ret, size_t *ret_count)
{
    *ret = mem_array(DESK_EXPORT_MAX + 1, sizeof **ret);
    int r =
        desk_export_select(p->o->engine->index, q, 0, *ret, DESK_EXPORT_MAX + 1, ret_count, p->d);
    return r == 0 && *ret_count > DESK_EXPORT_MAX
               ? diag_set(p->d, ERR_LIMIT, "a query finds more than %u messages: narrow it",
                          DESK_EXPORT_MAX)
               : r;
}

/* 1 where it was not passed on to the partner. One that no checkpoint covers yet can't be proved:
 * it waits for the next package. */
static int is_new(struct packaging *p, int64_t id)
{
    struct desk_index *x = p->o->engine->index;
    if (idset_has(&x->uncovered, id))
        return 0;
    int r = desk_passed_has(x, p->partner->number, id, p->d);
    return r < 0 ? r : !r;
}

/* Of `found` those that are new, behind the `count` that are there. */
static int keep_new(struct packaging *p, int64_t *ids, size_t *count, size_t found)
{
    size_t at = *count;
    int r = 0;
    for (size_t i = 0; r >= 0 && i < found; i++) {
        r = is_new(p, ids[at + i]);
        if (r > 0)
            ids[(*count)++] = ids[at + i];
    }
    return r < 0 ? r : 0;
}

/* What is more than a package takes goes with the next one. */
static int find_new(struct packaging *p, const struct query *q, int64_t **ret, size_t *ret_count)
{
    struct search_ask a = {.query = q, .oldest = true, .max = PAGE};
    size_t found = PAGE;
    int r = 0;
    int64_t *ids = *ret = mem_array(DESK_EXPORT_MAX + PAGE, sizeof **ret);
    while (r == 0 && found == PAGE && *ret_count < DESK_EXPORT_MAX) {
        r = search_collect(p->o->engine->index, &a, ids + *ret_count, &found, p->d);
        if (r == 0 && found > 0) {
            a.after_id = ids[*ret_count + found - 1];
            r = keep_new(p, ids, ret_count, found);
        }
    }
    if (*ret_count > DESK_EXPORT_MAX)
        *ret_count = DESK_EXPORT_MAX;
    return r;
}

static int find(struct packaging *p, const struct query *q, int64_t **ret, size_t *ret_count)
{
    return p->partner == NULL ? find_all(p, q, ret, ret_count) : find_new(p, q, ret, ret_count);
}

/* What has been hidden since then does not go, and may go later. */
static int take_again(void *context, int64_t id)
{
    struct packaging *p = context;
    if (p->count < DESK_EXPORT_MAX && sight_has(p->o->engine->index, id))
        p->ids[p->count++] = id;
    return 0;
}

static int find_shown(struct packaging *p)
{
    if (p->passed.number == 0)
        return find(p, p->query, &p->ids, &p->count);
    p->ids = mem_array(DESK_EXPORT_MAX, sizeof *p->ids);
    return desk_passed_messages(p->o->engine->index, p->passed.number, take_again, p, p->d);
}

/* ---- as leaves ---- */

static int by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static bool is_redacted(const struct packaging *p, int64_t id)
{
    return p->redacted_count > 0 &&
           bsearch(&id, p->redacted, p->redacted_count, sizeof id, by_id) != NULL;
}

static int take_leaves(struct packaging *p, int64_t id, enum package_why why)
{
    p->why = why;
    return desk_leaves(p->o->engine->index, id, take_leaf, p, p->d);
}

static int select_shown(struct packaging *p)
{
    int r = find_shown(p);
    if (r == 0 && p->redact != NULL)
        r = find(p, p->redact, &p->redacted, &p->redacted_count);
    if (r == 0 && p->redacted_count > 0)
        qsort(p->redacted, p->redacted_count, sizeof *p->redacted, by_id);
    for (size_t i = 0; r == 0 && i < p->count; i++)
        r = take_leaves(p, p->ids[i], is_redacted(p, p->ids[i]) ? PACKAGE_REDACTED : PACKAGE_SHOWN);
    return r == 0 && p->count == 0
               ? diag_set(p->d, ERR_NOT_FOUND, "the query finds nothing that may be passed on")
               : r;
}

/* What is privileged is what the filter role alone would find. */
static int select_privileged(struct packaging *p)
{
    const struct desk_session filter = {.role = DESK_FILTER};
    struct desk_index *x = p->o->engine->index;
    CLEANUP_FREE int64_t *ids = NULL;
    size_t count = 0;
    int r = desk_sight_of(x, &filter, p->d);
    if (r == 0)
        r = find(p, p->query, &ids, &count);
    for (size_t i = 0; r == 0 && i < count; i++)
        r = take_leaves(p, ids[i], PACKAGE_PRIVILEGED);
    desk_sight_common(x);
    return r;
}

static int by_leaf(const void *a, const void *b)
{
    uint64_t x = ((const struct pack_choice *)a)->leaf, y = ((const struct pack_choice *)b)->leaf;
    return x < y ? -1 : x > y;
}

int packages_choose(struct packaging *p)
{
    desk_sight_common(p->o->engine->index);
    int r = select_shown(p);
    if (r == 0)
        r = select_privileged(p);
    for (size_t i = 0; i < FOLLOWER_BOTS_MAX; i++)
        if (p->choices[i].count > 0)
            qsort(p->choices[i].list, p->choices[i].count, sizeof *p->choices[i].list, by_leaf);
    return r;
}

int packages_next_choice(void *context, size_t bot, struct pack_choice *ret, struct diag *d)
{
    struct choices *c = &((struct packaging *)context)->choices[bot];
    (void)d;
    if (c->next == c->count)
        return 0;
    *ret = c->list[c->next++];
    return 1;
}
