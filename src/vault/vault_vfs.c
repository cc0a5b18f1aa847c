#include "vault/vault_vfs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/secret.h"

#define LOCK_WAIT_MS 1000

static struct vault *self(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

static int vfs_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *f, int flags,
                    int *ret_flags)
{
    struct vault *v = self(vfs);
    f->pMethods = NULL; /* so that SQLite does not close what was refused */
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0 && name != NULL && strcmp(name, v->path) == 0 &&
        v->file_is_open && !v->file_is_taken) {
        vault_file_init((struct main_file *)f, v);
        if (ret_flags != NULL)
            *ret_flags = flags;
        return SQLITE_OK;
    }
    if ((flags & SQLITE_OPEN_WAL) != 0 && name != NULL && strcmp(name, v->wal_path) == 0)
        return vault_wal_init((struct wal_file *)f, v, name, flags, ret_flags);
    return SQLITE_CANTOPEN;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    struct vault *v = self(vfs);
    if (strcmp(name, v->wal_path) != 0)
        return SQLITE_IOERR_DELETE;
    return v->under->xDelete(v->under, name, sync_folder);
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
    struct vault *v = self(vfs);
    if (strcmp(name, v->wal_path) == 0)
        return v->under->xAccess(v->under, name, flags, ret);
    *ret = 0;
    return SQLITE_OK;
}

static int vfs_full_pathname(sqlite3_vfs *vfs, const char *name, int size, char *ret)
{
    struct vault *v = self(vfs);
    return v->under->xFullPathname(v->under, name, size, ret);
}

static void *vfs_dl_open(sqlite3_vfs *vfs, const char *name)
{
    (void)vfs, (void)name;
    return NULL;
}

static void vfs_dl_error(sqlite3_vfs *vfs, int size, char *ret)
{
    (void)vfs;
    sqlite3_snprintf(size, ret, "a vault loads no extensions");
}

static int vfs_randomness(sqlite3_vfs *vfs, int len, char *ret)
{
    (void)vfs;
    secret_random(ret, (size_t)len);
    return len;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    return self(vfs)->under->xSleep(self(vfs)->under, microseconds);
}

static int vfs_current_time(sqlite3_vfs *vfs, double *ret)
{
    return self(vfs)->under->xCurrentTime(self(vfs)->under, ret);
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *ret)
{
    return self(vfs)->under->xGetLastError(self(vfs)->under, size, ret);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void describe(struct vault *v)
{
    snprintf(v->name, sizeof v->name, "vault-%p", (void *)v);
    v->vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)larger(sizeof(struct main_file), sizeof(struct wal_file)),
        .mxPathname = v->under->mxPathname,
        .zName = v->name,
        .pAppData = v,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_pathname,
        .xDlOpen = vfs_dl_open,
        .xDlError = vfs_dl_error,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_current_time,
        .xGetLastError = vfs_last_error,
    };
}

static int find_path(struct vault *v, const char *path, struct diag *d)
{
    size_t size = (size_t)v->under->mxPathname + 1;
    CLEANUP_FREE char *full = mem_new(size);
    int rc = v->under->xFullPathname(v->under, path, (int)size, full);
    if (rc != SQLITE_OK && rc != SQLITE_OK_SYMLINK)
        return diag_set(d, ERR_IO, "cannot find %s: its path is too long or not readable", path);
    v->path = mem_string(full);
    v->wal_path = mem_format("%s-wal", full);
    CLEANUP_FREE char *journal = mem_format("%s-journal", full);
    v->filename = sqlite3_create_filename(v->path, journal, v->wal_path, 0, NULL);
    return v->filename == NULL ? diag_set(d, ERR_IO, "out of memory for %s", path) : 0;
}

