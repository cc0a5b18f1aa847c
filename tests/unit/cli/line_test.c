#include <locale.h>
#include <pty.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/utf8.h"
#include "capture.h"
#include "cli/line.h"
#include "wire/test.h"

#define BAD "\xef\xbf\xbd"
#define BAR "  \xe2\x94\x82 "
#define ON "  \xe2\x94\x86 "
#define ISOLATE "\xe2\x81\xa8"
#define END "\xe2\x81\xa9"
#define SCREEN_END '\4' /* nothing that is shown has it */
#define SPACES_20 "                    "
#define SPOOF                                                                                      \
    "hi" SPACES_20 SPACES_20 SPACES_20 "              2026-11-28 22:40 UTC  anna@trial.example "   \
    "\xe2\x86\x92 erik@trial.example" SPACES_20 "       transfer the money to account 1"

/* A terminal in the place of standard output. */
static struct screen {
    int master, slave, real;
    char text[32768];
} screen;

static void screen_resize(unsigned short columns)
{
    struct winsize size = {.ws_row = 24, .ws_col = columns};
    assert_int_equal(ioctl(screen.slave, TIOCSWINSZ, &size), 0);
}

static void screen_begin(unsigned short columns)
{
    struct termios raw;
    fflush(stdout);
    FIXTURE_MUST(openpty(&screen.master, &screen.slave, NULL, NULL, NULL) == 0);
    FIXTURE_MUST(tcgetattr(screen.slave, &raw) == 0);
    cfmakeraw(&raw);
    FIXTURE_MUST(tcsetattr(screen.slave, TCSANOW, &raw) == 0);
    screen_resize(columns);
    screen.real = dup(STDOUT_FILENO);
    FIXTURE_MUST(dup2(screen.slave, STDOUT_FILENO) == STDOUT_FILENO);
}

static const char *screen_end(void)
{
    size_t len = 0;
    putchar(SCREEN_END); /* what was written reaches the other side later */
    fflush(stdout);
    dup2(screen.real, STDOUT_FILENO);
    close(screen.real);
    while (len == 0 || screen.text[len - 1] != SCREEN_END) {
        ssize_t n = read(screen.master, screen.text + len, sizeof screen.text - len);
        FIXTURE_MUST(n > 0);
        len += (size_t)n;
    }
    screen.text[len - 1] = '\0';
    close(screen.slave);
    close(screen.master);
    return screen.text;
}

static const char *block_in_a_file(const char *text, size_t len)
{
    const char *out, *error;
    capture_begin();
    line_block(text, len);
    capture_end(&out, &error);
    assert_string_equal(error, "");
    return out;
}

static void line__block__shows_only_what_is_harmless(void **state)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"plain \xc3\xa9 \xe2\x86\x92 \xf0\x9f\x99\x82",
         BAR "plain \xc3\xa9 \xe2\x86\x92 \xf0\x9f\x99\x82\n"},
        {"", BAR "\n"},
        {"one\ntwo\tx", BAR "one\n" BAR "two x\n"},
        {"one\r\ntwo\r\n\r\nthree\r\n", BAR "one\n" BAR "two\n" BAR "\n" BAR "three\n"},
        {"one\xe2\x80\xa8two\xe2\x80\xa9three\xc2\x85"
         "four",
         BAR "one\n" BAR "two\n" BAR "three\n" BAR "four\n"},
        {"\x1b[2J", BAR BAD "[2J\n"},
        {"a\rb\x7f\b", BAR "a" BAD "b" BAD BAD "\n"},
        {"\xc2\x9b"
         "2J\xc2\xa0",
         BAR BAD "2J\xc2\xa0\n"}, /* U+009B, U+00A0 */
        {"\xc2", BAR BAD "\n"},
        {"a\xed\xa0\x80z", BAR "a" BAD BAD BAD "z\n"},     /* not UTF-8 */
        {"x\xe2\x80\xaegnp.exe", BAR "x" BAD "gnp.exe\n"}, /* U+202E */
        {"\xe2\x81\xa6"
         "a\xe2\x81\xa9\xe2\x81\xa9",
         BAR BAD "a" BAD BAD "\n"},
        {"\xd7\xa9 9", BAR ISOLATE "\xd7\xa9 9" END "\n"}, /* Hebrew */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(block_in_a_file(cases[i].text, strlen(cases[i].text)), cases[i].shown);
    assert_string_equal(block_in_a_file("a\0b", 3), BAR "a" BAD "b\n");
}

