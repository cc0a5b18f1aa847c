#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/print.h"
#include "cli/verb.h"
#include "population/into.h"
#include "population/output.h"
#include "population/population.h"

#define DEVICES 1200
#define MESSAGES 100000
#define COUNTRIES 30
#define DAYS 180
#define FIRST_DAY "2020-01-06" /* a Monday */
#define DEVICES_AN_ORGANISATION 40U
#define PROGRESS_EVERY 4096U

struct words {
    const char *seed, *devices, *messages, *countries, *organisations, *from, *days, *domain;
    const char *to, *into, *truth, *places;
};

/* Where it goes; NULL: not there. */
struct outputs {
    struct output *to, *truth;
    struct into *into;
};

static void outputs_free(struct outputs *o)
{
    output_free(o->to);
    output_free(o->truth);
    into_free(o->into);
}

static int number(const struct verb *v, const char *option, const char *text, uint64_t max,
                  uint64_t *ret)
{
    if (text != NULL && (value_parse_u64(text, max, ret) < 0 || *ret == 0))
        return verb_misused(v, "--%s '%s' is not 1 to %llu", option, text, (unsigned long long)max);
    return VERB_OK;
}

static int parse(const struct verb *v, const struct words *w, struct population_options *o)
{
    uint64_t devices = DEVICES, countries = COUNTRIES, organisations = 0, days = DAYS, seed = 1;
    int r = number(v, "seed", w->seed, UINT64_MAX, &seed);
    if (r == VERB_OK)
        r = number(v, "devices", w->devices, POPULATION_DEVICES_MAX, &devices);
    if (r == VERB_OK)
        r = number(v, "messages", w->messages, UINT32_MAX, &o->messages);
    if (r == VERB_OK)
        r = number(v, "countries", w->countries, POPULATION_COUNTRIES_MAX, &countries);
    if (r == VERB_OK)
        r = number(v, "organisations", w->organisations, POPULATION_DEVICES_MAX, &organisations);
    if (r == VERB_OK)
        r = number(v, "days", w->days, POPULATION_DAYS_MAX, &days);
    if (r == VERB_OK)
        r = verb_day(v, "from", w->from == NULL ? FIRST_DAY : w->from, &o->from_day);
    o->seed = seed;
    o->devices = (uint32_t)devices;
    o->countries = (uint32_t)(countries < devices || w->countries != NULL ? countries : devices);
    o->organisations =
        (uint32_t)(organisations != 0 ? organisations : 1 + devices / DEVICES_AN_ORGANISATION);
    o->days = (uint32_t)days;
    return r;
}

static void show_progress(const struct population_options *o, uint64_t made)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%llu of %llu messages%s", (unsigned long long)made,
                (unsigned long long)o->messages, made == o->messages ? "\n" : "");
}

static int write_map(const char *path, const struct population *p, struct diag *d)
{
    CLEANUP_BUF struct buf text = BUF_INIT(65536);
    population_put_map(&text, p);
    return file_write(path, text.data, text.len, 0644, d);
}

static int send(struct into *x, const struct population *p, const struct population_message *m,
                struct diag *d)
{
    const char *to[VALUE_RECIPIENTS_MAX];
    for (size_t i = 0; i < m->to_count; i++)
        to[i] = population_account(p, m->to[i]);
    const struct into_message message = {.from = population_account(p, m->from),
                                         .to = to,
                                         .to_count = m->to_count,
                                         .id = m->id,
                                         .at_unix_ms = m->at_unix_ms,
                                         .body = m->body,
                                         .body_len = m->body_len,
                                         .country = m->country};
    int r = m->group == 0 ? 0
                          : into_group(x, population_group_id(p, m->group),
                                       population_group_name(p, m->group), &message, d);
    return r == 0 ? into_send(x, &message, d) : r;
}

static int put(struct outputs *out, const struct population *p, const struct population_message *m,
               struct diag *d)
{
    int r = 0;
    if (out->to != NULL) {
        population_put_line(output_buf(out->to), p, m);
        r = output_flush(out->to, d);
    }
    if (r == 0 && out->truth != NULL) {
        population_put_truth(output_buf(out->truth), p, m);
        r = output_flush(out->truth, d);
    }
    return r == 0 && out->into != NULL ? send(out->into, p, m, d) : r;
}

static int finish(struct outputs *out, struct diag *d)
{
    int r = out->to == NULL ? 0 : output_finish(out->to, d);
    if (r == 0 && out->truth != NULL)
        r = output_finish(out->truth, d);
    return r == 0 && out->into != NULL ? into_finish(out->into, d) : r;
}

static int make_all(const struct population_options *o, struct population *p, struct outputs *out,
                    struct diag *d)
{
    const struct population_message *m;
    int r = 0;
    if (out->truth != NULL)
        population_put_people(output_buf(out->truth), p);
    while (r == 0 && population_next(p, &m)) {
        r = put(out, p, m, d);
        if (m->number % PROGRESS_EVERY == 0 || m->number == o->messages)
            show_progress(o, m->number);
    }
    return r == 0 ? finish(out, d) : r;
}

