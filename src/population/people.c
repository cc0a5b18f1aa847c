#include <assert.h>
#include <stdio.h>

#include "base/memory.h"
#include "population/internal.h"

#define ALIASES_PER_MILLE 40U /* devices that are somebody's second one */
#define LEAVE_PER_MILLE 250U  /* devices that are given up before the end */
#define HOME_PER_MILLE 620U   /* members who are in their organisation's country */
#define SECOND_PER_MILLE 200U /* … in its second */
#define LAWYERS_PER_MILLE 12U
#define BROKERS_PER_MILLE 30U
#define CLIENTS_OF_DISTRIBUTOR 40U
#define SILENCED_FROM 2000U /* activity: twice the median's */
#define SURGE_DAYS 42U

/* Activity's quantiles, 0.4 % and 99.6 % at the ends: log-normal, sigma 1.27, median 1,000. What
 * comes on top of it, days of use and answers, brings the figures of docs/simulate.md. */
static const uint32_t activities[] = {34,   94,   143,  188,  232,   277,  324,  373,  425,
                                      479,  538,  600,  667,  740,   819,  905,  1000, 1105,
                                      1221, 1352, 1499, 1667, 1860,  2087, 2355, 2681, 3085,
                                      3606, 4310, 5333, 7017, 10651, 29024};

static const char *const front[] = {"blue",   "red",   "old",   "fast",  "iron",  "silent", "north",
                                    "south",  "black", "white", "gold",  "lucky", "wild",   "cold",
                                    "sharp",  "big",   "tiny",  "royal", "lone",  "grey",   "green",
                                    "dark",   "brave", "mad",   "stone", "steel", "rapid",  "sly",
                                    "hollow", "salty", "dusty", "proud"};
static const char *const back[] = {
    "fox",    "wolf",   "lion",  "boat",   "hawk",   "king",  "rider",  "smoke",
    "river",  "bear",   "eagle", "ghost",  "tiger",  "storm", "anchor", "hammer",
    "crow",   "shark",  "viper", "falcon", "bishop", "rook",  "pilot",  "baker",
    "sailor", "miller", "otter", "raven",  "bull",   "cedar", "comet",  "harbor"};
#define WORDS 32U
static_assert(sizeof front / sizeof front[0] == WORDS && sizeof back / sizeof back[0] == WORDS,
              "handles have two words");

const char *role_text(enum role r)
{
    static const char *const texts[] = {[ROLE_MEMBER] = "member",
                                        [ROLE_LEADER] = "leader",
                                        [ROLE_DISTRIBUTOR] = "distributor",
                                        [ROLE_LAWYER] = "lawyer",
                                        [ROLE_BROKER] = "broker"};
    static_assert(sizeof texts / sizeof texts[0] == ROLES, "each has its word");
    return texts[r];
}

/* A line through points of (thousandths of the days, thousandths of the devices). */
struct point {
    uint32_t day, devices;
};

/* On which day is so much of it there? */
static uint32_t day_of(const struct point *line, uint32_t share)
{
    while (line[1].devices < share)
        line++;
    uint32_t rise = line[1].devices - line[0].devices, run = line[1].day - line[0].day;
    return line[0].day + (rise == 0 ? 0 : run * (share - line[0].devices) / rise);
}

/* A quarter of the devices are in use when, within weeks, another half comes (docs/simulate.md). */
struct growth {
    struct point begin[5], end[4];
};

static struct growth growth_of(uint32_t days)
{
    uint32_t surge = SURGE_DAYS < days / 6 ? SURGE_DAYS * MILLE / days : MILLE / 6;
    uint32_t from = 700, to = from + surge;
    return (struct growth){
        .begin = {{0, 0}, {1, 40}, {from, 265}, {to, 790}, {MILLE, MILLE}},
        .end = {{200, 0}, {from, 280}, {to, 440}, {MILLE, MILLE}},
    };
}

static uint32_t clamp_day(const struct population *p, uint64_t day)
{
    return day >= p->o.days ? p->o.days : (uint32_t)day;
}

/* From when to when it is in use. The first two always are, so that there is always somebody. */
static void make_days(const struct population *p, struct member *m, uint32_t number,
                      const struct growth *g, struct dice *dice)
{
    uint32_t days = p->o.days, begins = day_of(g->begin, dice_below(dice, MILLE));
    bool leaves = dice_below(dice, MILLE) < LEAVE_PER_MILLE;
    uint32_t ends = day_of(g->end, dice_below(dice, MILLE)), wait = dice_below(dice, MILLE);
    m->end_day = days;
    if (number < 2)
        return;
    m->first_day = clamp_day(p, (uint64_t)days * begins / MILLE);
    if (m->first_day == days)
        m->first_day--;
    if (!leaves)
        return;
    if (ends <= begins)
        ends = begins + (MILLE - begins) * wait / MILLE;
    m->end_day = clamp_day(p, (uint64_t)days * ends / MILLE);
    if (m->end_day <= m->first_day)
        m->end_day = m->first_day + 1;
    m->silenced = m->end_day < days && m->activity >= SILENCED_FROM;
}

