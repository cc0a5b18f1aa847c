#include "desk/feed.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "desk/frames.h"
#include "desk/validity.h"

#define ARENA_MAX (64U * 1024)

struct followed {
    char bot[VALUE_DOMAIN_MAX + 1];
    struct follower_state state;
    bool news;    /* the state is to be written */
    bool refused; /* a record of it differs from the index's */
};

struct desk_feed {
    struct desk_index *x;
    struct channel *reader;
    struct arena arena;
    struct followed bots[FOLLOWER_BOTS_MAX];
    size_t count;
    bool half;        /* a batch has begun and not ended */
    bool news;        /* of any bot */
    uint64_t batches; /* taken since the start */
};

struct desk_feed *desk_feed_new(struct desk_index *x, struct channel *reader)
{
    struct desk_feed *i = mem_new(sizeof *i);
    i->x = x;
    i->reader = reader;
    i->arena = (struct arena)ARENA_INIT(ARENA_MAX);
    return i;
}

void desk_feed_free(struct desk_feed *i)
{
    if (i == NULL)
        return;
    arena_clear(&i->arena);
    free(i);
}

/* Of those that the reader has asked for; NULL. */
static struct followed *find(struct desk_feed *i, const char *bot)
{
    for (size_t k = 0; k < i->count; k++)
        if (strcmp(i->bots[k].bot, bot) == 0)
            return &i->bots[k];
    return NULL;
}

static int answer_where(struct desk_feed *i, struct cursor *c, struct diag *d)
{
    struct desk_progress p;
    uint64_t covered = 0;
    struct desk_place place = {.next = 1};
    int r = desk_frames_get_where(c, &i->arena, &place.bot);
    if (r < 0 || find(i, place.bot) != NULL || i->count == FOLLOWER_BOTS_MAX)
        return ERR_FORMAT;
    r = desk_index_progress_of(i->x, place.bot, &p, d);
    if (r < 0 && r != ERR_NOT_FOUND)
        return r;
    if (r == 0) {
        place.next = p.next;
        place.size = p.size;
        covered = p.covered;
    }
    struct followed *b = &i->bots[i->count++];
    snprintf(b->bot, sizeof b->bot, "%s", place.bot);
    b->state.next = place.next; /* as long as the reader has not said more */
    b->state.size = place.size;
    b->state.covered = covered;
    desk_frames_put_from(channel_begin(i->reader, DESK_FRAME_FROM), &place);
    return channel_end(i->reader);
}

/* The journal stands still from here on, until the desk is started again. */
static void refuse(struct desk_feed *i, struct followed *b, const struct diag *why)
{
    b->refused = b->news = i->news = true;
    snprintf(b->state.stopped, sizeof b->state.stopped, "%s: %s", b->bot, why->text);
    diag_clean(b->state.stopped);
}

static int take_message(struct desk_feed *i, struct cursor *c, struct diag *d)
{
    struct follower_message m;
    const char *bot;
    int r = desk_frames_get_message(c, &i->arena, &bot, &m);
    struct followed *b = r == 0 ? find(i, bot) : NULL;
    if (b == NULL)
        return ERR_FORMAT;
    i->half = true;
    if (b->refused)
        return 0;
    r = desk_index_add(i->x, b->bot, &m, d);
    if (r == ERR_AUTH) {
        refuse(i, b, d);
        return 0;
    }
    return r;
}

static int take_state(struct desk_feed *i, struct cursor *c, bool batch)
{
    struct follower_state s;
    int r = desk_frames_get_state(c, &i->arena, &s);
    struct followed *b = r == 0 ? find(i, s.bot) : NULL;
    if (b == NULL || (!batch && i->half))
        return ERR_FORMAT;
    if (batch) {
        i->half = false;
        i->batches++;
        i->news = true;
    }
    if (b->refused)
        return 0;
    b->state = s;
    b->news = i->news = true;
    return 0;
}

static int take_validities(struct desk_feed *i, struct cursor *c, struct diag *d)
{
    CLEANUP_FREE struct desk_told *told = mem_new(sizeof *told);
    int r = desk_frames_get_validities(c, told);
    return r < 0 ? r : desk_validities_take(i->x, told, d);
}

int desk_feed_take(struct desk_feed *i, const struct frame *f, struct diag *d)
{
    struct cursor c = cursor_over(f->body, f->len);
    d->text[0] = '\0';
    arena_reset(&i->arena);
    switch (f->type) {
    case DESK_FRAME_WHERE:
        return answer_where(i, &c, d);
    case DESK_FRAME_MESSAGE:
        return take_message(i, &c, d);
    case DESK_FRAME_BATCH:
        return take_state(i, &c, true);
    case DESK_FRAME_STATE:
        return take_state(i, &c, false);
    case DESK_FRAME_VALIDITIES:
        return take_validities(i, &c, d);
    default:
        return ERR_FORMAT;
    }
}

size_t desk_feed_waiting(const struct desk_feed *i)
{
    return desk_index_waiting(i->x);
}

bool desk_feed_ready(const struct desk_feed *i)
{
    return i->news && !i->half;
}

int desk_feed_commit(struct desk_feed *i, size_t *ret_messages, struct diag *d)
{
    int r = 0;
    for (size_t k = 0; r == 0 && k < i->count; k++) {
        struct followed *b = &i->bots[k];
        struct desk_progress p = {.bot = b->bot,
                                  .next = b->state.next,
                                  .size = b->state.size,
                                  .covered = b->state.covered};
        if (!b->news)
            continue;
        b->news = false;
        snprintf(p.stopped, sizeof p.stopped, "%s", b->state.stopped);
        r = desk_index_progress(i->x, &p, d);
    }
    int64_t before = desk_index_last(i->x);
    if (r == 0)
        r = desk_index_commit(i->x, d);
    if (r < 0)
        return r;
    i->news = false;
    *ret_messages = desk_index_came_after(i->x, before);
    desk_frames_put_committed(channel_begin(i->reader, DESK_FRAME_COMMITTED), i->batches);
    return channel_end(i->reader);
}
