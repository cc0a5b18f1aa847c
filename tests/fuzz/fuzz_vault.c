/* A vault whose bytes are anybody's: opened, read, written and closed, it never crashes.
 *
 * The first byte says what the rest is: 0 the whole file; 1 the whole log, beside a good file;
 * else patches of a good file and its log. A patch is a byte (bit 0: of the log, bit 1: cut the
 * file off there, bit 2: set the hashes of the header's slots right afterwards), a position (3),
 * a length (1) and that many bytes.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "vault/vault.h"
#include "vault/vault_header.h"

#define KIND "fuzz"
#define FILE_MAX (1U << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const uint8_t key_bytes[VAULT_KEY_BYTES] = {'f', 'u', 'z', 'z'};
static const struct vault_key key = {.bytes = key_bytes};

/* A vault with some pages, and a log of some transactions that are not in them. */
static struct good {
    char *folder, *path, *wal_path;
    struct buf file, wal;
} good;

static void remove_folder(void)
{
    (void)!file_remove_tree(good.folder, NULL);
}

static void check(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "cannot prepare: %s\n", what);
        abort();
    }
}

static void make_good(void)
{
    secret_init();
    good.folder = mem_string(file_exists("/dev/shm") ? "/dev/shm/fuzz-vault-XXXXXX"
                                                     : "/tmp/fuzz-vault-XXXXXX");
    check(mkdtemp(good.folder) != NULL && atexit(remove_folder) == 0, "a folder");
    good.path = file_join(good.folder, "store");
    good.wal_path = mem_format("%s-wal", good.path);
    good.file = good.wal = (struct buf)BUF_INIT(FILE_MAX);

    sqlite3 *db = NULL;
    check(vault_create(good.path, KIND, &key, NULL) == 0, "a vault");
    check(vault_open(good.path, KIND, &key, &db, NULL) == 0, "the vault");
    check(sqlite3_exec(db,
                       "CREATE TABLE t(a INTEGER PRIMARY KEY, b); CREATE INDEX i ON t(b);"
                       "INSERT INTO t VALUES(1, zeroblob(9000)), (2, 'two');"
                       "PRAGMA wal_checkpoint(TRUNCATE);"
                       "INSERT INTO t VALUES(3, zeroblob(9000)); UPDATE t SET b = 'x' WHERE a = 1;"
                       "INSERT INTO t VALUES(4, 'four')",
                       NULL, NULL, NULL) == SQLITE_OK,
          "its content");
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    vault_close(db);
    check(file_read(good.path, &good.file, NULL) == 0 &&
              file_read(good.wal_path, &good.wal, NULL) == 0,
          "its files");
}

static void right_hashes(struct buf *file)
{
    if (file->len < VAULT_HEADER_BYTES)
        return;
    for (unsigned i = 0; i < VAULT_SLOTS; i++) {
        uint8_t *slot = file->data + vault_header_slot_at(i);
        crypto_generichash_state state;
        crypto_generichash_init(&state, NULL, 0, 32);
        crypto_generichash_update(&state, file->data, 36);
        crypto_generichash_update(&state, slot, VAULT_SLOT_BYTES - 32);
        crypto_generichash_final(&state, slot + VAULT_SLOT_BYTES - 32, 32);
    }
}

static void patch(struct cursor *c, struct buf *file, struct buf *wal)
{
    while (cursor_left(c) > 0) {
        uint8_t what = cursor_u8(c);
        struct buf *b = (what & 1) != 0 ? wal : file;
        size_t at = (size_t)cursor_u8(c) << 16 | cursor_u16(c), count = cursor_u8(c);
        const uint8_t *bytes = cursor_bytes(c, count);
        if (bytes == NULL)
            return;
        if ((what & 2) != 0 && at < b->len)
            b->len = at;
        if (at < b->len)
            memcpy(b->data + at, bytes, count < b->len - at ? count : b->len - at);
        if ((what & 4) != 0)
            right_hashes(file);
    }
}

static void use(sqlite3 *db)
{
    static const char *const queries[] = {
        "SELECT count(*), sum(length(b)) FROM t NOT INDEXED",
        "SELECT a FROM t ORDER BY b",
        "PRAGMA integrity_check",
        "INSERT INTO t(b) VALUES(zeroblob(10000))",
        "DELETE FROM t WHERE a = 2",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "VACUUM",
    };
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++)
        (void)sqlite3_exec(db, queries[i], NULL, NULL, NULL);
    struct diag d;
    (void)!vault_fault(db, &d);
    (void)!vault_change_key(db, &key, &d);
}

static void write_out(const char *path, const struct buf *b)
{
    FILE *f = fopen(path, "wb");
    check(f != NULL && fwrite(b->data, 1, b->len, f) == b->len && fclose(f) == 0, path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (good.path == NULL)
        make_good();
    CLEANUP_BUF struct buf file = BUF_INIT(FILE_MAX), wal = BUF_INIT(FILE_MAX);
    struct cursor c = cursor_over(data, len < FILE_MAX ? len : FILE_MAX);
    uint8_t mode = cursor_u8(&c);
    buf_put(&file, good.file.data, good.file.len);
    buf_put(&wal, good.wal.data, good.wal.len);
    if (mode <= 1) {
        struct buf *whole = mode == 0 ? &file : &wal;
        size_t left = cursor_left(&c);
        buf_reset(whole);
        buf_put(whole, cursor_bytes(&c, left), left);
    } else {
        patch(&c, &file, &wal);
    }
    write_out(good.path, &file);
    write_out(good.wal_path, &wal);

    sqlite3 *db = NULL;
    struct diag d;
    if (vault_open(good.path, KIND, &key, &db, &d) == 0) {
        use(db);
        vault_close(db);
    }
    buf_clear(&wal);
    return 0;
}
