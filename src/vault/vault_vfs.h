/* The VFS of one open vault.
 *
 * Each opening has a sqlite3_vfs of its own, registered under a name of its own until
 * vault_vfs_free: the keys reach the files through it, without a name, a URI or a table of ours,
 * and SQLite's own list is all that threads share. It serves two files, the database and its log
 * (main_file: vault_file.c, wal_file: vault_wal.c), on top of what is SQLite's default VFS then,
 * and refuses all others. Asked for a rollback journal it says that there is none, so that a
 * readable one laid beside the vault is not played back into it.
 */
#ifndef IRONSIDE_VAULT_VAULT_VFS_H
#define IRONSIDE_VAULT_VAULT_VFS_H

#include <stdbool.h>

#include "vault/vault.h"
#include "vault/vault_header.h"
#include "vault/vault_page.h"

struct vault {
    sqlite3_vfs vfs; /* its pAppData is this vault */
    sqlite3_vfs *under;
    char name[40];
    char *path; /* absolute */
    char *wal_path;
    sqlite3_filename filename; /* the path as an xOpen may ask to have it */
    sqlite3_file *file;        /* the database as it lies on the disk */
    bool file_is_open;
    bool file_is_taken; /* SQLite has it, and closes it */
    struct vault_header header;
    uint8_t *data_key; /* secret memory */
    struct diag fault; /* the first page that was not what was written, or empty */
};

/* Opens the file and locks it, before SQLite knows of it; it is closed by SQLite once it has taken
 * it, else by vault_vfs_free. ERR_NOT_FOUND, ERR_INVALID_STATE: in use, ERR_IO. */
int vault_vfs_new(const char *path, struct vault **ret, struct diag *d) MUST_USE;
/* After sqlite3_close only. */
void vault_vfs_free(struct vault *v);
DEFINE_CLEANUP(struct vault, vault_vfs_free)
/* Makes it known to SQLite, under v->name. */
int vault_vfs_register(struct vault *v, struct diag *d) MUST_USE;
/* The vault that this handle is of, or NULL. */
struct vault *vault_vfs_of(sqlite3 *db);

/* Notes that `what` is not authentic and returns SQLite's code for it. */
int vault_vfs_fault(struct vault *v, const char *what, sqlite3_int64 number);

/* The same for both files. The lock on the database is taken before SQLite opens it and stays
 * until it is closed: there is nothing to do when SQLite asks for one. */
int vault_vfs_lock(sqlite3_file *f, int level);
int vault_vfs_check_lock(sqlite3_file *f, int *ret);
/* Power-safe overwrite, as SQLite takes it for granted of any disk; without it the log would be
 * padded and its writes split at sectors. Not what the disk says of atomic writes (SQLite would
 * leave the log out) or of reading parts of a page (it would go round xRead). */
int vault_vfs_characteristics(sqlite3_file *f);

/* What SQLite has allocated szOsFile bytes for. */
struct main_file {
    sqlite3_file base;
    struct vault *vault;
    uint8_t page[VAULT_PAGE_BYTES]; /* the one under way */
};
void vault_file_init(struct main_file *f, struct vault *v);

struct wal_file {
    sqlite3_file base;
    struct vault *vault;
    sqlite3_file *file; /* as it lies on the disk; owned */
    uint32_t held;      /* the frame whose header is in `frame` and waits for its page, or 0 */
    uint8_t salts[8];   /* of the log's header, read or written last */
    uint8_t frame[VAULT_FRAME_BYTES]; /* the one under way */
};
int vault_wal_init(struct wal_file *f, struct vault *v, const char *name, int flags,
                   int *ret_flags) MUST_USE;

#endif
