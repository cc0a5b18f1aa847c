#include "support.h"

#include <zstd.h>

#include "launch/lines.h"

#define MAX 100000U

static struct lines *open_lines(const char *path, size_t max)
{
    struct lines *l = NULL;
    struct diag d;
    if (lines_open(path, max, &l, &d) != 0)
        fail_msg("%s", d.text);
    return l;
}

static void assert_next(struct lines *l, const char *expected)
{
    const char *line;
    size_t len;
    assert_int_equal(lines_next(l, &line, &len, NULL), 1);
    assert_int_equal(len, strlen(expected));
    assert_memory_equal(line, expected, len);
}

static void assert_ends(struct lines *l, int code)
{
    const char *line = "untouched";
    size_t len;
    struct diag d = {""};
    assert_int_equal(lines_next(l, &line, &len, &d), code);
    assert_string_equal(line, "untouched");
    assert_true(code == 0 || d.text[0] != '\0');
}

/* The text as a .zst of one or two frames. */
static char *put_zst(const char *folder, const void *text, size_t len, size_t split, size_t cut)
{
    CLEANUP_FREE uint8_t *small = mem_new(2 * ZSTD_compressBound(len));
    size_t n = ZSTD_compress(small, ZSTD_compressBound(len), text, split, 1);
    assert_false(ZSTD_isError(n));
    if (split < len) {
        size_t more = ZSTD_compress(small + n, ZSTD_compressBound(len), (const char *)text + split,
                                    len - split, 1);
        assert_false(ZSTD_isError(more));
        n += more;
    }
    return put_file(folder, "lines.zst", small, n - cut);
}

static void lines__next__gives_each_line(void **state)
{
    CLEANUP_FREE char *path = put_text(*state, "a", "one\n\nthree\nlast");
    CLEANUP(lines_close_cleanup) struct lines *l = open_lines(path, MAX);
    assert_true(lines_number(l) == 0);
    assert_next(l, "one");
    assert_next(l, "");
    assert_next(l, "three");
    assert_true(lines_number(l) == 3);
    assert_next(l, "last"); /* without a newline */
    assert_ends(l, 0);
    assert_ends(l, 0);
    assert_true(lines_number(l) == 4);
    lines_close(NULL);
}

static void lines__next__of_an_empty_file(void **state)
{
    CLEANUP_FREE char *path = put_text(*state, "a", "");
    CLEANUP(lines_close_cleanup) struct lines *l = open_lines(path, MAX);
    assert_ends(l, 0);
}

/* Longer than what is read at once, in either form. */
static void lines__next__joins_what_is_read_in_pieces(void **state)
{
    enum { COUNT_OF_LINES = 40 };
    CLEANUP_BUF struct buf b = BUF_INIT(1U << 24);
    for (int i = 0; i < COUNT_OF_LINES; i++) {
        CLEANUP_FREE char *line = repeat((char)('a' + i % 26), 9000 + (size_t)i);
        buf_format(&b, "%s\n", line);
    }
    CLEANUP_FREE char *plain = put_file(*state, "plain", b.data, b.len);
    CLEANUP_FREE char *zst = put_zst(*state, b.data, b.len, b.len / 3, 0);
    const char *const paths[] = {plain, zst};
    for (size_t p = 0; p < 2; p++) {
        CLEANUP(lines_close_cleanup) struct lines *l = open_lines(paths[p], MAX);
        for (int i = 0; i < COUNT_OF_LINES; i++) {
            CLEANUP_FREE char *line = repeat((char)('a' + i % 26), 9000 + (size_t)i);
            assert_next(l, line);
        }
        assert_ends(l, 0);
    }
}

static void lines__next__refuses_a_line_over_the_bound(void **state)
{
    CLEANUP_FREE char *line = repeat('x', 70000);
    CLEANUP_FREE char *text =
        mem_format("short\n%s\nbehind it\n%.101s\nlast\n%s", line, line, line);
    CLEANUP_FREE char *path = put_text(*state, "a", text);
    CLEANUP(lines_close_cleanup) struct lines *l = open_lines(path, 100);
    const char *got;
    size_t len;
    struct diag d;
    assert_next(l, "short");
    assert_int_equal(lines_next(l, &got, &len, &d), ERR_LIMIT);
    assert_says(d.text, path);
    assert_says(d.text, "line 2 is longer than 100 bytes");
    assert_next(l, "behind it");
    assert_int_equal(lines_next(l, &got, &len, &d), ERR_LIMIT);
    assert_says(d.text, "line 4 is longer than 100 bytes");
    assert_next(l, "last");
    assert_int_equal(lines_next(l, &got, &len, &d), ERR_LIMIT);
    assert_says(d.text, "line 6 is longer than 100 bytes");
    assert_ends(l, 0);
}

static void lines__next__refuses_a_zst_that_is_cut_off(void **state)
{
    CLEANUP_FREE char *path = put_zst(*state, "one\ntwo\n", 8, 8, 3);
    CLEANUP(lines_close_cleanup) struct lines *l = open_lines(path, MAX);
    const char *line;
    size_t len;
    struct diag d;
    int r;
    /* What could be read is given first; the end is no good end. */
    while ((r = lines_next(l, &line, &len, &d)) == 1)
        assert_true(lines_number(l) <= 2);
    assert_int_equal(r, ERR_FORMAT);
    assert_says(d.text, "is cut off");
}

static void lines__next__refuses_what_is_not_zstd(void **state)
{
    CLEANUP_FREE char *path = put_text(*state, "a.zst", "{\"id\":\"plain text\"}\n");
    CLEANUP(lines_close_cleanup) struct lines *l = open_lines(path, MAX);
    assert_ends(l, ERR_FORMAT);
}

static void lines__open__refuses_what_is_not_there(void **state)
{
    CLEANUP_FREE char *path = file_join(*state, "nothing");
    struct lines *l = NULL;
    struct diag d;
    assert_int_equal(lines_open(path, MAX, &l, &d), ERR_NOT_FOUND);
    assert_says(d.text, path);
    assert_null(l);
}

static void lines__next__refuses_a_folder(void **state)
{
    struct lines *l = NULL;
    struct diag d;
    int r = lines_open(*state, MAX, &l, &d);
    const char *got;
    size_t len;
    if (r == 0) /* stdio opens folders for reading; reading them fails */
        r = lines_next(l, &got, &len, &d);
    assert_int_equal(r, ERR_IO);
    lines_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(lines__next__gives_each_line),
        FOLDER_TEST(lines__next__of_an_empty_file),
        FOLDER_TEST(lines__next__joins_what_is_read_in_pieces),
        FOLDER_TEST(lines__next__refuses_a_line_over_the_bound),
        FOLDER_TEST(lines__next__refuses_a_zst_that_is_cut_off),
        FOLDER_TEST(lines__next__refuses_what_is_not_zstd),
        FOLDER_TEST(lines__open__refuses_what_is_not_there),
        FOLDER_TEST(lines__next__refuses_a_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
