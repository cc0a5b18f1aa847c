#include "base/memory.h"
#include "population/internal.h"

#define WITHIN_PER_MILLE 860U /* contacts of the same organisation */
#define BROKER_PER_MILLE 350U /* … of a broker's */
#define TRIES 24U
#define HALVES 20U /* a target is in tenths, and half of it is chosen by oneself */

/* Ten times how many there are: log-normal, sigma 0.95, median 6.6; what
 * others choose, and groups, bring it to Enron's (docs/simulate.md). */
static const uint32_t targets[] = {5,   11,  15,  19,  22,  25,  28,  32,  35,  38,  41,
                                   45,  49,  53,  57,  61,  66,  71,  77,  83,  89,  97,
                                   105, 114, 125, 138, 153, 172, 197, 231, 283, 387, 640};
#define TARGET_MAX 640U

static bool knows(const struct member *m, uint32_t who)
{
    for (uint32_t i = 0; i < m->contact_count; i++)
        if (m->contacts[i] == who)
            return true;
    return false;
}

static void join(struct population *p, uint32_t a, uint32_t b)
{
    struct member *x = &p->members[a], *y = &p->members[b];
    if (a == b || x->person == y->person || knows(x, b) ||
        x->contact_count == POPULATION_CONTACTS_MAX || y->contact_count == POPULATION_CONTACTS_MAX)
        return;
    x->contacts[x->contact_count++] = b;
    y->contacts[y->contact_count++] = a;
}

/* Were they ever both there? */
static bool overlap(const struct member *a, const struct member *b)
{
    return a->first_day < b->end_day && b->first_day < a->end_day;
}

/* The more contacts somebody wants, the more often they are chosen. */
static uint32_t choose(const struct population *p, uint32_t who, const uint16_t *wanted,
                       struct dice *dice)
{
    const struct member *m = &p->members[who];
    const struct organisation *o = &p->organisations[m->organisation];
    uint32_t share = m->role == ROLE_BROKER ? BROKER_PER_MILLE : WITHIN_PER_MILLE;
    bool within = dice_below(dice, MILLE) < share && o->size > 2;
    uint32_t found = POPULATION_NOBODY;
    for (unsigned i = 0; i < TRIES; i++) {
        uint32_t x = within ? p->members_of[o->first + dice_below(dice, o->size)]
                            : dice_below(dice, p->o.devices);
        bool taken = dice_below(dice, TARGET_MAX) < wanted[x] * 4U;
        if (x == who || !overlap(m, &p->members[x]) || knows(m, x))
            continue;
        found = x;
        if (taken)
            break;
    }
    return found;
}

static void choose_all(struct population *p, uint32_t who, const uint16_t *wanted,
                       struct dice *dice)
{
    uint32_t count = (wanted[who] + dice_below(dice, HALVES)) / HALVES;
    for (uint32_t i = 0; i < (count == 0 ? 1 : count); i++) {
        uint32_t x = choose(p, who, wanted, dice);
        if (x != POPULATION_NOBODY)
            join(p, who, x);
    }
}

/* An alias keeps some of the contacts that the person had. */
static void keep_contacts(struct population *p, uint32_t who, struct dice *dice)
{
    const struct member *older = &p->members[p->members[who].alias_of];
    for (uint32_t i = 0; i < older->contact_count; i++)
        if (overlap(&p->members[who], &p->members[older->contacts[i]]) && dice_below(dice, 3) > 0)
            join(p, who, older->contacts[i]);
}

/* Clients of the lawyer's own organisation, or anybody's. */
static void find_clients(struct population *p, uint32_t who, struct dice *dice)
{
    const struct organisation *o = &p->organisations[p->members[who].organisation];
    for (uint32_t i = 2 + dice_below(dice, 6); i > 0; i--)
        join(p, who, p->members_of[o->first + dice_below(dice, o->size)]);
}

void contacts_make(struct population *p)
{
    struct dice dice;
    uint16_t *wanted = mem_array(p->o.devices, sizeof *wanted);
    dice_init(&dice, p->o.seed, STREAM_CONTACTS);
    for (uint32_t i = 0; i < p->o.devices; i++)
        wanted[i] = (uint16_t)dice_quantile(&dice, targets, sizeof targets / sizeof targets[0]);
    join(p, 0, 1);
    for (uint32_t i = 0; i < p->o.devices; i++)
        choose_all(p, i, wanted, &dice);
    for (uint32_t i = 0; i < p->o.devices; i++) {
        if (p->members[i].distributor != POPULATION_NOBODY && dice_below(&dice, 4) == 0)
            join(p, i, p->members[i].distributor);
        if (p->members[i].role == ROLE_LAWYER)
            find_clients(p, i, &dice);
        if (p->members[i].alias_of != POPULATION_NOBODY)
            keep_contacts(p, i, &dice);
    }
    free(wanted);
}
