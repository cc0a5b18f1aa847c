/* What the desk makes of files: the queue, the words that are found, likeness. */
#include "desk/made.h"

#include "scene.h"
#include "wire/file_content.h"

static const uint8_t jpeg[] = {0xff, 0xd8, 1, 2, 3, 0xff, 0xd9};

static int64_t send_photo(struct scene *s, const char *name)
{
    CLEANUP_BUF struct buf body = BUF_INIT(65536);
    struct file_content f = {.size = 100,
                             .type = "image/png",
                             .uri = {.host = "upload.chat.example", .port = 443, .path = "/f"}};
    struct follower_message m;
    char to[] = "boris@chat.example";
    snprintf(f.name, sizeof f.name, "%s", name);
    scene_must(s, file_content_put(&body, &f, &s->d));
    scene_message(s, &m, "anna@chat.example", to, buf_text(&body));
    m.file_count = 1;
    m.files[0].size = 116;
    scene_must(s, scene_add(s, &m));
    scene_commit(s);
    return scene_last_id(s);
}

static void make(struct scene *s, int64_t id, uint64_t likeness, const char *words)
{
    const struct desk_made m = {.message = id,
                                .at_unix_ms = SCENE_BEGIN_MS,
                                .wrong = "",
                                .made = {.width = 4,
                                         .height = 3,
                                         .thumbnail = jpeg,
                                         .thumbnail_len = sizeof jpeg,
                                         .likeness = likeness,
                                         .words = words}};
    scene_must(s, desk_made_write(s->x, &m, &s->d));
}

static void assert_wanted(struct scene *s, size_t count, int64_t first)
{
    int64_t ids[8];
    size_t found;
    scene_must(s, desk_made_wanted(s->x, 0, ids, 8, &found, &s->d));
    assert_int_equal(found, count);
    assert_true(count == 0 || ids[0] == first);
}

static void made__wanted__is_each_file_once_the_newest_first(void **state)
{
    struct scene *s = *state;
    scene_say(s, "anna@chat.example", "boris@chat.example", "no file");
    int64_t one = send_photo(s, "one.png"), two = send_photo(s, "two.png");
    assert_wanted(s, 2, two);
    make(s, two, 0, "");
    assert_wanted(s, 1, one);
    scene_reopen(s);
    assert_wanted(s, 1, one);
    make(s, one, 0, "");
    scene_reopen(s);
    assert_wanted(s, 0, 0);
}

/* Of an index from before: every file of it. */
static void made__wanted__is_what_was_there_before(void **state)
{
    struct scene *s = *state;
    int64_t one = send_photo(s, "one.png");
    desk_index_close(TAKE(s->x));
    scene_plainly(s, "DROP TABLE to_make; DROP TABLE made");
    scene_reopen(s);
    assert_wanted(s, 1, one);
}

static void made__words__are_found_beside_its_own(void **state)
{
    struct scene *s = *state;
    scene_say(s, "anna@chat.example", "boris@chat.example", "at the harbour");
    send_photo(s, "holiday.png");
    assert_string_equal(scene_find(s, "lighthouse"), "");
    make(s, 2, 0, "meet at the lighthouse\nholiday");
    for (int again = 0; again < 2; again++) {
        assert_string_equal(scene_find(s, "lighthouse"), "2");
        assert_string_equal(scene_find(s, "\"at the lighthouse\" has:photo"), "2");
        assert_string_equal(scene_find(s, "holiday.png"), "2");
        assert_string_equal(scene_find(s, "\"at the\""), "2 1");
        assert_string_equal(scene_find(s, "lighthouse -has:photo"), "");
        assert_string_equal(scene_find(s, "at -lighthouse"), "1");
        assert_string_equal(scene_find_as(s, "lighthouse", DESK_RELEVANT, 1, 10, 0), "2");
        scene_must(s, desk_index_check(s->x, &s->d));
        scene_reopen(s);
    }
}

/* What was read before is found no more, and what was said still is. */
static void made__words__take_the_place_of_those_before(void **state)
{
    struct scene *s = *state;
    send_photo(s, "holiday.png");
    make(s, 1, 0, "meet at the lighthouse");
    make(s, 1, 0, "meet at the harbour");
    assert_string_equal(scene_find(s, "lighthouse"), "");
    assert_string_equal(scene_find(s, "harbour meet holiday.png"), "1");
    scene_must(s, desk_index_check(s->x, &s->d));
}

static int take_snippet(void *context, const struct desk_hit *h)
{
    snprintf(context, DESK_SNIPPET_MAX, "%s", h->snippet);
    return 0;
}

static void made__words__are_marked_as_a_machines(void **state)
{
    struct scene *s = *state;
    char snippet[DESK_SNIPPET_MAX] = "";
    bool more;
    send_photo(s, "holiday.png");
    make(s, 1, 0, "the lighthouse");
    CLEANUP(query_free_cleanup) struct query *q = scene_query(s, "lighthouse");
    const struct desk_search search = {.query = q, .user = 1, .limit = 1};
    scene_must(s, desk_search(s->x, &search, take_snippet, snippet, &more, &s->d));
    assert_string_equal(snippet, "holiday.png  ⟦the lighthouse⟧");
}

static size_t alike(struct scene *s, int64_t id, unsigned distance, struct desk_alike_photo *ret)
{
    size_t count = 0;
    scene_must(s, desk_made_alike(s->x, id, distance, ret, &count, &s->d));
    return count;
}

static void made__alike__is_by_distance(void **state)
{
    struct scene *s = *state;
    static const uint64_t likeness[] = {0xff00, 0xff01, 0x00ff, 0xff00, 0xff07};
    struct desk_alike_photo found[DESK_ALIKE_MAX];
    size_t count;
    for (int i = 0; i < 5; i++)
        make(s, send_photo(s, "a.png"), likeness[i], "");
    for (int again = 0; again < 2; again++) {
        assert_int_equal(alike(s, 1, 3, found), 3);
        assert_true(found[0].message == 4 && found[0].distance == 0);
        assert_true(found[1].message == 2 && found[1].distance == 1);
        assert_true(found[2].message == 5 && found[2].distance == 3);
        assert_int_equal(alike(s, 1, 64, found), 4);
        scene_reopen(s);
    }
    send_photo(s, "not read yet.png");
    assert_int_equal(desk_made_alike(s->x, 6, 3, found, &count, &s->d), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(made__wanted__is_each_file_once_the_newest_first),
        SCENE_TEST(made__wanted__is_what_was_there_before),
        SCENE_TEST(made__words__are_found_beside_its_own),
        SCENE_TEST(made__words__take_the_place_of_those_before),
        SCENE_TEST(made__words__are_marked_as_a_machines),
        SCENE_TEST(made__alike__is_by_distance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
