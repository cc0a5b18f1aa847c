/* bench/desk: the desk's index, filled with made-up messages and asked what people ask, newest
 * first.
 *
 *   ironside-bench-desk MESSAGES FOLDER     prints a table; leaves texts and queries in FOLDER for
 *                                           bench/desk-postgres, which asks PostgreSQL the same
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/secret.h"
#include "bench/desk_ask.h"
#include "bench/desk_queries.h"
#include "bench/desk_readers.h"
#include "bench/desk_texts.h"
#include "desk/index.h"
#include "desk/model.h"
#include "desk/search.h"

#define BATCH 20000U
#define LIVE_BATCH 30U
#define LIVE_BATCHES 100U
#define SEED 20260301U

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- filling ---- */

struct filling {
    struct desk_index *x;
    struct desk_texts *texts;
    uint64_t leaf, *n;
    FILE *copy; /* for PostgreSQL */
};

static void put_copy(FILE *f, uint64_t id, const struct desk_text *t)
{
    fprintf(f, "%llu\tp%u\t{", (unsigned long long)id, t->from);
    for (size_t i = 0; i < t->to_count; i++)
        fprintf(f, "%sp%u", i == 0 ? "" : ",", t->to[i]);
    time_t s = (time_t)(t->at_unix_ms / 1000);
    struct tm tm;
    char at[32];
    strftime(at, sizeof at, "%Y-%m-%d %H:%M:%S", gmtime_r(&s, &tm));
    fprintf(f, "}\t%s\t%c\t%s\t%s\n", t->country, t->photo ? 't' : 'f', at, t->words);
}

static void add_next(struct filling *f)
{
    struct desk_text t;
    struct diag d;
    struct follower_message m = {.warrant = "w1", .wrong = ""};
    char accounts[9][32], id[40];
    desk_texts_next(f->texts, &t);
    snprintf(accounts[8], sizeof accounts[8], "p%u@chat.example", t.from);
    for (size_t i = 0; i < t.to_count; i++) {
        snprintf(accounts[i], sizeof accounts[i], "p%u@chat.example", t.to[i]);
        m.to[i] = accounts[i];
    }
    m.from = accounts[8];
    m.to_count = t.to_count;
    m.leaf = f->leaf++;
    m.batch = (int64_t)(m.leaf / 100);
    m.n = ++f->n[t.from];
    m.policy = 1;
    m.at_unix_ms = t.at_unix_ms;
    m.archived_unix_ms = t.at_unix_ms + 700;
    snprintf(id, sizeof id, "%08llx-0000-4000-8000-%012llx", (unsigned long long)m.leaf,
             (unsigned long long)m.leaf * 7919);
    m.id = id;
    memcpy(m.country, t.country, sizeof m.country);
    hash_sha256(m.from, strlen(m.from), m.certificate);
    hash_sha256(&m.leaf, sizeof m.leaf, m.record_leaf);
    m.body = t.words;
    m.body_len = strlen(t.words);
    m.file_count = t.photo;
    if (desk_index_add(f->x, "bot1@chat.example", &m, &d) < 0)
        desk_die(&d);
    if (f->copy != NULL)
        put_copy(f->copy, f->leaf, &t);
}

static void commit(struct desk_index *x)
{
    struct diag d;
    if (desk_index_commit(x, &d) < 0)
        desk_die(&d);
}

static void fill(struct filling *f, uint64_t messages)
{
    double clock = desk_now_ms(), cpu = cpu_s();
    for (uint64_t i = 1; i <= messages; i++) {
        add_next(f);
        if (i % BATCH == 0 || i == messages)
            commit(f->x);
    }
    double taken = (desk_now_ms() - clock) / 1e3, used = cpu_s() - cpu;
    printf(
        "indexing, batches of %u           %9.0f messages a second, %9.0f a second of processor\n",
        BATCH, (double)messages / taken, (double)messages / used);
    clock = desk_now_ms();
    double longest = 0;
    for (;;) {
        double before = desk_now_ms();
        bool more = desk_index_tidy(f->x);
        double step = desk_now_ms() - before;
        longest = step > longest ? step : longest;
        if (!more)
            break;
    }
    printf("merging what is closed            %9.1f s, longest step %.0f ms\n",
           (desk_now_ms() - clock) / 1e3, longest);
}

