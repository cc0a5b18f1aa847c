/* Which message another is about: found by conversation, sender and id, as devices find it. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "forms/clean.h"
#include "forms/view_internal.h"

struct key {
    const struct view_name *conversation;
    const char *from, *id;
    const struct view_message *message;
};

/* What devices compare; the message's place last. */
static int compare(const struct key *x, const struct key *y)
{
    if (x->conversation != y->conversation)
        return x->conversation->number < y->conversation->number ? -1 : 1;
    int r = strcmp(x->from, y->from);
    return r != 0 ? r : strcmp(x->id, y->id);
}

static int by_key(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    int r = compare(x, y);
    if (r != 0)
        return r;
    return x->message < y->message ? -1 : x->message > y->message;
}

/* A redacted message's id is known here alone: it is not in the view. */
static struct key *keys_of(struct view *v)
{
    struct key *keys = mem_array(v->count + 1, sizeof *keys);
    for (size_t i = 0; i < v->count; i++) {
        const struct view_message *m = &v->messages[i];
        keys[i] = (struct key){m->conversation, m->from->text,
                               view_as_line(v, v->part->messages[i].id), m};
    }
    qsort(keys, v->count, sizeof *keys, by_key);
    return keys;
}

/* The first of those that have this key: an id that is used again is the sender's fault. */
static const struct view_message *find(const struct key *keys, size_t count,
                                       const struct key *wanted)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&keys[middle], wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && compare(&keys[low], wanted) == 0 ? keys[low].message : NULL;
}

static bool fits(const struct view_message *m, const struct view_message *target)
{
    return target != NULL && target != m &&
           (target->redacted != NULL || content_fits(m->kind, target->kind));
}

void view_find_about(struct view *v)
{
    CLEANUP_FREE struct key *keys = keys_of(v);
    for (size_t i = 0; i < v->count; i++) {
        struct view_message *m = &v->messages[i];
        const struct content *c = &v->part->messages[i].content;
        enum content_about about = content_traits(m->kind)->about;
        if (m->redacted != NULL || about == CONTENT_BY_ITSELF)
            continue;
        const struct key wanted = {
            m->conversation, about == CONTENT_ABOUT_OWN ? m->from->text : view_as_line(v, c->from),
            view_as_line(v, c->id), NULL};
        const struct view_message *target = find(keys, v->count, &wanted);
        m->about = fits(m, target) ? target : NULL;
    }
}
