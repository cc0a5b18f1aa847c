#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/memory.h"
#include "network/layout.h"

static int set_up(void **state)
{
    char dir[] = "/tmp/ironside-net.XXXXXX";
    *state = mem_string(mkdtemp(dir));
    return 0;
}

static int tear_down(void **state)
{
    int r = file_remove_tree(*state, NULL);
    free(*state);
    return r;
}

static mode_t mode_of(const char *dir, enum layout_name name)
{
    struct stat st = {0};
    CLEANUP_FREE char *path = layout_path(dir, name);
    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static void layout__path__joins(void **state)
{
    (void)state;
    CLEANUP_FREE char *a = layout_path("/srv/net", LAYOUT_REGISTRAR_SOCKET);
    CLEANUP_FREE char *b = layout_path("net/", LAYOUT_NETWORK_NOTE);
    assert_string_equal(a, "/srv/net/run/registrar.sock");
    assert_string_equal(b, "net/network.note");
}

static void layout__named__stays_inside(void **state)
{
    (void)state;
    static const char *const bad[] = {"", ".", "..", "../ca", "a/b", ".hidden", "a b", "a\nb"};
    struct diag d = {""};
    char *path = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(layout_custodian_key("/n", bad[i], &path, &d), ERR_FORMAT);
        assert_int_equal(layout_agency_key("/n", bad[i], &path, &d), ERR_FORMAT);
        assert_int_equal(layout_document("/n", bad[i], &path, &d), ERR_FORMAT);
        assert_int_equal(layout_bot("/n", bad[i], &path, &d), ERR_FORMAT);
    }
    assert_null(path);
    assert_int_equal(layout_custodian_key("/n", "ca", &path, &d), ERR_FORMAT);
    assert_non_null(strstr(d.text, "taken"));
    assert_int_equal(layout_custodian_key("/n", "custodian-1", &path, &d), 0);
    assert_string_equal(path, "/n/authority/custodian-1.key");
    free(path);
    assert_int_equal(layout_document("/n", "2019-0147.A", &path, &d), 0);
    assert_string_equal(path, "/n/documents/2019-0147.A.note");
    free(path);
    assert_int_equal(layout_bot("/n", "ibot", &path, &d), 0);
    assert_string_equal(path, "/n/bots/ibot");
    free(path);
    static const char *const reserved[] = {"registrar", "upload", "pubsub"};
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        assert_int_equal(layout_bot("/n", reserved[i], &path, &d), ERR_FORMAT);
        assert_non_null(strstr(d.text, reserved[i]));
    }
}

static void layout__make__closes_what_holds_keys(void **state)
{
    const char *dir = *state;
    struct diag d = {""};
    assert_int_equal(layout_make(dir, &d), 0);
    assert_int_equal(mode_of(dir, LAYOUT_AUTHORITY), 0700);
    assert_int_equal(mode_of(dir, LAYOUT_REGISTRAR), 0700);
    assert_int_equal(mode_of(dir, LAYOUT_BOTS), 0700);
    assert_int_equal(mode_of(dir, LAYOUT_SERVER), 0700);
    assert_int_equal(mode_of(dir, LAYOUT_RUN), 0700);
    assert_int_equal(layout_make(dir, &d), 0); /* again is fine */
    assert_int_equal(layout_check_run(dir, &d), 0);
}

static void layout__make__names_what_is_in_the_way(void **state)
{
    struct diag d = {""};
    CLEANUP_FREE char *run = layout_path(*state, LAYOUT_RUN);
    assert_int_equal(file_write(run, "x", 1, 0600, &d), 0);
    assert_int_equal(layout_make(*state, &d), ERR_IO);
    assert_non_null(strstr(d.text, run));
}

static void layout__check_run__names_the_remedy(void **state)
{
    const char *dir = *state;
    struct diag d = {""};
    CLEANUP_FREE char *run = layout_path(dir, LAYOUT_RUN);
    assert_int_equal(layout_check_run(dir, &d), ERR_NOT_FOUND);
    assert_non_null(strstr(d.text, "ironside init"));
    assert_int_equal(mkdir(run, 0755), 0);
    assert_int_equal(chmod(run, 0750), 0);
    assert_int_equal(layout_check_run(dir, &d), ERR_KEY);
    assert_non_null(strstr(d.text, "chmod 700"));
    assert_int_equal(chmod(run, 0700), 0);
    assert_int_equal(layout_check_run(dir, &d), 0);
    assert_int_equal(rmdir(run), 0);
    assert_int_equal(symlink("/tmp", run), 0);
    assert_int_equal(layout_check_run(dir, &d), ERR_NOT_FOUND);
}

/* The longest socket's path may have 107 bytes. */
static void layout__check_run__measures_the_path(void **state)
{
    const char *dir = *state;
    struct diag d = {""};
    const size_t room = 107 - strlen("/run/component.sock") - strlen(dir) - 1;
    for (size_t extra = 0; extra < 2; extra++) {
        CLEANUP_FREE char *deep = mem_format("%s/%0*d", dir, (int)(room + extra), 0);
        assert_int_equal(layout_make(deep, &d), 0);
        assert_int_equal(layout_check_run(deep, &d), extra == 0 ? 0 : ERR_LIMIT);
    }
    assert_non_null(strstr(d.text, "by 1 bytes"));
    assert_non_null(strstr(d.text, "shorter path"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layout__path__joins),
        cmocka_unit_test(layout__named__stays_inside),
        cmocka_unit_test_setup_teardown(layout__make__closes_what_holds_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(layout__make__names_what_is_in_the_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(layout__check_run__names_the_remedy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(layout__check_run__measures_the_path, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
