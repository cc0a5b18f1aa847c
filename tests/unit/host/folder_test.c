/* A device's folder is its own: neither making nor wiping one touches what others keep there. */
#include "wire/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "host/folder.h"

static char folder[64];

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/folder-test-XXXXXX");
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    return file_remove_tree(folder, NULL);
}

static void put(const char *name)
{
    CLEANUP_FREE char *path = file_join(folder, name);
    FIXTURE_MUST(file_write(path, "x", 1, 0600, NULL) == 0);
}

static bool has(const char *name)
{
    CLEANUP_FREE char *path = file_join(folder, name);
    return file_exists(path);
}

static void make_device(void)
{
    static const char *const folders[] = {"files", "saving", "preparing"};
    for (size_t i = 0; i < COUNT(folders); i++) {
        CLEANUP_FREE char *path = file_join(folder, folders[i]);
        FIXTURE_MUST(mkdir(path, 0700) == 0);
    }
    put("device.vault");
    put("device.vault-wal");
    put("device.key");
    put("authority.pem");
    put("files/0123");
    put("saving/0123");
    put("preparing/device.vault");
    put(".ironside-0123456789abcdef");
}

static void folder__check__takes_a_missing_or_own_one(void **state)
{
    struct diag d;
    (void)state;
    assert_int_equal(folder_check("/tmp/nonexistent/nothing", &d), 0);
    assert_int_equal(folder_check(folder, &d), 0);
    make_device();
    assert_int_equal(folder_check(folder, &d), 0);
}

static void folder__check__refuses_what_is_in_use(void **state)
{
    static const char *const names[] = {"notes.txt", ".hidden", "device.vault2", "Files"};
    struct diag d;
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        CLEANUP_FREE char *path = file_join(folder, names[i]);
        put(names[i]);
        assert_int_equal(folder_check(folder, &d), ERR_EXISTS);
        assert_says(d.text, names[i]);
        assert_says(d.text, "--store");
        assert_int_equal(unlink(path), 0);
    }
    put("file");
    CLEANUP_FREE char *no_folder = file_join(folder, "file");
    assert_int_equal(folder_check(no_folder, &d), ERR_IO);
}

static void folder__wipe__leaves_nothing_of_a_device(void **state)
{
    struct diag d;
    (void)state;
    make_device();
    assert_int_equal(folder_wipe(folder, &d), 0);
    assert_false(file_exists(folder));
}

static void folder__wipe__leaves_what_is_not_the_devices(void **state)
{
    struct diag d;
    (void)state;
    make_device();
    put("notes.txt");
    assert_int_equal(folder_wipe(folder, &d), ERR_EXISTS);
    assert_says(d.text, "the device is gone");
    assert_says(d.text, "notes.txt");
    assert_true(has("notes.txt"));
    assert_false(has("device.vault") || has("device.vault-wal") || has("device.key") ||
                 has("files") || has("saving") || has("preparing") || has("authority.pem"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(folder__check__takes_a_missing_or_own_one),
        CASE(folder__check__refuses_what_is_in_use),
        CASE(folder__wipe__leaves_nothing_of_a_device),
        CASE(folder__wipe__leaves_what_is_not_the_devices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
