/* The write-ahead log: SQLite's own layout (sqlite.org/walformat.html), a header of 32 readable
 * bytes and frames of 4120, each sealed as a whole.
 *
 * SQLite writes a frame in two steps, header and page; the header is held back here and written
 * together with its page. Nothing but the log's header and whole new frames is taken. What SQLite
 * would write otherwise belongs to transactions that it spills into the log before their commit:
 * pages over those of frames, and headers with the checksums corrected. A vault's handle does not
 * spill (vault.c says why).
 */
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "vault/vault_vfs.h"

#define LOG_HEADER_BYTES 32
#define PAGE_SIZE_AT 8 /* in the log's header */
#define SALTS_AT 16
#define FRAME_SALTS_AT 8

static struct wal_file *self(sqlite3_file *f)
{
    return (struct wal_file *)f;
}

static sqlite3_int64 position(uint32_t frame)
{
    return LOG_HEADER_BYTES + ((sqlite3_int64)frame - 1) * VAULT_FRAME_BYTES;
}

/* The frame that `at` is in, and where in it. */
static uint32_t frame_at(sqlite3_int64 at, int *ret_inside)
{
    *ret_inside = (int)((at - LOG_HEADER_BYTES) % VAULT_FRAME_BYTES);
    return (uint32_t)((at - LOG_HEADER_BYTES) / VAULT_FRAME_BYTES + 1);
}

/* Of this round of the log: SQLite begins each with new salts. */
static bool is_current(const struct wal_file *w)
{
    return memcmp(w->frame + FRAME_SALTS_AT, w->salts, sizeof w->salts) == 0;
}

static int wal_close(sqlite3_file *f)
{
    struct wal_file *w = self(f);
    secret_wipe(w->frame, sizeof w->frame);
    int rc = w->file->pMethods->xClose(w->file);
    free(w->file);
    w->file = NULL;
    return rc;
}

/* A header with another page size can't be ours. It reads as zeros, which to SQLite is a log
 * without content, and what SQLite goes on to ask for keeps to our frames. */
static int read_log_header(struct wal_file *w, uint8_t *ret)
{
    static const uint8_t page_size[4] = {0, 0, VAULT_PAGE_BYTES >> 8, VAULT_PAGE_BYTES & 0xff};
    int rc = w->file->pMethods->xRead(w->file, ret, LOG_HEADER_BYTES, 0);
    if (rc != SQLITE_OK)
        return rc;
    if (memcmp(ret + PAGE_SIZE_AT, page_size, sizeof page_size) != 0)
        memset(ret, 0, LOG_HEADER_BYTES);
    memcpy(w->salts, ret + SALTS_AT, sizeof w->salts);
    return SQLITE_OK;
}

static int wal_read(sqlite3_file *f, void *ret, int amount, sqlite3_int64 at)
{
    struct wal_file *w = self(f);
    if (at == 0 && amount == LOG_HEADER_BYTES)
        return read_log_header(w, ret);
    int inside;
    uint32_t frame = frame_at(at, &inside);
    if (at < LOG_HEADER_BYTES || amount > VAULT_FRAME_BYTES - inside)
        return SQLITE_IOERR_READ;
    w->held = 0;
    int rc = w->file->pMethods->xRead(w->file, w->frame, VAULT_FRAME_BYTES, position(frame));
    if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
        return rc;
    if (rc != SQLITE_OK || !is_current(w) ||
        vault_page_open_frame(w->vault->data_key, frame, w->frame) < 0) {
        /* Recovery alone reads whole frames. It takes one of zeros for the end of the log, and
         * must not fail on what a power cut has torn. */
        if (amount != VAULT_FRAME_BYTES)
            return vault_vfs_fault(w->vault, "log frame", frame);
        memset(w->frame, 0, sizeof w->frame);
    }
    memcpy(ret, w->frame + inside, (size_t)amount);
    return SQLITE_OK;
}

static int write_page(struct wal_file *w, uint32_t frame, const void *page)
{
    if (w->held != frame || !is_current(w) || !vault_page_reserved_free(page))
        return SQLITE_IOERR_WRITE;
    w->held = 0;
    memcpy(w->frame + VAULT_FRAME_HEADER_BYTES, page, VAULT_PAGE_BYTES);
    vault_page_seal_frame(w->vault->data_key, frame, w->frame);
    return w->file->pMethods->xWrite(w->file, w->frame, VAULT_FRAME_BYTES, position(frame));
}

static int wal_write(sqlite3_file *f, const void *data, int amount, sqlite3_int64 at)
{
    struct wal_file *w = self(f);
    if (at == 0 && amount == LOG_HEADER_BYTES) {
        memcpy(w->salts, (const uint8_t *)data + SALTS_AT, sizeof w->salts);
        return w->file->pMethods->xWrite(w->file, data, amount, at);
    }
    if (at < LOG_HEADER_BYTES)
        return SQLITE_IOERR_WRITE;
    int inside;
    uint32_t frame = frame_at(at, &inside);
    if (inside == 0 && amount == VAULT_FRAME_HEADER_BYTES) {
        memcpy(w->frame, data, VAULT_FRAME_HEADER_BYTES);
        w->held = frame;
        return SQLITE_OK;
    }
    if (inside == VAULT_FRAME_HEADER_BYTES && amount == VAULT_PAGE_BYTES)
        return write_page(w, frame, data);
    return SQLITE_IOERR_WRITE;
}

static int wal_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return self(f)->file->pMethods->xTruncate(self(f)->file, size);
}

static int wal_sync(sqlite3_file *f, int flags)
{
    return self(f)->file->pMethods->xSync(self(f)->file, flags);
}

static int wal_size(sqlite3_file *f, sqlite3_int64 *ret)
{
    return self(f)->file->pMethods->xFileSize(self(f)->file, ret);
}

static int wal_control(sqlite3_file *f, int op, void *arg)
{
    (void)f, (void)op, (void)arg;
    return SQLITE_NOTFOUND;
}

static int wal_sector_size(sqlite3_file *f)
{
    return self(f)->file->pMethods->xSectorSize(self(f)->file);
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = wal_close,
    .xRead = wal_read,
    .xWrite = wal_write,
    .xTruncate = wal_truncate,
    .xSync = wal_sync,
    .xFileSize = wal_size,
    .xLock = vault_vfs_lock,
    .xUnlock = vault_vfs_lock,
    .xCheckReservedLock = vault_vfs_check_lock,
    .xFileControl = wal_control,
    .xSectorSize = wal_sector_size,
    .xDeviceCharacteristics = vault_vfs_characteristics,
};

int vault_wal_init(struct wal_file *w, struct vault *v, const char *name, int flags, int *ret_flags)
{
    sqlite3_file *file = mem_new((size_t)v->under->szOsFile);
    int rc = v->under->xOpen(v->under, name, file, flags, ret_flags);
    if (rc != SQLITE_OK) {
        free(file);
        return rc;
    }
    *w = (struct wal_file){.base.pMethods = &methods, .vault = v, .file = file};
    return SQLITE_OK;
}
