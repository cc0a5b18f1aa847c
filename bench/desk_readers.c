#include "bench/desk_readers.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "base/memory.h"
#include "bench/desk_queries.h"

#define READERS 8U
#define QUESTIONS 200U /* of each */
#define WRITE_EACH_MS 20.0

enum state { IDLE, ASKED, ANSWERED };

struct hall;
struct reader {
    struct hall *hall;
    pthread_t thread;
    pthread_cond_t answered;
    enum state state;
    unsigned number, asked;
    double taken[QUESTIONS];
};
struct hall {
    pthread_mutex_t lock;
    pthread_cond_t asked;
    struct reader readers[READERS];
    unsigned waiting, done; /* readers */
};

/* From asking to the answer, its turn among the others with it. */
static void ask_once(struct reader *r)
{
    struct hall *h = r->hall;
    double before = desk_now_ms();
    pthread_mutex_lock(&h->lock);
    r->state = ASKED;
    h->waiting++;
    pthread_cond_signal(&h->asked);
    while (r->state != ANSWERED)
        pthread_cond_wait(&r->answered, &h->lock);
    r->state = IDLE;
    pthread_mutex_unlock(&h->lock);
    r->taken[r->asked++] = desk_now_ms() - before;
}

static void *read_all(void *context)
{
    struct reader *r = context;
    while (r->asked < QUESTIONS)
        ask_once(r);
    pthread_mutex_lock(&r->hall->lock);
    r->hall->done++;
    pthread_cond_signal(&r->hall->asked);
    pthread_mutex_unlock(&r->hall->lock);
    return NULL;
}

/* The next one that asks, in turn; NULL: all have read. */
static struct reader *next(struct hall *h, unsigned *turn)
{
    pthread_mutex_lock(&h->lock);
    while (h->waiting == 0 && h->done < READERS)
        pthread_cond_wait(&h->asked, &h->lock);
    struct reader *r = NULL;
    for (unsigned i = 0; h->waiting > 0 && r == NULL; i++)
        if (h->readers[(*turn + i) % READERS].state == ASKED)
            r = &h->readers[(*turn + i) % READERS];
    if (r != NULL) {
        *turn = r->number + 1;
        h->waiting--;
    }
    pthread_mutex_unlock(&h->lock);
    return r;
}

static void answer(const struct desk_asking *a, struct reader *r)
{
    unsigned hits;
    size_t which = (r->asked * READERS + r->number * 5U) % DESK_QUERIES;
    CLEANUP(query_free_cleanup) struct query *q = desk_parse(a, desk_queries[which].ours);
    (void)desk_ask(a, q, DESK_NEWEST, &hits);
    pthread_mutex_lock(&r->hall->lock);
    r->state = ANSWERED;
    pthread_cond_signal(&r->answered);
    pthread_mutex_unlock(&r->hall->lock);
}

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void print(const struct hall *h, double ms, double cpu, unsigned written)
{
    double *all = mem_array(READERS * QUESTIONS, sizeof *all);
    for (unsigned i = 0; i < READERS; i++)
        for (unsigned k = 0; k < QUESTIONS; k++)
            all[i * QUESTIONS + k] = h->readers[i].taken[k];
    desk_print_spread("eight readers at once", all, READERS * QUESTIONS);
    printf("  questions, messages meanwhile   %9.0f and %.0f a second\n",
           READERS * QUESTIONS / ms * 1e3, written / ms * 1e3);
    printf("  of processor, a question        %9.2f ms, with its share of the writing\n",
           cpu / (READERS * QUESTIONS));
    free(all);
}

void desk_ask_at_once(const struct desk_asking *a, const struct desk_writing *w)
{
    struct hall *h = mem_new(sizeof *h);
    unsigned turn = 0, written = 0;
    double begin = desk_now_ms(), wrote = begin, cpu = cpu_ms();
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->asked, NULL);
    for (unsigned i = 0; i < READERS; i++) {
        struct reader *r = &h->readers[i];
        r->hall = h;
        r->number = i;
        pthread_cond_init(&r->answered, NULL);
        if (pthread_create(&r->thread, NULL, read_all, r) != 0)
            abort();
    }
    for (struct reader *r; (r = next(h, &turn)) != NULL;) {
        answer(a, r);
        if (desk_now_ms() - wrote < WRITE_EACH_MS)
            continue;
        wrote = desk_now_ms();
        w->write(w->context);
        written += w->messages;
    }
    for (unsigned i = 0; i < READERS; i++)
        pthread_join(h->readers[i].thread, NULL);
    print(h, desk_now_ms() - begin, cpu_ms() - cpu, written);
    free(h);
}
