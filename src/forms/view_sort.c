/* A part's messages by conversation and time, and who takes part in a run of them. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "forms/view_internal.h"

#define GROUP_PREFIX "group "

static int by_conversation(const void *a, const void *b)
{
    const struct view_message *x = *(const struct view_message *const *)a,
                              *y = *(const struct view_message *const *)b;
    if (x->conversation != y->conversation)
        return x->conversation->number < y->conversation->number ? -1 : 1;
    if (x->at_unix_ms != y->at_unix_ms)
        return x->at_unix_ms < y->at_unix_ms ? -1 : 1;
    return x < y ? -1 : x > y; /* their numbers grow with their places */
}

void view_sort(struct view *v)
{
    for (size_t i = 0; i < v->count; i++)
        v->order[i] = &v->messages[i];
    if (!v->failed)
        qsort(v->order, v->count, sizeof(struct view_message *), by_conversation);
}

size_t view_run_end(const struct view *v, size_t from, bool same_day)
{
    const struct view_message *first = v->order[from];
    size_t end = from;
    while (end < v->count && v->order[end]->conversation == first->conversation &&
           (!same_day ||
            calendar_day_of(v->order[end]->at_unix_ms) == calendar_day_of(first->at_unix_ms)))
        end++;
    return end;
}

const struct view_name **view_people(const struct view *v, size_t from, size_t end,
                                     size_t *ret_count)
{
    size_t all = HASH_COUNT(v->people);
    const struct view_name **found = mem_array(all + 1, sizeof(struct view_name *));
    for (size_t i = from; i < end; i++) {
        const struct view_message *m = v->order[i];
        found[m->from->number] = m->from;
        for (size_t j = 0; j < m->to_count; j++)
            found[m->to[j]->number] = m->to[j];
    }
    *ret_count = 0;
    for (size_t i = 0; i < all; i++)
        if (found[i] != NULL)
            found[(*ret_count)++] = found[i];
    return found;
}

void view_put_conversation(struct buf *b, const struct view_name *conversation,
                           void (*put)(struct buf *b, const char *text))
{
    if (content_group_valid(conversation->text))
        buf_put_text(b, GROUP_PREFIX);
    put(b, conversation->text);
}
