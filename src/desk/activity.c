#include "desk/activity.h"

#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/memory.h"
#include "desk/search_internal.h"

#define MINUTE_S 60
#define HOUR_S CALENDAR_HOUR_S
#define WEEK CALENDAR_WEEK_DAYS
#define DAY_S CALENDAR_DAY_S
#define LETTERS 65536U
#define MONDAY 3         /* 1970-01-01 was a Thursday */
#define DAY_SLOTS 49714U /* days of 2^32 seconds, and one at either end for the zone */

/* A zone's offset, asked once for each hour. */
struct offsets {
    const struct zone *zone;
    int64_t hour;   /* since 1970 */
    int64_t offset; /* seconds */
};

static int64_t local_seconds(struct offsets *o, uint32_t at)
{
    struct zone_time t;
    if (at / HOUR_S != o->hour) {
        o->hour = at / HOUR_S;
        zone_read(o->zone, o->hour * HOUR_S * CLOCK_SECOND_MS, &t);
        int64_t day = calendar_day_from(t.year, t.month, t.day);
        o->offset = day * DAY_S + t.hour * (int64_t)HOUR_S + t.minute * MINUTE_S - o->hour * HOUR_S;
    }
    return at + o->offset;
}

/* What was asked for: these messages, or all that are in sight. */
struct picked {
    struct desk_index *x;
    const int64_t *ids; /* NULL: all */
    size_t count;       /* of ids, or of all columns */
};

/* The column of the i-th; false: there is no such message. */
static bool column_of(const struct picked *p, size_t i, size_t *ret)
{
    *ret = p->ids == NULL ? i : (size_t)p->ids[i] - 1;
    return p->ids != NULL || sight_has(p->x, (int64_t)*ret + 1);
}

/* 0: Monday. A zone west of UTC may begin on the day before 1970. */
static int32_t weekday(int64_t day)
{
    return (int32_t)((day % WEEK + WEEK + MONDAY) % WEEK);
}

/* Days are counted from the day before 1970 on. */
static int64_t day_of(int64_t local)
{
    return local / DAY_S - (local % DAY_S < 0);
}

static size_t slot_of(struct offsets *o, uint32_t at)
{
    return (size_t)(day_of(local_seconds(o, at)) + 1);
}

/* Senders, those of a day one behind the other; `start` has where each day's begin. */
struct by_day {
    uint32_t *senders;
    uint32_t start[DAY_SLOTS + 1];
};

static void count_hours(const struct picked *p, struct offsets *o, struct desk_activity *a,
                        uint32_t *start)
{
    for (size_t i = 0, k; i < p->count; i++) {
        if (!column_of(p, i, &k))
            continue;
        int64_t local = local_seconds(o, p->x->columns.at[k]), day = day_of(local);
        a->hours[weekday(day) * CALENDAR_DAY_HOURS + (local - day * DAY_S) / HOUR_S]++;
        a->messages++;
        start[day + 2]++;
    }
    for (size_t d = 0; d < DAY_SLOTS; d++)
        start[d + 1] += start[d];
}

/* Counting sort: what was counted is where each day's senders go. */
static struct by_day *sort_by_day(const struct picked *p, struct offsets *o,
                                  struct desk_activity *a)
{
    struct by_day *b = mem_new(sizeof *b);
    count_hours(p, o, a, b->start);
    CLEANUP_FREE uint32_t *next = mem_copy(b->start, sizeof b->start);
    b->senders = mem_array(a->messages + 1, sizeof *b->senders);
    for (size_t i = 0, k; i < p->count; i++)
        if (column_of(p, i, &k))
            b->senders[next[slot_of(o, p->x->columns.at[k])]++] = p->x->columns.sender[k];
    return b;
}

/* Adds a day's senders to what is counted of a day or week: `stamp` has who is counted in it
 * already. */
static void add_people(const struct by_day *b, size_t slot, struct desk_activity_day *to,
                       uint32_t *stamps, uint32_t stamp)
{
    for (uint32_t i = b->start[slot]; i < b->start[slot + 1]; i++) {
        uint32_t *of = &stamps[b->senders[i]];
        to->people += *of != stamp;
        *of = stamp;
    }
    to->messages += b->start[slot + 1] - b->start[slot];
}

static size_t fold(const struct by_day *b, uint32_t *stamps, bool weeks,
                   struct desk_activity_day *ret)
{
    size_t n = 0;
    for (size_t slot = 0; slot < DAY_SLOTS; slot++) {
        int64_t day = (int64_t)slot - 1;
        if (b->start[slot] == b->start[slot + 1])
            continue;
        day -= weeks ? weekday(day) : 0;
        if (n == 0 || ret[n - 1].day != day)
            ret[n++] = (struct desk_activity_day){.day = day};
        add_people(b, slot, &ret[n - 1], stamps, (uint32_t)n);
    }
    return n;
}

static void count_times(const struct picked *p, const struct zone *zone, struct desk_activity *a)
{
    struct offsets o = {.zone = zone, .hour = -1};
    struct by_day *b = sort_by_day(p, &o, a);
    size_t people = (size_t)p->x->names[NAME_ACCOUNT].count + 1;
    for (int weeks = 0; weeks < 2; weeks++) {
        CLEANUP_FREE uint32_t *stamps = mem_array(people, sizeof *stamps);
        struct desk_activity_day *days = mem_array(DAY_SLOTS, sizeof *days);
        size_t count = fold(b, stamps, weeks != 0, days);
        days = mem_resize(days, count + 1, sizeof *days);
        *(weeks ? &a->weeks : &a->days) = days;
        *(weeks ? &a->week_count : &a->day_count) = count;
    }
    free(b->senders);
    free(b);
}

