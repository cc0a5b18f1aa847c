#include "ibot/opener.h"

#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "base/secret.h"
#include "ibot/frames_files.h"
#include "ibot/opener_internal.h"

#define SIGNED_MAX 4096U

struct opener *opener_new(const struct opener_options *options)
{
    struct opener *o = mem_new(sizeof *o);
    o->o = *options;
    memcpy(o->bot_key, options->bot_key, sizeof o->bot_key);
    o->round = opener_round_new();
    o->keys_day = INT64_MIN;
    o->arena = (struct arena)ARENA_INIT(FRAMES_REQUEST_MAX);
    o->signed_bytes = (struct buf)BUF_INIT(SIGNED_MAX);
    return o;
}

void opener_free(struct opener *o)
{
    if (o == NULL)
        return;
    struct device *dev, *next;
    HASH_ITER (hh, o->devices, dev, next) {
        HASH_DEL(o->devices, dev);
        free(dev->note);
        free(dev->account);
        free(dev);
    }
    opener_round_free(o->round);
    policy_set_free(o->set);
    policy_set_free(o->pending);
    arena_clear(&o->arena);
    buf_clear(&o->signed_bytes);
    free(o);
}

static struct device *find_device(struct opener *o, const uint8_t certificate[static HASH_BYTES])
{
    struct device *dev;
    HASH_FIND(hh, o->devices, certificate, HASH_BYTES, dev);
    return dev;
}

static struct device *device_of(struct opener *o, const uint8_t certificate[static HASH_BYTES])
{
    struct device *dev = find_device(o, certificate);
    if (dev != NULL || o->device_count == OPENER_DEVICES_MAX)
        return dev;
    dev = mem_new(sizeof *dev);
    memcpy(dev->certificate, certificate, HASH_BYTES);
    HASH_ADD(hh, o->devices, certificate, HASH_BYTES, dev);
    o->device_count++;
    return dev;
}

/* A certificate that is not the registrar's is not kept; its device stays unknown. */
static void take_certificate(struct opener *o, const char *note, size_t len)
{
    CLEANUP(certificate_free_cleanup) struct certificate *c = NULL;
    if (certificate_open(o->o.net, note, len, &c, NULL) < 0)
        return;
    struct device *dev = device_of(o, c->document.hash);
    if (dev == NULL || dev->note != NULL)
        return;
    dev->note = mem_string_n(note, len);
    dev->account = mem_string(c->account);
    memcpy(dev->key, c->key, sizeof dev->key);
    dev->omemo_device = c->omemo_device;
    dev->from_day = c->from_day;
    dev->until_day = c->until_day;
}

const struct policy_bot *opener_self(const struct opener *o, const struct policy *p)
{
    const struct policy_bot *bot = policy_bot(p, o->o.bot);
    return bot != NULL && memcmp(bot->key, o->bot_key, sizeof o->bot_key) == 0 ? bot : NULL;
}

/* A policy that may not come into force leaves the one that is. One that does not name this bot
 * does come: what the one before it let through is not opened any more. */
static void take_policy(struct opener *o, const char *note, size_t len)
{
    CLEANUP(policy_free_cleanup) struct policy *p = NULL;
    if (policy_open(o->o.net, note, len, &p, &o->notice) < 0)
        return;
    if (p->serial < o->policy_floor || (o->set != NULL && p->serial <= o->set->policy->serial)) {
        diag_set(&o->notice, 0, "policy %" PRIu32 " refused: a newer one was in force", p->serial);
    } else {
        policy_set_free(o->pending);
        o->pending = policy_set_new(TAKE(p));
    }
}

/* A policy comes into force when all that it names is there. The round before it is closed first:
 * its batches are numbered as the old policy numbers its warrants. */
static int take_into_force(struct opener *o, struct diag *d)
{
    enum document_kind kind;
    uint8_t hash[HASH_BYTES];
    if (o->pending == NULL || policy_set_wants(o->pending, &kind, hash))
        return 0;
    int r = opener_close_round(o, d);
    if (r == 0)
        r = opener_keys_name(o, o->pending, d);
    if (r < 0)
        return r;
    policy_set_free(o->set);
    o->set = TAKE(o->pending);
    if (opener_self(o, o->set->policy) == NULL)
        diag_set(&o->notice, 0,
                 "policy %" PRIu32
                 " does not name this bot and its key: nothing is opened any more",
                 o->set->policy->serial);
    return 0;
}

