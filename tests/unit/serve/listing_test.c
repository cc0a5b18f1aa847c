/* The list of documents: what lies there, and what a list may be. */
#include "serve/listing.h"

#include <unistd.h>

#include "../wire/test.h"
#include "base/encode.h"
#include "base/file.h"

#define HEX "5c705f1b87565f8bdb656cda0348c952eae7f332f9e70d4ea0e2a667701fb169"

static void listing__read__names_notes_with_their_hashes(void **state)
{
    char folder[] = "/tmp/listing-test-XXXXXX";
    CLEANUP_BUF struct buf b = BUF_INIT(SERVE_LISTING_BYTES_MAX);
    CLEANUP_FREE struct serve_listed *list = NULL;
    static const char *const names[] = {"b.note", "a.note", ".c.note", "d.key", "e note.note"};
    uint8_t hash[HASH_BYTES];
    size_t count = 0;
    (void)state;
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < COUNT(names); i++) {
        CLEANUP_FREE char *path = file_join(folder, names[i]);
        assert_int_equal(file_write(path, names[i], strlen(names[i]), 0644, NULL), 0);
    }
    assert_int_equal(serve_listing_read(folder, &b, NULL), 0);
    assert_int_equal(serve_listing_parse((char *)b.data, b.len, &list, &count), 0);
    assert_int_equal(count, 2);
    assert_string_equal(list[0].name, "a.note");
    assert_string_equal(list[1].name, "b.note");
    hash_sha256("b.note", 6, hash);
    assert_memory_equal(list[1].sha256, hash, HASH_BYTES);
    assert_int_equal(file_remove_tree(folder, NULL), 0);
    assert_int_equal(serve_listing_read(folder, &b, NULL), ERR_IO);
}

static void listing__parse__refuses_what_is_no_list(void **state)
{
    static const char *const cases[] = {
        "x\n",
        HEX " a.note",
        HEX "  a.note\n",
        HEX " ../a.note\n",
        HEX " a.key\n",
        HEX " \n",
        HEX "\n",
        HEX " b.note\n" HEX " a.note\n",
        HEX " a.note\n" HEX " a.note\n",
        HEX " a.note\n\n",
        "Z" HEX " a.note\n",
    };
    struct serve_listed *list = NULL;
    size_t count = 7;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (serve_listing_parse(cases[i], strlen(cases[i]), &list, &count) != ERR_FORMAT)
            fail_msg("'%s' is taken", cases[i]);
    assert_true(list == NULL && count == 7);
    assert_int_equal(serve_listing_parse("", 0, &list, &count), 0);
    assert_int_equal(count, 0);
    free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listing__read__names_notes_with_their_hashes),
        cmocka_unit_test(listing__parse__refuses_what_is_no_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
