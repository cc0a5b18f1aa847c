/* Making, opening and closing vaults; what their handles are set to. */
#include "support.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "vault/vault_header.h"
#include "vault/vault_page.h"

static const char *const words = "correct horse battery staple";

static struct vault_key passphrase(const char *text)
{
    return (struct vault_key){.passphrase = text, .costs = VAULT_COSTS_MINIMAL};
}

static void assert_line(const struct diag *d, const struct scene *s, const char *part)
{
    if (strstr(d->text, s->path) == NULL || strstr(d->text, part) == NULL)
        fail_msg("\"%s\" does not name the file or does not say \"%s\"", d->text, part);
}

static void vault__create__keeps_what_is_written(void **state)
{
    struct scene *s = *state;
    sqlite3 *db = make(s);
    run(db, "CREATE TABLE t(a, b); INSERT INTO t VALUES(1, 'one'), (2, 'two')");
    vault_close(db);
    db = reopen(s);
    assert_int_equal(number(db, "SELECT count(*) FROM t WHERE b = 'two'"), 1);
    assert_sound(db);
    vault_close(db);
}

static void vault__create__opens_with_a_passphrase(void **state)
{
    struct scene *s = *state;
    struct vault_key k = passphrase(words);
    struct diag d = {""};
    sqlite3 *db = NULL;
    assert_int_equal(vault_create(s->path, KIND, &k, &d), 0);
    assert_int_equal(vault_open(s->path, KIND, &k, &db, &d), 0);
    run(db, "CREATE TABLE t(a)");
    vault_close(db);
}

static void vault__create__refuses_what_exists(void **state)
{
    struct scene *s = *state;
    struct diag d = {""};
    write_whole(s->path, "x", 1);
    assert_int_equal(vault_create(s->path, KIND, &key, &d), ERR_EXISTS);
    assert_line(&d, s, "cannot write");
    assert_int_equal(size_of(s->path), 1);
}

static void vault__create__refuses_bad_terms(void **state)
{
    struct scene *s = *state;
    char long_text[VAULT_PASSPHRASE_MAX + 2];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    const struct vault_key keys[] = {
        {.passphrase = NULL},
        {.passphrase = words, .bytes = key.bytes},
        passphrase(""),
        passphrase(long_text),
        {.passphrase = words, .costs = {17, 8}},
        {.passphrase = words, .costs = {1, 7}},
        {.passphrase = words, .costs = {1, 1024 * 1024 + 1}},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_int_equal(vault_create(s->path, KIND, &keys[i], NULL), ERR_KEY);
    static const char *const kinds[] = {"", "Upper", "with space", "seventeen-letters"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        assert_int_equal(vault_create(s->path, kinds[i], &key, NULL), ERR_FORMAT);
    assert_false(file_exists(s->path));
}

/* The first page is written by hand: it must be the one that SQLite would have made. */
static void vault__create__makes_sqlites_own_first_page(void **state)
{
    struct scene *s = *state;
    uint8_t ours[VAULT_PAGE_BYTES] = {0}, theirs[VAULT_PAGE_BYTES];
    sqlite3 *db = NULL;
    int reserved = VAULT_RESERVED_BYTES;
    assert_int_equal(sqlite3_open(s->path, &db), SQLITE_OK);
    sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
    run(db, "PRAGMA page_size=4096; PRAGMA journal_mode=WAL; BEGIN IMMEDIATE; COMMIT");
    sqlite3_close(db);
    struct buf b;
    read_whole(s->path, &b);
    assert_int_equal(b.len, VAULT_PAGE_BYTES);
    memcpy(theirs, b.data, sizeof theirs);
    buf_clear(&b);
    /* The count of changes, where it is valid, and the version that wrote it. */
    memset(theirs + 24, 0, 4);
    memset(theirs + 92, 0, 8);

    unlink(s->path);
    db = make(s);
    sqlite3_file *file = NULL;
    assert_int_equal(sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file), SQLITE_OK);
    assert_int_equal(file->pMethods->xRead(file, ours, sizeof ours, 0), SQLITE_OK);
    assert_memory_equal(ours, theirs, sizeof ours);
    vault_close(db);
}

static void vault__open__sets_the_handle_up(void **state)
{
    struct scene *s = *state;
    sqlite3 *db = make(s);
    assert_int_equal(number(db, "PRAGMA synchronous"), 2);
    assert_int_equal(number(db, "PRAGMA foreign_keys"), 1);
    assert_int_equal(number(db, "PRAGMA secure_delete"), 1);
    assert_int_equal(number(db, "PRAGMA temp_store"), 2);
    assert_int_equal(number(db, "PRAGMA trusted_schema"), 0);
    assert_int_equal(number(db, "SELECT 1 FROM pragma_journal_mode WHERE journal_mode = 'wal'"), 1);
    assert_int_equal(
        number(db, "SELECT 1 FROM pragma_locking_mode WHERE locking_mode = 'exclusive'"), 1);
    assert_int_equal(sqlite3_exec(db,
                                  "PRAGMA writable_schema=ON; CREATE TABLE t(a);"
                                  "UPDATE sqlite_schema SET sql = ''",
                                  NULL, NULL, NULL),
                     SQLITE_ERROR);
    vault_close(db);
}

static unsigned files_in(const char *folder)
{
    unsigned n = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir))
        n += e->d_name[0] != '.';
    closedir(dir);
    return n;
}

