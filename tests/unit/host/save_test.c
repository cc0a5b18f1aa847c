/* Writing out the file of a message. The ciphertext lies in the device's folder already, as a
 * download that broke off at its last byte leaves it: nothing is asked of a server. */
#include "wire/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/file_new.h"
#include "base/secret.h"
#include "host/save.h"
#include "media/sealed.h"

#define TEXT "the file of a message, of some length"
#define OTHER "another file, of exactly this length."
_Static_assert(sizeof TEXT == sizeof OTHER, "they must differ in their bytes alone");

static struct scene {
    char folder[64], out[96];
    char *part; /* where the ciphertext lies */
    uint8_t sha256[HASH_BYTES];
    struct file_uri uri;
    struct save save;
} scene;

/* The ciphertext of `text` under the message's key, at `path`. */
static void seal(const char *text, const char *path, uint8_t ret_sha256[static HASH_BYTES])
{
    const uint8_t *memory = (const uint8_t *)text;
    struct media_source source = media_source_memory(&memory, strlen(text));
    CLEANUP_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FIXTURE_MUST(fd >= 0);
    FIXTURE_MUST(sealed_write(&source, scene.uri.key, scene.uri.iv, fd, ret_sha256) == 0);
}

static int set_up(void **state)
{
    char name[2 * HASH_BYTES + 1];
    (void)state;
    scene = (struct scene){.folder = "/tmp/save-test-XXXXXX"};
    FIXTURE_MUST(mkdtemp(scene.folder) != NULL);
    snprintf(scene.out, sizeof scene.out, "%s/r", scene.folder);
    secret_random(scene.uri.key, sizeof scene.uri.key);
    secret_random(scene.uri.iv, sizeof scene.uri.iv);
    CLEANUP_FREE char *saving = file_join(scene.folder, SAVE_FOLDER);
    CLEANUP_FREE char *first = file_join(scene.folder, "first");
    FIXTURE_MUST(mkdir(saving, 0700) == 0);
    seal(TEXT, first, scene.sha256);
    encode_hex(scene.sha256, HASH_BYTES, name);
    scene.part = file_join(saving, name);
    FIXTURE_MUST(rename(first, scene.part) == 0);
    scene.save = (struct save){.folder = scene.folder,
                               .server = "127.0.0.1",
                               .uri = &scene.uri,
                               .sha256 = scene.sha256,
                               .size = strlen(TEXT) + SEALED_TAG_BYTES,
                               .out = scene.out};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(scene.part);
    return file_remove_tree(scene.folder, NULL);
}

static void assert_holds(const char *path, const char *text)
{
    CLEANUP_FREE char *got = NULL;
    assert_int_equal(file_read_text(path, 1000, &got, NULL), 0);
    assert_string_equal(got, text);
}

/* No temporary file is left in the folder. */
static void assert_clean(void)
{
    DIR *dir = opendir(scene.folder);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir)) != NULL;)
        if (strncmp(e->d_name, FILE_NEW_PREFIX, strlen(FILE_NEW_PREFIX)) == 0)
            fail_msg("left: %s", e->d_name);
    closedir(dir);
}

static void save__run__writes_the_file(void **state)
{
    struct stat st;
    struct diag d;
    (void)state;
    assert_int_equal(save_run(&scene.save, &d), 0);
    assert_holds(scene.out, TEXT);
    assert_int_equal(stat(scene.out, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_false(file_exists(scene.part));
    assert_clean();
}

/* Whoever sent it can make other bytes that open with the same key: they are not what was signed.
 */
static void save__run__takes_no_other_bytes_that_open(void **state)
{
    uint8_t other[HASH_BYTES];
    struct diag d;
    (void)state;
    seal(OTHER, scene.part, other);
    assert_int_equal(save_run(&scene.save, &d), ERR_AUTH);
    assert_says(d.text, "other bytes than the message names");
    assert_false(file_exists(scene.out));
    assert_false(file_exists(scene.part)); /* nothing of it is of use */
    assert_clean();
}

static void save__run__takes_no_bytes_that_do_not_open(void **state)
{
    struct diag d;
    (void)state;
    scene.uri.key[0] ^= 1;
    assert_int_equal(save_run(&scene.save, &d), ERR_AUTH);
    assert_says(d.text, "does not open with the message's key");
    assert_false(file_exists(scene.out));
    assert_clean();
}

/* Whatever lies beside it, under whatever name, stays as it is. */
static void save__run__touches_nothing_beside_it(void **state)
{
    static const char *const names[] = {".open", ".part", ".tmp", ".new", "~"};
    char path[128];
    struct diag d;
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(path, sizeof path, "%s%s", scene.out, names[i]);
        assert_int_equal(file_write(path, names[i], strlen(names[i]), 0644, NULL), 0);
    }
    assert_int_equal(save_run(&scene.save, &d), 0);
    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(path, sizeof path, "%s%s", scene.out, names[i]);
        assert_holds(path, names[i]);
    }
}

/* A link under the file's name, or under that of its ciphertext, is not followed. */
static void save__run__follows_no_link(void **state)
{
    CLEANUP_FREE char *target = file_join(scene.folder, "target");
    struct diag d;
    (void)state;
    assert_int_equal(symlink(target, scene.out), 0);
    assert_int_equal(save_run(&scene.save, &d), ERR_EXISTS);
    assert_says(d.text, scene.out);
    assert_false(file_exists(target));
    assert_true(file_exists(scene.part)); /* what came is kept for another name */
    assert_int_equal(unlink(scene.out), 0);
    assert_int_equal(rename(scene.part, target), 0);
    assert_int_equal(symlink(target, scene.part), 0);
    assert_int_equal(save_run(&scene.save, &d), ERR_IO);
    assert_true(file_exists(target));
    assert_false(file_exists(scene.out));
    assert_clean();
}

static void save__run__replaces_no_file(void **state)
{
    struct diag d;
    (void)state;
    assert_int_equal(file_write(scene.out, "mine", 4, 0644, NULL), 0);
    assert_int_equal(save_run(&scene.save, &d), ERR_EXISTS);
    assert_holds(scene.out, "mine");
    assert_clean();
}

static void save__run__leaves_a_download_to_who_has_it(void **state)
{
    struct diag d;
    (void)state;
    CLEANUP_CLOSE int fd = open(scene.part, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0 && flock(fd, LOCK_EX) == 0);
    assert_int_equal(save_run(&scene.save, &d), ERR_INVALID_STATE);
    assert_says(d.text, "another process");
    assert_true(file_exists(scene.part));
}

static void save__run__gives_the_longest_name(void **state)
{
    CLEANUP_FREE char *name = repeat('n', 255);
    CLEANUP_FREE char *path = file_join(scene.folder, name);
    struct diag d;
    (void)state;
    scene.save.out = path;
    assert_int_equal(save_run(&scene.save, &d), 0);
    assert_holds(path, TEXT);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(save__run__writes_the_file),
        CASE(save__run__takes_no_other_bytes_that_open),
        CASE(save__run__takes_no_bytes_that_do_not_open),
        CASE(save__run__touches_nothing_beside_it),
        CASE(save__run__follows_no_link),
        CASE(save__run__replaces_no_file),
        CASE(save__run__leaves_a_download_to_who_has_it),
        CASE(save__run__gives_the_longest_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