static uint16_t pick_country(const struct population *p, const struct organisation *o,
                             uint32_t number, struct dice *dice)
{
    uint32_t x = dice_below(dice, MILLE);
    uint32_t anywhere = dice_zipf(dice, &p->zipf, p->o.countries);
    if (number < p->o.countries)
        return (uint16_t)number; /* so that none is empty */
    return x < HOME_PER_MILLE                      ? o->home
           : x < HOME_PER_MILLE + SECOND_PER_MILLE ? o->second
                                                   : (uint16_t)anywhere;
}

static enum role pick_role(const struct population *p, uint32_t number, struct dice *dice)
{
    uint32_t x = dice_below(dice, MILLE);
    const struct organisation *o = &p->organisations[p->members[number].organisation];
    if (p->members_of[o->first] == number)
        return ROLE_LEADER;
    if (x < MILLE / CLIENTS_OF_DISTRIBUTOR)
        return ROLE_DISTRIBUTOR;
    x -= MILLE / CLIENTS_OF_DISTRIBUTOR;
    return x < LAWYERS_PER_MILLE                       ? ROLE_LAWYER
           : x < LAWYERS_PER_MILLE + BROKERS_PER_MILLE ? ROLE_BROKER
                                                       : ROLE_MEMBER;
}

/* Two words; the number behind them makes it the only one. */
static void make_handle(struct member *m, uint32_t number, struct dice *dice)
{
    uint32_t a = dice_below(dice, WORDS), b = dice_below(dice, WORDS);
    snprintf(m->handle, sizeof m->handle, "%s%s%u", front[a], back[b], number + 1);
}

static void make_member(struct population *p, uint32_t number, const struct growth *g,
                        struct dice *dice)
{
    struct member *m = &p->members[number];
    const struct organisation *o = &p->organisations[m->organisation];
    int native;
    make_handle(m, number, dice);
    m->person = number;
    m->alias_of = m->distributor = POPULATION_NOBODY;
    m->activity = dice_quantile(dice, activities, sizeof activities / sizeof activities[0]);
    m->country = pick_country(p, o, number, dice);
    m->role = (uint8_t)pick_role(p, number, dice);
    native = texts_language(&p->texts, countries[m->country].language);
    m->language = dice_below(dice, MILLE) < 700 ? (uint8_t)native : o->language;
    m->typos = (uint8_t)(dice_below(dice, 3) == 0 ? 12 : 3);
    m->emojis = (uint8_t)(dice_below(dice, 2) == 0 ? 22 : 4);
    make_days(p, m, number, g, dice);
}

/* Somebody of the same organisation has this device beside an older one, or after it. */
static void make_alias(struct population *p, uint32_t number, struct dice *dice)
{
    struct member *m = &p->members[number];
    const struct organisation *o = &p->organisations[m->organisation];
    uint32_t of = p->members_of[o->first + dice_below(dice, o->size)];
    const struct member *older = &p->members[of];
    if (number < p->o.countries || of == number || older->alias_of != POPULATION_NOBODY ||
        older->first_day >= m->first_day || older->role == ROLE_LAWYER)
        return;
    m->alias_of = of;
    m->person = older->person;
    m->country = older->country;
    m->language = older->language;
    m->role = ROLE_MEMBER;
    m->typos = older->typos;
    m->emojis = older->emojis;
}

static void find_distributors(struct population *p, struct dice *dice)
{
    uint32_t *list = mem_array(p->o.devices, sizeof *list), count = 0;
    for (uint32_t i = 0; i < p->o.devices; i++)
        if (p->members[i].role == ROLE_DISTRIBUTOR)
            list[count++] = i;
    for (uint32_t i = 0; count > 0 && i < p->o.devices; i++) {
        uint32_t d = list[dice_zipf(dice, &p->zipf, count)];
        if (d != i)
            p->members[i].distributor = d;
    }
    free(list);
}

bool member_active(const struct population *p, uint32_t member, uint32_t day)
{
    const struct member *m = &p->members[member];
    return day >= m->first_day && day < m->end_day;
}

void people_make(struct population *p)
{
    struct dice dice;
    struct growth g = growth_of(p->o.days);
    dice_init(&dice, p->o.seed, STREAM_PEOPLE);
    for (uint32_t i = 0; i < p->o.devices; i++)
        make_member(p, i, &g, &dice);
    for (uint32_t i = 2; i < p->o.devices; i++)
        if (dice_below(&dice, MILLE) < 2 * ALIASES_PER_MILLE) /* about half of them can be */
            make_alias(p, i, &dice);
    find_distributors(p, &dice);
    p->accounts = mem_array(p->o.devices, sizeof *p->accounts);
    for (uint32_t i = 0; i < p->o.devices; i++)
        p->accounts[i] = mem_format("%s@%s", p->members[i].handle, p->domain);
}
