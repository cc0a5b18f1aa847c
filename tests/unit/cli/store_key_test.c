/* Without a terminal: the tests run with standard input from a file. */
#include "wire/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secret.h"
#include "capture.h"
#include "cli/store_key.h"
#include "store/store.h"

static int set_up(void **state)
{
    char dir[] = "/tmp/store-key-test-XXXXXX";
    FIXTURE_MUST(mkdtemp(dir) != NULL);
    *state = mem_string(dir);
    return 0;
}

static int tear_down(void **state)
{
    int r = file_remove_tree(*state, NULL);
    free(*state);
    return r;
}

static char *put(const char *folder, const char *name, const char *text, size_t len, mode_t mode)
{
    char *path = file_join(folder, name);
    assert_int_equal(file_write(path, text, len, mode, NULL), 0);
    return path;
}

static int choose(const char *folder, const char *file, struct store_key *k, const char **ret_error,
                  struct diag *d)
{
    const char *out;
    capture_begin();
    int r = store_key_choose(folder, file, k, d);
    capture_end(&out, ret_error);
    assert_string_equal(out, "");
    return r;
}

static void store_key__choose__makes_a_key_file_and_says_so(void **state)
{
    CLEANUP_FREE char *folder = file_join(*state, "store");
    CLEANUP_FREE char *path = file_join(folder, STORE_KEY_FILE);
    CLEANUP_STORE_KEY struct store_key first = {0}, again = {0};
    const char *error;
    struct stat st;
    struct diag d;
    if (choose(folder, NULL, &first, &error, &d) != 0)
        fail_msg("%s", d.text);
    assert_says(error, path);
    assert_says(error, "who has that folder can read it");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 077, 0);
    assert_ptr_equal(first.key.bytes, first.bytes);
    assert_null(first.passphrase);
    /* One that is there is taken, not replaced: a store may depend on it. */
    assert_int_equal(choose(folder, NULL, &again, &error, &d), 0);
    assert_memory_equal(first.bytes, again.bytes, VAULT_KEY_BYTES);
}

static void store_key__open__takes_the_key_file(void **state)
{
    CLEANUP_FREE char *folder = file_join(*state, "store");
    CLEANUP_STORE_KEY struct store_key made = {0}, opened = {0};
    const char *error;
    struct diag d;
    assert_int_equal(choose(folder, NULL, &made, &error, &d), 0);
    assert_int_equal(store_key_open(folder, NULL, &opened, &d), 0);
    assert_memory_equal(made.bytes, opened.bytes, VAULT_KEY_BYTES);
    assert_ptr_equal(opened.key.bytes, opened.bytes);
}

static void store_key__open__refuses_a_key_file_that_is_none(void **state)
{
    CLEANUP_STORE_KEY struct store_key k = {0};
    struct diag d;
    CLEANUP_FREE char *path = put(*state, STORE_KEY_FILE, "short", 5, 0600);
    assert_true(store_key_open(*state, NULL, &k, &d) < 0);
    assert_says(d.text, path);
}

static void store_key__open__refuses_a_key_file_that_others_may_read(void **state)
{
    CLEANUP_FREE char *folder = file_join(*state, "store");
    CLEANUP_FREE char *path = file_join(folder, STORE_KEY_FILE);
    CLEANUP_STORE_KEY struct store_key made = {0}, k = {0};
    const char *error;
    struct diag d;
    assert_int_equal(choose(folder, NULL, &made, &error, &d), 0);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(store_key_open(folder, NULL, &k, &d), ERR_KEY);
    assert_says(d.text, path);
}

