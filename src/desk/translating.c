#include "desk/translating.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

#define REPLY_MS 25000 /* less than the front waits for an answer */

struct waiting {
    uint64_t number; /* 0: the place is free */
    desk_reply_fn *fn;
    void *context;
    int64_t until_ms;
};
struct desk_translating {
    struct channel *translators;
    const struct desk_adapters *adapters;
    uint64_t last;
    struct waiting waiting[TRANSLATIONS_WAITING_MAX];
    struct arena arena;
};

struct desk_translating *desk_translating_new(struct channel *translators,
                                              const struct desk_adapters *adapters)
{
    struct desk_translating *t = mem_new(sizeof *t);
    t->translators = translators;
    t->adapters = adapters;
    t->arena = (struct arena)ARENA_INIT(2 * TRANSLATION_FRAME_MAX);
    return t;
}

void desk_translating_free(struct desk_translating *t)
{
    if (t == NULL)
        return;
    arena_clear(&t->arena);
    free(t);
}

const struct desk_adapters *desk_translating_adapters(const struct desk_translating *t)
{
    return t->adapters;
}

static struct waiting *find(struct desk_translating *t, uint64_t number)
{
    for (size_t i = 0; i < TRANSLATIONS_WAITING_MAX; i++)
        if (t->waiting[i].number == number)
            return &t->waiting[i];
    return NULL;
}

int desk_translating_send(struct desk_translating *t, const struct translation_job *j,
                          desk_reply_fn *fn, void *context)
{
    struct translation_job numbered = *j;
    struct waiting *w = find(t, 0);
    if (w == NULL)
        return ERR_LIMIT;
    numbered.number = ++t->last;
    translation_job_put(channel_begin(t->translators, TRANSLATION_JOB), &numbered);
    int sent = channel_end(t->translators);
    if (sent == 0)
        *w = (struct waiting){numbered.number, fn, context, clock_monotonic_ms() + REPLY_MS};
    return sent;
}

void desk_translating_forget(struct desk_translating *t, const void *context)
{
    for (size_t i = 0; i < TRANSLATIONS_WAITING_MAX; i++)
        if (t->waiting[i].context == context)
            t->waiting[i] = (struct waiting){0};
}

static void tell(struct waiting *w, const struct desk_reply *r)
{
    struct waiting told = *w;
    *w = (struct waiting){0};
    told.fn(told.context, r);
}

/* One that nobody waits for any more has come too late. */
int desk_translating_take(struct desk_translating *t, const struct frame *f)
{
    struct cursor c = cursor_over(f->body, f->len);
    struct translation_result result;
    arena_reset(&t->arena);
    if (f->type != TRANSLATION_DONE || translation_result_get(&c, &t->arena, &result) < 0 ||
        result.number == 0 || result.number > t->last)
        return ERR_FORMAT;
    struct waiting *w = find(t, result.number);
    if (w == NULL)
        return 0;
    const char *text;
    size_t len;
    (void)translation_judge(result.text, strlen(result.text), &text, &len);
    const struct desk_reply reply = {.code = result.outcome == TRANSLATED ? 0 : ERR_FORMAT,
                                     .line = translation_outcome_text(result.outcome),
                                     .body = (const uint8_t *)text,
                                     .body_len = len};
    tell(w, &reply);
    return 0;
}

void desk_translating_tidy(struct desk_translating *t)
{
    const struct desk_reply late = {.code = ERR_TIMEOUT,
                                    .line = translation_outcome_text(TRANSLATION_SLOW)};
    int64_t now = clock_monotonic_ms();
    for (size_t i = 0; i < TRANSLATIONS_WAITING_MAX; i++)
        if (t->waiting[i].number != 0 && now >= t->waiting[i].until_ms)
            tell(&t->waiting[i], &late);
}
