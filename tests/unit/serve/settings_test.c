/* Who is served where, and the TLS keys by which both sides know each other. */
#include "serve/settings.h"

#include <sys/stat.h>
#include <unistd.h>

#include "../wire/test.h"
#include "base/file.h"
#include "serve/tls.h"

struct served_folder {
    char folder[40];
    char *path; /* of serve.json */
};

static int set_up(void **state)
{
    struct served_folder *p = mem_new(sizeof *p);
    strcpy(p->folder, "/tmp/settings-test-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    p->path = serve_settings_file(p->folder, "serve.json");
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    struct served_folder *p = *state;
    int r = file_remove_tree(p->folder, NULL);
    free(p->path);
    free(p);
    return r;
}

static const struct serve_settings some = {
    .address = "127.0.0.1", .port = 8460, .agencies = {{"north", {1}}}, .agency_count = 1};

static void settings__create__reads_again_with_a_key_of_its_own(void **state)
{
    struct served_folder *p = *state;
    struct serve_settings s;
    struct stat st;
    uint8_t hash[HASH_BYTES] = {0}, none[HASH_BYTES] = {0};
    CLEANUP_FREE char *stem = serve_settings_file(p->folder, "tls"), *pem = NULL, *key = NULL;
    CLEANUP_FREE char *key_path = serve_settings_file(p->folder, "tls.key");
    assert_int_equal(serve_settings_create(p->folder, &some, NULL), 0);
    assert_int_equal(serve_settings_read(p->folder, &s, NULL), 0);
    assert_string_equal(s.address, "127.0.0.1");
    assert_true(s.port == 8460 && s.agency_count == 1);
    assert_string_equal(serve_settings_agency(&s, some.agencies[0].key)->name, "north");
    assert_null(serve_settings_agency(&s, none));
    assert_int_equal(serve_tls_read(stem, &pem, &key, NULL), 0);
    assert_int_equal(serve_tls_hash(pem, hash), 0);
    assert_memory_not_equal(hash, none, HASH_BYTES);
    assert_int_equal(serve_tls_hash(key, hash), ERR_FORMAT);
    assert_int_equal(serve_tls_hash_der("x", 1, hash), ERR_FORMAT);
    assert_int_equal(stat(key_path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(serve_settings_create(p->folder, &some, NULL), ERR_EXISTS);
}

static void settings__create__refuses_what_would_not_be_read(void **state)
{
    struct served_folder *p = *state;
    struct serve_settings s = some;
    strcpy(s.address, "elsewhere");
    assert_int_equal(serve_settings_create(p->folder, &s, NULL), ERR_FORMAT);
    assert_false(file_exists(p->path));
}

static void settings__read__names_what_is_wrong(void **state)
{
    static const char *const cases[][2] = {
        {"{", "not JSON"},
        {"{\"address\":\"here\",\"port\":1,\"agencies\":{}}", "'address'"},
        {"{\"address\":\"::1\",\"port\":65536,\"agencies\":{}}", "'port'"},
        {"{\"address\":\"::1\",\"port\":\"1\",\"agencies\":{}}", "'port'"},
        {"{\"address\":\"::1\",\"port\":1,\"agencies\":[]}", "members"},
        {"{\"address\":\"::1\",\"port\":1,\"agencies\":{},\"more\":1}", "members"},
        {"{\"address\":\"::1\",\"port\":1,\"agencies\":{\"north\":\"00\"}}", "'agencies'"},
        {"{\"address\":\"::1\",\"port\":1,\"agencies\":{\"north\":1}}", "'agencies'"},
    };
    struct served_folder *p = *state;
    struct serve_settings s;
    struct diag d = {""};
    CLEANUP_FREE char *folder = file_join(p->folder, "serve");
    assert_int_equal(serve_settings_read(p->folder, &s, &d), ERR_NOT_FOUND);
    assert_says(d.text, "archive serve init");
    assert_int_equal(file_make_folder(folder, 0700, NULL), 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(file_write(p->path, cases[i][0], strlen(cases[i][0]), 0600, NULL), 0);
        assert_int_equal(serve_settings_read(p->folder, &s, &d), ERR_FORMAT);
        assert_says(d.text, cases[i][1]);
    }
}

#define PLACE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACE_TEST(settings__create__reads_again_with_a_key_of_its_own),
        PLACE_TEST(settings__create__refuses_what_would_not_be_read),
        PLACE_TEST(settings__read__names_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
