#include "desk/search.h"

#include <stdio.h>

#include "base/encode.h"
#include "scene.h"

#include "desk/positions.h"

#define ANNA "anna@chat.example"
#define BEN "ben@chat.example"
#define CARL "carl@chat.example"

static void find(struct scene *s, const char *written, const char *expected)
{
    const char *found = scene_find(s, written);
    if (strcmp(found, expected) != 0)
        fail_msg("%s: '%s' instead of '%s'", written, found, expected);
}

static void fill(struct scene *s)
{
    scene_say(s, ANNA, BEN, "Meet me at the pier at nine");          /* 1 */
    scene_say(s, BEN, ANNA, "the pier is closed, the boat is gone"); /* 2 */
    scene_say(s, CARL, ANNA " " BEN, "cash for the boat, please");   /* 3 */
    scene_say(s, ANNA, CARL, "geo:52.37,4.89\nironside:position");   /* 4 */
    scene_say(s, BEN, CARL, "на причале в девять");                  /* 5 */
    scene_say(s, CARL, BEN, "明天在码头见面");                       /* 6 */
    scene_say(s, ANNA, BEN, "never mind the pier");                  /* 7 */
}

static void search__find__words_filters_and_times(void **state)
{
    struct scene *s = *state;
    fill(s);
    find(s, "pier", "7 2 1");
    find(s, "PIER -boat", "7 1");
    find(s, "\"the pier\"", "7 2 1");
    find(s, "\"pier the\"", "");
    find(s, "bo*", "3 2");
    find(s, "cash NEAR/3 boat", "3");
    find(s, "boat OR nine", "3 2 1");
    find(s, "from:anna", "7 4 1");
    find(s, "from:anna@chat.example pier", "7 1");
    find(s, "to:ben the", "7 3 1");
    find(s, "with:carl", "6 5 4 3");
    find(s, "has:place", "4");
    find(s, "kind:position", "4");
    find(s, "near:52.37,4.89,1", "4");
    find(s, "near:53.37,4.89,1", "");
    find(s, "причале", "5");
    find(s, "码头", "6");
    find(s, "", "7 6 5 4 3 2 1");
    find(s, "-pier", "6 5 4 3");
    find(s, "before:2026-03-01T00:03", "3 2 1");
    find(s, "after:2026-03-01T00:05", "7 6");
    find(s, "pier (after:2026-03-01T00:05 OR from:ben)", "7 2");
    find(s, "warrant:w1 bot:bot1 pier", "7 2 1");
    find(s, "warrant:w2", "");
    find(s, "nowhere", "");
}

static void search__order_and_cursor(void **state)
{
    struct scene *s = *state;
    fill(s);
    assert_string_equal(scene_find_as(s, "pier", DESK_OLDEST, 1, 10, 0), "1 2 7");
    assert_string_equal(scene_find_as(s, "pier", DESK_OLDEST, 1, 1, 0), "1 +");
    assert_string_equal(scene_find_as(s, "pier", DESK_OLDEST, 1, 1, 1), "2 +");
    assert_string_equal(scene_find_as(s, "pier", DESK_NEWEST, 1, 2, 0), "7 2 +");
    assert_string_equal(scene_find_as(s, "pier", DESK_NEWEST, 1, 2, 2), "1");
    /* Both words, then the earlier one. */
    assert_string_equal(scene_find_as(s, "pier OR boat", DESK_RELEVANT, 1, 1, 0), "2 +");
    assert_int_equal(strlen(scene_find_as(s, "pier OR boat", DESK_RELEVANT, 1, 10, 2)), 5);
}

static void search__nothing_before_the_commit(void **state)
{
    struct scene *s = *state;
    char to[] = BEN;
    struct follower_message m;
    scene_message(s, &m, ANNA, to, "hello there");
    scene_must(s, scene_add(s, &m));
    assert_int_equal(desk_index_waiting(s->x), 1);
    find(s, "hello", "");
    scene_commit(s);
    assert_int_equal(desk_index_waiting(s->x), 0);
    find(s, "hello", "1");
    scene_reopen(s);
    find(s, "hello", "1");
}

