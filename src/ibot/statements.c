#include "ibot/statements.h"

#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "crypto/note.h"
#include "ibot/frames.h"
#include "wire/registry.h"

#define LOOK_MS 10000
#define LOOK_REPLAY_MS 1000 /* whose clock moves by days at once */
#define NAMES_PER_FRAME_MAX 1000

struct statements {
    struct statements_options o;
    char *domain;
    int64_t day;    /* the clock's, when it was looked at last */
    bool destroyed; /* there may be keys that no destruction names */
    bool waiting;   /* link has a report */
};

struct statements *statements_new(const struct statements_options *o)
{
    struct statements *s = mem_new(sizeof *s);
    s->o = *o;
    s->domain = mem_string(o->domain);
    s->day = JOURNAL_NO_DAY;
    s->destroyed = true;
    return s;
}

void statements_free(struct statements *s)
{
    if (s == NULL)
        return;
    free(s->domain);
    free(s);
}

int statements_destroyed(struct statements *s, const struct frame *f, struct diag *d)
{
    struct cursor c = cursor_over(f->body, f->len);
    CLEANUP_FREE struct journal_destroyed *keys = mem_array(NAMES_PER_FRAME_MAX + 1, sizeof *keys);
    size_t count = 0;
    while (count <= NAMES_PER_FRAME_MAX &&
           frames_next_destroyed(&c, keys[count].warrant, &keys[count].day))
        count++;
    if (cursor_end(&c) < 0 || count == 0 || count > NAMES_PER_FRAME_MAX)
        return diag_set(d, ERR_FORMAT, "opener sent a malformed list of destroyed keys");
    s->destroyed = true;
    return journal_add_destroyed(s->o.journal, keys, count, d);
}

/* The text as a note of the bot's, and its hash. */
static int sign(const struct statements *s, const struct buf *text, struct buf *note,
                uint8_t ret_hash[static HASH_BYTES], struct diag *d)
{
    struct note_key key = {.name = journal_bot(s->o.journal)};
    memcpy(key.key, journal_key(s->o.journal), sizeof key.key);
    note_sign(note, (const char *)text->data, text->len, &key, s->o.secret);
    hash_sha256(text->data, text->len, ret_hash);
    return buf_failed(text) || buf_failed(note)
               ? diag_set(d, ERR_LIMIT, "a report to the registrar is too large")
               : 0;
}

/* ---- destructions ---- */

static int sign_destruction(struct statements *s, const struct journal_destroyed *keys,
                            size_t count, struct diag *d)
{
    CLEANUP_BUF struct buf text = BUF_INIT(REGISTRY_SUBMIT_MAX),
                           note = BUF_INIT(REGISTRY_SUBMIT_MAX);
    CLEANUP_FREE struct destroyed_key *list = mem_array(count, sizeof *list);
    uint8_t hash[HASH_BYTES];
    for (size_t i = 0; i < count; i++)
        list[i] = (struct destroyed_key){.warrant = keys[i].warrant, .day = keys[i].day};
    const struct destruction x = {.bot = journal_bot(s->o.journal),
                                  .at_unix_ms = clock_now_ms(&s->o.clock),
                                  .keys = list,
                                  .count = count};
    destruction_format(&text, s->domain, &x);
    int r = sign(s, &text, &note, hash, d);
    return r < 0 ? r : journal_put_destruction(s->o.journal, keys, count, hash, buf_text(&note), d);
}

static int publish_destroyed(struct statements *s, struct diag *d)
{
    CLEANUP_FREE struct journal_destroyed *keys = mem_array(DESTRUCTION_BATCH, sizeof *keys);
    size_t count = 1;
    int r = 0;
    while (r == 0 && s->destroyed) {
        r = journal_unpublished(s->o.journal, keys, DESTRUCTION_BATCH, &count, d);
        if (r == 0 && count > 0)
            r = sign_destruction(s, keys, count, d);
        s->destroyed = r == 0 && count > 0;
    }
    return r;
}

/* ---- statements ---- */

static int sign_statement(struct statements *s, const struct journal_tally *t, struct diag *d)
{
    CLEANUP_BUF struct buf text = BUF_INIT(REGISTRY_SUBMIT_MAX),
                           note = BUF_INIT(REGISTRY_SUBMIT_MAX);
    struct statement_warrant archived[STATEMENT_WARRANTS_MAX];
    uint8_t hash[HASH_BYTES];
    struct statement x = {.bot = journal_bot(s->o.journal),
                          .day = t->day,
                          .archived = archived,
                          .archived_count = t->archived_count,
                          .size = t->size};
    for (size_t i = 0; i < t->archived_count; i++)
        archived[i] = (struct statement_warrant){.warrant = t->archived[i].warrant,
                                                 .count = t->archived[i].count};
    memcpy(x.refused, t->refused, sizeof x.refused);
    int r = journal_root(s->o.journal, t->size, x.root);
    if (r < 0)
        return diag_set(d, r, "the journal's root cannot be computed: %s", err_text(r));
    statement_format(&text, s->domain, &x);
    r = sign(s, &text, &note, hash, d);
    return r < 0 ? r : journal_put_statement(s->o.journal, t, hash, buf_text(&note), d);
}

static int state_days(struct statements *s, int64_t today, struct diag *d)
{
    CLEANUP_FREE struct journal_tally *t = mem_new(sizeof *t);
    int r = 0;
    if (!clock_is_replay(&s->o.clock))
        r = journal_add_day(s->o.journal, today, d);
    while (r == 0 && (r = journal_tally(s->o.journal, today, t, d)) == 0 &&
           t->day != JOURNAL_NO_DAY)
        r = sign_statement(s, t, d);
    return r;
}

/* ---- handing in ---- */

static int hand_next(struct statements *s, struct diag *d)
{
    enum document_kind kind;
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *note = NULL;
    int r = journal_next_report(s->o.journal, &kind, hash, &note);
    if (r == ERR_NOT_FOUND)
        return 0;
    if (r < 0)
        return diag_set(d, r, "the journal's reports cannot be read: %s", err_text(r));
    frames_put_report(channel_begin(s->o.link, FRAME_REPORT), kind, note, strlen(note));
    r = channel_end(s->o.link);
    s->waiting = r == 0;
    return r < 0 ? diag_set(d, r, "link does not take a report") : 0;
}

int statements_submitted(struct statements *s, const struct frame *f, struct diag *d)
{
    uint8_t hash[HASH_BYTES];
    bool taken;
    if (frames_get_submitted(f->body, f->len, hash, &taken) < 0 || !s->waiting)
        return diag_set(d, ERR_FORMAT, "link sent a malformed frame of type %u", f->type);
    s->waiting = false;
    int r = journal_report_sent(s->o.journal, hash, taken, d);
    return r < 0 ? r : hand_next(s, d);
}

int statements_tick(struct statements *s, struct diag *d)
{
    int64_t today = calendar_day_of(clock_now_ms(&s->o.clock));
    bool new_day = today != s->day;
    if (!new_day && !s->destroyed)
        return 0;
    int r = new_day ? state_days(s, today, d) : 0;
    if (r == 0)
        r = publish_destroyed(s, d);
    s->day = r == 0 ? today : s->day;
    return r == 0 && !s->waiting ? hand_next(s, d) : r;
}

int statements_timeout_ms(const struct statements *s)
{
    return clock_is_replay(&s->o.clock) ? LOOK_REPLAY_MS : LOOK_MS;
}
