/* Making, opening and damaged journals. */
#include "support.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/encode.h"
#include "base/file.h"

static const uint8_t key[SIGN_PUBLIC_BYTES] = {7};

static char *beside(const struct scene *s, const char *name)
{
    return mem_format("%s/%s", s->folder, name);
}

static void journal__create__empty(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    assert_string_equal(journal_bot(j), FIXTURE_BOT);
    assert_memory_equal(journal_key(j), s->work.bot->signer.key.key, SIGN_PUBLIC_BYTES);
    assert_int_equal(journal_policy(j), 0);
    assert_holds(j, 0);
    uint8_t root[MERKLE_BYTES], empty[MERKLE_BYTES];
    merkle_empty_root(empty);
    assert_int_equal(journal_root(j, 0, root), 0);
    assert_memory_equal(root, empty, MERKLE_BYTES);
    assert_int_equal(journal_root(j, 1, root), ERR_NOT_FOUND);
    journal_close(NULL);
}

static void journal__create__refused(void **state)
{
    struct scene *s = *state;
    struct diag d;
    assert_int_equal(journal_create(s->path, FIXTURE_BOT, key, &d), ERR_EXISTS);
    assert_says(d.text, ": there is a journal already");
    CLEANUP_FREE char *elsewhere = beside(s, "no/such/folder");
    assert_int_equal(journal_create(elsewhere, FIXTURE_BOT, key, &d), ERR_IO);
    assert_says(d.text, "cannot make it: No such file");
    CLEANUP_FREE char *other = beside(s, "other");
    static const char *const bad[] = {"", "ibot@chat.example", "IBOT.chat.example"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(journal_create(other, bad[i], key, &d), ERR_FORMAT);
        assert_says(d.text, "not a component's address");
        assert_false(file_exists(other));
    }
    /* The one that was there is as it was. */
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    assert_holds(j, 0);
}

/* A journal that could not be made leaves nothing behind that would be in the way. */
static void journal__create__failed_half_way(void **state)
{
    struct scene *s = *state;
    struct diag d;
    CLEANUP_FREE char *path = beside(s, "other"), *blocked = beside(s, "other-wal");
    assert_int_equal(mkdir(blocked, 0700), 0); /* so that SQLite cannot write its log */
    assert_int_equal(journal_create(path, FIXTURE_BOT, key, &d), ERR_IO);
    assert_false(file_exists(path));
    assert_int_equal(rmdir(blocked), 0);
    assert_int_equal(journal_create(path, FIXTURE_BOT, key, &d), 0);
}

static void assert_not_opened(const char *path, int code, const char *says)
{
    for (int writer = 0; writer < 2; writer++) {
        struct journal *j = NULL;
        struct diag d = {""};
        int r = journal_open(path, writer, &j, &d);
        if (r != code || j != NULL || strstr(d.text, says) == NULL)
            fail_msg("%s: %d %s", writer ? "writer" : "reader", r, d.text);
    }
}

static void journal__open__not_a_journal(void **state)
{
    struct scene *s = *state;
    CLEANUP_FREE char *path = beside(s, "other");
    assert_not_opened(path, ERR_NOT_FOUND, ": no journal is there");
    assert_false(file_exists(path));
    assert_int_equal(file_write(path, "", 0, 0600, NULL), 0);
    assert_not_opened(path, ERR_FORMAT, ": not a journal of this version");
    assert_int_equal(file_write(path, "text that is no database", 24, 0600, NULL), 0);
    assert_not_opened(path, ERR_FORMAT, ": not a journal of this version");
    CLEANUP_BUF struct buf read = BUF_INIT(100);
    assert_int_equal(file_read(path, &read, NULL), 0);
    assert_int_equal(read.len, 24); /* and it is as it was */

    struct scene another = {{0}};
    snprintf(another.path, sizeof another.path, "%s", path);
    unlink(path);
    run_sql(&another, "CREATE TABLE meta (name, value); INSERT INTO meta VALUES ('kind', 'x')");
    assert_not_opened(path, ERR_FORMAT, ": not a journal of this version");
    run_sql(&another, "PRAGMA user_version = 1"); /* still in its own journal mode, writable */
    assert_not_opened(s->folder, ERR_IO, ": cannot open it");
}

