#include <stdio.h>

#include "base/encode.h"
#include "base/memory.h"
#include "population/internal.h"

#define LATER_PER_MILLE 250U
#define LEAVING_PER_MILLE 200U

/* How many there are beside oneself: Enron's messages with several recipients, and a tail for
 * larger organisations (docs/simulate.md). */
static const uint32_t sizes[] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 5, 5, 6, 12};

static void make_id(const struct population *p, struct talk_group *g, uint32_t number)
{
    uint64_t x[2] = {dice_mix(p->o.seed, 2 * (uint64_t)number),
                     dice_mix(p->o.seed, 2 * (uint64_t)number + 1)};
    uint8_t bytes[16];
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(x[i / 8] >> (8 * (i % 8)));
    encode_hex(bytes, sizeof bytes, g->id);
}

/* A place, a spot, a nickname or a dish, and a number. */
static void make_name(const struct population *p, struct talk_group *g, uint32_t number,
                      struct dice *dice)
{
    static const char *const rules[] = {"place", "spot", "nick", "food"};
    const struct grammar *words = p->texts.grammars[p->organisations[g->organisation].language];
    const struct grammar_facts none = {0};
    CLEANUP_BUF struct buf text = BUF_INIT(sizeof g->name - 12);
    int rule = grammar_rule(words, rules[dice_below(dice, 4)]);
    if (rule != GRAMMAR_NONE)
        grammar_say(words, rule, &none, dice, &text);
    snprintf(g->name, sizeof g->name, "%s %u", buf_text(&text), number + 1);
}

static bool has(const struct talk_group *g, uint32_t who)
{
    for (uint32_t i = 0; i < g->count; i++)
        if (g->members[i].member == who)
            return true;
    return false;
}

/* Some come later, some are taken out again. */
static void add(struct population *p, struct talk_group *g, uint32_t who, struct dice *dice)
{
    struct member *m = &p->members[who];
    bool late = dice_below(dice, MILLE) < LATER_PER_MILLE;
    bool leaves = dice_below(dice, MILLE) < LEAVING_PER_MILLE;
    uint32_t from = g->first_day, end = p->o.days;
    uint32_t come = dice_below(dice, p->o.days), go = dice_below(dice, p->o.days);
    if (m->group_count == POPULATION_DEVICE_GROUPS || g->count == POPULATION_GROUP_MAX ||
        has(g, who))
        return;
    if (m->first_day > from)
        from = m->first_day;
    if (late && come > from)
        from = come;
    if (from >= m->end_day)
        return;
    if (leaves && go > from)
        end = go;
    g->members[g->count].member = who;
    g->members[g->count].from_day = from;
    g->members[g->count++].end_day = end;
    m->groups[m->group_count++] = (uint32_t)(g - p->groups);
}

/* Around somebody: their contacts first, then others of the organisation. */
static void make_group(struct population *p, uint32_t number, uint32_t organisation,
                       struct dice *dice)
{
    struct talk_group *g = &p->groups[number];
    const struct organisation *o = &p->organisations[organisation];
    uint32_t who = p->members_of[o->first + dice_below(dice, o->size)];
    const struct member *m = &p->members[who];
    uint32_t others = dice_quantile(dice, sizes, sizeof sizes / sizeof sizes[0]);
    uint32_t shift = m->contact_count == 0 ? 0 : dice_below(dice, m->contact_count);
    make_id(p, g, number);
    g->organisation = organisation;
    make_name(p, g, number, dice);
    g->first_day = m->first_day + dice_below(dice, 1 + (m->end_day - m->first_day) / 4);
    add(p, g, who, dice);
    for (uint32_t i = 0; i < m->contact_count && g->count <= others; i++)
        add(p, g, m->contacts[(i + shift) % m->contact_count], dice);
    for (uint32_t i = 0; i < 2 * others && g->count <= others; i++)
        add(p, g, p->members_of[o->first + dice_below(dice, o->size)], dice);
}

/* As many as there are members. */
void groups_make(struct population *p)
{
    struct dice dice;
    uint32_t at = 0;
    dice_init(&dice, p->o.seed, STREAM_GROUPS);
    p->group_count = p->o.devices;
    p->groups = mem_array(p->group_count, sizeof *p->groups);
    for (uint32_t k = 0; k < p->o.organisations; k++)
        for (uint32_t i = p->organisations[k].size; i > 0; i--)
            make_group(p, at++, k, &dice);
}
