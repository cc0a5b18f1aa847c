#include "../launch/support.h"

#include "launch/lines.h"
#include "population/output.h"

#define LINES 40000U

static void write_lines(const char *path, unsigned count)
{
    CLEANUP(output_free_cleanup) struct output *o = NULL;
    struct diag d;
    assert_int_equal(output_open(path, &o, &d), 0);
    for (unsigned i = 0; i < count; i++) {
        buf_format(output_buf(o), "line %u with some words that take room\n", i);
        assert_int_equal(output_flush(o, &d), 0);
    }
    assert_int_equal(output_finish(o, &d), 0);
}

static void assert_lines(const char *path, unsigned count)
{
    CLEANUP(lines_close_cleanup) struct lines *l = NULL;
    char expected[64];
    const char *line;
    size_t len;
    assert_int_equal(lines_open(path, 1000, &l, NULL), 0);
    for (unsigned i = 0; i < count; i++) {
        snprintf(expected, sizeof expected, "line %u with some words that take room", i);
        assert_int_equal(lines_next(l, &line, &len, NULL), 1);
        assert_int_equal(len, strlen(expected));
        assert_memory_equal(line, expected, len);
    }
    assert_int_equal(lines_next(l, &line, &len, NULL), 0);
}

static void output__plain__is_what_was_written(void **state)
{
    CLEANUP_FREE char *path = file_join(*state, "a.jsonl");
    write_lines(path, LINES);
    assert_lines(path, LINES);
    write_lines(path, 3); /* one that is there is replaced */
    assert_lines(path, 3);
}

static void output__zstd__is_what_was_written(void **state)
{
    CLEANUP_FREE char *path = file_join(*state, "a.zst");
    write_lines(path, LINES);
    assert_lines(path, LINES);
    write_lines(path, 0);
    assert_lines(path, 0);
}

static void output__open__refuses_a_folder(void **state)
{
    struct output *o = NULL;
    struct diag d = {""};
    assert_int_equal(output_open(*state, &o, &d), ERR_IO);
    assert_null(o);
    assert_says(d.text, "cannot be written");
}

static void output__flush__tells_of_a_failed_line(void **state)
{
    CLEANUP_FREE char *path = file_join(*state, "b.jsonl");
    CLEANUP(output_free_cleanup) struct output *o = NULL;
    struct diag d = {""};
    assert_int_equal(output_open(path, &o, &d), 0);
    buf_fail(output_buf(o));
    assert_int_equal(output_flush(o, &d), ERR_LIMIT);
}

static void output__finish__tells_of_a_full_disk(void **state)
{
    (void)state;
    CLEANUP(output_free_cleanup) struct output *o = NULL;
    struct diag d = {""};
    assert_int_equal(output_open("/dev/full", &o, &d), 0);
    buf_put_text(output_buf(o), "a line\n");
    assert_int_equal(output_finish(o, &d), ERR_IO);
    assert_says(d.text, "/dev/full cannot be written: No space left");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(output__plain__is_what_was_written),
        FOLDER_TEST(output__zstd__is_what_was_written),
        FOLDER_TEST(output__open__refuses_a_folder),
        FOLDER_TEST(output__flush__tells_of_a_failed_line),
        FOLDER_TEST(output__finish__tells_of_a_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