static void vault__open__writes_two_private_files_at_most(void **state)
{
    struct scene *s = *state;
    struct stat st;
    sqlite3 *db = make(s);
    /* Sorting and a temporary table past SQLite's caches would go to temporary files. */
    run(db, "CREATE TABLE t(a); PRAGMA cache_size=10;"
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
            "INSERT INTO t SELECT hex(randomblob(200)) FROM n;"
            "CREATE TEMP TABLE u AS SELECT a FROM t ORDER BY a; CREATE INDEX v ON t(a); VACUUM");
    assert_int_equal(files_in(s->folder), 2);
    assert_int_equal(stat(s->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(s->wal, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    vault_close(db);
    assert_int_equal(files_in(s->folder), 1);
}

static void vault__open__tells_a_wrong_key(void **state)
{
    struct scene *s = *state;
    struct vault_key right = passphrase(words), wrong = passphrase("incorrect horse");
    struct diag d = {""};
    sqlite3 *db = NULL;
    assert_int_equal(vault_create(s->path, KIND, &right, &d), 0);
    assert_int_equal(vault_open(s->path, KIND, &wrong, &db, &d), ERR_KEY);
    assert_line(&d, s, "wrong passphrase");
    assert_int_equal(vault_open(s->path, KIND, &key, &db, &d), ERR_KEY);
    assert_line(&d, s, "is opened with a passphrase");
    unlink(s->path);
    assert_int_equal(vault_create(s->path, KIND, &key, &d), 0);
    assert_int_equal(vault_open(s->path, KIND, &other_key, &db, &d), ERR_KEY);
    assert_line(&d, s, "another key");
    assert_int_equal(vault_open(s->path, KIND, &right, &db, &d), ERR_KEY);
    assert_line(&d, s, "is opened with a key file");
    assert_null(db);
}

static void vault__open__tells_what_is_not_a_vault(void **state)
{
    struct scene *s = *state;
    struct diag d = {""};
    assert_int_equal(try_open(s, &d), ERR_NOT_FOUND);
    assert_line(&d, s, "there is no vault");

    write_whole(s->path, "", 0);
    assert_int_equal(try_open(s, &d), ERR_FORMAT);
    assert_line(&d, s, "is too short for a vault");

    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(s->path, &db), SQLITE_OK);
    run(db, "CREATE TABLE t(a); CREATE TABLE u(a)");
    sqlite3_close(db);
    assert_int_equal(try_open(s, &d), ERR_FORMAT);
    assert_line(&d, s, "is not a vault");

    char *deep = mem_format("%s/%0600d", s->folder, 1);
    assert_int_equal(vault_open(deep, KIND, &key, &db, &d), ERR_IO);
    assert_non_null(strstr(d.text, "cannot find"));
    free(deep);

    unlink(s->path);
    assert_int_equal(mkdir(s->path, 0700), 0);
    assert_int_equal(try_open(s, &d), ERR_IO);
    assert_line(&d, s, "cannot open");
}

static void vault__open__tells_another_kind_or_version(void **state)
{
    struct scene *s = *state;
    struct diag d = {""};
    sqlite3 *db = NULL;
    assert_int_equal(vault_create(s->path, "registrar", &key, &d), 0);
    assert_int_equal(try_open(s, &d), ERR_FORMAT);
    assert_line(&d, s, "of the kind registrar, not test-store");
    /* A kind that begins like another one is another one. */
    assert_int_equal(vault_open(s->path, "registrar2", &key, &db, &d), ERR_FORMAT);
    assert_int_equal(vault_open(s->path, "registra", &key, &db, &d), ERR_FORMAT);

    flip(s->path, 16); /* the version */
    assert_int_equal(try_open(s, &d), ERR_FORMAT);
    assert_line(&d, s, "newer program");
}

static void vault__open__is_for_one_at_a_time(void **state)
{
    struct scene *s = *state;
    struct diag d = {""};
    vault_close(make(s));
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        sqlite3 *db = NULL;
        if (vault_open(s->path, KIND, &key, &db, NULL) != 0)
            _exit(1);
        (void)!write(ready[1], "r", 1);
        pause();
    }
    char c;
    assert_int_equal(read(ready[0], &c, 1), 1);
    assert_int_equal(try_open(s, &d), ERR_INVALID_STATE);
    assert_line(&d, s, "in use");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ready[0]), close(ready[1]);

    sqlite3 *db = reopen(s);
    assert_int_equal(try_open(s, &d), ERR_INVALID_STATE);
    vault_close(db);
    assert_int_equal(try_open(s, &d), 0);
}

