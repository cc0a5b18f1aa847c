#include "desk/frames.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"

const char *desk_frames_get_text(struct cursor *c, struct arena *a, size_t max)
{
    size_t len;
    const uint8_t *data = cursor_block(c, max, &len);
    const char *s = NULL;
    if (data != NULL && memchr(data, '\0', len) == NULL)
        s = arena_string_n(a, (const char *)data, len);
    if (s == NULL)
        cursor_fail(c);
    return s;
}

static const char *get_bot(struct cursor *c, struct arena *a)
{
    const char *bot = desk_frames_get_text(c, a, VALUE_DOMAIN_MAX);
    if (bot != NULL && !value_domain_valid(bot))
        cursor_fail(c);
    return bot;
}

void desk_frames_put_text(struct buf *b, const char *s)
{
    buf_put_block(b, s, strlen(s));
}

void desk_frames_put_where(struct buf *b, const char *bot)
{
    desk_frames_put_text(b, bot);
}

int desk_frames_get_where(struct cursor *c, struct arena *a, const char **ret_bot)
{
    const char *bot = get_bot(c, a);
    if (cursor_end(c) < 0)
        return ERR_FORMAT;
    *ret_bot = bot;
    return 0;
}

void desk_frames_put_from(struct buf *b, const struct desk_place *p)
{
    desk_frames_put_text(b, p->bot);
    buf_put_u64(b, (uint64_t)p->next);
    buf_put_u64(b, p->size);
}

int desk_frames_get_from(struct cursor *c, struct arena *a, struct desk_place *ret)
{
    struct desk_place p = {.bot = get_bot(c, a)};
    p.next = (int64_t)cursor_u64(c);
    p.size = cursor_u64(c);
    if (cursor_end(c) < 0 || p.next < 1 || p.size > INT64_MAX)
        return ERR_FORMAT;
    *ret = p;
    return 0;
}

void desk_frames_put_message(struct buf *b, const char *bot, const struct follower_message *m)
{
    desk_frames_put_text(b, bot);
    follower_message_put(b, m);
}

int desk_frames_get_message(struct cursor *c, struct arena *a, const char **ret_bot,
                            struct follower_message *ret)
{
    const char *bot = get_bot(c, a);
    int r = follower_message_get(c, a, ret);
    if (r == 0)
        *ret_bot = bot;
    return r;
}

void desk_frames_put_state(struct buf *b, const struct follower_state *s)
{
    desk_frames_put_text(b, s->bot);
    buf_put_u64(b, (uint64_t)s->next);
    buf_put_u64(b, s->size);
    buf_put_u64(b, s->records);
    buf_put_u64(b, s->foreign);
    buf_put_u64(b, s->covered);
    desk_frames_put_text(b, s->stopped);
}

int desk_frames_get_state(struct cursor *c, struct arena *a, struct follower_state *ret)
{
    struct follower_state s = {.bot = get_bot(c, a)};
    s.next = (int64_t)cursor_u64(c);
    s.size = cursor_u64(c);
    s.records = cursor_u64(c);
    s.foreign = cursor_u64(c);
    s.covered = cursor_u64(c);
    const char *stopped = desk_frames_get_text(c, a, FOLLOWER_LINE_MAX - 1);
    if (cursor_end(c) < 0 || s.next < 1 || s.size > INT64_MAX || s.covered > s.size)
        return ERR_FORMAT;
    snprintf(s.stopped, sizeof s.stopped, "%s", stopped);
    *ret = s;
    return 0;
}

void desk_frames_put_committed(struct buf *b, uint64_t batches)
{
    buf_put_u64(b, batches);
}

int desk_frames_get_committed(struct cursor *c, uint64_t *ret)
{
    uint64_t batches = cursor_u64(c);
    if (cursor_end(c) < 0)
        return ERR_FORMAT;
    *ret = batches;
    return 0;
}

#define VALIDITY_NAMED 1U
#define VALIDITY_REVOKED 2U

void desk_frames_put_validities(struct buf *b, const struct desk_told *t)
{
    buf_put_u32(b, t->validities.policy);
    buf_put_u8(b, t->replay);
    buf_put_u64(b, (uint64_t)t->clock_unix_ms);
    buf_put_u16(b, (uint16_t)t->validities.count);
    for (size_t i = 0; i < t->validities.count; i++) {
        const struct validity *s = &t->validities.items[i];
        desk_frames_put_text(b, s->warrant);
        buf_put(b, s->hash, HASH_BYTES);
        buf_put_u64(b, (uint64_t)s->from_day);
        buf_put_u64(b, (uint64_t)s->until_day);
        buf_put_u8(
            b, (uint8_t)((s->named ? VALIDITY_NAMED : 0) | (s->revoked ? VALIDITY_REVOKED : 0)));
    }
}

static void get_warrant(struct cursor *c, char ret[static VALUE_WARRANT_MAX + 1])
{
    size_t len;
    const uint8_t *id = cursor_block(c, VALUE_WARRANT_MAX, &len);
    if (id == NULL)
        return;
    memcpy(ret, id, len);
    ret[len] = '\0';
    if (strlen(ret) != len || !value_warrant_valid(ret))
        cursor_fail(c);
}

static bool is_day(int64_t day)
{
    return day >= 0 && day <= INT64_MAX / CALENDAR_DAY_MS &&
           value_instant_valid(day * CALENDAR_DAY_MS);
}

static void get_validity(struct cursor *c, struct validity *ret)
{
    get_warrant(c, ret->warrant);
    cursor_copy(c, ret->hash, HASH_BYTES);
    ret->from_day = (int64_t)cursor_u64(c);
    ret->until_day = (int64_t)cursor_u64(c);
    uint8_t flags = cursor_u8(c);
    ret->named = (flags & VALIDITY_NAMED) != 0;
    ret->revoked = (flags & VALIDITY_REVOKED) != 0;
    if (ret->until_day < ret->from_day || !is_day(ret->from_day) || !is_day(ret->until_day) ||
        (flags & ~(VALIDITY_NAMED | VALIDITY_REVOKED)) != 0)
        cursor_fail(c);
}

int desk_frames_get_validities(struct cursor *c, struct desk_told *ret)
{
    *ret = (struct desk_told){.validities.policy = cursor_u32(c)};
    uint8_t replay = cursor_u8(c);
    ret->replay = replay != 0;
    ret->clock_unix_ms = (int64_t)cursor_u64(c);
    size_t count = cursor_u16(c);
    if (replay > 1 || count > VALIDITIES_MAX || !value_instant_valid(ret->clock_unix_ms))
        return ERR_FORMAT;
    ret->validities.count = count;
    for (size_t i = 0; i < count && !cursor_failed(c); i++)
        get_validity(c, &ret->validities.items[i]);
    return cursor_end(c);
}
