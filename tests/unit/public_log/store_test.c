#include <setjmp.h> /* cmocka.h needs these before it */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "public_log/store.h"

#define ORIGIN "registrar.chat.test/log"

struct scene {
    char dir[40];
    char *path;
    uint8_t secret[SIGN_SECRET_BYTES];
    struct log_signer by;
    struct public_log *log;
};

static int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    struct diag d = {""};
    strcpy(s->dir, "/tmp/ironside-log.XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    s->path = file_join(s->dir, "log.db");
    s->by = (struct log_signer){.origin = ORIGIN, .key = {.name = "registrar.chat.test"}};
    sign_keypair(s->by.key.key, s->secret);
    s->by.secret = s->secret;
    assert_int_equal(public_log_create(s->path, &d), 0);
    assert_int_equal(public_log_open(s->path, true, &s->log, &d), 0);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    public_log_close(s->log);
    assert_int_equal(file_remove_tree(s->dir, NULL), 0);
    free(s->path);
    free(s);
    return 0;
}

static struct log_document document(uint32_t n)
{
    struct log_document x = {.entry = {.kind = DOCUMENT_POLICY}, .note = "text\n", .note_len = 5};
    memcpy(x.entry.hash, &n, sizeof n);
    if (n % 2 == 0) {
        x.entry.kind = DOCUMENT_CERTIFICATE;
        x.entry.tag[0] = 7;
        x.note = NULL;
    }
    return x;
}

static void append(struct scene *s, uint32_t from, uint32_t count)
{
    struct diag d = {""};
    struct log_document *list = mem_array(count, sizeof *list);
    for (uint32_t i = 0; i < count; i++)
        list[i] = document(from + i);
    assert_int_equal(public_log_append(s->log, list, count, &s->by, &d), 0);
    free(list);
}

static void reopen(struct scene *s, bool writer)
{
    struct diag d = {""};
    public_log_close(s->log);
    s->log = NULL;
    assert_int_equal(public_log_open(s->path, writer, &s->log, &d), 0);
}

static int try_open(struct scene *s, struct diag *d)
{
    public_log_close(s->log);
    s->log = NULL;
    return public_log_open(s->path, true, &s->log, d);
}