static int take_document(struct opener *o, const struct frame *f, struct diag *d)
{
    enum document_kind kind;
    const char *note;
    size_t len;
    if (frames_get_document(f->body, f->len, &kind, &note, &len) < 0)
        return diag_set(d, ERR_FORMAT, "link sent a malformed document frame");
    if (kind == DOCUMENT_CERTIFICATE) {
        take_certificate(o, note, len);
        return 0;
    }
    if (kind == DOCUMENT_POLICY)
        take_policy(o, note, len);
    else if (o->pending != NULL)
        (void)!policy_set_add(o->pending, o->o.net, kind, note, len, &o->notice);
    return take_into_force(o, d);
}

static int answer_later(struct opener *o, uint64_t tag, enum later_reason reason, uint32_t seconds)
{
    frames_put_later(channel_begin(o->o.link, FRAME_LATER), tag,
                     &(struct later){.reason = reason, .seconds = seconds});
    return channel_end(o->o.link);
}

/* The request's line goes into the round; a line that consumes its n moves the head. */
static void answer(struct opener *o, uint64_t tag, struct device *dev, const struct envelope *e,
                   const uint8_t digest[static HASH_BYTES], enum verdict_reason reason)
{
    struct verdict_line l = {.n = e->n, .reason = reason};
    l.state = reason == VERDICT_NO_REASON ? VERDICT_ARCHIVED : VERDICT_REFUSED;
    memcpy(l.digest, digest, HASH_BYTES);
    memcpy(l.certificate, dev->certificate, HASH_BYTES);
    opener_round_add_line(o->round, tag, &l);
    if (verdict_line_consumes(&l)) {
        dev->n = e->n;
        memcpy(dev->digest, digest, HASH_BYTES);
    }
}

/* What the keeper knows of this n: the round under way must be before the question. */
static int ask_keeper(struct opener *o, uint64_t tag, const struct envelope *e,
                      const uint8_t digest[static HASH_BYTES], struct diag *d)
{
    int r = opener_close_round(o, d);
    if (r < 0)
        return r;
    struct frames_position p = {.n = e->n};
    memcpy(p.certificate, e->certificate, HASH_BYTES);
    memcpy(p.digest, digest, HASH_BYTES);
    frames_put_repeat(channel_begin(o->o.keeper, FRAME_REPEAT), tag, &p);
    return channel_end(o->o.keeper);
}

static bool device_valid(const struct opener *o, const struct device *dev, const struct envelope *e,
                         int64_t now_ms)
{
    int64_t today = calendar_day_of(now_ms);
    return dev != NULL && dev->note != NULL && strcmp(dev->account, e->from) == 0 &&
           today >= dev->from_day && today <= dev->until_day &&
           !policy_certificate_revoked(o->set->policy, dev->certificate, now_ms);
}

static bool continues_chain(const struct device *dev, const struct envelope *e)
{
    static const uint8_t zeros[HASH_BYTES];
    return memcmp(e->prev, dev->n == 0 ? zeros : dev->digest, HASH_BYTES) == 0;
}

/* It is as it should be, now its files may be fetched, and it comes again. */
static int expect_files(struct opener *o, uint64_t tag, const struct envelope *e)
{
    struct frames_expected x = {.tag = tag, .count = (uint32_t)e->file_count};
    frames_account(e->from, x.account);
    for (size_t i = 0; i < e->file_count; i++) {
        x.files[i].size = e->files[i].size;
        memcpy(x.files[i].sha256, e->files[i].sha256, HASH_BYTES);
    }
    frames_put_expected(channel_begin(o->o.keeper, FRAME_EXPECT), &x);
    return channel_end(o->o.keeper);
}

/* It was fetched for and is not archived: what the keeper has of it for nobody else goes. */
static int forget_files(struct opener *o, uint64_t tag)
{
    frames_put_forget(channel_begin(o->o.keeper, FRAME_FORGET), tag);
    return channel_end(o->o.keeper);
}

/* The verdict on a message that continues its chain and is signed; or the question for its files.
 */
