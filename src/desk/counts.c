/* Counts beside the hits, from the arrays. */
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/memory.h"
#include "desk/search_internal.h"

#define FACET_MAX 100U
#define LETTERS 65536U
#define EPOCH_YEAR 1970
#define YEAR_MONTHS 12
#define MONTHS 1632U /* 1970 to 2105 */
#define DAYS 49711U  /* of 2^32 seconds */
#define BETWEEN_CLOCKS 1024U
#define BETWEEN_CLOCKS_OPEN 16U

struct counting {
    struct desk_index *x;
    struct judge *judge;
    struct diag *d;
    bool all_exact; /* every candidate is a hit */
    uint32_t *tables[DESK_FACETS];
    size_t sizes[DESK_FACETS];
    uint16_t *months; /* of days */
    int64_t until_ms;
    unsigned to_clock;
    uint64_t total;
};
enum { TIME_IS_UP = 1 };

static void count(struct counting *c, int64_t id)
{
    const struct columns *k = &c->x->columns;
    size_t i = (size_t)id - 1;
    c->total++;
    c->tables[DESK_BY_PERSON][k->sender[i]]++;
    c->tables[DESK_BY_COUNTRY][k->country[i]]++;
    c->tables[DESK_BY_LANG][k->lang[i]]++;
    c->tables[DESK_BY_MONTH][c->months[k->at[i] / (uint32_t)CALENDAR_DAY_S]]++;
    c->tables[DESK_BY_KIND][k->kind[i]]++;
}

static int count_candidate(void *context, int64_t id)
{
    struct counting *c = context;
    unsigned cost = 1;
    if (!c->all_exact) {
        enum judgement told = judge_quick(c->judge, id);
        if (told == JUDGE_OPEN) {
            cost = BETWEEN_CLOCKS / BETWEEN_CLOCKS_OPEN;
            int r = judge_slowly(c->judge, id, c->d);
            if (r < 0)
                return r;
            told = r > 0 ? JUDGE_YES : JUDGE_NO;
        }
        if (told == JUDGE_YES)
            count(c, id);
    } else
        count(c, id);
    if (c->to_clock > cost) {
        c->to_clock -= cost;
        return 0;
    }
    c->to_clock = BETWEEN_CLOCKS;
    return clock_monotonic_ms() >= c->until_ms ? TIME_IS_UP : 0;
}

/* ---- tables ---- */

static void make_months(struct counting *c)
{
    int64_t day = 0, next = 0;
    c->months = mem_array(DAYS + 1, sizeof *c->months);
    for (uint16_t month = 0; month < MONTHS && day <= DAYS; month++, day = next) {
        char text[CALENDAR_DAY_LEN + 1];
        snprintf(text, sizeof text, "%04d-%02d-01", EPOCH_YEAR + (month + 1) / YEAR_MONTHS,
                 (month + 1) % YEAR_MONTHS + 1);
        if (calendar_parse_day(text, &next) < 0)
            break;
        for (int64_t i = day; i < next && i <= DAYS; i++)
            c->months[i] = month;
    }
}

static void make_tables(struct counting *c)
{
    const size_t sizes[DESK_FACETS] = {
        [DESK_BY_PERSON] = c->x->names[NAME_ACCOUNT].count + 1,
        [DESK_BY_COUNTRY] = LETTERS,
        [DESK_BY_LANG] = c->x->names[NAME_LANG].count + 1,
        [DESK_BY_MONTH] = MONTHS,
        [DESK_BY_KIND] = CONTENT_KINDS,
    };
    for (int f = 0; f < DESK_FACETS; f++) {
        c->sizes[f] = sizes[f];
        c->tables[f] = mem_array(sizes[f], sizeof *c->tables[f]);
    }
    make_months(c);
}

static void counting_clear(struct counting *c)
{
    for (int f = 0; f < DESK_FACETS; f++)
        free(c->tables[f]);
    free(c->months);
}

static char *value_of(const struct desk_index *x, enum desk_facet f, uint32_t i)
{
    char two[VALUE_COUNTRY_BYTES];
    switch (f) {
    case DESK_BY_PERSON:
        return mem_string(people_called(x, i)[0] != '\0' ? people_called(x, i)
                                                         : names_text(&x->names[NAME_ACCOUNT], i));
    case DESK_BY_COUNTRY:
        columns_letters_text((uint16_t)i, two);
        return mem_string(two);
    case DESK_BY_LANG:
        return mem_string(names_text(&x->names[NAME_LANG], i));
    case DESK_BY_MONTH:
        return mem_format("%04u-%02u", EPOCH_YEAR + i / YEAR_MONTHS, 1 + i % YEAR_MONTHS);
    case DESK_BY_KIND:
        return mem_string(content_kind_text((enum content_kind)i));
    case DESK_FACETS:
        break;
    }
    return mem_string("");
}