static int open_outputs(const struct words *w, struct population_options *o, struct outputs *out,
                        struct diag *d)
{
    int r = 0;
    if (w->into != NULL)
        r = into_open(w->into, o->from_day * CALENDAR_DAY_MS, &out->into, d);
    if (r == 0 && w->into != NULL) {
        o->domain = into_domain(out->into);
        o->places = o->places || into_places(out->into);
    }
    if (r == 0 && w->to != NULL)
        r = output_open(w->to, &out->to, d);
    return r == 0 && w->truth != NULL ? output_open(w->truth, &out->truth, d) : r;
}

static void print_summary(const struct population_options *o, const struct population *p,
                          const struct into *x, int64_t began_ms)
{
    struct into_counts c = {0};
    print_count(o->messages, "message of ", "messages of ");
    print_count(population_devices(p), "device", "devices");
    if (x != NULL) {
        into_counts(x, &c);
        printf(" and %llu changes of groups, %llu archived", (unsigned long long)c.changes,
               (unsigned long long)c.archived);
    }
    printf(" in %.1f seconds\n", (double)(clock_monotonic_ms() - began_ms) / 1000);
    if (c.open > 0)
        printf("%llu not: no warrant is for where they were sent from\n",
               (unsigned long long)c.open);
}

static int simulate(const struct words *w, struct population_options *o, struct diag *d)
{
    CLEANUP(outputs_free) struct outputs out = {NULL};
    CLEANUP(population_free_cleanup) struct population *p = NULL;
    int64_t began = clock_monotonic_ms();
    int r = open_outputs(w, o, &out, d);
    if (r == 0)
        r = population_new(o, &p, d);
    if (r == 0 && w->places != NULL)
        r = write_map(w->places, p, d);
    if (r == 0)
        r = make_all(o, p, &out, d);
    if (r == 0)
        print_summary(o, p, out.into, began);
    return r;
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct words w = {.domain = "chat.example"};
    const char *domain = NULL;
    const struct option_spec options[] = {
        {.name = "seed", .value = &w.seed},
        {.name = "devices", .value = &w.devices},
        {.name = "messages", .value = &w.messages},
        {.name = "countries", .value = &w.countries},
        {.name = "organisations", .value = &w.organisations},
        {.name = "from", .value = &w.from},
        {.name = "days", .value = &w.days},
        {.name = "domain", .value = &domain},
        {.name = "to", .value = &w.to},
        {.name = "into", .value = &w.into},
        {.name = "truth", .value = &w.truth},
        {.name = "places", .value = &w.places},
    };
    struct population_options o = {.messages = MESSAGES};
    struct diag d = {""};
    size_t count;
    int r = verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], NULL, 0, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (w.to == NULL && w.into == NULL)
        return verb_misused(v, "where to? Give --to FILE or --into DIR");
    if (w.into != NULL && domain != NULL)
        return verb_misused(v, "--domain is the network's own with --into");
    r = parse(v, &w, &o);
    if (r != VERB_OK)
        return r;
    o.domain = domain != NULL ? domain : w.domain;
    o.places = w.places != NULL;
    signal(SIGPIPE, SIG_IGN); /* the bot's processes may end */
    log_open("ironside simulate");
    return simulate(&w, &o, &d) < 0 ? verb_fail(v, "%s", d.text) : VERB_OK;
}

const struct verb verb_simulate = {
    .noun = "",
    .name = "simulate",
    .usage = "[--to FILE] [--into DIR] [--truth FILE] [--places FILE] [--seed N]\n"
             "                     [--devices N] [--messages N] [--countries N]\n"
             "                     [--organisations N] [--from DAY] [--days N] [--domain D]",
    .help = "make up people and what they write, for trying things out",
    .more =
        "  --to FILE          write the messages as a file for 'up --replay', zstd when it is\n"
        "                     named .zst\n"
        "  --into DIR         have a new replay network's bot archive them at once, without\n"
        "                     server and recipients\n"
        "  --truth FILE       write who and what they are, JSON lines or zstd\n"
        "  --places FILE      write a map of the countries for 'init --places', and say of each\n"
        "                     message from which it is sent\n"
        "  --seed N           another number makes others (1)\n"
        "  --devices N        how many devices (1200)\n"
        "  --messages N       how many messages (100000)\n"
        "  --countries N      in how many countries (30)\n"
        "  --organisations N  of how many organisations (one for 40 devices)\n"
        "  --from DAY         the first day (2020-01-06)\n"
        "  --days N           on how many days (180)\n"
        "  --domain D         the accounts' domain (chat.example; with --into the network's)\n",
    .run = run,
};
