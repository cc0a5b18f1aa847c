/* bench: what the rule that a desk begins with finds in simulated populations, against their truth,
 * and what it costs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/process.h"
#include "population/population.h"
#include "rules/rule.h"

#define POPULATIONS 3U
#define LANGUAGES 32U
#define FIRST_DAY 20000
#define FIRST_SEED 11 /* what seeds 1 to 3 showed to be missed has been looked at */

struct score {
    char lang[8];
    uint64_t threats, found, negatives, wrong, wrong_negatives;
};

struct scoring {
    struct rule *rule;
    struct text *text;
    struct score all, languages[LANGUAGES];
    uint64_t messages, weighed_us;
    struct arena arena;
};

static struct score *score_of(struct scoring *s, const char *lang)
{
    size_t i = 0;
    while (i + 1 < LANGUAGES && s->languages[i].lang[0] != '\0' &&
           strcmp(s->languages[i].lang, lang) != 0)
        i++;
    snprintf(s->languages[i].lang, sizeof s->languages[i].lang, "%s", lang);
    return &s->languages[i];
}

static void count(struct score *s, enum population_label label, bool found)
{
    s->threats += label == POPULATION_THREAT;
    s->found += found && label == POPULATION_THREAT;
    s->negatives += label == POPULATION_NEGATIVE;
    s->wrong += found && label != POPULATION_THREAT;
    s->wrong_negatives += found && label == POPULATION_NEGATIVE;
}

static uint64_t processor_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* As the index has it: the words that were meant, and the language that they seem to be in. */
static void judge(struct scoring *s, const struct population_message *m)
{
    struct content c = {.text = m->body, .text_len = m->body_len};
    struct rule_result r;
    arena_reset(&s->arena);
    if (m->content && content_read(&s->arena, m->body, m->body_len, &c) < 0)
        return;
    const char *lang = text_language(c.text, c.text_len);
    uint64_t began = processor_us();
    bool found = rule_weighs(s->rule, s->text, lang, c.text, c.text_len, &r);
    s->weighed_us += processor_us() - began;
    s->messages++;
    count(&s->all, m->label, found);
    count(score_of(s, m->language), m->label, found);
    if (getenv("IRONSIDE_SHOW") != NULL && found != (m->label == POPULATION_THREAT))
        fprintf(stderr, "%s %s [%s] %d: %.*s\n", found ? "wrong" : "missed", m->language, lang,
                r.weight, (int)c.text_len, c.text);
}

static double part(uint64_t x, uint64_t of)
{
    return of == 0 ? 1.0 : (double)x / (double)of;
}

static void print_score(const char *name, const struct score *s)
{
    printf(
        "  %-10s threats %5llu   recall %.3f   precision %.3f   of %llu that only sound so %llu\n",
        name, (unsigned long long)s->threats, part(s->found, s->threats),
        part(s->found, s->found + s->wrong), (unsigned long long)s->negatives,
        (unsigned long long)s->wrong_negatives);
}

static void run(struct scoring *s, uint64_t seed, uint64_t messages)
{
    const struct population_options o = {.seed = seed,
                                         .messages = messages,
                                         .devices = 2000,
                                         .countries = 60,
                                         .organisations = 60,
                                         .from_day = FIRST_DAY,
                                         .days = 365,
                                         .domain = "chat.example"};
    CLEANUP(population_free_cleanup) struct population *p = NULL;
    const struct population_message *m;
    struct diag d;
    struct score before = s->all, only;
    char name[32];
    if (population_new(&o, &p, &d) < 0) {
        fprintf(stderr, "%s\n", d.text);
        exit(1);
    }
    while (population_next(p, &m))
        judge(s, m);
    only = (struct score){.threats = s->all.threats - before.threats,
                          .found = s->all.found - before.found,
                          .negatives = s->all.negatives - before.negatives,
                          .wrong = s->all.wrong - before.wrong,
                          .wrong_negatives = s->all.wrong_negatives - before.wrong_negatives};
    snprintf(name, sizeof name, "seed %llu", (unsigned long long)seed);
    print_score(name, &only);
}

static void open_rule(struct scoring *s)
{
    CLEANUP(zone_free_cleanup) struct zone *zone = NULL;
    struct diag d;
    json_t *o = rule_default();
    struct query_options options = {.zone = NULL};
    if (text_new(&s->text, &d) < 0 || zone_open("UTC", &zone, &d) < 0) {
        fprintf(stderr, "%s\n", d.text);
        exit(1);
    }
    options.text = s->text;
    options.zone = zone;
    if (rule_read(o, &options, &s->rule, &d) < 0) {
        fprintf(stderr, "%s\n", d.text);
        exit(1);
    }
    json_decref(o);
}

int main(int argc, char **argv)
{
    process_begin();
    uint64_t messages = argc > 1 ? strtoull(argv[1], NULL, 10) : 300000;
    struct scoring s = {.arena = ARENA_INIT(2 * CONTENT_ARENA_BYTES)};
    open_rule(&s);
    printf("threats: the first rule on %u simulated populations of %llu messages\n", POPULATIONS,
           (unsigned long long)messages);
    for (uint64_t seed = FIRST_SEED; seed < FIRST_SEED + POPULATIONS; seed++)
        run(&s, seed, messages);
    print_score("all", &s.all);
    for (size_t i = 0; i < LANGUAGES && s.languages[i].lang[0] != '\0'; i++)
        print_score(s.languages[i].lang, &s.languages[i]);
    printf("  weighing a message takes %.1f us of processor time\n",
           (double)s.weighed_us / (double)s.messages);
    rule_free(s.rule);
    text_free(s.text);
    arena_clear(&s.arena);
    return 0;
}