static void *open_and_close(void *path)
{
    for (int i = 0; i < 30; i++) {
        sqlite3 *db = NULL;
        if (vault_open(path, KIND, &key, &db, NULL) != 0 ||
            sqlite3_exec(db, "INSERT INTO t VALUES(1); VACUUM", NULL, NULL, NULL) != SQLITE_OK)
            return path;
        vault_close(db);
    }
    return NULL;
}

static void vault__open__works_in_threads(void **state)
{
    struct scene *s = *state;
    struct scene each[4];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        each[i] = *s;
        snprintf(each[i].path, sizeof each[i].path, "%s/store%d", s->folder, i);
        sqlite3 *db = make(&each[i]);
        run(db, "CREATE TABLE t(a)");
        vault_close(db);
        assert_int_equal(pthread_create(&threads[i], NULL, open_and_close, each[i].path), 0);
    }
    for (int i = 0; i < 4; i++) {
        void *failed = s;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
}

/* SQLite would play a journal back into the database, whoever laid it there. */
static void vault__open__leaves_a_planted_journal_alone(void **state)
{
    struct scene *s = *state;
    uint8_t journal[4096 + 4104] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1,
                                    0x63, 0xd7, 0xff, 0xff, 0xff, 0xff};
    char path[128];
    snprintf(path, sizeof path, "%s-journal", s->path);
    sqlite3 *db = make(s);
    run(db, "CREATE TABLE t(a); INSERT INTO t VALUES(7)");
    vault_close(db);
    write_whole(path, journal, sizeof journal);
    db = reopen(s);
    assert_int_equal(number(db, "SELECT a FROM t"), 7);
    vault_close(db);
    assert_int_equal(size_of(path), sizeof journal);
}

static void vault__open__takes_a_relative_path_and_a_link(void **state)
{
    struct scene *s = *state;
    char here[512];
    struct diag d = {""};
    sqlite3 *db = NULL;
    vault_close(make(s));
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(s->folder), 0);
    assert_int_equal(symlink("store", "link"), 0);
    assert_int_equal(vault_open("store", KIND, &key, &db, &d), 0);
    vault_close(db);
    assert_int_equal(vault_open("link", KIND, &key, &db, &d), 0);
    run(db, "CREATE TABLE t(a)");
    vault_close(db);
    assert_int_equal(chdir(here), 0);
}

static void vault__handle__refuses_what_would_leak(void **state)
{
    struct scene *s = *state;
    char attach[256];
    sqlite3 *db = make(s);
    run(db, "CREATE TABLE t(a)");
    snprintf(attach, sizeof attach, "ATTACH '%s/plain' AS p", s->folder);
    assert_int_equal(sqlite3_exec(db, attach, NULL, NULL, NULL) & 0xff, SQLITE_CANTOPEN);
    snprintf(attach, sizeof attach, "ATTACH '%s' AS p", s->path);
    assert_int_equal(sqlite3_exec(db, attach, NULL, NULL, NULL) & 0xff, SQLITE_CANTOPEN);
    assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL),
                     SQLITE_ERROR);
    assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode=MEMORY", NULL, NULL, NULL),
                     SQLITE_ERROR);
    assert_int_equal(sqlite3_exec(db,
                                  "PRAGMA temp_store=FILE; CREATE TEMP TABLE u AS "
                                  "SELECT zeroblob(10000000)",
                                  NULL, NULL, NULL) &
                         0xff,
                     SQLITE_CANTOPEN);
    run(db, "PRAGMA temp_store=MEMORY; ATTACH ':memory:' AS m; CREATE TABLE m.u(a)");
    run(db, "PRAGMA locking_mode=NORMAL; PRAGMA mmap_size=1000000; INSERT INTO t VALUES(1)");
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL);
    assert_int_equal(sqlite3_load_extension(db, s->path, NULL, NULL), SQLITE_ERROR);
    assert_true(number(db, "SELECT strftime('%Y', 'now')") >= 2024);
    assert_int_equal(files_in(s->folder), 2);
    vault_close(db);
}

static void vault__close__takes_null(void **state)
{
    (void)state;
    vault_close(NULL);
    CLEANUP_VAULT sqlite3 *db = NULL;
    assert_null(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(vault__create__keeps_what_is_written),
        SCENE_TEST(vault__create__opens_with_a_passphrase),
        SCENE_TEST(vault__create__refuses_what_exists),
        SCENE_TEST(vault__create__refuses_bad_terms),
        SCENE_TEST(vault__create__makes_sqlites_own_first_page),
        SCENE_TEST(vault__open__sets_the_handle_up),
        SCENE_TEST(vault__open__writes_two_private_files_at_most),
        SCENE_TEST(vault__open__tells_a_wrong_key),
        SCENE_TEST(vault__open__tells_what_is_not_a_vault),
        SCENE_TEST(vault__open__tells_another_kind_or_version),
        SCENE_TEST(vault__open__is_for_one_at_a_time),
        SCENE_TEST(vault__open__works_in_threads),
        SCENE_TEST(vault__open__leaves_a_planted_journal_alone),
        SCENE_TEST(vault__open__takes_a_relative_path_and_a_link),
        SCENE_TEST(vault__handle__refuses_what_would_leak),
        SCENE_TEST(vault__close__takes_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
