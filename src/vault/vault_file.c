/* The database's file: a header that SQLite never sees, then its pages, sealed. */
#include <string.h>

#include "base/secret.h"
#include "vault/vault_vfs.h"

#define PROBE_BYTES 100 /* of SQLite's own header at the start of page 1 */

static struct main_file *self(sqlite3_file *f)
{
    return (struct main_file *)f;
}

static sqlite3_file *under(sqlite3_file *f)
{
    return self(f)->vault->file;
}

static int file_close(sqlite3_file *f)
{
    struct vault *v = self(f)->vault;
    secret_wipe(self(f)->page, VAULT_PAGE_BYTES);
    v->file_is_open = false;
    return v->file->pMethods->xClose(v->file);
}

/* Reads and opens the page that `at` is in. A page that is not there whole is as wrong as one
 * that does not open: SQLite asks for those alone that it has written. */
static int load(struct main_file *f, sqlite3_int64 at)
{
    sqlite3_int64 number = at / VAULT_PAGE_BYTES + 1;
    sqlite3_file *file = f->vault->file;
    int rc = file->pMethods->xRead(file, f->page, VAULT_PAGE_BYTES,
                                   VAULT_HEADER_BYTES + (number - 1) * VAULT_PAGE_BYTES);
    if (rc == SQLITE_IOERR_SHORT_READ)
        return vault_vfs_fault(f->vault, "page", number);
    if (rc != SQLITE_OK)
        return rc;
    if (vault_page_open(f->vault->data_key, (uint32_t)number, f->page) < 0)
        return vault_vfs_fault(f->vault, "page", number);
    return SQLITE_OK;
}

static int file_read(sqlite3_file *f, void *ret, int amount, sqlite3_int64 at)
{
    /* SQLite looks at the start of page 1 before it has looked into the log, which may hold the
     * whole of a page 1 that a power cut has torn. It goes on without and asks again. */
    if (at == 0 && amount == PROBE_BYTES) {
        memset(ret, 0, PROBE_BYTES);
        return SQLITE_IOERR_SHORT_READ;
    }
    int inside = (int)(at % VAULT_PAGE_BYTES);
    if (amount > VAULT_PAGE_BYTES - inside)
        return SQLITE_IOERR_READ;
    int rc = load(self(f), at);
    if (rc == SQLITE_OK)
        memcpy(ret, self(f)->page + inside, (size_t)amount);
    return rc;
}

static int file_write(sqlite3_file *f, const void *data, int amount, sqlite3_int64 at)
{
    if (amount != VAULT_PAGE_BYTES || at % VAULT_PAGE_BYTES != 0 || !vault_page_reserved_free(data))
        return SQLITE_IOERR_WRITE;
    memcpy(self(f)->page, data, VAULT_PAGE_BYTES);
    vault_page_seal(self(f)->vault->data_key, (uint32_t)(at / VAULT_PAGE_BYTES + 1), self(f)->page);
    return under(f)->pMethods->xWrite(under(f), self(f)->page, VAULT_PAGE_BYTES,
                                      VAULT_HEADER_BYTES + at);
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return under(f)->pMethods->xTruncate(under(f), VAULT_HEADER_BYTES + size);
}

static int file_sync(sqlite3_file *f, int flags)
{
    return under(f)->pMethods->xSync(under(f), flags);
}

static int file_size(sqlite3_file *f, sqlite3_int64 *ret)
{
    sqlite3_int64 size;
    int rc = under(f)->pMethods->xFileSize(under(f), &size);
    if (rc == SQLITE_OK)
        *ret = size < VAULT_HEADER_BYTES ? 0 : size - VAULT_HEADER_BYTES;
    return rc;
}

/* `args`: the answer, the pragma's name, its argument or NULL. */
static int on_pragma(char **args)
{
    static const struct {
        const char *name, *fixed;
    } kept[] = {{"journal_mode", "wal"}, {"cache_spill", "off"}};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (args[2] != NULL && sqlite3_stricmp(args[1], kept[i].name) == 0 &&
            sqlite3_stricmp(args[2], kept[i].fixed) != 0) {
            args[0] = sqlite3_mprintf("a vault keeps %s=%s", kept[i].name, kept[i].fixed);
            return SQLITE_ERROR;
        }
    return SQLITE_NOTFOUND;
}

static int file_control(sqlite3_file *f, int op, void *arg)
{
    switch (op) {
    case SQLITE_FCNTL_PRAGMA:
        return on_pragma(arg);
    case SQLITE_FCNTL_HAS_MOVED:
    case SQLITE_FCNTL_LAST_ERRNO:
    case SQLITE_FCNTL_PERSIST_WAL:
        return under(f)->pMethods->xFileControl(under(f), op, arg);
    default:
        return SQLITE_NOTFOUND;
    }
}

static int file_sector_size(sqlite3_file *f)
{
    return under(f)->pMethods->xSectorSize(under(f));
}

/* Version 1: no shared memory and no mapping of the file, so that neither can be had. */
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = vault_vfs_lock,
    .xUnlock = vault_vfs_lock,
    .xCheckReservedLock = vault_vfs_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = vault_vfs_characteristics,
};

void vault_file_init(struct main_file *f, struct vault *v)
{
    f->base.pMethods = &methods;
    f->vault = v;
    v->file_is_taken = true;
}