static void search__refuse__no_limit(void **state)
{
    struct scene *s = *state;
    CLEANUP(query_free_cleanup) struct query *q = scene_query(s, "");
    bool more;
    for (unsigned limit = 0; limit <= DESK_HITS_MAX + 1; limit += DESK_HITS_MAX + 1) {
        const struct desk_search search = {.query = q, .limit = limit};
        assert_int_equal(desk_search(s->x, &search, NULL, NULL, &more, &s->d), ERR_LIMIT);
    }
}

static int look_at_bytes(void *context, const struct desk_hit *h)
{
    (void)context;
    assert_string_equal(h->snippet, "pier ?? here");
    assert_memory_equal(h->message->body, "pier \xff\xc3 here", 12);
    return 7;
}

#define URL "aesgcm://upload.chat.example/a/b#00ff"
#define FILE_LINE "\nironside:file?name="

/* Of each kind what was meant by it, and nothing that only its form has. */
static void search__what_was_said__by_kind(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, BEN, URL FILE_LINE "harbour%20map.jpg&type=image/jpeg&size=9");       /* 1 */
    scene_say(s, ANNA, BEN, URL FILE_LINE "note.ogg&type=audio/ogg&size=9&duration=5");      /* 2 */
    scene_say(s, ANNA, BEN, URL FILE_LINE "plan.pdf&type=application/pdf&size=9");           /* 3 */
    scene_say(s, ANNA, BEN, "Poll: Which day?\n1. Monday\n2. Sunday\nironside:poll");        /* 4 */
    scene_say(s, BEN, ANNA, "> Which quay?\nthe third\nironside:reply?from=" ANNA "&id=m0"); /* 5 */
    scene_say(s, BEN, ANNA, "Correction: the fourth\nironside:edit?id=m4");                  /* 6 */
    scene_say(s, BEN, ANNA, "geo:52.37,4.89");                                               /* 7 */
    find(s, "has:file", "3 2 1");
    find(s, "has:photo", "1");
    find(s, "has:voice", "2");
    find(s, "has:place", "7");
    find(s, "-has:file kind:file", "");
    find(s, "has:photo OR tag:x", "1");
    find(s, "has:voice OR tag:x", "2");
    find(s, "has:place OR has:file OR tag:x", "7 3 2 1");
    find(s, "harbour map", "1");
    find(s, "upload OR aesgcm OR image OR ironside", "");
    find(s, "sunday which", "4");
    find(s, "quay", "");
    find(s, "third kind:reply", "5");
    find(s, "correction", "");
    find(s, "52", "");
}

static void search__lang_and_conversation(void **state)
{
    struct scene *s = *state;
    char written[64];
    scene_say(s, ANNA, BEN,
              "this is a rather long sentence, so that its language can be told");        /* 1 */
    scene_say(s, BEN, ANNA, "ok");                                                        /* 2 */
    scene_say(s, ANNA, BEN, "das hier ist ein deutscher Satz, der lang genug ist dafür"); /* 3 */
    scene_say(s, ANNA, CARL, "ok");                                                       /* 4 */
    find(s, "lang:en", "1");
    find(s, "lang:DE", "3");
    find(s, "lang:unknown", "4 2");
    find(s, "lang:de OR tag:x", "3");
    find(s, "lang:unknown OR tag:x", "4 2");
    find(s, "lang:fr OR tag:x", "");
    uint8_t digest[HASH_BYTES];
    char id[17];
    hash_sha256(ANNA "\n" BEN "\n", strlen(ANNA "\n" BEN "\n"), digest);
    encode_hex(digest, 8, id);
    snprintf(written, sizeof written, "in:%s", id);
    find(s, written, "3 2 1");
    snprintf(written, sizeof written, "in:%s OR tag:x", id);
    find(s, written, "3 2 1");
    find(s, "in:0123456789abcdef", "");
}

