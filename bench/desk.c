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
#include "bench/desk_filling.h"
#include "bench/desk_queries.h"
#include "bench/desk_readers.h"
#include "bench/desk_texts.h"
#include "desk/index.h"
#include "desk/model.h"
#include "desk/search.h"

#define LIVE_BATCH 30U
#define LIVE_BATCHES 100U
#define SEED 20260301U

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Commits as a follower makes them, with a question behind each. */
static void follow(struct desk_filling *f, const struct desk_asking *a)
{
    double commits[LIVE_BATCHES], questions[LIVE_BATCHES];
    unsigned hits;
    for (size_t i = 0; i < LIVE_BATCHES; i++) {
        for (unsigned k = 0; k < LIVE_BATCH; k++)
            desk_filling_add(f);
        double before = desk_now_ms();
        desk_filling_commit(f);
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
    struct desk_filling *f = context;
    for (unsigned k = 0; k < LIVE_BATCH; k++)
        desk_filling_add(f);
    desk_filling_commit(f);
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
    struct desk_filling f = {.texts = a.texts, .n = mem_array(DESK_PEOPLE, sizeof *f.n)};
    f.copy = fopen(copy, "w");
    if (f.copy == NULL || text_new(&a.text, &d) < 0 || zone_open("UTC", &a.zone, &d) < 0 ||
        desk_index_open(&o, true, &f.x, &d) < 0)
        desk_die(&d);
    desk_filling_all(&f, messages);
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