/* ---- countries ---- */

struct tally { /* by country's letters */
    uint64_t messages[LETTERS];
    uint32_t people[LETTERS];
};

/* How often somebody wrote where: of a search's messages, sorted. */
struct where {
    uint32_t sender;
    uint16_t country;
};

static int by_sender(const void *a, const void *b)
{
    const struct where *x = a, *y = b;
    if (x->sender != y->sender)
        return x->sender < y->sender ? -1 : 1;
    return (x->country > y->country) - (x->country < y->country);
}

/* The end of those from `i` on that are alike. */
static size_t run_end(const struct where *w, size_t count, size_t i)
{
    size_t end = i;
    while (end < count && by_sender(&w[end], &w[i]) == 0)
        end++;
    return end;
}

static void tally_people(const struct where *w, size_t count, struct desk_activity *a,
                         struct tally *t)
{
    for (size_t i = 0; i < count;) {
        uint32_t sender = w[i].sender;
        size_t most = 0;
        uint16_t country = 0;
        for (size_t end; i < count && w[i].sender == sender; i = end) {
            end = run_end(w, count, i);
            country = end - i > most ? w[i].country : country;
            most = end - i > most ? end - i : most;
        }
        t->people[country]++;
        a->people++;
    }
}

static void tally_found(const struct picked *p, struct desk_activity *a, struct tally *t)
{
    CLEANUP_FREE struct where *w = mem_array(p->count + 1, sizeof *w);
    const struct columns *k = &p->x->columns;
    for (size_t i = 0; i < p->count; i++)
        w[i] = (struct where){k->sender[p->ids[i] - 1], k->country[p->ids[i] - 1]};
    qsort(w, p->count, sizeof *w, by_sender);
    for (size_t i = 0; i < p->count; i++)
        t->messages[w[i].country]++;
    tally_people(w, p->count, a, t);
}

/* Of all messages it is kept with the people: the country that is first is the most frequent one.
 */
static void tally_all(const struct census *k, struct desk_activity *a, struct tally *t)
{
    for (uint32_t i = 0; i < k->people_count; i++) {
        const struct census_person *p = &k->people[i];
        uint64_t told = 0;
        for (uint32_t c = 0; c < p->country_count; c++) {
            t->messages[p->countries[c].country] += p->countries[c].count;
            told += p->countries[c].count;
        }
        t->messages[0] += p->sent - told;
        if (p->sent == 0)
            continue;
        bool unknown = p->country_count == 0 || p->sent - told > p->countries[0].count;
        t->people[unknown ? 0 : p->countries[0].country]++;
        a->people++;
    }
}

static int most_people_first(const void *a, const void *b)
{
    const struct desk_activity_country *x = a, *y = b;
    if (x->people != y->people)
        return x->people > y->people ? -1 : 1;
    if (x->messages != y->messages)
        return x->messages > y->messages ? -1 : 1;
    return strcmp(x->country, y->country);
}

static void list_countries(const struct tally *t, struct desk_activity *a)
{
    for (size_t i = 0; i < LETTERS; i++)
        a->country_count += t->messages[i] > 0;
    a->countries = mem_array(a->country_count + 1, sizeof *a->countries);
    for (size_t i = 0, n = 0; i < LETTERS; i++) {
        if (t->messages[i] == 0)
            continue;
        struct desk_activity_country *c = &a->countries[n++];
        columns_letters_text((uint16_t)i, c->country);
        c->messages = t->messages[i];
        c->people = t->people[i];
    }
    qsort(a->countries, a->country_count, sizeof *a->countries, most_people_first);
}

static struct desk_activity *count_all(const struct picked *p, const struct zone *zone)
{
    struct desk_activity *a = mem_new(sizeof *a);
    CLEANUP_FREE struct tally *t = mem_new(sizeof *t);
    count_times(p, zone, a);
    if (p->ids == NULL)
        tally_all(sight_census(p->x), a, t);
    else
        tally_found(p, a, t);
    list_countries(t, a);
    return a;
}

int desk_activity_count(struct desk_index *x, const struct desk_activity_ask *ask,
                        struct desk_activity **ret, struct diag *d)
{
    const struct search_ask s = {.query = ask->query, .user = ask->user, .max = x->columns.count};
    struct picked p = {.x = x, .count = x->columns.count};
    CLEANUP_FREE int64_t *ids = NULL;
    int r = sql_fault(&x->sql, d);
    if (r == 0 && ask->query != NULL) {
        p.ids = ids = mem_array((size_t)x->columns.count + 1, sizeof *ids);
        r = search_collect(x, &s, ids, &p.count, d);
    }
    if (r == 0)
        *ret = count_all(&p, ask->zone);
    return r;
}

void desk_activity_free(struct desk_activity *a)
{
    if (a == NULL)
        return;
    free(a->days);
    free(a->weeks);
    free(a->countries);
    free(a);
}
