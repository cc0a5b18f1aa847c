#include "bench/desk_filling.h"

#include <string.h>
#include <time.h>

#include "bench/desk_ask.h"
#include "desk/model.h"

#define BATCH 20000U

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

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

/* The long conversation: the first two people, one after the other. */
static void between_two(const struct desk_filling *f, struct desk_text *t)
{
    t->from = f->leaf / f->pair_every % 2;
    t->to[0] = 1 - t->from;
    t->to_count = 1;
}

void desk_filling_add(struct desk_filling *f)
{
    struct desk_text t;
    struct diag d;
    struct follower_message m = {.warrant = f->warrant == NULL ? "w1" : f->warrant, .wrong = ""};
    char accounts[9][32], id[40];
    desk_texts_next(f->texts, &t);
    if (f->pair_every != 0 && f->leaf % f->pair_every == 0)
        between_two(f, &t);
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

void desk_filling_commit(struct desk_filling *f)
{
    struct diag d;
    if (desk_index_commit(f->x, &d) < 0)
        desk_die(&d);
}

void desk_filling_all(struct desk_filling *f, uint64_t messages)
{
    double clock = desk_now_ms(), cpu = cpu_s();
    for (uint64_t i = 1; i <= messages; i++) {
        desk_filling_add(f);
        if (i % BATCH == 0 || i == messages)
            desk_filling_commit(f);
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