static int open_it(struct opener *o, uint64_t tag, struct device *dev, const struct envelope *e,
                   const uint8_t transcript[static HASH_BYTES],
                   const uint8_t digest[static HASH_BYTES])
{
    bool ready = e->file_count == 0 || o->files == FRAME_FILES_STORED;
    enum verdict_reason reason = o->files == FRAME_NO_FILE
                                     ? VERDICT_NO_FILE
                                     : opener_open_request(o, e, dev, transcript, ready);
    if (reason == VERDICT_NO_REASON && !ready)
        return expect_files(o, tag, e);
    o->names_files = reason == VERDICT_NO_REASON;
    answer(o, tag, dev, e, digest, reason);
    return 0;
}

static int judge(struct opener *o, uint64_t tag, const struct envelope *e, struct diag *d)
{
    uint8_t transcript[HASH_BYTES], digest[HASH_BYTES];
    struct device *dev = find_device(o, e->certificate);
    if (!device_valid(o, dev, e, clock_now_ms(&o->o.clock)))
        return answer_later(o, tag, LATER_UNKNOWN_DEVICE, LATER_LONG_S);
    /* The sid is not signed, so this is no verdict: whoever changed it may have been the server. */
    if (strcmp(e->bot, o->o.bot) != 0 || e->n == 0 || e->sid != dev->omemo_device)
        return answer_later(o, tag, LATER_MALFORMED, 0);
    if (e->policy > o->set->policy->serial)
        return answer_later(o, tag, LATER_SLOW_DOWN, 1);
    if (e->n > dev->n + 1)
        return answer_later(o, tag, LATER_GAP, LATER_LONG_S);
    envelope_transcript(e, o->bot_key, transcript);
    buf_reset(&o->signed_bytes);
    envelope_signed_bytes(e, transcript, &o->signed_bytes);
    envelope_digest(&o->signed_bytes, e->signature, digest);
    if (e->n == dev->n && memcmp(digest, dev->digest, HASH_BYTES) == 0)
        return ask_keeper(o, tag, e, digest, d); /* the same bytes: nothing to check again */
    if (sign_verify(dev->key, o->signed_bytes.data, o->signed_bytes.len, e->signature) < 0)
        return answer_later(o, tag, LATER_BAD_SIGNATURE, 0);
    if (e->n < dev->n)
        return ask_keeper(o, tag, e, digest, d);
    if (e->n == dev->n + 1 && continues_chain(dev, e))
        return open_it(o, tag, dev, e, transcript, digest);
    answer(o, tag, dev, e, digest, VERDICT_CONFLICT);
    return 0;
}

static int take_request(struct opener *o, const struct frame *f, struct diag *d)
{
    uint64_t tag;
    struct envelope e = {0};
    arena_reset(&o->arena);
    if (frames_get_request(f->body, f->len, &o->arena, &tag, &e) < 0)
        return diag_set(d, ERR_FORMAT, "link sent a malformed request frame");
    if (o->set == NULL)
        return answer_later(o, tag, LATER_SLOW_DOWN, 1);
    if (!opener_round_has_room(o->round)) {
        int r = opener_close_round(o, d);
        if (r < 0)
            return r;
    }
    o->files = (enum frame_type)f->type;
    o->names_files = false;
    int r = judge(o, tag, &e, d);
    if (r == 0 && f->type != FRAME_REQUEST && e.file_count > 0 && !o->names_files)
        r = forget_files(o, tag);
    if (r == ERR_LIMIT)
        return diag_set(d, r, "link or keeper does not take its answers");
    return r;
}

int opener_from_link(struct opener *o, const struct frame *f, struct diag *d)
{
    switch (f->type) {
    case FRAME_REQUEST:
    case FRAME_NO_FILE:
    case FRAME_FILES_STORED:
        return take_request(o, f, d);
    case FRAME_DOCUMENT:
        return take_document(o, f, d);
    default:
        return diag_set(d, ERR_FORMAT, "link sent a frame of type %u", f->type);
    }
}

