/* A process of the bot that was taken over: what it may send to the others, and that they drop it
 * or end their generation, as their headers say. Nothing of it reaches the journal. */
#include "table.h"

#include "base/secret.h"
#include "ibot/frames.h"
#include "ibot/frames_files.h"
#include "ibot/frames_inclusion.h"
#include "ibot/link_internal.h"
#include "ibot/opener_internal.h"

#define FRESH(s)                                                                                   \
    (void)state;                                                                                   \
    CLEANUP(scene_free_cleanup) struct scene *s = scene_new(NULL)

enum way {
    LINK_TO_OPENER,
    KEEPER_TO_OPENER,
    OPENER_TO_LINK,
    KEEPER_TO_LINK,
    OPENER_TO_KEEPER,
    LINK_TO_KEEPER,
    WAYS
};

/* From a block of its own size, so that a sanitizer sees what is read past it. */
static int send(struct scene *s, enum way way, uint8_t type, const void *body, size_t len)
{
    struct bot *b = s->b;
    uint8_t *copy = len == 0 ? NULL : mem_copy(body, len);
    const struct frame f = {.type = type, .body = copy, .len = len};
    b->d.text[0] = '\0';
    int r = way == LINK_TO_OPENER     ? opener_from_link(b->openers[0], &f, &b->d)
            : way == KEEPER_TO_OPENER ? opener_from_keeper(b->openers[0], &f, &b->d)
            : way == OPENER_TO_LINK   ? link_from_opener(b->link, &f, &b->d)
            : way == KEEPER_TO_LINK   ? link_from_keeper(b->link, &f, &b->d)
            : way == OPENER_TO_KEEPER ? keeper_from_opener(b->keeper, 0, &f, &b->d)
                                      : keeper_from_link(b->keeper, &f, &b->d);
    free(copy);
    return r;
}

static void assert_refused(struct scene *s, enum way way, uint8_t type, const void *body,
                           size_t len)
{
    int r = send(s, way, type, body, len);
    if (r != ERR_FORMAT)
        fail_msg("way %d, type %u, %zu bytes: %d", way, type, len, r);
    assert_true(s->b->d.text[0] != '\0');
}

/* Every type with noise of many lengths: refused, or without effect. */
static void frames__noise__refused(void **state)
{
    static const size_t lengths[] = {0, 1, 4, 7, 8, 9, 13, 40, 71, 73, 80, 120, 333, 5000, 70000};
    static const uint8_t fills[] = {0x00, 0xFF, 0x01, 0x41};
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    CLEANUP_FREE uint8_t *body = mem_new(70000);
    for (int way = 0; way < WAYS; way++)
        for (int type = 0; type <= FRAME_FETCH + 2; type++)
            for (size_t i = 0; i < COUNT(lengths); i++)
                for (size_t k = 0; k <= COUNT(fills); k++) {
                    if (k == COUNT(fills))
                        secret_random(body, lengths[i]);
                    else
                        memset(body, fills[k], lengths[i]);
                    int r = send(s, (enum way)way, (uint8_t)type, body, lengths[i]);
                    /* 80 bytes of anything are a question for a verdict; so it is answered. */
                    assert_true(r == ERR_FORMAT || r == 0);
                }
    bot_run(s->b);
    assert_still_works(s, 1);
}

/* The frames that a good run carries, each cut at every length and with a byte behind it. */
static void check_lengths(struct scene *s, enum way way, uint8_t type, const struct buf *good)
{
    CLEANUP_FREE uint8_t *longer = mem_new(good->len + 1);
    memcpy(longer, good->data, good->len);
    for (size_t len = 0; len < good->len; len++)
        assert_refused(s, way, type, longer, len);
    assert_refused(s, way, type, longer, good->len + 1);
}

