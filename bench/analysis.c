/* bench: analysis of contact networks: time for 12,000 people, and what communities and measures
 * are worth against published truth. */
#include <igraph/igraph.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/between.h"
#include "analysis/lexrank.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "population/population.h"

#define SEEDS 10
#define PEOPLE 12000U
#define CONTACTS 1000000U
#define GROUPS 300U
#define FILE_MAX (16U * 1024 * 1024)
#define SOURCES 300U
#define PARTS 10U
#define TEXTS 600U /* as desk/telling.h looks at */
#define TEXT_WORDS 40U
#define TEXT_LINES 5U
#define VOCABULARY 4000U

/* Contacts as they are read, and which group each person is in. */
struct data {
    struct analysis_contact *contacts;
    size_t count;
    uint32_t people;
    uint32_t *truth; /* NULL: unknown */
};

static void data_clear(struct data *d)
{
    free(d->contacts);
    free(d->truth);
}

static void add(struct data *d, uint32_t from, uint32_t to, double weight)
{
    if ((d->count & (d->count - 1)) == 0)
        d->contacts =
            mem_resize(d->contacts, d->count == 0 ? 1 : 2 * d->count, sizeof *d->contacts);
    d->contacts[d->count++] = (struct analysis_contact){from, to, weight};
    uint32_t last = from > to ? from : to;
    d->people = last >= d->people ? last + 1 : d->people;
}

static struct analysis *network_of(const struct data *x)
{
    struct analysis *a;
    struct diag d;
    if (analysis_new(x->people, x->contacts, x->count, &a, &d) < 0) {
        fprintf(stderr, "%s\n", d.text);
        exit(1);
    }
    return a;
}

static uint32_t random_below(uint64_t *state, uint32_t n)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((*state >> 33) % n);
}

/* People in groups of very different sizes, nine of ten contacts within. */
static struct data made_up(uint64_t seed)
{
    struct data x = {.truth = mem_array(PEOPLE, sizeof(uint32_t))};
    uint64_t state = seed;
    for (uint32_t p = 0; p < PEOPLE; p++)
        x.truth[p] = random_below(&state, 1 + random_below(&state, GROUPS));
    while (x.count < CONTACTS) {
        uint32_t from = random_below(&state, PEOPLE), to = random_below(&state, PEOPLE);
        bool inside = random_below(&state, 10) < 9;
        for (unsigned i = 0; inside && i < 2 * GROUPS && x.truth[to] != x.truth[from]; i++)
            to = random_below(&state, PEOPLE);
        add(&x, from, to, 1 + random_below(&state, 20));
    }
    x.people = PEOPLE;
    return x;
}

static double seconds_since(int64_t began_ms)
{
    return (double)(clock_monotonic_ms() - began_ms) / 1e3;
}

static void time_measures(const struct analysis *a)
{
    static const char *const names[ANALYSIS_MEASURES] = {"contacts", "strength", "PageRank",
                                                         "coreness"};
    CLEANUP_FREE double *values = mem_array(PEOPLE, sizeof *values);
    CLEANUP_FREE uint32_t *people = mem_array(PEOPLE, sizeof *people);
    size_t count;
    for (int m = 0; m < ANALYSIS_MEASURES; m++) {
        int64_t began = clock_monotonic_ms();
        if (analysis_measure(a, m, values, NULL) < 0)
            exit(1);
        printf("  %-34s%9.3f s\n", names[m], seconds_since(began));
    }
    int64_t began = clock_monotonic_ms();
    if (analysis_articulations(a, people, &count, NULL) < 0)
        exit(1);
    printf("  %-34s%9.3f s\n", "articulation points", seconds_since(began));
}

static int nothing(void *context, const uint32_t *people, uint32_t steps)
{
    (void)context, (void)people, (void)steps;
    return 0;
}

static void time_ways(const struct analysis *a)
{
    struct analysis_near near[500];
    int more;
    int64_t began = clock_monotonic_ms();
    (void)analysis_neighbourhood(a, 0, 2, 500, near, &more);
    printf("  %-34s%9.3f s\n", "a neighbourhood, two steps", seconds_since(began));
    began = clock_monotonic_ms();
    (void)analysis_paths(a, 0, PEOPLE - 1, 50, nothing, NULL);
    printf("  %-34s%9.3f s\n", "paths between two", seconds_since(began));
}

static void time_between(const struct analysis *a)
{
    CLEANUP(between_free_cleanup) struct between *b = NULL;
    double longest = 0;
    int r = 0;
    int64_t began = clock_monotonic_ms();
    if (between_new(a, SOURCES, PARTS, 1, &b, NULL) < 0)
        exit(1);
    for (bool more = true; more;) {
        int64_t step = clock_monotonic_ms();
        more = between_step(b, &r, NULL);
        longest = fmax(longest, seconds_since(step));
    }
    printf("  betweenness, %u sources sampled    %9.3f s, a step at most %.3f\n", SOURCES,
           seconds_since(began), longest);
}

