#include "vault/vault.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "vault/vault_header.h"
#include "vault/vault_page.h"
#include "vault/vault_vfs.h"

/* Page 1 of an empty database in WAL mode, as sqlite.org/fileformat2.html has it. Written here
 * since SQLite would begin with a rollback journal, which a vault does not have. */
static void empty_database(uint8_t page[static VAULT_PAGE_BYTES])
{
    const unsigned usable = VAULT_PAGE_BYTES - VAULT_RESERVED_BYTES;
    memset(page, 0, VAULT_PAGE_BYTES);
    memcpy(page, "SQLite format 3", 16);
    page[16] = VAULT_PAGE_BYTES >> 8;
    page[18] = page[19] = 2; /* written and read with a WAL */
    page[20] = VAULT_RESERVED_BYTES;
    page[21] = 64;
    page[22] = page[23] = 32;
    page[31] = 1;   /* page */
    page[100] = 13; /* the schema's table: a leaf without cells */
    page[105] = usable >> 8;
    page[106] = usable & 0xff;
}

int vault_create(const char *path, const char *kind, const struct vault_key *key, struct diag *d)
{
    struct vault_header header;
    CLEANUP_SECRET uint8_t *data_key = secret_new(VAULT_KEY_BYTES);
    secret_random(data_key, VAULT_KEY_BYTES);
    int r = vault_header_init(&header, kind, d);
    if (r == 0)
        r = vault_header_seal(&header, key, data_key, d);
    if (r < 0)
        return r;
    CLEANUP_FREE uint8_t *file = mem_new(VAULT_HEADER_BYTES + VAULT_PAGE_BYTES);
    memcpy(file, header.bytes, VAULT_HEADER_BYTES);
    empty_database(file + VAULT_HEADER_BYTES);
    vault_page_seal(data_key, 1, file + VAULT_HEADER_BYTES);
    return file_create(path, file, VAULT_HEADER_BYTES + VAULT_PAGE_BYTES, 0600, d);
}

static int read_header(struct vault *v, const char *path, struct diag *d)
{
    const sqlite3_io_methods *io = v->file->pMethods;
    sqlite3_int64 size = 0;
    int rc = io->xFileSize(v->file, &size);
    /* A database without pages SQLite would take for a new one, and remove its log. */
    if (rc == SQLITE_OK && size < VAULT_HEADER_BYTES + VAULT_PAGE_BYTES)
        return diag_set(d, ERR_FORMAT, "%s is too short for a vault: is the path right?", path);
    if (rc == SQLITE_OK)
        rc = io->xRead(v->file, v->header.bytes, VAULT_HEADER_BYTES, 0);
    if (rc != SQLITE_OK)
        return diag_set(d, ERR_IO, "cannot read %s: %s", path, sqlite3_errstr(rc));
    return 0;
}

static int write_slot(struct vault *v, unsigned slot)
{
    const sqlite3_io_methods *io = v->file->pMethods;
    unsigned at = vault_header_slot_at(slot);
    int rc = io->xWrite(v->file, v->header.bytes + at, VAULT_SLOT_BYTES, at);
    return rc == SQLITE_OK ? io->xSync(v->file, SQLITE_SYNC_FULL) : rc;
}

/* Takes away what a change of keys left in the slot that no longer counts. */
static int finish_key_change(struct vault *v, struct diag *d)
{
    if (vault_header_other_is_empty(&v->header))
        return 0;
    vault_header_clear_other(&v->header);
    int rc = write_slot(v, 1 - v->header.slot);
    if (rc != SQLITE_OK)
        return diag_set(d, ERR_IO, "cannot take the old key out of %s: %s", v->path,
                        sqlite3_errstr(rc));
    return 0;
}

/* Exclusive locking before the first access to the log keeps its index in memory: no -shm.
 *
 * Spilling is off because SQLite (3.40.1) loses transactions with it. When within one transaction
 * it has written a page over an earlier copy in the log and then goes back to a savepoint from
 * before (ROLLBACK TO, or a statement that fails), it no longer writes the checksums of the frames
 * that follow (SQLite's sqlite3WalSavepointUndo leaves iReCksum as it is): the commit returns, but
 * recovery does not find it. */
static const char settings[] = "PRAGMA locking_mode=EXCLUSIVE;"
                               "PRAGMA cache_spill=OFF;"
                               "PRAGMA temp_store=MEMORY;"
                               "PRAGMA mmap_size=0;"
                               "PRAGMA secure_delete=ON;"
                               "PRAGMA synchronous=FULL;";

