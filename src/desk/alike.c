#include "desk/alike.h"

#include <stdlib.h>

#include "base/memory.h"
#include "desk/likeness.h"
#include "desk/names.h"

#define FIRST_CAPACITY 4096U
#define FIRST_SLOTS 8192U
#define HALF_BITS 32U
/* So many slots are looked at for a half: texts that were made to meet there cost no more. */
#define PROBES_MAX 64U

/* Two likenesses of which three quarters are the same have one half in common. */
static uint32_t half_of(uint64_t likeness, unsigned half)
{
    return (uint32_t)(likeness >> (HALF_BITS * half));
}

static uint32_t *table_of(const struct alike *a, unsigned half)
{
    return a->slots + (size_t)a->slot_count * half;
}

static uint32_t slot_at(const struct alike *a, uint64_t likeness, unsigned half, unsigned probe)
{
    return ((uint32_t)names_mix(half_of(likeness, half)) + probe) & (a->slot_count - 1);
}

static void insert(struct alike *a, uint32_t id)
{
    uint64_t likeness = a->likeness[id - 1];
    for (unsigned half = 0; half < 2; half++)
        for (unsigned probe = 0; probe < PROBES_MAX; probe++) {
            uint32_t *slot = &table_of(a, half)[slot_at(a, likeness, half, probe)];
            if (*slot != 0)
                continue;
            *slot = id;
            break;
        }
    a->used++;
}

/* In the order of ids, so that what has no room has none however the table grew. */
static void grow_slots(struct alike *a)
{
    free(a->slots);
    a->slot_count = a->slot_count == 0 ? FIRST_SLOTS : a->slot_count * 2;
    a->slots = mem_array((size_t)a->slot_count * 2, sizeof *a->slots);
    a->used = 0;
    for (uint32_t id = 1; id < a->count; id++) {
        uint32_t group = a->group[id - 1];
        if (a->likeness[id - 1] != 0 && (group == 0 || a->groups[group - 1].ids[0] == id))
            insert(a, id);
    }
}

/* 0: there is none. */
static uint32_t find(const struct alike *a, uint64_t likeness)
{
    for (unsigned half = 0; half < 2; half++)
        for (unsigned probe = 0; probe < PROBES_MAX; probe++) {
            uint32_t id = table_of(a, half)[slot_at(a, likeness, half, probe)];
            if (id == 0)
                break;
            if (likeness_holds(a->likeness[id - 1], likeness))
                return id;
        }
    return 0;
}

static uint32_t make_group(struct alike *a, uint32_t first)
{
    if (a->group_count == a->group_capacity) {
        a->group_capacity += a->group_capacity / 2 + 64;
        a->groups = mem_resize(a->groups, a->group_capacity, sizeof *a->groups);
    }
    struct alike_group *g = &a->groups[a->group_count++];
    *g = (struct alike_group){.capacity = 2, .count = 1};
    g->ids = mem_array(2, sizeof *g->ids);
    g->ids[0] = first;
    return a->group[first - 1] = a->group_count;
}

static void join(struct alike *a, uint32_t first, uint32_t id)
{
    uint32_t number = a->group[first - 1];
    if (number == 0)
        number = make_group(a, first);
    struct alike_group *g = &a->groups[number - 1];
    if (g->count == g->capacity) {
        g->capacity += g->capacity / 2 + 2;
        g->ids = mem_resize(g->ids, g->capacity, sizeof *g->ids);
    }
    g->ids[g->count++] = id;
    a->group[id - 1] = number;
}

static void make_room(struct alike *a)
{
    if (a->count < a->capacity)
        return;
    a->capacity = a->capacity == 0 ? FIRST_CAPACITY : a->capacity + a->capacity / 2;
    a->likeness = mem_resize(a->likeness, a->capacity, sizeof *a->likeness);
    a->group = mem_resize(a->group, a->capacity, sizeof *a->group);
}

void alike_put(struct alike *a, uint64_t likeness)
{
    make_room(a);
    uint32_t id = ++a->count;
    a->likeness[id - 1] = likeness;
    a->group[id - 1] = 0;
    if (likeness == 0)
        return;
    if (a->used >= a->slot_count / 4 * 3)
        grow_slots(a);
    uint32_t first = find(a, likeness);
    if (first != 0)
        join(a, first, id);
    else
        insert(a, id);
}

const struct alike_group *alike_of(const struct alike *a, int64_t id)
{
    uint32_t number = id < 1 || id > a->count ? 0 : a->group[id - 1];
    return number == 0 ? NULL : &a->groups[number - 1];
}

void alike_clear(struct alike *a)
{
    for (uint32_t i = 0; i < a->group_count; i++)
        free(a->groups[i].ids);
    free(a->groups);
    free(a->slots);
    free(a->likeness);
    free(a->group);
    *a = (struct alike){0};
}