static void journal__open__meta(void **state)
{
    struct scene *s = *state;
    static const char *const damage[] = {
        "UPDATE meta SET value = 'ironside journal 1' WHERE name = 'kind'",
        "DELETE FROM meta WHERE name = 'kind'",
        "DELETE FROM meta WHERE name = 'bot'",
        "UPDATE meta SET value = 'ibot@x' WHERE name = 'bot'",
        "DELETE FROM meta WHERE name = 'key'",
        "UPDATE meta SET value = x'00' WHERE name = 'key'",
        "INSERT INTO meta VALUES ('policy', '-1')",
        "INSERT INTO meta VALUES ('policy', '4294967296')",
        "DROP TABLE meta",
    };
    for (size_t i = 0; i < COUNT(damage); i++) {
        run_sql(s, damage[i]);
        assert_not_opened(s->path, ERR_FORMAT, ": not a journal of this version");
        assert_int_equal(unlink(s->path), 0);
        assert_int_equal(journal_create(s->path, FIXTURE_BOT, key, NULL), 0);
    }
}

static void journal__open__reopened(void **state)
{
    struct scene *s = *state;
    struct journal *j = open_writer(s);
    for (int64_t i = 1; i <= 40; i++) {
        work_commit(&s->work, j);
        if (i % 7 == 0) {
            journal_close(j);
            j = open_writer(s);
        }
    }
    assert_holds(j, 40);
    assert_int_equal(journal_policy(j), 5);
    journal_close(j);
    j = open_reader(s);
    assert_holds(j, 40);
    assert_int_equal(journal_policy(j), 5);
    journal_close(j);
}

/* The tree's tiles and the rounds must agree about the end. */
static void journal__open__cut_tree(void **state)
{
    struct scene *s = *state;
    struct journal *j = open_writer(s);
    while (journal_size(j) < 300)
        work_commit(&s->work, j);
    journal_close(j);
    run_sql(s, "DELETE FROM tile WHERE level = 0 AND number = 1");
    assert_not_opened(s->path, ERR_FORMAT, ": its tree does not end with its last round");
    run_sql(s, "DELETE FROM tile WHERE level = 1");
    assert_not_opened(s->path, ERR_FORMAT, "the tree's tiles do not fit together");
    run_sql(s, "DELETE FROM tile");
    assert_not_opened(s->path, ERR_FORMAT, ": its tree does not end with its last round");
    run_sql(s, "DELETE FROM round");
    j = open_reader(s);
    assert_true(journal_size(j) == 0);
    journal_close(j);
    run_sql(s, "DROP TABLE tile");
    assert_not_opened(s->path, ERR_IO, "cannot read the tree: no such table: tile");
}

/* A file that is overwritten in the middle is found out in a clear line, not by a crash. */
static void journal__open__overwritten(void **state)
{
    struct scene *s = *state;
    struct journal *j = open_writer(s);
    for (int64_t i = 1; i <= 30; i++)
        work_commit(&s->work, j);
    journal_close(j);
    CLEANUP_BUF struct buf good = BUF_INIT(4U << 20);
    assert_int_equal(file_read(s->path, &good, NULL), 0);
    for (size_t page = 0; page < good.len / 4096; page++) {
        CLEANUP_FREE uint8_t *bad = mem_copy(good.data, good.len);
        memset(bad + page * 4096, 0xa5, 4096);
        assert_int_equal(file_write(s->path, bad, good.len, 0600, NULL), 0);
        struct diag d = {""};
        j = NULL;
        int r = journal_open(s->path, false, &j, &d);
        assert_true(r == 0 || d.text[0] != '\0');
        journal_close(j);
    }
}

/* Readers. */

