#include "disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define SECTOR 512U

struct open_file {
    sqlite3_file base;
    struct disk *disk;
    struct disk_file *file;
};

unsigned disk_random(struct disk *d, unsigned n)
{
    d->random = d->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(d->random >> 33) % n;
}

/* Counts one operation; false when there is no power for it. */
static bool spend(struct disk *d)
{
    if (!d->off && d->operations >= 0 && d->operations-- == 0)
        d->off = true;
    return !d->off;
}

static void resize(uint8_t *data, size_t *len, size_t new_len)
{
    if (new_len > *len)
        memset(data + *len, 0, new_len - *len);
    *len = new_len;
}

static void put_bytes(uint8_t *data, size_t *len, size_t at, const uint8_t *bytes, size_t count)
{
    if (at + count > *len)
        resize(data, len, at + count);
    memcpy(data + at, bytes, count);
}

static void forget_pending(struct disk_file *f)
{
    for (size_t i = 0; i < f->pending_count; i++)
        free(f->pending[i].data);
    f->pending_count = 0;
}

static bool note(struct disk_file *f, sqlite3_int64 at, const void *data, size_t len)
{
    if (f->pending_count == DISK_PENDING_MAX || (size_t)at + len > DISK_FILE_MAX)
        return false;
    f->pending[f->pending_count++] = (struct disk_write){
        .at = at, .data = data == NULL ? NULL : mem_copy(data, len), .len = len};
    return true;
}

static struct disk_file *of(sqlite3_file *f)
{
    return ((struct open_file *)f)->file;
}

static struct disk *disk_of(sqlite3_file *f)
{
    return ((struct open_file *)f)->disk;
}

static int disk_close(sqlite3_file *f)
{
    (void)f;
    return SQLITE_OK;
}