/* What a file or a pipe gets may be shown on any terminal: it has the usual 80 columns. */
static void line__block__breaks_at_eighty_columns_in_a_file(void **state)
{
    (void)state;
    assert_string_equal(block_in_a_file(SPOOF, strlen(SPOOF)),
                        BAR "hi\n" ON "2026-11-28 22:40 UTC  anna@trial.example \xe2\x86\x92 "
                            "erik@trial.example\n" ON "transfer the money to account 1\n");
    setenv("COLUMNS", "30", 1);
    assert_string_equal(block_in_a_file("a word and another, then some", 29),
                        BAR "a word and another, then\n" ON "some\n");
    unsetenv("COLUMNS");
}

static void line__block__breaks_where_the_terminal_would(void **state)
{
    static const struct {
        unsigned short columns;
        const char *text, *shown;
    } cases[] = {
        {20, "one two three four five", BAR "one two three\n" ON "four five\n"},
        {20, "sixteen sixteen!", BAR "sixteen sixteen!\n"},
        {20, "seventeen of them", BAR "seventeen of\n" ON "them\n"},
        {20, "abcdefghijklmnopqrstuvwxyz", BAR "abcdefghijklmnop\n" ON "qrstuvwxyz\n"},
        {20, "  indented        far away", BAR "  indented\n" ON "far away\n"},
        {20, "spaces at the   " SPACES_20, BAR "spaces at the\n"},
        {20, SPACES_20 "x", BAR "\n" ON "x\n"},
        /* Two columns each. */
        {12, "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac",
         BAR "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\n" ON "\xe6\x9c\xac\n"},
        {12, "a\xf0\x9f\x99\x82\xf0\x9f\x99\x82\xf0\x9f\x99\x82\xf0\x9f\x99\x82",
         BAR "a\xf0\x9f\x99\x82\xf0\x9f\x99\x82\xf0\x9f\x99\x82\n" ON "\xf0\x9f\x99\x82\n"},
        /* None by themselves: they stay with their letter. */
        {8,
         "abce\xcc\x81\xcc\x81"
         "def",
         BAR "abce\xcc\x81\xcc\x81\n" ON "def\n"},
        /* What is isolated is so in each part. */
        {12, "\xd7\xa9\xd7\xa9\xd7\xa9\xd7\xa9 \xd7\xa9\xd7\xa9\xd7\xa9\xd7\xa9",
         BAR ISOLATE "\xd7\xa9\xd7\xa9\xd7\xa9\xd7\xa9" END "\n" ON ISOLATE
                     "\xd7\xa9\xd7\xa9\xd7\xa9\xd7\xa9" END "\n"},
        /* Too narrow for the mark: still no line of the terminal's own. */
        {3, "abcdefg", BAR "abcd\n" ON "efg\n"},
        {0, "no width is said", BAR "no width is said\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        screen_begin(cases[i].columns);
        line_block(cases[i].text, strlen(cases[i].text));
        assert_string_equal(screen_end(), cases[i].shown);
    }
}

/* Each line fits, whatever the width, and begins with a mark. */
static void line__block__lets_no_terminal_begin_a_line(void **state)
{
    static const char *const texts[] = {
        SPOOF,
        "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e hello "
        "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7\xe2\x9d\xa4\xef\xb8\x8f\xe2\x9d\xa4\xef\xb8"
        "\x8f\xe2\x9d\xa4\xef\xb8\x8f\xf0\x9f\x87\xb3\xf0\x9f\x87\xb1 "
        "e\xcc\x81\xcc\x81\xcc\x81 \xed\x95\x9c\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab\xe1\x85\xa1 "
        "\xef\xbc\xa1\xef\xbc\xa2 2026-11-28 22:40 UTC  anna@trial.example",
        "\xe2\x80\xae"
        "9102 \xd7\xa9\xd7\xa9 2026-11-28 22:40 UTC  anna@trial.example \xd7\xa9 \xd7\xa9\xd7\xa9",
        SPACES_20 SPACES_20 SPACES_20 SPACES_20 SPACES_20 "2026-11-28 22:40 UTC  anna\r2026\n2026",
    };
    (void)state;
    for (unsigned short columns = 8; columns < 130; columns++)
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            screen_begin(columns);
            line_block(texts[i], strlen(texts[i]));
            char *rest = (char *)(uintptr_t)screen_end(), *line;
            while ((line = strsep(&rest, "\n")) != NULL && rest != NULL) {
                assert_true(utf8_text_columns(line, strlen(line)) <= columns);
                assert_true(memcmp(line, BAR, strlen(BAR)) == 0 ||
                            memcmp(line, ON, strlen(ON)) == 0);
            }
        }
}

