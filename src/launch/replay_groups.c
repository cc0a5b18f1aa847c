#include "launch/replay_groups.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/memory.h"

struct one {
    char id[CONTENT_GROUP_ID_LEN + 1];
    char *members[VALUE_RECIPIENTS_MAX + 1];
    size_t count;
    UT_hash_handle hh;
};

struct replay_groups {
    struct one *all;
};

struct replay_groups *replay_groups_new(void)
{
    return mem_new(sizeof(struct replay_groups));
}

static void empty(struct one *x)
{
    while (x->count > 0)
        free(x->members[--x->count]);
}

void replay_groups_free(struct replay_groups *g)
{
    struct one *x, *next;
    if (g == NULL)
        return;
    HASH_ITER (hh, g->all, x, next) {
        HASH_DEL(g->all, x);
        empty(x);
        free(x);
    }
    free(g);
}

static struct one *group_of(struct replay_groups *g, const char *id)
{
    struct one *x;
    HASH_FIND_STR(g->all, id, x);
    if (x == NULL) {
        x = mem_new(sizeof *x);
        snprintf(x->id, sizeof x->id, "%s", id);
        HASH_ADD_STR(g->all, id, x);
    }
    return x;
}

static bool is_member(const struct one *x, const char *address)
{
    return replay_line_lists((const char *const *)x->members, x->count, address);
}

static int check(const struct one *x, const struct replay_line *l, struct diag *d)
{
    if (x->count > 0 && !is_member(x, l->from))
        return diag_set(d, ERR_FORMAT, "%s is not in the group %s", l->from, l->name);
    for (size_t i = 0; i < x->count; i++)
        if (strcmp(x->members[i], l->from) != 0 &&
            !replay_line_lists(l->to, l->to_count, x->members[i]))
            return diag_set(d, ERR_FORMAT, "'to' leaves out %s, who is in the group %s",
                            x->members[i], l->name);
    for (size_t i = 0; i < l->removed_count; i++)
        if (!is_member(x, l->removed[i]))
            return diag_set(d, ERR_FORMAT, "'remove' names %s, who is not in the group %s",
                            l->removed[i], l->name);
    return 0;
}

int replay_groups_take(struct replay_groups *g, const struct replay_line *l, struct diag *d)
{
    struct one *x = group_of(g, l->group);
    int r = check(x, l, d);
    if (r < 0)
        return r;
    empty(x);
    x->members[x->count++] = mem_string(l->from);
    for (size_t i = 0; i < l->to_count; i++)
        if (!replay_line_lists(l->removed, l->removed_count, l->to[i]))
            x->members[x->count++] = mem_string(l->to[i]);
    return 0;
}
