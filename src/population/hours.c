#include "base/calendar.h"
#include "base/memory.h"
#include "population/internal.h"

#define THURSDAY 3
#define DAY_HOURS 24U
#define TRIES 8U

/* Thousandths of Enron's messages by hour in Houston, and by day of the week from Monday on. */
static const uint32_t by_hour[DAY_HOURS] = {5,  11, 28, 29, 46, 44, 41, 57, 79, 95, 87, 80,
                                            66, 64, 57, 51, 52, 39, 24, 14, 11, 9,  6,  4};
static const uint32_t by_weekday[CALENDAR_WEEK_DAYS] = {214, 212, 199, 178, 156, 12, 29};

/* What the clock on a country's wall makes of this hour. */
static uint64_t hour_weight(const struct population *p, uint32_t country, uint32_t hour)
{
    int64_t minutes = (p->o.from_day * DAY_HOURS + hour) * 60 + countries[country].zone_minutes;
    int64_t day = calendar_day_of(minutes * 60000);
    return (uint64_t)by_hour[(minutes - day * 1440) / 60] *
           by_weekday[(uint64_t)(day + THURSDAY) %
                      CALENDAR_WEEK_DAYS]; /* 1970-01-01 was a Thursday */
}

/* Fills in the countries' weights; returns their sum. */
static uint64_t weigh(struct population *p, uint32_t hour)
{
    struct hours *h = &p->hours;
    const uint64_t *active = h->active + (size_t)(hour / DAY_HOURS) * p->o.countries;
    for (uint32_t c = 0; c < p->o.countries; c++)
        h->weights[c + 1] = h->weights[c] + active[c] * hour_weight(p, c, hour);
    return h->weights[p->o.countries];
}

static void count_active(struct population *p)
{
    struct hours *h = &p->hours;
    h->active = mem_array((size_t)p->o.days * p->o.countries, sizeof *h->active);
    h->in_use = mem_array(p->o.days, sizeof *h->in_use);
    for (uint32_t i = 0; i < p->o.devices; i++) {
        const struct member *m = &p->members[i];
        for (uint32_t day = m->first_day; day < m->end_day; day++) {
            h->active[(size_t)day * p->o.countries + m->country] += m->activity;
            h->in_use[day]++;
        }
    }
}

/* Each country's members in the order in which they begin: by days, then by their numbers. */
static void list_members(struct population *p)
{
    uint32_t *first = mem_array(p->o.days + 1, sizeof *first);
    uint32_t *order = mem_array(p->o.devices, sizeof *order);
    for (uint32_t i = 0; i < p->o.devices; i++) {
        first[p->members[i].first_day + 1]++;
        p->countries[p->members[i].country].count++;
    }
    for (uint32_t day = 0; day < p->o.days; day++)
        first[day + 1] += first[day];
    for (uint32_t i = 0; i < p->o.devices; i++)
        order[first[p->members[i].first_day]++] = i;
    for (uint32_t c = 0; c < p->o.countries; c++) {
        struct country_members *x = &p->countries[c];
        x->list = mem_array(x->count + 1, sizeof *x->list);
        x->before = mem_array(x->count + 1, sizeof *x->before);
        x->count = 0;
    }
    for (uint32_t i = 0; i < p->o.devices; i++) {
        const struct member *m = &p->members[order[i]];
        struct country_members *x = &p->countries[m->country];
        x->list[x->count] = order[i];
        x->before[x->count + 1] = x->before[x->count] + m->activity;
        x->count++;
    }
    free(first);
    free(order);
}

void hours_make(struct population *p)
{
    struct hours *h = &p->hours;
    count_active(p);
    list_members(p);
    for (uint32_t hour = 0; hour < p->o.days * DAY_HOURS; hour++)
        h->total += weigh(p, hour);
    h->hour = UINT32_MAX;
}

/* `messages` * passed / total, which is more than 64 bits hold. */
static uint64_t share_of(const struct population *p, uint64_t passed)
{
    const struct hours *h = &p->hours;
    __extension__ typedef unsigned __int128 wide;
    return (uint64_t)((wide)p->o.messages * passed / h->total);
}

static void begin_hour(struct population *p)
{
    struct hours *h = &p->hours;
    h->hour++;
    h->at = 0;
    p->today = h->hour / DAY_HOURS;
    h->passed += weigh(p, h->hour);
    uint64_t by_now = share_of(p, h->passed);
    h->quota = (uint32_t)(by_now - h->given);
    h->given = by_now;
    for (uint32_t c = 0; c < p->o.countries; c++) {
        struct country_members *x = &p->countries[c];
        while (x->begun < x->count && p->members[x->list[x->begun]].first_day <= p->today)
            x->begun++;
    }
}

void hours_next(struct population *p)
{
    struct hours *h = &p->hours;
    while (h->at == h->quota)
        begin_hour(p);
    uint64_t within = (uint64_t)h->at++ * HOUR_MS + dice_below(&p->dice, HOUR_MS);
    p->now_ms = (p->o.from_day * DAY_HOURS + h->hour) * HOUR_MS + (int64_t)(within / h->quota);
}

/* The last one with `before` at most x. */
static uint32_t search(const uint64_t *before, uint32_t count, uint64_t x)
{
    uint32_t low = 0, high = count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (before[middle] <= x)
            low = middle;
        else
            high = middle;
    }
    return low;
}

uint32_t hours_sender(struct population *p)
{
    const struct hours *h = &p->hours;
    for (unsigned i = 0; i < TRIES; i++) {
        uint64_t x = dice_below64(&p->dice, h->weights[p->o.countries]);
        const struct country_members *c = &p->countries[search(h->weights, p->o.countries, x)];
        x = dice_below64(&p->dice, c->before[c->begun]);
        uint32_t who = c->list[search(c->before, c->begun, x)];
        if (c->begun > 0 && member_active(p, who, p->today))
            return who;
    }
    return dice_below(&p->dice, 2); /* they are always there */
}