static int open_file(struct vault *v, const char *path, struct diag *d)
{
    int flags = 0;
    v->file = mem_new((size_t)v->under->szOsFile);
    if (v->under->xOpen(v->under, v->filename, v->file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MAIN_DB,
                        &flags) != SQLITE_OK) {
        int error = v->under->xGetLastError(v->under, 0, NULL);
        return error == ENOENT ? diag_set(d, ERR_NOT_FOUND, "there is no vault at %s", path)
                               : diag_set(d, ERR_IO, "cannot open %s: %s", path, strerror(error));
    }
    v->file_is_open = true;
    if ((flags & SQLITE_OPEN_READONLY) != 0)
        return diag_set(d, ERR_IO, "cannot write %s: give yourself the right to", path);
    return 0;
}

/* Two who both hold the shared lock turn each other away: they come back at different times. */
static int lock_file(struct vault *v, const char *path, struct diag *d)
{
    const sqlite3_io_methods *io = v->file->pMethods;
    int64_t deadline = clock_monotonic_ms() + LOCK_WAIT_MS;
    for (;;) {
        int rc = io->xLock(v->file, SQLITE_LOCK_SHARED);
        if (rc == SQLITE_OK)
            rc = io->xLock(v->file, SQLITE_LOCK_EXCLUSIVE);
        if (rc == SQLITE_OK)
            return 0;
        (void)io->xUnlock(v->file, SQLITE_LOCK_NONE);
        if ((rc & 0xff) != SQLITE_BUSY)
            return diag_set(d, ERR_IO, "cannot lock %s: %s", path, sqlite3_errstr(rc));
        if (clock_monotonic_ms() >= deadline)
            return diag_set(d, ERR_INVALID_STATE,
                            "%s is in use by another program: close that one first", path);
        uint8_t jitter;
        secret_random(&jitter, 1);
        (void)v->under->xSleep(v->under, 2000 + jitter * 64);
    }
}

int vault_vfs_new(const char *path, struct vault **ret, struct diag *d)
{
    if (sqlite3_initialize() != SQLITE_OK)
        return diag_set(d, ERR_IO, "SQLite does not start");
    CLEANUP(vault_vfs_free_cleanup) struct vault *v = mem_new(sizeof *v);
    v->under = sqlite3_vfs_find(NULL);
    v->data_key = secret_new(VAULT_KEY_BYTES);
    describe(v);
    int r = find_path(v, path, d);
    if (r == 0)
        r = open_file(v, path, d);
    if (r == 0)
        r = lock_file(v, path, d);
    if (r == 0)
        *ret = TAKE(v);
    return r;
}

void vault_vfs_free(struct vault *v)
{
    if (v == NULL)
        return;
    (void)sqlite3_vfs_unregister(&v->vfs);
    if (v->file_is_open)
        (void)v->file->pMethods->xClose(v->file);
    free(v->file);
    sqlite3_free_filename(v->filename);
    free(v->path);
    free(v->wal_path);
    secret_free(v->data_key);
    free(v);
}

int vault_vfs_register(struct vault *v, struct diag *d)
{
    if (sqlite3_vfs_register(&v->vfs, 0) != SQLITE_OK)
        return diag_set(d, ERR_IO, "SQLite does not take the vault's file system");
    return 0;
}

struct vault *vault_vfs_of(sqlite3 *db)
{
    sqlite3_vfs *vfs = NULL;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_VFS_POINTER, &vfs) != SQLITE_OK ||
        vfs == NULL || vfs->xOpen != vfs_open)
        return NULL;
    return self(vfs);
}

int vault_vfs_fault(struct vault *v, const char *what, sqlite3_int64 number)
{
    if (v->fault.text[0] == '\0')
        diag_set(&v->fault, 0, "%s %lld of %s is not what was written: restore it from a copy",
                 what, (long long)number, v->path);
    return SQLITE_IOERR_DATA;
}

int vault_vfs_lock(sqlite3_file *f, int level)
{
    (void)f, (void)level;
    return SQLITE_OK;
}

int vault_vfs_check_lock(sqlite3_file *f, int *ret)
{
    (void)f;
    *ret = 0;
    return SQLITE_OK;
}

int vault_vfs_characteristics(sqlite3_file *f)
{
    (void)f;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}