static void line__block__follows_a_terminal_that_is_resized(void **state)
{
    (void)state;
    screen_begin(40);
    line_block("one two three four five", 23);
    screen_resize(20);
    line_block("one two three four five", 23);
    assert_string_equal(screen_end(),
                        BAR "one two three four five\n" BAR "one two three\n" ON "four five\n");
}

/* There its bytes would be controls (0x9b in U+4E9B) or rubbish. */
static void line__block__is_ascii_on_a_terminal_that_is_not_utf8(void **state)
{
    static const char text[] = "\xc3\xa9 \xe4\xba\x9b \xe2\x80\xa6 e\xcc\x81 \xd7\xa9";
    (void)state;
    setenv("LC_ALL", "C", 1);
    screen_begin(20);
    line_block(text, strlen(text));
    line_block("\xe4\xba\x9b\xe4\xba\x9b\xe4\xba\x9b\xe4\xba\x9b\xe4\xba\x9b\xe4\xba\x9b\xe4\xba"
               "\x9b\xe4\xba\x9b\xe4\xba\x9b",
               27);
    assert_string_equal(screen_end(), "  | ? ?? ... e ?\n  | ????????????????\n  : ??\n");
    assert_string_equal(block_in_a_file("\xc3\xa9", 2), BAR "\xc3\xa9\n"); /* no terminal */
    setenv("LC_ALL", "C.UTF-8", 1);
}

/* Greek and Cyrillic letters, and the marks themselves, may take two columns there. This machine
 * need not have the locale. */
static void line__block__expects_wide_letters_in_eastern_locales(void **state)
{
    static const char text[] = "\xd0\xb6\xd0\xb6\xd0\xb6\xd0\xb6\xd0\xb6\xd0\xb6";
    (void)state;
    unsetenv("LC_ALL");
    unsetenv("LC_CTYPE");
    setenv("LANG", "ja_JP.UTF-8", 1);
    screen_begin(13);
    line_block(text, strlen(text));
    assert_string_equal(screen_end(),
                        BAR "\xd0\xb6\xd0\xb6\xd0\xb6\xd0\xb6\n" ON "\xd0\xb6\xd0\xb6\n");
    setenv("LANG", "ru_RU.UTF-8", 1);
    screen_begin(13);
    line_block(text, strlen(text));
    assert_string_equal(screen_end(), BAR "\xd0\xb6\xd0\xb6\xd0\xb6\xd0\xb6\xd0\xb6\xd0\xb6\n");
    unsetenv("LANG");
    setenv("LC_ALL", "C.UTF-8", 1);
}

static const char *ended(struct line *l, size_t indent)
{
    const char *out, *error;
    capture_begin();
    line_end(l, indent);
    capture_end(&out, &error);
    assert_string_equal(error, "");
    return out;
}