/* They come once, before all else: later the opener's own view is ahead of them. */
static int take_heads(struct opener *o, const struct frame *f, struct diag *d)
{
    struct cursor c = cursor_over(f->body, f->len);
    struct frames_position p;
    if (o->heads_known)
        return diag_set(d, ERR_FORMAT, "keeper sent heads a second time");
    while (frames_next_position(&c, &p)) {
        struct device *dev = device_of(o, p.certificate);
        if (dev == NULL)
            return diag_set(d, ERR_LIMIT, "more than %u devices", OPENER_DEVICES_MAX);
        dev->n = p.n;
        memcpy(dev->digest, p.digest, HASH_BYTES);
    }
    return cursor_end(&c) < 0 ? diag_set(d, ERR_FORMAT, "keeper sent malformed heads") : 0;
}

static int take_heads_end(struct opener *o, const struct frame *f, struct diag *d)
{
    struct cursor c = cursor_over(f->body, f->len);
    uint32_t floor = cursor_u32(&c);
    if (cursor_end(&c) < 0 || o->heads_known)
        return diag_set(d, ERR_FORMAT, "keeper sent a malformed or second end of heads");
    o->policy_floor = floor;
    o->heads_known = true;
    return 0;
}

/* The digest that the request had is not the one that its n was given to. */
static int take_not_repeat(struct opener *o, const struct frame *f, struct diag *d)
{
    uint64_t tag;
    struct frames_position p;
    if (frames_get_repeat(f->body, f->len, &tag, &p) < 0)
        return diag_set(d, ERR_FORMAT, "keeper sent a malformed frame");
    if (o->set == NULL) /* nothing is asked, and no round can be sent, before a policy */
        return diag_set(d, ERR_FORMAT, "keeper answered what was not asked");
    struct device *dev = find_device(o, p.certificate);
    struct envelope e = {.n = p.n};
    if (dev == NULL)
        return 0;
    if (!opener_round_has_room(o->round)) {
        int r = opener_close_round(o, d);
        if (r < 0)
            return r;
    }
    answer(o, tag, dev, &e, p.digest, VERDICT_CONFLICT);
    return 0;
}

int opener_from_keeper(struct opener *o, const struct frame *f, struct diag *d)
{
    switch (f->type) {
    case FRAME_HEADS:
        return take_heads(o, f, d);
    case FRAME_HEADS_END:
        return take_heads_end(o, f, d);
    case FRAME_NOT_REPEAT:
        return take_not_repeat(o, f, d);
    case FRAME_COMMITTED:
        if (o->rounds_under_way == 0 || f->len != 0)
            return diag_set(d, ERR_FORMAT, "keeper committed a round that was not sent");
        o->rounds_under_way--;
        return 0;
    default:
        return diag_set(d, ERR_FORMAT, "keeper sent a frame of type %u", f->type);
    }
}

const char *opener_take_notice(struct opener *o, struct diag *ret)
{
    *ret = o->notice;
    o->notice.text[0] = '\0';
    return ret->text[0] == '\0' ? NULL : ret->text;
}

bool opener_takes_requests(const struct opener *o)
{
    return o->heads_known && o->rounds_under_way < OPENER_ROUNDS_MAX;
}

unsigned opener_rounds_under_way(const struct opener *o)
{
    return o->rounds_under_way;
}

int opener_timeout_ms(const struct opener *o)
{
    if (opener_round_lines(o->round) == 0)
        return -1;
    int round_ms = channel_has_frame(o->o.link) ? OPENER_ROUND_BUSY_MS : OPENER_ROUND_MS;
    int64_t left = opener_round_started_ms(o->round) + round_ms - clock_monotonic_ms();
    return left < 0 ? 0 : (int)left;
}

int opener_tick(struct opener *o, struct diag *d)
{
    bool due = opener_timeout_ms(o) == 0 || opener_round_lines(o->round) >= OPENER_ROUND_LINES;
    int r = due ? opener_close_round(o, d) : 0;
    return r < 0 ? r : opener_keys_tick(o, d);
}

int opener_close_round(struct opener *o, struct diag *d)
{
    if (opener_round_lines(o->round) == 0)
        return 0;
    int r = opener_round_send(o->round, o->set, o->o.keeper);
    if (r < 0)
        return diag_set(d, r, "a round cannot be handed to the keeper: %s", err_text(r));
    o->rounds_under_way++;
    return 0;
}