static void store_key__open__reads_a_passphrase_without_its_newline(void **state)
{
    static const struct {
        const char *text, *passphrase;
    } cases[] = {{"open sesame\n", "open sesame"},
                 {"open sesame", "open sesame"},
                 {" two\nlines \n", " two\nlines "},
                 {"x\n\n", "x\n"},
                 {"open sesame\r\n", "open sesame"},
                 {"\xef\xbb\xbfopen sesame\r\n", "open sesame"},
                 {"a\rb", "a\rb"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_STORE_KEY struct store_key k = {0};
        CLEANUP_FREE char *file =
            put(*state, "passphrase", cases[i].text, strlen(cases[i].text), 0600);
        assert_int_equal(store_key_open(*state, file, &k, NULL), 0);
        assert_string_equal(k.key.passphrase, cases[i].passphrase);
        assert_null(k.bytes);
    }
}

static void store_key__open__refuses_a_file_without_a_passphrase(void **state)
{
    static const struct {
        const char *text;
        size_t len;
    } cases[] = {{"", 0}, {"\n", 1}, {"\r\n", 2}, {"\xef\xbb\xbf\r\n", 5}, {"a\0b", 3}, {"\0", 1}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_STORE_KEY struct store_key k = {0};
        struct diag d;
        CLEANUP_FREE char *file = put(*state, "passphrase", cases[i].text, cases[i].len, 0600);
        assert_int_equal(store_key_open(*state, file, &k, &d), ERR_KEY);
        assert_says(d.text, file);
        assert_null(k.key.passphrase);
        assert_int_equal(store_key_choose(*state, file, &k, &d), ERR_KEY);
    }
}

static void store_key__open__refuses_a_passphrase_that_is_too_long(void **state)
{
    static const unsigned more[] = {1, 2, 5, 6};
    for (size_t i = 0; i < COUNT(more); i++) {
        CLEANUP_STORE_KEY struct store_key k = {0};
        CLEANUP_FREE char *text = repeat('x', VAULT_PASSPHRASE_MAX + more[i]);
        CLEANUP_FREE char *file = put(*state, "passphrase", text, strlen(text), 0600);
        struct diag d;
        assert_true(store_key_open(*state, file, &k, &d) < 0);
        assert_says(d.text, file);
        assert_null(k.key.passphrase);
    }
}

static void store_key__open__takes_the_longest_passphrase_with_what_editors_add(void **state)
{
    CLEANUP_STORE_KEY struct store_key k = {0};
    CLEANUP_FREE char *longest = repeat('x', VAULT_PASSPHRASE_MAX);
    CLEANUP_FREE char *text = mem_format("\xef\xbb\xbf%s\r\n", longest);
    CLEANUP_FREE char *file = put(*state, "passphrase", text, strlen(text), 0600);
    assert_int_equal(store_key_open(*state, file, &k, NULL), 0);
    assert_string_equal(k.key.passphrase, longest);
}

static void store_key__open__refuses_a_passphrase_file_that_is_not_there(void **state)
{
    CLEANUP_STORE_KEY struct store_key k = {0};
    struct diag d;
    assert_int_equal(store_key_open(*state, "/nowhere/passphrase", &k, &d), ERR_NOT_FOUND);
    assert_says(d.text, "/nowhere/passphrase");
}

static void store_key__open__says_how_to_make_a_device(void **state)
{
    CLEANUP_STORE_KEY struct store_key k = {0};
    struct diag d;
    assert_int_equal(store_key_open(*state, NULL, &k, &d), ERR_NOT_FOUND);
    assert_says(d.text, *state);
    assert_says(d.text, "ironside device activate");
}

static void store_key__open__asks_for_a_file_where_there_is_no_terminal(void **state)
{
    CLEANUP_STORE_KEY struct store_key k = {0};
    CLEANUP_FREE char *store = put(*state, STORE_FILE, "x", 1, 0600);
    struct diag d;
    assert_int_equal(store_key_open(*state, NULL, &k, &d), ERR_KEY);
    assert_says(d.text, "--passphrase-file");
}

static void store_key__clear__leaves_nothing_to_use(void **state)
{
    struct store_key k = {0};
    CLEANUP_FREE char *file = put(*state, "passphrase", "p\n", 2, 0600);
    assert_int_equal(store_key_open(*state, file, &k, NULL), 0);
    store_key_clear(&k);
    assert_null(k.passphrase);
    assert_null(k.key.passphrase);
    store_key_clear(&k);
}

#define KEY_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEY_TEST(store_key__choose__makes_a_key_file_and_says_so),
        KEY_TEST(store_key__open__takes_the_key_file),
        KEY_TEST(store_key__open__refuses_a_key_file_that_is_none),
        KEY_TEST(store_key__open__refuses_a_key_file_that_others_may_read),
        KEY_TEST(store_key__open__reads_a_passphrase_without_its_newline),
        KEY_TEST(store_key__open__refuses_a_file_without_a_passphrase),
        KEY_TEST(store_key__open__refuses_a_passphrase_that_is_too_long),
        KEY_TEST(store_key__open__takes_the_longest_passphrase_with_what_editors_add),
        KEY_TEST(store_key__open__refuses_a_passphrase_file_that_is_not_there),
        KEY_TEST(store_key__open__says_how_to_make_a_device),
        KEY_TEST(store_key__open__asks_for_a_file_where_there_is_no_terminal),
        KEY_TEST(store_key__clear__leaves_nothing_to_use),
    };
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(null, STDIN_FILENO);
    close(null);
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