/* What is not UTF-8 is kept as it is, found around it, and shown without it. */
static void search__not_utf8(void **state)
{
    struct scene *s = *state;
    CLEANUP(query_free_cleanup) struct query *q = scene_query(s, "pier here");
    const struct desk_search search = {.query = q, .user = 1, .limit = 1};
    bool more;
    scene_say(s, ANNA, BEN, "pier \xff\xc3 here");
    assert_int_equal(desk_search(s->x, &search, look_at_bytes, NULL, &more, &s->d), 7);
    scene_must(s, desk_index_check(s->x, &s->d));
}

/* A half country is none, before and after. */
static void search__odd_country(void **state)
{
    struct scene *s = *state;
    char to[] = BEN;
    struct follower_message m;
    scene_message(s, &m, ANNA, to, "hello");
    memcpy(m.country, "N", 2);
    scene_must(s, scene_add(s, &m));
    scene_commit(s);
    scene_must(s, desk_index_check(s->x, &s->d));
}

static void search__refuse__more_tags_than_sets(void **state)
{
    struct scene *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    for (int i = 0; i < 33; i++)
        buf_format(&b, "%stag:t%d", i == 0 ? "" : " OR ", i);
    CLEANUP(query_free_cleanup) struct query *q = scene_query(s, buf_text(&b));
    const struct desk_search search = {.query = q, .user = 1, .limit = 1};
    bool more;
    assert_int_equal(desk_search(s->x, &search, NULL, NULL, &more, &s->d), ERR_LIMIT);
    struct desk_counts *c = NULL;
    assert_int_equal(desk_count_hits(s->x, q, 1, 10, &c, &s->d), ERR_LIMIT);
    assert_null(c);
}

struct told {
    int count;
    struct desk_position last;
};

static int take_position(void *context, const struct desk_position *p)
{
    struct told *t = context;
    t->last = *p;
    return ++t->count < 3 ? 0 : 7;
}

static struct told positions(struct scene *s, const char *written, unsigned limit, bool *ret_more,
                             int code)
{
    CLEANUP(query_free_cleanup) struct query *q = scene_query(s, written);
    const struct desk_positions_ask ask = {.query = q, .user = 1, .limit = limit};
    struct told t = {0};
    assert_int_equal(desk_positions(s->x, &ask, take_position, &t, ret_more, &s->d), code);
    return t;
}

static void search__positions__newest_first_of_what_is_found(void **state)
{
    struct scene *s = *state;
    bool more;
    int64_t first = scene_say(s, "anna", "carl", "geo:52.37,4.89\nironside:position");
    scene_say(s, "anna", "carl", "at the pier");
    int64_t second = scene_say(s, "bert", "carl", "geo:-10.5,179.25\nironside:position");
    struct told t = positions(s, "", 2, &more, 0);
    assert_int_equal(t.count, 2);
    assert_false(more);
    assert_int_equal(t.last.message, first);
    assert_true(t.last.lat > 52.36 && t.last.lat < 52.38);
    t = positions(s, "", 1, &more, 0);
    assert_true(more);
    assert_int_equal(t.last.message, second);
    assert_true(t.last.lon > 179.2 && t.last.lon < 179.3);
    t = positions(s, "from:anna", 9, &more, 0);
    assert_int_equal(t.count, 1);
    assert_int_equal(t.last.message, first);
    scene_say(s, "carl", "anna", "geo:1,1\nironside:position");
    t = positions(s, "", 9, &more, 7);
    assert_int_equal(t.count, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(search__find__words_filters_and_times),
        SCENE_TEST(search__order_and_cursor),
        SCENE_TEST(search__nothing_before_the_commit),
        SCENE_TEST(search__what_was_said__by_kind),
        SCENE_TEST(search__lang_and_conversation),
        SCENE_TEST(search__not_utf8),
        SCENE_TEST(search__odd_country),
        SCENE_TEST(search__refuse__more_tags_than_sets),
        SCENE_TEST(search__refuse__no_limit),
        SCENE_TEST(search__positions__newest_first_of_what_is_found),
    };
    return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
