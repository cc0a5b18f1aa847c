#include "base/file.h"
#include "support.h"
#include "wire/content.h"

#define PAGE_MAX (64U << 10)

/* The page with single blanks; the caller's. */
static char *read_page(void)
{
    CLEANUP_BUF struct buf page = BUF_INIT(PAGE_MAX);
    struct diag d = {""};
    char path[512];
    const char *source = getenv("IRONSIDE_SOURCE");
    snprintf(path, sizeof path, "%s/docs/man/ironside-query.7", source == NULL ? "." : source);
    if (file_read(path, &page, &d) < 0)
        fail_msg("%s", d.text);
    char *text = buf_take_text(&page), *to = text;
    for (const char *c = text; *c != '\0'; c++)
        if (*c != '\n' || (to > text && to[-1] != ' '))
            *to++ = *c == '\n' ? ' ' : *c;
    *to = '\0';
    return text;
}

static void query__term_row__stands_in_the_manual(void **state)
{
    CLEANUP_FREE char *page = read_page();
    (void)state;
    for (unsigned i = 0; i < QUERY_TERMS; i++) {
        const struct query_term_row *row = query_term_row((enum query_term)i);
        char item[512];
        snprintf(item, sizeof item, " .It Sy %s\\&: %s%s%s .", row->name, row->help,
                 row->words == NULL ? "" : ": ", row->words == NULL ? "" : row->words);
        if (strstr(page, item) == NULL)
            fail_msg("ironside-query.7 does not say \"%s\"", item);
    }
}

static void query__term_row__has_the_kinds_of_content(void **state)
{
    char kinds[256] = "";
    (void)state;
    for (unsigned i = 0; i < CONTENT_KINDS; i++)
        snprintf(kinds + strlen(kinds), sizeof kinds - strlen(kinds), "%s%s", i == 0 ? "" : " ",
                 content_traits((enum content_kind)i)->name);
    assert_string_equal(query_term_row(QUERY_KIND)->words, kinds);
}

static void query__term_row__has_names_of_letters(void **state)
{
    (void)state;
    for (unsigned i = 0; i < QUERY_TERMS; i++) {
        const char *name = query_term_row((enum query_term)i)->name;
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz"), strlen(name));
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(name, query_term_row((enum query_term)j)->name);
    }
}

static void query__put_filter__folds_and_escapes(void **state)
{
    static const struct {
        enum query_term term;
        const char *value, *filter;
    } filters[] = {
        {QUERY_FROM, "Anna@Chat.example",
         "\x01"
         "from:anna"},
        {QUERY_TO, "anna",
         "\x01"
         "to:anna"},
        {QUERY_WITH, "@x",
         "\x01"
         "with:"},
        {QUERY_BOT, "a@b",
         "\x01"
         "bot:a@b"},
        {QUERY_COUNTRY, "NL",
         "\x01"
         "country:nl"},
        {QUERY_WARRANT, "a b\t\x01\x7f%\"",
         "\x01"
         "warrant:a%20b%09%01%7f%25%22"},
        {QUERY_WARRANT, "Größe",
         "\x01"
         "warrant:größe"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(filters); i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(128);
        query_put_filter(&b, filters[i].term, filters[i].value, strlen(filters[i].value));
        assert_string_equal(buf_text(&b), filters[i].filter);
    }
}

static void query__suggest__knows_what_was_meant(void **state)
{
    static const char *const words[] = {"before", "from", "is", "in", "on", NULL};
    static const char *const meant[][2] = {
        {"befor", "before"},  {"beforee", "before"},
        {"bfeore", "before"}, {"form", "from"},
        {"frmo", "from"},     {"fom", "from"},
        {"ni", "in"},         {"bed", NULL},
        {"x", NULL},          {"zz", NULL},
        {"", NULL},           {"zzzz", NULL},
        {"behind", NULL},     {"beforebeforebefore", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(meant); i++) {
        const char *word = query_suggest(meant[i][0], words);
        if (word != meant[i][1] &&
            (word == NULL || meant[i][1] == NULL || strcmp(word, meant[i][1]) != 0))
            fail_msg("%s: %s", meant[i][0], word == NULL ? "none" : word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(query__term_row__stands_in_the_manual),
        cmocka_unit_test(query__term_row__has_the_kinds_of_content),
        cmocka_unit_test(query__term_row__has_names_of_letters),
        cmocka_unit_test(query__put_filter__folds_and_escapes),
        cmocka_unit_test(query__suggest__knows_what_was_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
