#include <stdlib.h>

#include "base/memory.h"
#include "population/internal.h"

void plans_init(struct plans *l, size_t max)
{
    *l = (struct plans){.heap = mem_array(max, sizeof *l->heap), .max = max};
}

void plans_clear(struct plans *l)
{
    free(l->heap);
    *l = (struct plans){0};
}

static bool before(const struct plan *a, const struct plan *b)
{
    return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->order < b->order;
}

void plans_add(struct plans *l, const struct plan *x)
{
    if (l->count == l->max)
        return;
    struct plan new = *x;
    new.order = l->order++;
    size_t at = l->count++;
    for (; at > 0 && before(&new, &l->heap[(at - 1) / 2]); at = (at - 1) / 2)
        l->heap[at] = l->heap[(at - 1) / 2];
    l->heap[at] = new;
}

bool plans_take(struct plans *l, int64_t by_ms, struct plan *ret)
{
    if (l->count == 0 || l->heap[0].due_ms > by_ms)
        return false;
    *ret = l->heap[0];
    struct plan last = l->heap[--l->count];
    size_t at = 0, child;
    while ((child = 2 * at + 1) < l->count) {
        if (child + 1 < l->count && before(&l->heap[child + 1], &l->heap[child]))
            child++;
        if (!before(&l->heap[child], &last))
            break;
        l->heap[at] = l->heap[child];
        at = child;
    }
    l->heap[at] = last;
    return true;
}