static int configure(sqlite3 *db)
{
    int reserved = VAULT_RESERVED_BYTES;
    int rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
    if (rc == SQLITE_OK)
        rc = sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, settings, NULL, NULL, NULL);
    /* The first access: recovers from the log. */
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    return rc;
}

static int open_database(struct vault *v, sqlite3 **ret, struct diag *d)
{
    sqlite3 *db = NULL;
    int r = vault_vfs_register(v, d);
    if (r < 0)
        return r;
    int rc = sqlite3_open_v2(v->path, &db,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX |
                                 SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE,
                             v->name);
    if (rc == SQLITE_OK)
        rc = configure(db);
    if (rc == SQLITE_OK) {
        *ret = db;
        return 0;
    }
    if (v->fault.text[0] != '\0')
        r = diag_set(d, ERR_AUTH, "%s", v->fault.text);
    else if ((rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB)
        r = diag_set(d, ERR_AUTH, "%s is damaged: restore it from a copy", v->path);
    else
        r = diag_set(d, ERR_IO, "cannot open %s: %s", v->path, sqlite3_errmsg(db));
    (void)sqlite3_close(db);
    return r;
}

int vault_open(const char *path, const char *kind, const struct vault_key *key, sqlite3 **ret,
               struct diag *d)
{
    CLEANUP(vault_vfs_free_cleanup) struct vault *v = NULL;
    int r = vault_vfs_new(path, &v, d);
    if (r == 0)
        r = read_header(v, path, d);
    if (r == 0)
        r = vault_header_open(&v->header, kind, key, path, v->data_key, d);
    if (r == 0)
        r = finish_key_change(v, d);
    if (r == 0)
        r = open_database(v, ret, d);
    if (r == 0)
        v = NULL; /* the handle's now */
    return r;
}

void vault_close(sqlite3 *db)
{
    if (db == NULL)
        return;
    struct vault *v = vault_vfs_of(db);
    if (v == NULL || sqlite3_close(db) != SQLITE_OK)
        abort();
    vault_vfs_free(v);
}

int vault_change_key(sqlite3 *db, const struct vault_key *key, struct diag *d)
{
    struct vault *v = vault_vfs_of(db);
    if (v == NULL)
        return diag_set(d, ERR_INVALID_STATE, "this database is not a vault");
    sqlite3_mutex *mutex = sqlite3_db_mutex(db);
    sqlite3_mutex_enter(mutex);
    unsigned old = v->header.slot;
    int r = finish_key_change(v, d);
    if (r == 0)
        r = vault_header_seal(&v->header, key, v->data_key, d);
    if (r == 0 && write_slot(v, v->header.slot) != SQLITE_OK) {
        v->header.slot = old; /* so that a second try does not rely on what may not be there */
        r = diag_set(d, ERR_IO, "cannot write %s: the old or the new key opens it", v->path);
    }
    if (r == 0)
        r = finish_key_change(v, d);
    sqlite3_mutex_leave(mutex);
    return r;
}

static bool tells_of_reading(int rc)
{
    switch (rc) {
    case SQLITE_IOERR_READ:
    case SQLITE_IOERR_SHORT_READ:
    case SQLITE_IOERR_DATA:
    case SQLITE_IOERR_CORRUPTFS:
    case SQLITE_NOMEM:
        return true;
    default:
        return (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB;
    }
}

void vault_note(sqlite3 *db, int rc)
{
    struct vault *v = db == NULL ? NULL : vault_vfs_of(db);
    if (v == NULL || !tells_of_reading(rc))
        return;
    sqlite3_mutex *mutex = sqlite3_db_mutex(db);
    sqlite3_mutex_enter(mutex);
    if (v->fault.text[0] == '\0')
        diag_set(&v->fault, 0, "%s cannot be read (%s): restore it from a copy", v->path,
                 sqlite3_errstr(rc));
    sqlite3_mutex_leave(mutex);
}

int vault_fault(sqlite3 *db, struct diag *d)
{
    struct vault *v = vault_vfs_of(db);
    if (v == NULL)
        return 0;
    sqlite3_mutex *mutex = sqlite3_db_mutex(db);
    sqlite3_mutex_enter(mutex);
    int r = v->fault.text[0] == '\0' ? 0 : diag_set(d, ERR_AUTH, "%s", v->fault.text);
    sqlite3_mutex_leave(mutex);
    return r;
}
