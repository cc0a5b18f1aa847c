/* Questions to the desk's index, and what they take. */
#include "bench/desk_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/memory.h"
#include "bench/desk_queries.h"
#include "desk/model.h"
#include "desk/search.h"

#define RUNS 7U
#define HITS 50U

void desk_die(const struct diag *d)
{
    fprintf(stderr, "bench: %s\n", d->text);
    exit(1);
}

double desk_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Of this process: on a machine that others use, too, the clock says little of what takes more than
 * a slice of time. */
static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Puts in what stands in { }. */
static char *fill_in(const struct desk_asking *a, const char *form)
{
    struct buf b = BUF_INIT(4096);
    while (*form != '\0') {
        unsigned n = 0, k = 0;
        if (sscanf(form, "{p%u}", &n) == 1)
            buf_format(&b, "p%u", n);
        else if (sscanf(form, "{%u:%u}", &n, &k) == 2)
            buf_format(&b, "%.*s", (int)k, desk_texts_word(a->texts, n));
        else if (sscanf(form, "{%u}", &n) == 1)
            buf_put_text(&b, desk_texts_word(a->texts, n));
        else {
            buf_put_u8(&b, (uint8_t)*form++);
            continue;
        }
        form = strchr(form, '}') + 1;
    }
    return buf_take_text(&b);
}

struct query *desk_parse(const struct desk_asking *a, const char *form)
{
    CLEANUP_FREE char *written = fill_in(a, form);
    const struct query_options o = {
        .text = a->text, .zone = a->zone, .now_unix_ms = DESK_BEGIN_MS, .latin = false};
    struct query *q = NULL;
    struct query_error e;
    if (query_parse(written, strlen(written), &o, &q, &e) < 0) {
        fprintf(stderr, "bench: %s: %s\n", written, e.text);
        exit(1);
    }
    return q;
}

static int count_hit(void *context, const struct desk_hit *h)
{
    (void)h;
    ++*(unsigned *)context;
    return 0;
}

double desk_ask(const struct desk_asking *a, const struct query *q, enum desk_order order,
                unsigned *ret_hits)
{
    const struct desk_search s = {.query = q, .order = order, .user = 1, .limit = HITS};
    struct diag d;
    bool more;
    double before = desk_now_ms();
    *ret_hits = 0;
    if (desk_search(a->x, &s, count_hit, ret_hits, &more, &d) < 0)
        desk_die(&d);
    return desk_now_ms() - before;
}

static double ask_counts(const struct desk_asking *a, const struct query *q, uint64_t *ret,
                         bool *ret_exact)
{
    struct desk_counts *c = NULL;
    struct diag d;
    double before = desk_now_ms();
    if (desk_count_hits(a->x, q, 1, 200, &c, &d) < 0)
        desk_die(&d);
    double taken = desk_now_ms() - before;
    *ret = c->total;
    *ret_exact = c->exact;
    desk_counts_free(c);
    return taken;
}

void desk_print_spread(const char *what, double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    printf("%-33s %9.2f p50 %9.2f p95 %9.2f max, ms\n", what, values[count / 2],
           values[(count * 95 + 99) / 100 - 1], values[count - 1]);
}

/* For bench/desk-postgres, which prints the ratio. */
static void write_p95(const char *folder, double ms)
{
    CLEANUP_FREE char *path = file_join(folder, "p95");
    FILE *f = fopen(path, "w");
    if (f != NULL) {
        fprintf(f, "%.4f\n", ms);
        fclose(f);
    }
}

struct taken { /* ms by the clock, and of processor time */
    double newest, newest_cpu, relevant, relevant_cpu, counts, counts_cpu, first;
    uint64_t total;
    bool exact;
};

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

static void ask_one(const struct desk_asking *a, const struct query *q, double *every,
                    struct taken *ret)
{
    double clock[RUNS], cpu[RUNS];
    unsigned hits = 0;
    for (size_t k = 0; k < RUNS; k++) {
        double before = cpu_ms();
        clock[k] = desk_ask(a, q, DESK_NEWEST, &hits);
        cpu[k] = cpu_ms() - before;
    }
    ret->first = clock[0]; /* it warms */
    memcpy(every, clock + 1, (RUNS - 1) * sizeof *clock);
    ret->newest = median(clock + 1, RUNS - 1);
    ret->newest_cpu = median(cpu + 1, RUNS - 1);
    double before = cpu_ms();
    ret->relevant = desk_ask(a, q, DESK_RELEVANT, &hits);
    ret->relevant_cpu = cpu_ms() - before;
    before = cpu_ms();
    ret->counts = ask_counts(a, q, &ret->total, &ret->exact);
    ret->counts_cpu = cpu_ms() - before;
}