/* As long as a conversation is looked at: a few words are said often, most of them seldom. */
static void time_lexrank(void)
{
    CLEANUP_FREE uint32_t *words = mem_array(TEXTS * TEXT_WORDS, sizeof *words);
    CLEANUP_FREE size_t *ends = mem_array(TEXTS, sizeof *ends);
    struct lexrank_line lines[TEXT_LINES];
    uint64_t state = 1;
    for (uint32_t i = 0; i < TEXTS * TEXT_WORDS; i++)
        words[i] = random_below(&state, 1 + random_below(&state, VOCABULARY));
    for (uint32_t i = 0; i < TEXTS; i++)
        ends[i] = (size_t)(i + 1) * TEXT_WORDS;
    int64_t began = clock_monotonic_ms();
    size_t count = lexrank_choose(&(struct lexrank_texts){words, ends, TEXTS}, TEXT_LINES, lines);
    printf("  %-34s%9.3f s, %u texts of %u words, %zu lines\n", "most telling lines",
           seconds_since(began), TEXTS, TEXT_WORDS, count);
}

static void time_all(void)
{
    struct data x = made_up(1);
    const struct analysis_grouping g = {.resolution = ANALYSIS_RESOLUTION, .seed = 1};
    CLEANUP_FREE uint32_t *groups = mem_array(PEOPLE, sizeof *groups);
    uint32_t count;
    int64_t began = clock_monotonic_ms();
    CLEANUP(analysis_free_cleanup) struct analysis *a = network_of(&x);
    printf("analysis: %u people, %zu contacts of %zu pairs\n", PEOPLE, x.count, analysis_pairs(a));
    printf("  %-34s%9.3f s\n", "made from its contacts", seconds_since(began));
    began = clock_monotonic_ms();
    if (analysis_communities(a, &g, groups, &count, NULL) < 0)
        exit(1);
    printf("  %-34s%9.3f s, %u groups\n", "communities", seconds_since(began), count);
    time_measures(a);
    time_ways(a);
    time_between(a);
    time_lexrank();
    data_clear(&x);
}

/* Two numbers a line, a third perhaps. False: the file is not there. */
static bool read_pairs(const char *folder, const char *name, struct data *x, bool truth)
{
    CLEANUP_FREE char *path = file_join(folder, name);
    CLEANUP_FCLOSE FILE *f = fopen(path, "r");
    char line[256];
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        unsigned a, b;
        double weight = 1;
        if (sscanf(line, "%u %u %lf", &a, &b, &weight) < 2)
            continue;
        if (truth && a < x->people)
            x->truth[a] = b;
        if (!truth)
            add(x, a, b, weight);
    }
    return f != NULL;
}

struct likeness {
    double nmi, ari;
};

static struct likeness likeness(const igraph_vector_int_t *a, const igraph_vector_int_t *b)
{
    struct likeness l;
    igraph_compare_communities(a, b, &l.nmi, IGRAPH_COMMCMP_NMI);
    igraph_compare_communities(a, b, &l.ari, IGRAPH_COMMCMP_ADJUSTED_RAND);
    return l;
}

enum method { LEIDEN, LOUVAIN, LABELS, METHODS };

static void group_by(enum method m, const struct data *x, const struct analysis *a, igraph_t *graph,
                     igraph_vector_t *weights, uint32_t seed, igraph_vector_int_t *ret)
{
    const struct analysis_grouping g = {.resolution = ANALYSIS_RESOLUTION, .seed = seed};
    CLEANUP_FREE uint32_t *groups = mem_array(x->people, sizeof *groups);
    uint32_t count;
    igraph_rng_seed(igraph_rng_default(), seed);
    if (m == LOUVAIN)
        igraph_community_multilevel(graph, weights, ANALYSIS_RESOLUTION, ret, NULL, NULL);
    else if (m == LABELS)
        igraph_community_label_propagation(graph, ret, IGRAPH_ALL, weights, NULL, NULL);
    else if (analysis_communities(a, &g, groups, &count, NULL) == 0)
        for (uint32_t p = 0; p < x->people; p++)
            VECTOR(*ret)[p] = groups[p];
}

