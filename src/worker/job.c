#include "worker/job.h"

#include <string.h>

#include "base/utf8.h"

const char *worker_outcome_text(enum worker_outcome o)
{
    static const char *const texts[] = {
        [WORKER_DONE] = "",
        [WORKER_UNKNOWN] = "no preview of this format",
        [WORKER_LARGE] = "could not be read: it is too large",
        [WORKER_UNREADABLE] = "could not be read: it is damaged",
        [WORKER_CRASHED] = "could not be read: what reads it crashed",
        [WORKER_SLOW] = "could not be read: its time was up",
        [WORKER_NONSENSE] = "could not be read: what reads it says nonsense",
    };
    _Static_assert(sizeof texts / sizeof *texts == WORKER_OUTCOMES, "a text for each outcome");
    return texts[o];
}

void worker_job_put(struct buf *b, const struct worker_job *j)
{
    buf_put_u64(b, j->number);
    buf_put_u8(b, (uint8_t)j->kind);
    buf_put_u32(b, j->size);
}

int worker_job_get(struct cursor *c, struct worker_job *ret)
{
    struct worker_job j = {.number = cursor_u64(c)};
    unsigned kind = cursor_u8(c);
    j.size = cursor_u32(c);
    if (cursor_end(c) < 0 || kind >= WORKER_KINDS || j.size == 0 || j.size > WORKER_FILE_MAX)
        return ERR_FORMAT;
    j.kind = (enum worker_kind)kind;
    *ret = j;
    return 0;
}

void worker_result_put(struct buf *b, const struct worker_result *r)
{
    buf_put_u64(b, r->number);
    buf_put_u8(b, (uint8_t)r->outcome);
    buf_put_block(b, r->made, r->made_len);
}

int worker_result_get(struct cursor *c, struct worker_result *ret)
{
    struct worker_result r = {.number = cursor_u64(c)};
    unsigned outcome = cursor_u8(c);
    r.made = cursor_block(c, WORKER_MADE_MAX, &r.made_len);
    if (cursor_end(c) < 0 || outcome >= WORKER_OUTCOMES ||
        (outcome != WORKER_DONE && r.made_len > 0))
        return ERR_FORMAT;
    r.outcome = (enum worker_outcome)outcome;
    *ret = r;
    return 0;
}

void worker_made_put(struct buf *b, const struct worker_made *m)
{
    buf_put_u32(b, m->width);
    buf_put_u32(b, m->height);
    buf_put_u64(b, m->likeness);
    buf_put_block(b, m->thumbnail, m->thumbnail_len);
    buf_put_block(b, m->words, strlen(m->words));
    buf_put_u32(b, m->milliseconds);
    buf_put_block(b, m->wave, m->wave_len);
}

static bool is_jpeg(const uint8_t *data, size_t len)
{
    return len > 4 && data[0] == 0xff && data[1] == 0xd8 && data[len - 2] == 0xff &&
           data[len - 1] == 0xd9;
}

static const char *get_words(struct cursor *c, struct arena *a)
{
    size_t len = 0, step;
    const char *text = (const char *)cursor_block(c, WORKER_WORDS_MAX, &len);
    for (size_t at = 0; text != NULL && at < len; at += step) {
        uint32_t point = 0;
        step = utf8_next(text + at, len - at, &point);
        if (step == 0 || (point < ' ' && point != '\n') || point == 0x7f)
            text = NULL;
    }
    const char *words = text == NULL ? NULL : arena_string_n(a, text, len);
    if (words == NULL)
        cursor_fail(c);
    return words;
}

static bool fits(const struct worker_made *m, enum worker_kind kind)
{
    bool photo = kind == WORKER_PHOTO;
    bool picture = m->width > 0 && m->height > 0 && m->width <= WORKER_SIDE_MAX &&
                   m->height <= WORKER_SIDE_MAX && is_jpeg(m->thumbnail, m->thumbnail_len);
    bool sound = m->wave_len > 0 && m->milliseconds > 0;
    bool no_picture = m->width == 0 && m->height == 0 && m->thumbnail_len == 0 &&
                      m->likeness == 0 && m->words[0] == '\0';
    return photo ? picture && m->wave_len == 0 && m->milliseconds == 0 : sound && no_picture;
}

int worker_made_get(struct cursor *c, struct arena *a, enum worker_kind kind,
                    struct worker_made *ret)
{
    struct worker_made m = {.width = cursor_u32(c)};
    m.height = cursor_u32(c);
    m.likeness = cursor_u64(c);
    m.thumbnail = cursor_block(c, WORKER_THUMBNAIL_MAX, &m.thumbnail_len);
    m.words = get_words(c, a);
    m.milliseconds = cursor_u32(c);
    m.wave = cursor_block(c, WORKER_WAVE_MAX, &m.wave_len);
    if (cursor_end(c) < 0 || !fits(&m, kind))
        return ERR_FORMAT;
    *ret = m;
    return 0;
}