static void journal__snapshot__stands_still(void **state)
{
    struct scene *s = *state;
    struct journal *writer = open_writer(s);
    for (int i = 0; i < 5; i++)
        work_commit(&s->work, writer);
    CLEANUP(journal_close_cleanup) struct journal *reader = open_reader(s);
    uint64_t size = journal_size(reader);
    for (int i = 0; i < 200; i++)
        work_commit(&s->work, writer);
    assert_holds(reader, 5); /* nothing of what came since it was opened */
    assert_true(journal_size(reader) == size);
    assert_int_equal(journal_snapshot(reader, NULL), 0);
    assert_holds(reader, 205);
    work_commit(&s->work, writer);
    assert_holds(reader, 205);
    journal_close(writer);
    assert_holds(reader, 205);
    assert_int_equal(journal_snapshot(reader, NULL), 0);
    assert_holds(reader, 206);
}

static void journal__snapshot__only_readers(void **state)
{
    struct scene *s = *state;
    struct diag d;
    CLEANUP(journal_close_cleanup) struct journal *writer = open_writer(s);
    CLEANUP(journal_close_cleanup) struct journal *reader = open_reader(s);
    assert_int_equal(journal_snapshot(writer, &d), ERR_INVALID_STATE);
    assert_says(d.text, ": only a reader has a view");
    work_commit(&s->work, writer);
    /* and readers write nothing */
    struct work_round r;
    struct checkpoint c = {.size = 1};
    work_next(&s->work, &r);
    assert_int_equal(journal_commit(reader, &r.round, &d), ERR_INVALID_STATE);
    assert_says(d.text, ": opened for reading only");
    assert_int_equal(journal_put_checkpoint(reader, &c, "note", &d), ERR_IO);
    assert_says(d.text, "readonly");
    assert_holds(writer, 1);
}

static void journal__open__reader_alone(void **state)
{
    struct scene *s = *state;
    struct journal *j = open_writer(s);
    for (int i = 0; i < 5; i++)
        work_commit(&s->work, j);
    journal_close(j);
    CLEANUP(journal_close_cleanup) struct journal *first = open_reader(s);
    CLEANUP(journal_close_cleanup) struct journal *second = open_reader(s);
    assert_holds(first, 5);
    assert_holds(second, 5);
}

/* The worked example of docs/protocol.md, "Journal". */
static void journal__batch_leaf_text__is_the_page_s(void **state)
{
    (void)state;
    const char *source = getenv("IRONSIDE_SOURCE");
    const struct journal_batch batch = {.warrant = "2019-0147",
                                        .policy = 1,
                                        .count = 1,
                                        .positions = (const uint8_t[]){0, 0},
                                        .sealed = (const uint8_t *)"age",
                                        .sealed_len = 3};
    uint8_t leaf[MERKLE_BYTES];
    char hex[2 * MERKLE_BYTES + 1];
    CLEANUP_BUF struct buf text = BUF_INIT(512), page = BUF_INIT(1024);
    CLEANUP_FREE char *document = NULL;
    journal_batch_leaf_text(&text, &batch);
    merkle_leaf(text.data, text.len, leaf);
    encode_hex(leaf, sizeof leaf, hex);
    char *at = mem_string_n((const char *)text.data, text.len);
    char *positions = strrchr(at, ' ');
    *positions++ = '\0';
    char *sealed = strrchr(at, ' ');
    *sealed++ = '\0';
    buf_format(&page, "    %s\n      %s\n      %s\n    %s\n", at, sealed, positions, hex);
    free(at);
    if (source == NULL)
        skip();
    CLEANUP_FREE char *path = file_join(source, "docs/protocol.md");
    assert_int_equal(file_read_text(path, 1U << 20, &document, NULL), 0);
    if (strstr(document, buf_text(&page)) == NULL)
        fail_msg("docs/protocol.md lacks:\n%s", buf_text(&page));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(journal__batch_leaf_text__is_the_page_s),
        SCENE_TEST(journal__create__empty),
        SCENE_TEST(journal__create__refused),
        SCENE_TEST(journal__create__failed_half_way),
        SCENE_TEST(journal__open__not_a_journal),
        SCENE_TEST(journal__open__meta),
        SCENE_TEST(journal__open__reopened),
        SCENE_TEST(journal__open__cut_tree),
        SCENE_TEST(journal__open__overwritten),
        SCENE_TEST(journal__snapshot__stands_still),
        SCENE_TEST(journal__snapshot__only_readers),
        SCENE_TEST(journal__open__reader_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
