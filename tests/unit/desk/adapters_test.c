/* Which programs translate: those of desk.json, and apertium's pairs. */
#include "desk/adapters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memory.h"

static int read_text(const char *text, struct desk_adapters *ret, struct diag *d)
{
    json_error_t error;
    json_t *list = json_loads(text, 0, &error);
    assert_non_null(list);
    int r = desk_adapters_read(list, ret, d);
    json_decref(list);
    return r;
}

static void adapters__read__takes_programs_in_their_order(void **state)
{
    CLEANUP_DESK_ADAPTERS struct desk_adapters a = {.count = 0};
    struct diag d;
    (void)state;
    assert_int_equal(
        read_text("[{\"from\":\"spa\",\"to\":\"en\",\"program\":[\"/opt/a/bin/one\","
                  "\"-x\"]},{\"from\":\"es\",\"to\":\"en\",\"program\":[\"/usr/two\"]}]",
                  &a, &d),
        0);
    assert_int_equal(a.count, 2);
    const struct translator *t = translator_find(a.list, a.count, "es", NULL);
    assert_string_equal(t->name, "one");
    assert_string_equal(t->argv[0], "/opt/a/bin/one");
    assert_string_equal(t->argv[1], "-x");
    assert_null(t->argv[2]);
    assert_null(translator_find(a.list, a.count, "es", "fr"));
    char *folders[ADAPTERS_FOLDERS_MAX + 1];
    desk_adapters_folders(&a, folders);
    assert_string_equal(folders[0], "/usr");
    assert_string_equal(folders[1], "/opt/a/bin");
    assert_null(folders[2]);
    free(folders[0]);
    free(folders[1]);
}

static void adapters__read__says_which_is_wrong(void **state)
{
    static const char *const wrong[] = {
        "{}",
        "[1]",
        "[{\"from\":\"es\",\"to\":\"en\"}]",
        "[{\"from\":\"es\",\"to\":\"en\",\"program\":[]}]",
        "[{\"from\":\"es\",\"to\":\"en\",\"program\":[\"apertium\"]}]",
        "[{\"from\":\"es\",\"to\":\"en\",\"program\":[\"/usr/bin/\"]}]",
        "[{\"from\":\"es\",\"to\":\"en\",\"program\":[\"/a\",1]}]",
        "[{\"from\":\"\",\"to\":\"en\",\"program\":[\"/a\"]}]",
        "[{\"from\":\"es\",\"to\":\"en\",\"program\":[\"/a\"],\"more\":1}]",
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CLEANUP_DESK_ADAPTERS struct desk_adapters a = {.count = 0};
        struct diag d = {""};
        assert_int_equal(read_text(wrong[i], &a, &d), ERR_FORMAT);
        assert_non_null(strstr(d.text, "'translate'"));
    }
}

static void adapters__find__takes_apertiums_pairs(void **state)
{
    static const char *const files[] = {"spa-eng.mode", "cat-oci_aran.mode", "README", "en-es.mode",
                                        "spa-eng-tagger.mode"};
    CLEANUP_DESK_ADAPTERS struct desk_adapters a = {.count = 0};
    char folder[] = "/tmp/ironside-modes.XXXXXX";
    (void)state;
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        CLEANUP_FREE char *path = file_join(folder, files[i]);
        assert_int_equal(file_write(path, "x", 1, 0600, NULL), 0);
    }
    desk_adapters_find(folder, &a);
    desk_adapters_find(folder, &a); /* what is there is not there twice */
    assert_int_equal(a.count, 2);
    const struct translator *t = translator_find(a.list, a.count, "es", "en");
    assert_non_null(t);
    CLEANUP_FREE char *mode = file_join(folder, "spa-eng.mode");
    assert_string_equal(t->name, "apertium");
    assert_string_equal(t->argv[0], "/usr/bin/bash");
    assert_string_equal(t->argv[5], mode);
    assert_null(t->argv[7]);
    assert_non_null(translator_find(a.list, a.count, "en", "es"));
    assert_int_equal(file_remove_tree(folder, NULL), 0);
    desk_adapters_find("/nowhere", &a);
    assert_int_equal(a.count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adapters__read__takes_programs_in_their_order),
        cmocka_unit_test(adapters__read__says_which_is_wrong),
        cmocka_unit_test(adapters__find__takes_apertiums_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