/* What the accounts of one person wrote. */
static void join_people(struct counting *c)
{
    uint32_t *sent = c->tables[DESK_BY_PERSON];
    if (!c->x->people.named)
        return;
    CLEANUP_FREE uint32_t *first = people_first(c->x);
    for (uint32_t i = 1; i < c->sizes[DESK_BY_PERSON]; i++) {
        if (first[i] == i)
            continue;
        sent[first[i]] += sent[i];
        sent[i] = 0;
    }
}

struct cell {
    uint32_t index, count;
};

static int most_first(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return x->index < y->index ? -1 : 1;
}

static int in_order(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    return x->index < y->index ? -1 : 1;
}

/* Of months the last hundred in which there is anything, of all others the largest. */
static void take_facet(const struct counting *c, enum desk_facet f, struct desk_counts *ret)
{
    CLEANUP_FREE struct cell *cells = mem_array(c->sizes[f], sizeof *cells);
    size_t n = 0, from = 0;
    for (uint32_t i = 0; i < c->sizes[f]; i++)
        if (c->tables[f][i] > 0)
            cells[n++] = (struct cell){i, c->tables[f][i]};
    qsort(cells, n, sizeof *cells, f == DESK_BY_MONTH ? in_order : most_first);
    size_t kept = n < FACET_MAX ? n : FACET_MAX;
    if (f == DESK_BY_MONTH)
        from = n - kept;
    ret->facets[f] = mem_array(kept + 1, sizeof *ret->facets[f]);
    ret->facet_counts[f] = kept;
    for (size_t i = 0; i < kept; i++)
        ret->facets[f][i] =
            (struct desk_count){value_of(c->x, f, cells[from + i].index), cells[from + i].count};
}

/* Seconds tell all of it. */
static bool is_whole(int64_t unix_ms)
{
    return unix_ms == INT64_MIN || unix_ms == INT64_MAX || unix_ms % CLOCK_SECOND_MS == 0;
}

int desk_count_hits(struct desk_index *x, const struct query *q, int64_t user, int budget_ms,
                    struct desk_counts **ret, struct diag *d)
{
    CLEANUP(query_plan_clear) struct query_plan plan;
    CLEANUP(judge_clear) struct judge judge = {0};
    CLEANUP(counting_clear) struct counting c = {.x = x, .judge = &judge, .d = d};
    struct walk w;
    c.until_ms = clock_monotonic_ms() + budget_ms;
    c.to_clock = BETWEEN_CLOCKS;
    int r = people_fresh(x, d);
    if (r == 0)
        r = search_plan(x, q, &plan, d);
    if (r == 0)
        r = judge_init(&judge, x, q, &plan, user, d);
    if (r < 0)
        return r;
    make_tables(&c);
    walk_init(&w, x, buf_text(&plan.match), &plan, false, 0);
    c.all_exact = plan.exact && is_whole(plan.from_unix_ms) && is_whole(plan.to_unix_ms);
    const struct idset *driver = search_driver(x, &judge);
    judge.by_set = search_by_set(x);
    c.all_exact = c.all_exact && !judge.by_set;
    if (driver != NULL && (judge.by_set || w.match[0] == '\0'))
        r = walk_set(x, &w, driver, count_candidate, &c);
    else
        r = walk_matches(x, &w, count_candidate, &c, d);
    if (r < 0)
        return r;
    *ret = mem_new(sizeof **ret);
    (*ret)->total = c.total;
    (*ret)->exact = r == 0;
    join_people(&c);
    for (int f = 0; f < DESK_FACETS; f++)
        take_facet(&c, (enum desk_facet)f, *ret);
    return 0;
}

void desk_counts_free(struct desk_counts *c)
{
    for (int f = 0; c != NULL && f < DESK_FACETS; f++) {
        for (size_t i = 0; i < c->facet_counts[f]; i++)
            free((char *)(uintptr_t)c->facets[f][i].value);
        free(c->facets[f]);
    }
    free(c);
}
