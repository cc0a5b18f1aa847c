/* Plays every row of the table, and compares the table with docs/threat-model.md, row by row.
 * 'sequences_test --table' prints it as that page has it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "play.h"

#define ROWS_MAX 128
#define PAGE_MAX (1024U * 1024)

static void put_table(struct buf *b)
{
    buf_put_text(b, row_head());
    for (size_t i = 0; i < row_count; i++) {
        row_put(b, &rows[i]);
        buf_put_u8(b, '\n');
    }
}

static void play_row(void **state)
{
    play(*state);
}

/* The page's table: from its head to the first line that is no row. */
static char *table_of(const char *page)
{
    const char *from = strstr(page, row_head()), *to = from;
    if (from == NULL)
        fail_msg("docs/threat-model.md has no table with the head\n%s", row_head());
    while (*to == '|')
        to = strchr(to, '\n') + 1;
    return mem_string_n(from, (size_t)(to - from));
}

/* The lines of `a` that `b` lacks. */
static size_t missing(const char *a, const char *b, const char *says)
{
    size_t count = 0;
    CLEANUP_FREE char *lines = mem_string(a), *whole = mem_format("\n%s", b);
    char *rest = NULL;
    for (char *line = strtok_r(lines, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        CLEANUP_FREE char *wanted = mem_format("\n%s\n", line);
        if (strstr(whole, wanted) == NULL) {
            print_error("%s: %s\n", says, line);
            count++;
        }
    }
    return count;
}

static void sequences__table__as_in_the_threat_model(void **state)
{
    (void)state;
    const char *source = getenv("IRONSIDE_SOURCE");
    CLEANUP_FREE char *path = mem_format("%s/docs/threat-model.md", source == NULL ? "." : source);
    CLEANUP_FREE char *page = NULL;
    CLEANUP_BUF struct buf played = BUF_INIT(PAGE_MAX);
    assert_int_equal(file_read_text(path, PAGE_MAX, &page, NULL), 0);
    CLEANUP_FREE char *written = table_of(page);
    put_table(&played);
    assert_false(buf_failed(&played));
    size_t wrong = missing(buf_text(&played), written, "played, and not in the page") +
                   missing(written, buf_text(&played), "in the page, and not played");
    assert_int_equal(wrong, 0);
    assert_string_equal(written, buf_text(&played)); /* in the same order */
}

static int print_table(void)
{
    CLEANUP_BUF struct buf b = BUF_INIT(PAGE_MAX);
    put_table(&b);
    return buf_failed(&b) || fputs(buf_text(&b), stdout) < 0 || fflush(stdout) != 0;
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[ROWS_MAX + 1] = {{"sequences__table__as_in_the_threat_model",
                                              sequences__table__as_in_the_threat_model, NULL, NULL,
                                              NULL}};
    char names[ROWS_MAX][64];
    secret_init();
    if (argc == 2 && strcmp(argv[1], "--table") == 0)
        return print_table();
    if (row_count > ROWS_MAX)
        return 1;
    for (size_t i = 0; i < row_count; i++) {
        snprintf(names[i], sizeof names[i], "sequences__row_%zu__%s", i + 1, rows[i].topic);
        tests[i + 1] = (struct CMUnitTest){
            .name = names[i], .test_func = play_row, .initial_state = (void *)(uintptr_t)&rows[i]};
    }
    return _cmocka_run_group_tests("sequences", tests, row_count + 1, NULL, NULL);
}