static void frames__request__cut_or_longer(void **state)
{
    FRESH(s);
    CLEANUP_BUF struct buf b = BUF_INIT(FRAMES_REQUEST_MAX);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, NULL);
    frames_put_request(&b, 1, &m->envelope);
    check_lengths(s, LINK_TO_OPENER, FRAME_REQUEST, &b);
    assert_still_works(s, 0);
}

static void frames__files__cut_or_longer(void **state)
{
    FRESH(s);
    CLEANUP_BUF struct buf b = BUF_INIT(FRAMES_REQUEST_MAX);
    struct frames_expected x = {.tag = 1, .files = {{.size = 1000}}, .count = 1};
    frames_put_expected(&b, &x);
    check_lengths(s, OPENER_TO_KEEPER, FRAME_EXPECT, &b);
    buf_reset(&b);
    x.files[0].size = VALUE_FILE_BYTES_MAX + 1U;
    frames_put_expected(&b, &x);
    assert_refused(s, OPENER_TO_KEEPER, FRAME_EXPECT, b.data, b.len);
    buf_reset(&b);
    x.count = 0;
    frames_put_expected(&b, &x);
    assert_refused(s, OPENER_TO_KEEPER, FRAME_EXPECT, b.data, b.len);
    buf_reset(&b);
    frames_put_fetch(&b, 1, true);
    check_lengths(s, KEEPER_TO_LINK, FRAME_FETCH, &b);
    b.data[8] = 2;
    assert_refused(s, KEEPER_TO_LINK, FRAME_FETCH, b.data, b.len);
    assert_still_works(s, 0);
}

/* From both who may say it; of a message that nobody knows it is without effect. */
static void frames__forget__cut_longer_or_unknown(void **state)
{
    static const enum way ways[] = {OPENER_TO_KEEPER, LINK_TO_KEEPER};
    FRESH(s);
    CLEANUP_BUF struct buf b = BUF_INIT(200);
    frames_put_forget(&b, 999);
    for (size_t i = 0; i < COUNT(ways); i++) {
        check_lengths(s, ways[i], FRAME_FORGET, &b);
        assert_int_equal(send(s, ways[i], FRAME_FORGET, b.data, b.len), 0);
    }
    assert_refused(s, LINK_TO_KEEPER, FRAME_EXPECT, b.data, b.len);
    assert_still_works(s, 0);
}

static void frames__document__cut_or_longer(void **state)
{
    FRESH(s);
    CLEANUP_BUF struct buf b = BUF_INIT(FRAMES_DOCUMENT_MAX);
    frames_put_document(&b, DOCUMENT_CERTIFICATE, "a note\n", 7);
    check_lengths(s, LINK_TO_OPENER, FRAME_DOCUMENT, &b);
    assert_int_equal(send(s, LINK_TO_OPENER, FRAME_DOCUMENT, b.data, b.len), 0); /* not kept */
    assert_still_works(s, 0);
}

/* Documents of every kind that nobody has signed, and good ones that nothing wants. */
static void frames__document__forged_or_unwanted(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    CLEANUP_FREE char *text =
        fixture_policy_text(s->f, &(struct fixture_policy_options){.serial = 9});
    CLEANUP_FREE char *forged = fixture_sign(text, &s->f->registrar, 1);
    const char *const notes[] = {forged, s->f->warrants[0].note, s->f->warrants[0].epochs_note,
                                 s->f->network_note, s->b->policy};
    for (int kind = DOCUMENT_NETWORK; kind <= DOCUMENT_PLACE; kind++)
        for (size_t i = 0; i < COUNT(notes); i++) {
            CLEANUP_BUF struct buf b = BUF_INIT(FRAMES_DOCUMENT_MAX);
            frames_put_document(&b, (enum document_kind)kind, notes[i], strlen(notes[i]));
            assert_int_equal(send(s, LINK_TO_OPENER, FRAME_DOCUMENT, b.data, b.len), 0);
        }
    assert_int_equal(s->b->openers[0]->set->policy->serial, SCENE_POLICY);
    assert_still_works(s, 1);
}

