/* What the tests of this room share: a folder of their own, a key, and SQL that must succeed. */
#ifndef IRONSIDE_TESTS_VAULT_SUPPORT_H
#define IRONSIDE_TESTS_VAULT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "vault/vault.h"

#define KIND "test-store"
#define FILE_MAX (64U << 20)

/* Each test's own: made by set_up, removed by tear_down. */
struct scene {
    char folder[64];
    char path[96]; /* of a vault in it, not made yet */
    char wal[96];  /* its log */
};
int set_up(void **state);
int tear_down(void **state);
#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

extern const struct vault_key key;       /* 32 bytes, no Argon2 */
extern const struct vault_key other_key; /* another one */

/* A vault with `key`, made and opened, or opened. */
sqlite3 *make(const struct scene *s);
sqlite3 *reopen(const struct scene *s);
/* Opens it, closes it and returns the code; the line is in `d`. */
int try_open(const struct scene *s, struct diag *d);
/* Closes without folding the log into the database. */
void close_keeping_log(sqlite3 *db);

void run(sqlite3 *db, const char *sql);
int64_t number(sqlite3 *db, const char *sql);
void assert_sound(sqlite3 *db);

/* A series of transactions that can be checked after a crash: number n leaves row n. */
#define WORK_MARK "PLAINTEXT-MARK-OF-WORK"
void work_begin(sqlite3 *db);
/* SQLite's code; the transaction is rolled back when it is not SQLITE_OK. */
int work_transaction(sqlite3 *db, int64_t n);
/* The number of the last transaction; fails unless 1 … n are there in full and nothing else. */
int64_t work_check(sqlite3 *db);

void assert_absent(const char *path, const char *text);
void read_whole(const char *path, struct buf *ret);
void write_whole(const char *path, const void *data, size_t len);
void flip(const char *path, size_t at);
/* 0 when there is no such file. */
size_t size_of(const char *path);

#endif
