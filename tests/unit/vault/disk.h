/* A disk in memory whose power can be cut. While it is there it is SQLite's default VFS.
 *
 * What was not synced when the power went is on it in part afterwards: any of the sectors of any
 * write, any truncation, and a file that was removed may be back.
 */
#ifndef IRONSIDE_TESTS_VAULT_DISK_H
#define IRONSIDE_TESTS_VAULT_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#define DISK_FILES 2 /* a database and its log */
#define DISK_FILE_MAX (4U << 20)
#define DISK_PENDING_MAX 20000

struct disk_write {
    sqlite3_int64 at;
    uint8_t *data; /* NULL: a truncation to `at` */
    size_t len;
};

struct disk_file {
    char name[128];
    bool exists;
    uint8_t *now, *durable; /* DISK_FILE_MAX each */
    size_t now_len, durable_len;
    struct disk_write *pending; /* since the last sync */
    size_t pending_count;
};

struct disk {
    sqlite3_vfs vfs;
    struct disk_file files[DISK_FILES];
    long operations; /* writes, truncations, syncs and removals until the power goes; -1: never */
    bool off;
    uint64_t random;
};

void disk_init(struct disk *d, uint64_t seed);
void disk_clear(struct disk *d);
/* Puts a file there, durably. */
void disk_put(struct disk *d, const char *name, const void *data, size_t len);
void disk_cut_after(struct disk *d, long operations);
void disk_power_on(struct disk *d);
/* Below `n`. */
unsigned disk_random(struct disk *d, unsigned n);

#endif