static void line__end__marks_what_goes_on(void **state)
{
    struct line l = LINE_INIT;
    (void)state;
    setenv("COLUMNS", "24", 1);
    line_put(&l, "%s → ", "anna@chat.example");
    line_foreign(&l, "ben@chat.example");
    assert_string_equal(ended(&l, 0), "anna@chat.example →\n" ON "ben@chat.example\n");
    line_put(&l, "(the group ");
    line_foreign(&l, "Skat\n2026 on Fridays");
    line_put(&l, ")");
    assert_string_equal(ended(&l, 4),
                        "    (the group Skat" BAD "2026\n    \xe2\x94\x86 on Fridays)\n");
    unsetenv("COLUMNS");
}

static void line__foreign__turns_nothing_else_round(void **state)
{
    struct line l = LINE_INIT;
    (void)state;
    line_put(&l, "from ");
    line_foreign(&l, "\xe2\x80\xaegnp\xe2\x80\xac");
    line_put(&l, " to ");
    line_foreign(&l, "\xd7\xa9 1");
    line_put(&l, " 2");
    line_foreign(&l, NULL);
    assert_string_equal(ended(&l, 0), "from " BAD "gnp" BAD " to " ISOLATE "\xd7\xa9 1" END " 2\n");
}

static void line__time__is_the_users_and_says_so(void **state)
{
    static const struct {
        const char *zone, *instant, *shown;
    } cases[] = {
        {"UTC0", "2026-11-28T22:40:12.345Z", "2026-11-28 22:40 UTC\n"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-11-28T23:40:12.345Z", "2026-11-29 00:40 +01:00\n"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-07-28T22:40:12.345Z", "2026-07-29 00:40 +02:00\n"},
        {"XXX+3:30", "2026-01-01T00:00:00.000Z", "2025-12-31 20:30 -03:30\n"},
        {"CET-1", "yesterday\x1b", "yesterday" BAD "\n"},
        {"CET-1", NULL, "\n"},
    };
    struct line l = LINE_INIT;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        setenv("TZ", cases[i].zone, 1);
        line_time(&l, cases[i].instant);
        assert_string_equal(ended(&l, 0), cases[i].shown);
    }
    setenv("TZ", "CET-1", 1);
    line_prose(&l, "revoked since 2026-11-28T22:40:12.345Z, not 2026-11-28T22:40Z");
    assert_string_equal(ended(&l, 0),
                        "revoked since 2026-11-28 23:40 +01:00, not 2026-11-28T22:40Z\n");
    unsetenv("TZ");
}

/* One line of a log is one fault; a person's terminal is another matter. */
static void line__end_on__keeps_an_error_on_one_line_in_a_log(void **state)
{
    struct line l = LINE_INIT;
    const char *out, *error;
    (void)state;
    line_put(&l, "ironside: ");
    line_foreign(&l, SPOOF "\n\x1b[1m");
    capture_begin();
    line_end_on(stderr, &l, 0);
    capture_end(&out, &error);
    assert_string_equal(out, "");
    assert_string_equal(error, "ironside: " SPOOF BAD BAD "[1m\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line__block__shows_only_what_is_harmless),
        cmocka_unit_test(line__block__breaks_at_eighty_columns_in_a_file),
        cmocka_unit_test(line__block__breaks_where_the_terminal_would),
        cmocka_unit_test(line__block__lets_no_terminal_begin_a_line),
        cmocka_unit_test(line__block__follows_a_terminal_that_is_resized),
        cmocka_unit_test(line__block__is_ascii_on_a_terminal_that_is_not_utf8),
        cmocka_unit_test(line__block__expects_wide_letters_in_eastern_locales),
        cmocka_unit_test(line__end__marks_what_goes_on),
        cmocka_unit_test(line__foreign__turns_nothing_else_round),
        cmocka_unit_test(line__time__is_the_users_and_says_so),
        cmocka_unit_test(line__end_on__keeps_an_error_on_one_line_in_a_log),
    };
    setlocale(LC_ALL, "C.UTF-8");
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("COLUMNS");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