static void print_each(const char *written, const struct taken *t)
{
    printf("  newest %7.2f (%6.2f of processor, first %7.2f)  relevant %6.1f (%6.1f)  counts %6.1f "
           "(%6.1f) %8llu%s  %s\n",
           t->newest, t->newest_cpu, t->first, t->relevant, t->relevant_cpu, t->counts,
           t->counts_cpu, (unsigned long long)t->total, t->exact ? "" : "+", written);
}

#define PRINT(what, member)                                                                        \
    do {                                                                                           \
        double values[DESK_QUERIES];                                                               \
        for (size_t i = 0; i < DESK_QUERIES; i++)                                                  \
            values[i] = taken[i].member;                                                           \
        desk_print_spread(what, values, DESK_QUERIES);                                             \
    } while (0)

void desk_ask_all(const struct desk_asking *a, const char *folder, bool each)
{
    struct taken taken[DESK_QUERIES];
    double every[DESK_QUERIES * (RUNS - 1)], clock[DESK_QUERIES];
    unsigned exact = 0;
    for (size_t i = 0; i < DESK_QUERIES; i++) {
        CLEANUP(query_free_cleanup) struct query *q = desk_parse(a, desk_queries[i].ours);
        ask_one(a, q, every + i * (RUNS - 1), &taken[i]);
        clock[i] = taken[i].newest;
        exact += taken[i].exact;
        if (each)
            print_each(desk_queries[i].ours, &taken[i]);
    }
    PRINT("newest 50, medians", newest);
    qsort(clock, DESK_QUERIES, sizeof *clock, by_value);
    write_p95(folder, clock[DESK_QUERIES * 95 / 100 - 1]);
    PRINT("  of processor time", newest_cpu);
    desk_print_spread("  every run", every, DESK_QUERIES * (RUNS - 1));
    PRINT("by relevance", relevant);
    PRINT("  of processor time", relevant_cpu);
    PRINT("counts beside, 200 ms allowed", counts);
    PRINT("  of processor time", counts_cpu);
    printf("  exact                           %9u of %u\n", exact, DESK_QUERIES);
}

static int take_message(void *context, const struct desk_message *m)
{
    (void)context;
    (void)m;
    return 0;
}

static int take_conversations(void *context, const struct desk_conversation *c)
{
    char(*ids)[17] = context;
    size_t i = 0;
    while (ids[i][0] != '\0')
        i++;
    memcpy(ids[i], c->id, 17);
    return 0;
}

void desk_open_threads(const struct desk_asking *a)
{
    char ids[101][17] = {{0}};
    double taken[100];
    struct diag d;
    if (desk_conversations(a->x, NULL, UINT64_MAX, 100, take_conversations, ids, &d) < 0)
        desk_die(&d);
    size_t count = 0;
    for (; count < 100 && ids[count][0] != '\0'; count++) {
        const struct desk_thread t = {ids[count], INT64_MAX, 0, true, 100, 1};
        double before = desk_now_ms();
        if (desk_thread(a->x, &t, take_message, NULL, &d) < 0)
            desk_die(&d);
        taken[count] = desk_now_ms() - before;
    }
    desk_print_spread("a thread's last 100", taken, count);
    double before = desk_now_ms();
    struct desk_figures f;
    if (desk_figures(a->x, DESK_BEGIN_MS + INT64_C(94608000000), &f, &d) < 0)
        desk_die(&d);
    printf("figures of the overview           %9.2f ms\n", desk_now_ms() - before);
}

void desk_write_queries(const struct desk_asking *a, const char *folder)
{
    CLEANUP_FREE char *path = file_join(folder, "queries.sql");
    FILE *f = fopen(path, "w");
    for (size_t i = 0; f != NULL && i < DESK_QUERIES; i++) {
        CLEANUP_FREE char *ts = fill_in(a, desk_queries[i].tsquery);
        CLEANUP_FREE char *where = fill_in(a, desk_queries[i].where);
        fprintf(f, "SELECT id, body FROM m WHERE %s%s%s%s%s ORDER BY id DESC LIMIT %u;\n",
                ts[0] == '\0' ? "" : "words @@ to_tsquery('simple', '", ts,
                ts[0] == '\0' ? "" : "')", ts[0] != '\0' && where[0] != '\0' ? " AND " : "", where,
                HITS);
    }
    if (f == NULL || fclose(f) != 0)
        exit(1);
}