/* A request that link should have refused: of nobody's certificate, without a policy, … */
static void frames__request__before_a_policy__slow_down(void **state)
{
    FRESH(s);
    CLEANUP_BUF struct buf b = BUF_INIT(FRAMES_REQUEST_MAX);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, NULL);
    frames_put_request(&b, 77, &m->envelope);
    bot_restart(s->b);
    assert_int_equal(send(s, LINK_TO_OPENER, FRAME_REQUEST, b.data, b.len), 0);
    bot_run(s->b);
    /* With a policy, but its certificate was never handed over. */
    assert_int_equal(send(s, LINK_TO_OPENER, FRAME_REQUEST, b.data, b.len), 0);
    bot_run(s->b);
    assert_int_equal(bot_audit(s->b).lines, 0);
    assert_still_works(s, 0);
}

static void put_position(struct buf *b, const struct scene *s, uint64_t n)
{
    struct frames_position p = {.n = n, .digest = {9}};
    memcpy(p.certificate, s->dev->certificate->document.hash, HASH_BYTES);
    frames_put_position(b, &p);
}

static void frames__not_repeat__cut_or_before_a_policy(void **state)
{
    FRESH(s);
    CLEANUP_BUF struct buf b = BUF_INIT(200);
    buf_put_u64(&b, 5);
    put_position(&b, s, 1);
    check_lengths(s, KEEPER_TO_OPENER, FRAME_NOT_REPEAT, &b);
    bot_restart(s->b); /* no policy yet, so nothing was asked */
    s->b->registrar = NULL;
    CLEANUP_BUF struct buf heads = BUF_INIT(200);
    put_position(&heads, s, 1);
    assert_int_equal(send(s, KEEPER_TO_OPENER, FRAME_HEADS, heads.data, heads.len), 0);
    assert_refused(s, KEEPER_TO_OPENER, FRAME_NOT_REPEAT, b.data, b.len);
    assert_int_equal(opener_close_round(s->b->openers[0], &s->b->d), 0);
    assert_int_equal(bot_audit(s->b).lines, 0);
}

static void frames__heads__cut_or_late(void **state)
{
    FRESH(s);
    CLEANUP_BUF struct buf b = BUF_INIT(200);
    put_position(&b, s, 7);
    bot_archive_one(s->b, s->set, s->dev);
    /* What has been told is not told again: the opener's own view has gone on since. */
    for (size_t len = 0; len <= b.len; len++)
        assert_refused(s, KEEPER_TO_OPENER, FRAME_HEADS, b.data, len);
    static const uint8_t floor[5] = {0};
    for (size_t len = 0; len <= sizeof floor; len++)
        assert_refused(s, KEEPER_TO_OPENER, FRAME_HEADS_END, floor, len);
    assert_still_works(s, 1);
}

static void frames__committed__not_sent_or_with_a_body(void **state)
{
    FRESH(s);
    assert_refused(s, KEEPER_TO_OPENER, FRAME_COMMITTED, NULL, 0);
    s->b->openers[0]->rounds_under_way = 1;
    assert_refused(s, KEEPER_TO_OPENER, FRAME_COMMITTED, "x", 1);
    assert_int_equal(opener_rounds_under_way(s->b->openers[0]), 1);
    assert_int_equal(send(s, KEEPER_TO_OPENER, FRAME_COMMITTED, NULL, 0), 0);
    assert_still_works(s, 0);
}

static void frames__later__cut_longer_or_unknown(void **state)
{
    FRESH(s);
    CLEANUP_BUF struct buf b = BUF_INIT(200);
    frames_put_later(&b, 999, &(struct later){.reason = LATER_GAP, .seconds = 1});
    check_lengths(s, OPENER_TO_LINK, FRAME_LATER, &b);
    bot_forget_answers(s->b);
    assert_int_equal(send(s, OPENER_TO_LINK, FRAME_LATER, b.data, b.len), 0); /* nobody's tag */
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, 0);
    assert_still_works(s, 0);
}

