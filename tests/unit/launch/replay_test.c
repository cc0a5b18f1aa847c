/* The survey: what is checked before anything starts. Replaying itself is a scenario's. */
#include "support.h"

#include "launch/handles.h"
#include "launch/replay.h"
#include "launch/replay_line.h"
#include "network/settings.h"

#define LINE(id, ts, from, to)                                                                     \
    "{\"id\":\"" id "\",\"ts\":\"" ts "\",\"from\":\"" from "\",\"to\":[" to "],\"body\":\"b\"}\n"

static const char two[] = LINE("m1", "2000-02-13T08:00:00.500Z", "anna@x", "\"bert@x\"")
    LINE("m2", "2000-02-13T08:00:00.500Z", "bert@x", "\"anna@x\",\"Carla@x\"");

static void put_settings(const char *folder)
{
    const struct settings s = {
        .domain = "chat.example", .host = "127.0.0.1", .port = 5222, .replay = true};
    assert_int_equal(settings_write(folder, &s, NULL), 0);
}

static int survey(const char *folder, const char *text, int64_t *ret_first,
                  struct replay_counts *ret, struct diag *d)
{
    CLEANUP_FREE char *file = put_text(folder, "messages.jsonl", text);
    put_settings(folder);
    return replay_survey(file, folder, false, ret_first, ret, d);
}

/* What no message can be made of, between two that are. */
static void replay__survey__passes_over_what_it_is_told_to(void **state)
{
    CLEANUP_FREE char *long_text = repeat('x', VALUE_BODY_MAX + 1);
    CLEANUP_FREE char *long_line = repeat('x', 2 * REPLAY_LINE_MAX);
    CLEANUP_FREE char *text =
        mem_format(LINE("m1", "2001-05-03T14:00:00Z", "anna@x",
                        "\"bert@x\"") "{\"id\":\"m2\",\"ts\":\"2001-05-03T14:00:00Z\",\"from\":"
                                      "\"anna@x\",\"to\":[\"cara@x\"],\"body\":\"%s\"}\n"
                                      "{\"id\":\"m3\",\"ts\":\"2001-05-03T14:00:00Z\",\"from\":"
                                      "\"anna@x\",\"to\":[\"cara@x\"],\"body\":\"%s\"}\n"
                                      "{\"id\":\"m4\",\"ts\":\"2001-05-03T14:00:00Z\",\"from\":"
                                      "\"anna@x\",\"to\":[\"cara@x\"],\"body\":\"\\u0000\"}\n"
                                      "{\"id\":\"m5\",\"ts\":\"2001-05-03T14:00:00Z\",\"from\":"
                                      "\"anna@x\",\"to\":[\"cara@x\"],\"body\":\"\\ud83d\"}\n"
                                      "no message\n" LINE("m6", "2001-05-03T14:00:01Z", "bert@x",
                                                          "\"anna@x\""),
                   long_text, long_line);
    CLEANUP_FREE char *file = put_text(*state, "messages.jsonl", text);
    struct replay_counts c;
    int64_t first;
    struct diag d;
    put_settings(*state);
    assert_int_equal(replay_survey(file, *state, false, &first, &c, &d), ERR_LIMIT);
    assert_says(d.text, "line 2: 'body' is longer than 16384 bytes");
    assert_int_equal(replay_survey(file, *state, true, &first, &c, &d), 0);
    assert_true(c.messages == 2 && c.recipients == 2 && c.devices == 2 && c.skipped == 5);
    assert_says(c.first_skipped, "line 2: 'body' is longer than 16384 bytes");
    /* In the wrong order: that is the file's, not the line's. */
    CLEANUP_FREE char *back =
        put_text(*state, "back.jsonl",
                 LINE("m1", "2001-05-03T14:00:00Z", "anna@x", "\"bert@x\"")
                     LINE("m2", "2001-05-02T14:00:00Z", "anna@x", "\"bert@x\""));
    assert_int_equal(replay_survey(back, *state, true, &first, &c, &d), ERR_FORMAT);
    assert_says(d.text, "line 2 is earlier");
    CLEANUP_FREE char *none = put_text(*state, "none.jsonl", "{}\n");
    assert_int_equal(replay_survey(none, *state, true, &first, &c, &d), ERR_FORMAT);
    assert_says(d.text, "holds no message");
    assert_int_equal(c.skipped, 1);
}