/* Commits as a follower makes them, with a question behind each. */
static void follow(struct filling *f, const struct desk_asking *a)
{
    double commits[LIVE_BATCHES], questions[LIVE_BATCHES];
    unsigned hits;
    for (size_t i = 0; i < LIVE_BATCHES; i++) {
        for (unsigned k = 0; k < LIVE_BATCH; k++)
            add_next(f);
        double before = desk_now_ms();
        commit(f->x);
        commits[i] = desk_now_ms() - before;
        CLEANUP(query_free_cleanup)
        struct query *q = desk_parse(a, desk_queries[i % DESK_QUERIES].ours);
        questions[i] = desk_ask(a, q, DESK_NEWEST, &hits);
    }
    desk_print_spread("commits of 30 messages", commits, LIVE_BATCHES);
    desk_print_spread("a question behind each", questions, LIVE_BATCHES);
}

static void write_live(void *context)
{
    struct filling *f = context;
    for (unsigned k = 0; k < LIVE_BATCH; k++)
        add_next(f);
    commit(f->x);
}

static long peak_kb(void)
{
    char line[128];
    long kb = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "VmHWM: %ld", &kb) == 1)
            break;
    if (f != NULL)
        fclose(f);
    return kb;
}

static void open_again(struct desk_asking *a, const struct desk_index_options *o, uint64_t messages)
{
    struct diag d;
    struct stat st;
    desk_index_close(a->x);
    a->x = NULL;
    if (stat(o->path, &st) == 0)
        printf("in the vault                      %9.0f bytes a message\n",
               (double)st.st_size / (double)messages);
    double before = desk_now_ms(), cpu = cpu_s();
    if (desk_index_open(o, false, &a->x, &d) < 0)
        desk_die(&d);
    printf("opening it                        %9.0f ms, %.0f of processor\n",
           desk_now_ms() - before, (cpu_s() - cpu) * 1e3);
}

int main(int argc, char **argv)
{
    process_begin();
    static const uint8_t key_bytes[VAULT_KEY_BYTES] = {9};
    const struct vault_key key = {.bytes = key_bytes};
    struct diag d;
    if (argc < 3)
        return 2;
    secret_init();
    setvbuf(stdout, NULL, _IOLBF, 0);
    uint64_t messages = strtoull(argv[1], NULL, 10);
    CLEANUP_FREE char *path = file_join(argv[2], "desk.vault");
    CLEANUP_FREE char *copy = file_join(argv[2], "texts.copy");
    const struct desk_index_options o = {.path = path, .key = &key};
    struct desk_asking a = {.texts = desk_texts_new(SEED, messages)};
    struct filling f = {.texts = a.texts, .n = mem_array(DESK_PEOPLE, sizeof *f.n)};
    f.copy = fopen(copy, "w");
    if (f.copy == NULL || text_new(&a.text, &d) < 0 || zone_open("UTC", &a.zone, &d) < 0 ||
        desk_index_open(&o, true, &f.x, &d) < 0)
        desk_die(&d);
    fill(&f, messages);
    fclose(TAKE(f.copy));
    a.x = f.x;
    desk_write_queries(&a, argv[2]);
    open_again(&a, &o, messages);
    desk_ask_all(&a, argv[2], argc > 3);
    desk_open_threads(&a);
    f.x = a.x;
    follow(&f, &a);
    desk_ask_at_once(&a, &(struct desk_writing){write_live, &f, LIVE_BATCH});
    printf("memory at most                    %9ld MiB\n", peak_kb() / 1024);
    desk_index_close(a.x);
    text_free(a.text);
    zone_free(a.zone);
    desk_texts_free(a.texts);
    free(f.n);
    return 0;
}
