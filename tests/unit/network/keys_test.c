#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memory.h"
#include "network/keys.h"

static char dir[64];
static char path[96];

static int set_up(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/ironside-net.XXXXXX");
    if (mkdtemp(dir) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/a.key", dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return file_remove_tree(dir, NULL);
}

static void put(const char *text, mode_t mode)
{
    assert_int_equal(file_write(path, text, strlen(text), mode, NULL), 0);
}

static void keys__signing__is_read_again(void **state)
{
    (void)state;
    struct diag d = {""};
    CLEANUP_SECRET struct signing_key *made = NULL;
    CLEANUP_SECRET struct signing_key *k = NULL;
    struct stat st;
    uint8_t signature[SIGN_BYTES];
    assert_int_equal(keys_signing_create(path, "custodian-1", &made, &d), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(keys_signing_read(path, &k, &d), 0);
    assert_string_equal(k->name, "custodian-1");
    assert_memory_equal(k, made, sizeof *k);
    sign_detached(k->secret, "x", 1, signature);
    struct note_key v = keys_verifier(k);
    assert_int_equal(sign_verify(v.key, "x", 1, signature), 0);
    assert_ptr_equal(v.name, k->name);
}

/* What an editor made of it: a byte order mark, and CR before LF. */
static void put_edited(void)
{
    CLEANUP_FREE char *text = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    assert_int_equal(file_read_text(path, 4096, &text, NULL), 0);
    buf_put_text(&b, "\xef\xbb\xbf");
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\n')
            buf_put_u8(&b, '\r');
        buf_put_u8(&b, (uint8_t)*c);
    }
    put(buf_text(&b), 0600);
}

static void keys__read__takes_what_an_editor_saved(void **state)
{
    (void)state;
    struct diag d = {""};
    CLEANUP_SECRET struct signing_key *made = NULL;
    CLEANUP_SECRET struct signing_key *k = NULL;
    CLEANUP_SECRET char *secret = NULL;
    CLEANUP_SECRET char *again = NULL;
    assert_int_equal(keys_signing_create(path, "custodian-1", &made, &d), 0);
    put_edited();
    assert_int_equal(keys_signing_read(path, &k, &d), 0);
    assert_memory_equal(k, made, sizeof *k);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(keys_secret_create(path, &d), 0);
    assert_int_equal(keys_secret_read(path, &secret, &d), 0);
    put_edited();
    assert_int_equal(keys_secret_read(path, &again, &d), 0);
    assert_string_equal(secret, again);
}

static void keys__signing__is_never_overwritten(void **state)
{
    (void)state;
    struct diag d = {""};
    CLEANUP_SECRET struct signing_key *a = NULL;
    CLEANUP_SECRET struct signing_key *b = NULL;
    assert_int_equal(keys_signing_create(path, "a", &a, &d), 0);
    assert_int_equal(keys_signing_create(path, "a", NULL, &d), ERR_EXISTS);
    assert_int_equal(keys_signing_read(path, &b, &d), 0);
    assert_memory_equal(a->public, b->public, sizeof a->public);
}

static void keys__signing__refuses_names(void **state)
{
    (void)state;
    struct diag d = {""};
    assert_int_equal(keys_signing_create(path, "", NULL, &d), ERR_FORMAT);
    assert_int_equal(keys_signing_create(path, "two words", NULL, &d), ERR_FORMAT);
    assert_int_equal(keys_signing_create(path, "a\nseed", NULL, &d), ERR_FORMAT);
    assert_false(file_exists(path));
    char longest[NOTE_NAME_MAX + 2];
    memset(longest, 'n', sizeof longest);
    longest[NOTE_NAME_MAX + 1] = '\0';
    assert_int_equal(keys_signing_create(path, longest, NULL, &d), ERR_FORMAT);
    longest[NOTE_NAME_MAX] = '\0';
    assert_int_equal(keys_signing_create(path, longest, NULL, &d), 0);
    CLEANUP_SECRET struct signing_key *k = NULL;
    assert_int_equal(keys_signing_read(path, &k, &d), 0);
}

#define SEED "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=" /* RFC 8032, TEST 1 */

static void keys__signing__is_read_strictly(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "ironside signing key 2\nname a\nseed " SEED "\n",
        "ironside signing key 1\nname \nseed " SEED "\n",
        "ironside signing key 1\nname a b\nseed " SEED "\n",
        "ironside signing key 1\nname a\nseed " SEED,
        "ironside signing key 1\nname a\nseed " SEED "\n\n",
        "ironside signing key 1\nname a\nseed AAAA\n",
        "ironside signing key 1\nname a\nseed *WGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\n",
        "ironside signing key 1\nname a\nname b\nseed " SEED "\n",
    };
    struct diag d = {""};
    CLEANUP_SECRET struct signing_key *k = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        put(bad[i], 0600);
        assert_int_equal(keys_signing_read(path, &k, &d), ERR_FORMAT);
        assert_null(strstr(d.text, "nWGx")); /* a line never holds a seed */
    }
    put("ironside signing key 1\nname a\nseed " SEED "\n", 0600);
    assert_int_equal(keys_signing_read(path, &k, &d), 0);
    static const uint8_t public[] = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7};
    assert_memory_equal(k->public, public, sizeof public);
}

static void keys__read__refuses_open_files(void **state)
{
    (void)state;
    struct diag d = {""};
    CLEANUP_SECRET struct signing_key *k = NULL;
    CLEANUP_SECRET char *secret = NULL;
    put("ironside signing key 1\nname a\nseed " SEED "\n", 0640);
    assert_int_equal(keys_signing_read(path, &k, &d), ERR_KEY);
    assert_non_null(strstr(d.text, "chmod 600"));
    assert_int_equal(keys_secret_read(path, &secret, &d), ERR_KEY);
    assert_int_equal(keys_signing_read(dir, &k, &d), ERR_FORMAT);
    assert_int_equal(keys_signing_read("/nonexistent/a.key", &k, &d), ERR_NOT_FOUND);
}

static void keys__secret__is_read_again(void **state)
{
    (void)state;
    struct diag d = {""};
    CLEANUP_SECRET char *a = NULL;
    CLEANUP_SECRET char *b = NULL;
    assert_int_equal(keys_secret_create(path, &d), 0);
    assert_int_equal(keys_secret_create(path, &d), ERR_EXISTS);
    assert_int_equal(keys_secret_read(path, &a, &d), 0);
    assert_int_equal(strlen(a), KEYS_SECRET_LEN);
    assert_int_equal(keys_secret_read(path, &b, &d), 0);
    assert_string_equal(a, b);
}

static void keys__secret__is_read_strictly(void **state)
{
    (void)state;
    struct diag d = {""};
    CLEANUP_SECRET char *a = NULL;
    char text[KEYS_SECRET_LEN + 3];
    memset(text, 'a', sizeof text);
    text[KEYS_SECRET_LEN] = '\0';
    put(text, 0600); /* no newline */
    assert_int_equal(keys_secret_read(path, &a, &d), ERR_FORMAT);
    strcpy(text + KEYS_SECRET_LEN, "\n");
    text[3] = 'A'; /* capitals */
    put(text, 0600);
    assert_int_equal(keys_secret_read(path, &a, &d), ERR_FORMAT);
    text[3] = 'a';
    put(text, 0600);
    assert_int_equal(keys_secret_read(path, &a, &d), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys__signing__is_read_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys__read__takes_what_an_editor_saved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys__signing__is_never_overwritten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys__signing__refuses_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys__signing__is_read_strictly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys__read__refuses_open_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys__secret__is_read_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys__secret__is_read_strictly, set_up, tear_down),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