static void frames__verdict__cut_longer_or_unknown(void **state)
{
    FRESH(s);
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    const struct verdict_line line = {.n = 1, .state = VERDICT_ARCHIVED};
    struct verdict v;
    fixture_round(&s->f->bots[0], FIXTURE_AT, &line, 1, &v);
    frames_put_verdict(&b, 999, &v);
    check_lengths(s, KEEPER_TO_LINK, FRAME_VERDICT, &b);
    bot_forget_answers(s->b);
    assert_int_equal(send(s, KEEPER_TO_LINK, FRAME_VERDICT, b.data, b.len), 0);
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, 0);
    assert_still_works(s, 0);
}

/* A question waits as tag `ret_tag`; no answer of another kind is an answer to it. */
static void frames__answer_of_another_kind__refused(void **state)
{
    FRESH(s);
    CLEANUP_BUF struct buf verdict = BUF_INIT(4096), later = BUF_INIT(64), included = BUF_INIT(64);
    const struct verdict_line line = {.n = 1, .state = VERDICT_ARCHIVED};
    struct verdict v;
    fixture_round(&s->f->bots[0], FIXTURE_AT, &line, 1, &v);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, NULL);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    bot_forget_answers(s->b);
    bot_feed(s->b, "<iq type='get' from='anna@chat.example/x' id='q'><inclusion xmlns='" ENVELOPE_NS
                   "' root='AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' count='1' since='0'/>"
                   "</iq>");
    uint64_t question = s->b->link->next_tag;
    bot_feed(s->b, stanza);
    uint64_t message = s->b->link->next_tag;
    frames_put_verdict(&verdict, question, &v);
    frames_put_later(&later, question, &(struct later){.reason = LATER_GAP, .seconds = 1});
    frames_put_included(&included, message, NULL);
    assert_refused(s, KEEPER_TO_LINK, FRAME_VERDICT, verdict.data, verdict.len);
    assert_refused(s, OPENER_TO_LINK, FRAME_LATER, later.data, later.len);
    assert_refused(s, KEEPER_TO_LINK, FRAME_INCLUDED, included.data, included.len);
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, 2);
    fixture_device_advance(s->dev, m);
    assert_still_works(s, 1);
}

static void frames__inclusion__cut_or_longer(void **state)
{
    FRESH(s);
    CLEANUP_BUF struct buf b = BUF_INIT(200);
    const struct inclusion_query q = {.count = 1, .old_size = INT64_MAX};
    frames_put_inclusion(&b, 999, &q);
    check_lengths(s, LINK_TO_KEEPER, FRAME_INCLUSION, &b);
    assert_int_equal(send(s, LINK_TO_KEEPER, FRAME_INCLUSION, b.data, b.len), 0);
    bot_run(s->b);
    assert_still_works(s, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames__noise__refused),
        cmocka_unit_test(frames__request__cut_or_longer),
        cmocka_unit_test(frames__files__cut_or_longer),
        cmocka_unit_test(frames__forget__cut_longer_or_unknown),
        cmocka_unit_test(frames__document__cut_or_longer),
        cmocka_unit_test(frames__document__forged_or_unwanted),
        cmocka_unit_test(frames__request__before_a_policy__slow_down),
        cmocka_unit_test(frames__not_repeat__cut_or_before_a_policy),
        cmocka_unit_test(frames__heads__cut_or_late),
        cmocka_unit_test(frames__committed__not_sent_or_with_a_body),
        cmocka_unit_test(frames__later__cut_longer_or_unknown),
        cmocka_unit_test(frames__verdict__cut_longer_or_unknown),
        cmocka_unit_test(frames__answer_of_another_kind__refused),
        cmocka_unit_test(frames__inclusion__cut_or_longer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