static void tamper(struct scene *s, const char *sql)
{
    sqlite3 *db = NULL;
    public_log_close(s->log);
    s->log = NULL;
    assert_int_equal(sqlite3_open(s->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* The note must be the log's, of that many leaves and their root. */
static void check_checkpoint(const char *note, uint64_t size)
{
    struct note view;
    struct checkpoint c;
    uint8_t root[MERKLE_BYTES];
    uint8_t(*leaves)[MERKLE_BYTES] = mem_array((size_t)size + 1, MERKLE_BYTES);
    for (uint32_t i = 0; i < size; i++) {
        const struct log_document x = document(i);
        log_leaf(&x.entry, leaves[i]);
    }
    merkle_root((const uint8_t(*)[MERKLE_BYTES])leaves, (size_t)size, root);
    assert_int_equal(note_parse(note, strlen(note), CHECKPOINT_MAX_BYTES, &view), 0);
    assert_int_equal(checkpoint_parse(view.text, view.text_len, ORIGIN, &c), 0);
    assert_int_equal(c.size, size);
    assert_memory_equal(c.root, root, sizeof root);
    free(leaves);
}

static void check_size(struct scene *s, uint64_t size)
{
    CLEANUP_FREE char *note = NULL;
    assert_int_equal(public_log_size(s->log), size);
    assert_int_equal(public_log_newest(s->log, &note, NULL), 0);
    check_checkpoint(note, size);
}

static void public_log__create__for_all_to_read(void **state)
{
    struct scene *s = *state;
    struct stat st;
    struct diag d = {""};
    assert_int_equal(public_log_create(s->path, &d), ERR_EXISTS);
    CLEANUP_FREE char *other = file_join(s->dir, "other.db");
    mode_t before = umask(0077);
    assert_int_equal(public_log_create(other, &d), 0);
    umask(before);
    assert_int_equal(stat(other, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
}

static void public_log__append__with_a_checkpoint(void **state)
{
    struct scene *s = *state;
    char *note = NULL;
    assert_int_equal(public_log_newest(s->log, &note, NULL), ERR_NOT_FOUND);
    append(s, 0, 3);
    check_size(s, 3);
    append(s, 3, 600); /* over a tile's end */
    check_size(s, 603);
    reopen(s, true);
    check_size(s, 603);
    append(s, 603, 1);
    check_size(s, 604);
}

static void public_log__append__once_each(void **state)
{
    struct scene *s = *state;
    append(s, 0, 3);
    append(s, 0, 3);
    append(s, 1, 3); /* one of these is new */
    check_size(s, 4);
    const struct log_document x = document(2), y = document(9);
    assert_int_equal(public_log_has(s->log, x.entry.kind, x.entry.hash, NULL), 1);
    assert_int_equal(public_log_has(s->log, DOCUMENT_WARRANT, x.entry.hash, NULL), 0);
    assert_int_equal(public_log_has(s->log, y.entry.kind, y.entry.hash, NULL), 0);
}

/* What cannot be written leaves neither entry nor leaf behind. */
static void public_log__append__all_or_nothing(void **state)
{
    struct scene *s = *state;
    struct diag d = {""};
    append(s, 0, 2);
    reopen(s, false);
    const struct log_document x = document(2);
    assert_true(public_log_append(s->log, &x, 1, &s->by, &d) < 0);
    assert_int_equal(public_log_size(s->log), 2);
    reopen(s, true);
    const struct log_document list[] = {document(2), document(3)};
    const struct log_signer nobody = {
        .origin = "bad\norigin", .key = s->by.key, .secret = s->secret};
    assert_int_equal(public_log_append(s->log, list, 2, &nobody, &d), ERR_LIMIT);
    check_size(s, 2);
    append(s, 2, 2);
    check_size(s, 4);
}

static void public_log__entries__by_pages(void **state)
{
    struct scene *s = *state;
    struct log_entry e[4];
    size_t count = 9;
    append(s, 0, 10);
    assert_int_equal(public_log_entries(s->log, 7, e, 4, &count, NULL), 0);
    assert_int_equal(count, 3);
    for (uint32_t i = 0; i < 3; i++) {
        const struct log_document x = document(7 + i);
        assert_int_equal(e[i].kind, x.entry.kind);
        assert_memory_equal(e[i].hash, x.entry.hash, HASH_BYTES);
        assert_memory_equal(e[i].tag, x.entry.tag, LOG_TAG_BYTES);
    }
    assert_int_equal(public_log_entries(s->log, 2, e, 4, &count, NULL), 0);
    assert_int_equal(count, 4);
    assert_int_equal(public_log_entries(s->log, 10, e, 4, &count, NULL), 0);
    assert_int_equal(count, 0);
    assert_int_equal(public_log_entries(s->log, 4000000000, e, 4, &count, NULL), 0);
    assert_int_equal(count, 0);
}

static int count_checkpoint(void *context, int64_t size, const char *note, size_t len)
{
    size_t *count = context;
    (void)size, (void)note, (void)len;
    ++*count;
    return 0;
}

/* Whoever asks names the size: nothing grows by that. */
static void public_log__checkpoint__of_each_size(void **state)
{
    struct scene *s = *state;
    CLEANUP_FREE char *first = NULL, *again = NULL, *kept = NULL;
    char *none = NULL;
    size_t count = 0;
    append(s, 0, 10);
    assert_int_equal(public_log_checkpoint(s->log, 4, NULL, &none, NULL), ERR_NOT_FOUND);
    assert_int_equal(public_log_checkpoint(s->log, 4, &s->by, &first, NULL), 0);
    check_checkpoint(first, 4);
    for (uint64_t size = 0; size < 10; size++) {
        CLEANUP_FREE char *note = NULL;
        assert_int_equal(public_log_checkpoint(s->log, size, &s->by, &note, NULL), 0);
        check_checkpoint(note, size);
    }
    reopen(s, false);
    assert_int_equal(public_log_checkpoint(s->log, 4, &s->by, &again, NULL), 0);
    assert_string_equal(first, again);
    assert_int_equal(public_log_walk_checkpoints(s->log, count_checkpoint, &count, NULL), 0);
    assert_int_equal(count, 1);
    assert_int_equal(public_log_checkpoint(s->log, 10, NULL, &kept, NULL), 0);
    check_checkpoint(kept, 10);
    assert_int_equal(public_log_checkpoint(s->log, 11, &s->by, &none, NULL), ERR_NOT_FOUND);
}

static void public_log__open__not_a_log(void **state)
{
    struct scene *s = *state;
    struct diag d = {""};
    append(s, 0, 5);
    tamper(s, "DELETE FROM entry WHERE number = 4");
    assert_int_equal(try_open(s, &d), ERR_FORMAT);
    assert_non_null(strstr(d.text, "4 entries, the last one numbered 3, and 5 leaves"));
    tamper(s, "DELETE FROM tile");
    assert_int_equal(try_open(s, &d), ERR_FORMAT);
    tamper(s, "PRAGMA user_version = 2");
    assert_int_equal(try_open(s, &d), ERR_FORMAT);
    assert_non_null(strstr(d.text, "not a log of this version"));
    tamper(s, "DROP TABLE tile");
    assert_true(try_open(s, &d) < 0);
    assert_int_equal(file_write(s->path, "no database, but long enough", 28, 0644, &d), 0);
    assert_true(try_open(s, &d) < 0);
    assert_int_equal(unlink(s->path), 0);
    assert_int_equal(try_open(s, &d), ERR_NOT_FOUND);
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    secret_init();
    const struct CMUnitTest tests[] = {
        SCENE_TEST(public_log__create__for_all_to_read),
        SCENE_TEST(public_log__append__with_a_checkpoint),
        SCENE_TEST(public_log__append__once_each),
        SCENE_TEST(public_log__append__all_or_nothing),
        SCENE_TEST(public_log__entries__by_pages),
        SCENE_TEST(public_log__checkpoint__of_each_size),
        SCENE_TEST(public_log__open__not_a_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