static int disk_read(sqlite3_file *f, void *ret, int amount, sqlite3_int64 at)
{
    const struct disk_file *file = of(f);
    size_t want = (size_t)amount, start = (size_t)at;
    if (disk_of(f)->off)
        return SQLITE_IOERR_READ;
    size_t have = start >= file->now_len ? 0 : file->now_len - start;
    if (have > want)
        have = want;
    memcpy(ret, file->now + start, have);
    memset((uint8_t *)ret + have, 0, want - have);
    return have == want ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

/* The write that the power goes in is still under way: it may be there in part. */
static int disk_write(sqlite3_file *f, const void *data, int amount, sqlite3_int64 at)
{
    struct disk_file *file = of(f);
    bool was_on = !disk_of(f)->off;
    bool done = spend(disk_of(f));
    if (was_on && !note(file, at, data, (size_t)amount))
        return SQLITE_FULL;
    if (done)
        put_bytes(file->now, &file->now_len, (size_t)at, data, (size_t)amount);
    return done ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

static int disk_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    if (!spend(disk_of(f)) || !note(of(f), size, NULL, 0))
        return SQLITE_IOERR_TRUNCATE;
    resize(of(f)->now, &of(f)->now_len, (size_t)size);
    return SQLITE_OK;
}

static int disk_sync(sqlite3_file *f, int flags)
{
    struct disk_file *file = of(f);
    (void)flags;
    if (!spend(disk_of(f)))
        return SQLITE_IOERR_FSYNC;
    memcpy(file->durable, file->now, file->now_len);
    file->durable_len = file->now_len;
    forget_pending(file);
    return SQLITE_OK;
}

static int disk_size(sqlite3_file *f, sqlite3_int64 *ret)
{
    *ret = (sqlite3_int64)of(f)->now_len;
    return SQLITE_OK;
}

static int disk_lock(sqlite3_file *f, int level)
{
    (void)f, (void)level;
    return SQLITE_OK;
}

static int disk_check_lock(sqlite3_file *f, int *ret)
{
    (void)f;
    *ret = 0;
    return SQLITE_OK;
}

static int disk_control(sqlite3_file *f, int op, void *arg)
{
    (void)f, (void)op, (void)arg;
    return SQLITE_NOTFOUND;
}

static int disk_sector_size(sqlite3_file *f)
{
    (void)f;
    return 4096;
}

static int disk_characteristics(sqlite3_file *f)
{
    (void)f;
    return 0;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = disk_close,
    .xRead = disk_read,
    .xWrite = disk_write,
    .xTruncate = disk_truncate,
    .xSync = disk_sync,
    .xFileSize = disk_size,
    .xLock = disk_lock,
    .xUnlock = disk_lock,
    .xCheckReservedLock = disk_check_lock,
    .xFileControl = disk_control,
    .xSectorSize = disk_sector_size,
    .xDeviceCharacteristics = disk_characteristics,
};

static struct disk_file *find(struct disk *d, const char *name)
{
    for (int i = 0; i < DISK_FILES; i++)
        if (strcmp(d->files[i].name, name) == 0)
            return &d->files[i];
    return NULL;
}

static struct disk_file *make_file(struct disk *d, const char *name)
{
    struct disk_file *f = find(d, name);
    if (f == NULL)
        f = find(d, "");
    if (f == NULL)
        return NULL;
    snprintf(f->name, sizeof f->name, "%s", name);
    if (!f->exists) {
        forget_pending(f);
        f->exists = true;
        f->now_len = f->durable_len = 0;
    }
    return f;
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
    struct disk *d = vfs->pAppData;
    struct disk_file *file = find(d, name);
    f->pMethods = NULL;
    if (file == NULL || !file->exists)
        file = (flags & SQLITE_OPEN_CREATE) != 0 && !d->off ? make_file(d, name) : NULL;
    if (file == NULL)
        return SQLITE_CANTOPEN;
    *(struct open_file *)f = (struct open_file){{&methods}, d, file};
    if (ret_flags != NULL)
        *ret_flags = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    struct disk *d = vfs->pAppData;
    struct disk_file *f = find(d, name);
    (void)sync_folder;
    if (f == NULL || !spend(d))
        return SQLITE_IOERR_DELETE;
    f->exists = false;
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
    const struct disk_file *f = find(vfs->pAppData, name);
    (void)flags;
    *ret = f != NULL && f->exists;
    return SQLITE_OK;
}

static int vfs_full_pathname(sqlite3_vfs *vfs, const char *name, int size, char *ret)
{
    (void)vfs;
    snprintf(ret, (size_t)size, "%s", name);
    return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *ret)
{
    (void)vfs, (void)size, (void)ret;
    return 0;
}

void disk_init(struct disk *d, uint64_t seed)
{
    sqlite3_vfs *unix_vfs = sqlite3_vfs_find("unix");
    *d = (struct disk){
        .vfs = *unix_vfs,
        .operations = -1,
        .random = seed,
    };
    d->vfs.iVersion = 1;
    d->vfs.szOsFile = sizeof(struct open_file);
    d->vfs.zName = "disk";
    d->vfs.pAppData = d;
    d->vfs.xOpen = vfs_open;
    d->vfs.xDelete = vfs_delete;
    d->vfs.xAccess = vfs_access;
    d->vfs.xFullPathname = vfs_full_pathname;
    d->vfs.xGetLastError = vfs_last_error;
    for (int i = 0; i < DISK_FILES; i++) {
        d->files[i].now = mem_new(DISK_FILE_MAX);
        d->files[i].durable = mem_new(DISK_FILE_MAX);
        d->files[i].pending = mem_array(DISK_PENDING_MAX, sizeof(struct disk_write));
    }
    sqlite3_vfs_register(&d->vfs, 1);
}

void disk_clear(struct disk *d)
{
    sqlite3_vfs_unregister(&d->vfs);
    sqlite3_vfs_register(sqlite3_vfs_find("unix"), 1);
    for (int i = 0; i < DISK_FILES; i++) {
        forget_pending(&d->files[i]);
        free(d->files[i].now);
        free(d->files[i].durable);
        free(d->files[i].pending);
    }
}

void disk_put(struct disk *d, const char *name, const void *data, size_t len)
{
    struct disk_file *f = make_file(d, name);
    if (f == NULL || len > DISK_FILE_MAX)
        abort();
    forget_pending(f);
    memcpy(f->now, data, len);
    memcpy(f->durable, data, len);
    f->now_len = f->durable_len = len;
}

void disk_cut_after(struct disk *d, long operations)
{
    d->operations = operations;
}

/* Some part of what was under way, on top of what is durable. */
static void settle(struct disk *d, struct disk_file *f)
{
    unsigned likelihood = disk_random(d, 5); /* of 4, that a sector was written */
    for (size_t i = 0; i < f->pending_count; i++) {
        const struct disk_write *w = &f->pending[i];
        if (w->data == NULL && disk_random(d, 4) < likelihood)
            resize(f->durable, &f->durable_len, (size_t)w->at);
        for (size_t done = 0, step; w->data != NULL && done < w->len; done += step) {
            size_t at = (size_t)w->at + done;
            step = SECTOR - at % SECTOR;
            if (step > w->len - done)
                step = w->len - done;
            if (disk_random(d, 4) < likelihood)
                put_bytes(f->durable, &f->durable_len, at, w->data + done, step);
        }
    }
    forget_pending(f);
    memcpy(f->now, f->durable, f->durable_len);
    f->now_len = f->durable_len;
}

void disk_power_on(struct disk *d)
{
    for (int i = 0; i < DISK_FILES; i++) {
        struct disk_file *f = &d->files[i];
        if (!f->exists && f->name[0] != '\0')
            f->exists = disk_random(d, 2) == 0;
        if (f->exists)
            settle(d, f);
    }
    d->off = false;
    d->operations = -1;
}