/* The same network for igraph's other methods: each pair once. */
static void other_graph(const struct data *x, igraph_t *graph, igraph_vector_t *weights)
{
    igraph_vector_int_t edges;
    igraph_vector_int_init(&edges, 0);
    igraph_vector_init(weights, 0);
    for (size_t i = 0; i < x->count; i++) {
        if (x->contacts[i].from == x->contacts[i].to)
            continue;
        igraph_vector_int_push_back(&edges, x->contacts[i].from);
        igraph_vector_int_push_back(&edges, x->contacts[i].to);
        igraph_vector_push_back(weights, x->contacts[i].weight);
    }
    igraph_create(graph, &edges, x->people, IGRAPH_UNDIRECTED);
    igraph_vector_int_destroy(&edges);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void compare_methods(const char *name, const struct data *x)
{
    static const char *const names[METHODS] = {"Leiden (ours)", "Louvain", "label propagation"};
    CLEANUP(analysis_free_cleanup) struct analysis *a = network_of(x);
    igraph_t graph;
    igraph_vector_t weights;
    igraph_vector_int_t truth, groups;
    other_graph(x, &graph, &weights);
    igraph_vector_int_init(&truth, x->people);
    igraph_vector_int_init(&groups, x->people);
    for (uint32_t p = 0; p < x->people; p++)
        VECTOR(truth)[p] = x->truth[p];
    printf("%s: communities against truth, %d seeds, resolution %.0f\n", name, SEEDS,
           ANALYSIS_RESOLUTION);
    for (enum method m = 0; m < METHODS; m++) {
        double nmi[SEEDS], ari[SEEDS];
        for (uint32_t s = 0; s < SEEDS; s++) {
            group_by(m, x, a, &graph, &weights, s + 1, &groups);
            struct likeness l = likeness(&truth, &groups);
            nmi[s] = l.nmi;
            ari[s] = l.ari;
        }
        qsort(nmi, SEEDS, sizeof *nmi, by_value);
        qsort(ari, SEEDS, sizeof *ari, by_value);
        printf("  %-20s NMI %.3f   ARI %.3f   (medians)\n", names[m], nmi[SEEDS / 2],
               ari[SEEDS / 2]);
    }
    igraph_vector_int_destroy(&truth);
    igraph_vector_int_destroy(&groups);
    igraph_vector_destroy(&weights);
    igraph_destroy(&graph);
}

static void email_core(const char *shared)
{
    struct data x = {.count = 0};
    CLEANUP_FREE char *folder = file_join(shared, "data/networks/email-eu-core");
    if (!read_pairs(folder, "email-Eu-core.txt", &x, false)) {
        puts("email-Eu-core: not there");
        return;
    }
    x.truth = mem_array(x.people, sizeof *x.truth);
    if (read_pairs(folder, "email-Eu-core-department-labels.txt", &x, true))
        compare_methods("email-Eu-core", &x);
    data_clear(&x);
}

#define SIMULATED_DEVICES 2000U
#define SIMULATED_MESSAGES 200000U
#define SIMULATED_ORGANISATIONS 60U
#define SIMULATED_DAY 20000

/* Which organisation each device is of, by the truth's lines. */
static void read_organisations(struct population *p, uint32_t *truth)
{
    struct buf lines = BUF_INIT(FILE_MAX);
    uint32_t device = 0;
    population_put_people(&lines, p);
    CLEANUP_FREE char *all = buf_take_text(&lines);
    char *rest = NULL;
    for (char *line = strtok_r(all, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        json_t *o = json_loads(line, 0, NULL);
        const char *organisation = json_string_value(json_object_get(o, "organisation"));
        if (json_object_get(o, "device") != NULL && organisation != NULL &&
            device < SIMULATED_DEVICES)
            truth[device++] = (uint32_t)strtoul(organisation + 1, NULL, 10);
        json_decref(o);
    }
}

static void simulated(uint64_t seed)
{
    const struct population_options o = {.seed = seed,
                                         .messages = SIMULATED_MESSAGES,
                                         .devices = SIMULATED_DEVICES,
                                         .countries = 60,
                                         .organisations = SIMULATED_ORGANISATIONS,
                                         .from_day = SIMULATED_DAY,
                                         .days = 365,
                                         .domain = "chat.example"};
    CLEANUP(population_free_cleanup) struct population *p = NULL;
    const struct population_message *m;
    struct data x = {.people = SIMULATED_DEVICES};
    char name[48];
    if (population_new(&o, &p, NULL) < 0)
        exit(1);
    x.truth = mem_array(SIMULATED_DEVICES, sizeof *x.truth);
    read_organisations(p, x.truth);
    while (population_next(p, &m))
        for (size_t i = 0; i < m->to_count; i++)
            add(&x, m->from, m->to[i], 1);
    snprintf(name, sizeof name, "simulated, seed %u", (unsigned)seed);
    compare_methods(name, &x);
    data_clear(&x);
}

/* A matrix with names in its first line and column; names become numbers from 0 in their order. */
static bool read_matrix(const char *path, struct data *x, unsigned *ret_names, size_t names_max)
{
    CLEANUP_BUF struct buf text = BUF_INIT(FILE_MAX);
    if (file_read(path, &text, NULL) < 0)
        return false;
    char *lines = NULL, *cells = NULL;
    uint32_t row = 0;
    CLEANUP_FREE char *all = mem_string(buf_text(&text));
    char *line = strtok_r(all, "\r\n", &lines);
    for (line = strtok_r(NULL, "\r\n", &lines); line != NULL && row < names_max;
         line = strtok_r(NULL, "\r\n", &lines), row++) {
        char *cell = strtok_r(line, ",", &cells);
        ret_names[row] = (unsigned)strtoul(cell, NULL, 10);
        for (uint32_t column = 0; (cell = strtok_r(NULL, ",", &cells)) != NULL; column++)
            if (strtod(cell, NULL) > 0)
                add(x, row, column, strtod(cell, NULL));
    }
    x->people = x->people < row ? row : x->people;
    return true;
}

static unsigned rank_of(const double *values, uint32_t people, uint32_t person)
{
    unsigned rank = 1;
    for (uint32_t p = 0; p < people; p++)
        rank += values[p] > values[person];
    return rank;
}

/* `who`: people, under the numbers that they have been published by. */
static void print_ranks(const char *name, const struct data *x, const uint32_t *who,
                        const unsigned *called, size_t count)
{
    CLEANUP(analysis_free_cleanup) struct analysis *a = network_of(x);
    CLEANUP(between_free_cleanup) struct between *b = NULL;
    CLEANUP_FREE double *strength = mem_array(x->people, sizeof *strength);
    CLEANUP_FREE double *rank = mem_array(x->people, sizeof *rank);
    CLEANUP_FREE double *between = mem_array(x->people, sizeof *between);
    CLEANUP_FREE double *error = mem_array(x->people, sizeof *error);
    int r = 0;
    if (analysis_measure(a, ANALYSIS_STRENGTH, strength, NULL) < 0 ||
        analysis_measure(a, ANALYSIS_PAGERANK, rank, NULL) < 0 ||
        between_new(a, x->people, 2, 1, &b, NULL) < 0)
        exit(1);
    while (between_step(b, &r, NULL))
        ;
    between_result(b, between, error);
    printf("%s: ranks of its known leaders among %u people\n", name, x->people);
    for (size_t i = 0; i < count; i++)
        printf("  N%-4u strength %3u   PageRank %3u   betweenness %3u\n", called[i],
               rank_of(strength, x->people, who[i]), rank_of(rank, x->people, who[i]),
               rank_of(between, x->people, who[i]));
}

/* Morselli (2009): N1 led the hashish, N3 the cocaine trade; N12 stood between them. */
static void caviar(const char *shared)
{
    static const unsigned leaders[] = {1, 3, 12};
    struct data x = {.count = 0};
    unsigned names[256];
    uint32_t who[3] = {0};
    CLEANUP_FREE char *path = file_join(shared, "data/networks/caviar/CAVIAR_FULL_Directed.csv");
    if (!read_matrix(path, &x, names, 256)) {
        puts("CAVIAR: not there");
        return;
    }
    for (uint32_t p = 0; p < x.people; p++)
        for (size_t i = 0; i < 3; i++)
            who[i] = names[p] == leaders[i] ? p : who[i];
    print_ranks("CAVIAR", &x, who, leaders, 3);
    data_clear(&x);
}

static bool leads(const char *attributes)
{
    return strstr(attributes, ",boss,") != NULL || strstr(attributes, ",underboss,") != NULL ||
           strstr(attributes, ",executive,") != NULL;
}

/* Calls and meetings; bosses, underbosses and executives as the published attributes name them. */
static void montagna(const char *shared)
{
    struct data x = {.count = 0};
    uint32_t who[64];
    unsigned called[64];
    size_t count = 0;
    char line[512];
    CLEANUP_FREE char *folder = file_join(shared, "data/networks/montagna");
    CLEANUP_FREE char *attributes = file_join(folder, "attributes.csv");
    CLEANUP_FCLOSE FILE *f = fopen(attributes, "r");
    if (f == NULL || !read_pairs(folder, "phonecalls_edgelist.tsv", &x, false) ||
        !read_pairs(folder, "meetings_edgelist.tsv", &x, false)) {
        puts("Montagna: not there");
        data_clear(&x);
        return;
    }
    while (count < 64 && fgets(line, sizeof line, f) != NULL)
        if (leads(line) && sscanf(line, "N%u", &called[count]) == 1 && called[count] < x.people) {
            who[count] = called[count];
            count++;
        }
    print_ranks("Montagna", &x, who, called, count);
    data_clear(&x);
}

int main(int argc, char **argv)
{
    process_begin();
    const char *shared = argc > 1 ? argv[1] : "../shared";
    time_all();
    for (uint64_t seed = 1; seed <= 3; seed++)
        simulated(seed);
    email_core(shared);
    caviar(shared);
    montagna(shared);
    return 0;
}