static void replay__survey__counts_and_gives_the_first_instant(void **state)
{
    struct replay_counts c;
    int64_t first = 0;
    struct diag d;
    if (survey(*state, two, &first, &c, &d) != 0)
        fail_msg("%s", d.text);
    assert_true(first == INT64_C(950428800500));
    assert_true(c.messages == 2 && c.recipients == 3 && c.devices == 3);
    assert_true(c.sent == 0 && c.delivered == 0);
}

static void replay__survey__keeps_the_handles_for_the_next_run(void **state)
{
    struct replay_counts c;
    int64_t first;
    assert_int_equal(survey(*state, two, &first, &c, NULL), 0);
    CLEANUP_FREE char *path = mem_format("%s/replay/handles.jsonl", (char *)*state);
    CLEANUP(handles_free_cleanup) struct handles *h = NULL;
    assert_int_equal(handles_open(path, &h, NULL), 0);
    assert_string_equal(handles_find(h, "Carla@x"), "carla");
    /* Another file on the same network: its addresses come behind. */
    assert_int_equal(survey(*state, LINE("m1", "2001-01-01T00:00:00.000Z", "dora@x", "\"anna@x\""),
                            &first, &c, NULL),
                     0);
    assert_true(c.messages == 1 && c.devices == 4);
}

static void assert_refused(void **state, const char *text, int code, const char *part)
{
    struct replay_counts c;
    int64_t first;
    struct diag d = {""};
    CLEANUP_FREE char *handles = mem_format("%s/replay/handles.jsonl", (char *)*state);
    assert_int_equal(survey(*state, text, &first, &c, &d), code);
    assert_says(d.text, "messages.jsonl");
    assert_says(d.text, part);
    assert_false(file_exists(handles));
}

static void replay__survey__refuses_an_empty_file(void **state)
{
    assert_refused(state, "", ERR_FORMAT, "holds no message");
}

static void replay__survey__refuses_a_line_that_is_no_message(void **state)
{
    CLEANUP_FREE char *text = mem_format("%s{}\n", two);
    assert_refused(state, text, ERR_FORMAT, "line 3");
}

static void replay__survey__refuses_an_earlier_line_behind_a_later_one(void **state)
{
    CLEANUP_FREE char *text =
        mem_format("%s%s", two, LINE("m3", "2000-02-13T08:00:00.499Z", "anna@x", "\"bert@x\""));
    assert_refused(state, text, ERR_FORMAT, "line 3 is earlier than the one before: sort it");
}

static void replay__survey__refuses_a_line_over_its_bound(void **state)
{
    CLEANUP_FREE char *blank = repeat(' ', REPLAY_LINE_MAX + 1000);
    assert_refused(state, blank, ERR_LIMIT, "line 1 is longer");
}

static void replay__survey__refuses_a_file_that_is_not_there(void **state)
{
    struct replay_counts c;
    int64_t first;
    struct diag d;
    put_settings(*state);
    assert_int_equal(replay_survey("/nowhere/x.jsonl", *state, false, &first, &c, &d),
                     ERR_NOT_FOUND);
    assert_says(d.text, "/nowhere/x.jsonl");
}

static void replay__survey__refuses_damaged_handles(void **state)
{
    struct replay_counts c;
    int64_t first;
    struct diag d;
    CLEANUP_FREE char *folder = file_join(*state, "replay");
    assert_int_equal(file_make_folder(folder, 0700, NULL), 0);
    CLEANUP_FREE char *handles = put_text(folder, "handles.jsonl", "damaged\n");
    assert_int_equal(survey(*state, two, &first, &c, &d), ERR_FORMAT);
    assert_says(d.text, handles);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(replay__survey__counts_and_gives_the_first_instant),
        FOLDER_TEST(replay__survey__keeps_the_handles_for_the_next_run),
        FOLDER_TEST(replay__survey__passes_over_what_it_is_told_to),
        FOLDER_TEST(replay__survey__refuses_an_empty_file),
        FOLDER_TEST(replay__survey__refuses_a_line_that_is_no_message),
        FOLDER_TEST(replay__survey__refuses_an_earlier_line_behind_a_later_one),
        FOLDER_TEST(replay__survey__refuses_a_line_over_its_bound),
        FOLDER_TEST(replay__survey__refuses_a_file_that_is_not_there),
        FOLDER_TEST(replay__survey__refuses_damaged_handles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
