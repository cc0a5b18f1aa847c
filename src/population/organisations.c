#include <string.h>

#include "base/memory.h"
#include "population/internal.h"

#define SIZE_SHIFT 8U /* the k-th largest has a size by 1/(k + 8): docs/simulate.md */
#define WEIGHT_ONE 1000000U

/* The first `rank` of them weigh so much. */
static uint64_t weight_before(uint32_t rank)
{
    uint64_t sum = 0;
    for (uint32_t k = 0; k < rank; k++)
        sum += WEIGHT_ONE / (k + SIZE_SHIFT);
    return sum;
}

/* Everybody belongs to one: sizes add up to the devices, and each has one at least. */
static void make_sizes(struct population *p)
{
    uint32_t count = p->o.organisations, spare = p->o.devices - count, first = 0;
    uint64_t all = weight_before(count), before = 0;
    for (uint32_t k = 0; k < count; k++) {
        struct organisation *o = &p->organisations[k];
        uint64_t behind = before + WEIGHT_ONE / (k + SIZE_SHIFT);
        o->first = first;
        o->size = 1 + (uint32_t)(spare * behind / all - spare * before / all);
        first += o->size;
        before = behind;
    }
}

/* The first country of that language; the first of all where there is none. */
static uint16_t country_of(const struct population *p, size_t language)
{
    const char *code = grammar_language(p->texts.grammars[language]);
    for (uint32_t c = 0; c < p->o.countries; c++)
        if (strcmp(countries[c].language, code) == 0)
            return (uint16_t)c;
    return 0;
}

/* Where there are many, the smallest ones see to it that each language is spoken. */
static void make_home(struct population *p, uint32_t k, struct dice *dice)
{
    struct organisation *o = &p->organisations[k];
    uint32_t behind = p->o.organisations - 1 - k;
    o->home = (uint16_t)dice_zipf(dice, &p->zipf, p->o.countries);
    if (behind < p->texts.count && p->o.organisations >= 2 * p->texts.count)
        o->home = country_of(p, behind);
    o->second = (uint16_t)dice_zipf(dice, &p->zipf, p->o.countries);
    o->language = (uint8_t)texts_language(&p->texts, countries[o->home].language);
}

/* Devices' numbers say nothing of where they belong. */
static void shuffle(uint32_t *list, uint32_t count, struct dice *dice)
{
    for (uint32_t i = 0; i < count; i++)
        list[i] = i;
    for (uint32_t i = count; i > 1; i--) {
        uint32_t k = dice_below(dice, i), x = list[i - 1];
        list[i - 1] = list[k];
        list[k] = x;
    }
}

void organisations_make(struct population *p)
{
    struct dice dice;
    dice_init(&dice, p->o.seed, STREAM_ORGANISATIONS);
    p->organisations = mem_array(p->o.organisations, sizeof *p->organisations);
    p->members_of = mem_array(p->o.devices, sizeof *p->members_of);
    p->members = mem_array(p->o.devices, sizeof *p->members);
    make_sizes(p);
    shuffle(p->members_of, p->o.devices, &dice);
    for (uint32_t k = 0; k < p->o.organisations; k++) {
        struct organisation *o = &p->organisations[k];
        make_home(p, k, &dice);
        for (uint32_t i = 0; i < o->size; i++)
            p->members[p->members_of[o->first + i]].organisation = k;
    }
}
