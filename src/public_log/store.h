/* The file of the public log, DIR/log/log.db: entries with their documents, the tree's tiles, and
 * every checkpoint that was ever signed (wire/log.h says what the entries are). SQLite, public data
 * only: whoever has a copy can check it (audit.h).
 *
 *     entry (number, kind, hash, tag, note)      note NULL for certificates: they name accounts
 *     tile (level, number, hashes)               journal/tree.h
 *     checkpoint (size, note)
 */
#ifndef IRONSIDE_PUBLIC_LOG_STORE_H
#define IRONSIDE_PUBLIC_LOG_STORE_H

#include <stdbool.h>

#include "wire/log.h"

struct public_log;

/* Makes an empty log, readable for all. ERR_EXISTS, ERR_IO. */
int public_log_create(const char *path, struct diag *d) MUST_USE;
/* A reader sees one moment's log as long as it is open, and may be one that can make no file beside
 * it (sql_open_reader). ERR_NOT_FOUND; ERR_FORMAT: not a log, or
 * its tables do not fit together; ERR_IO. */
int public_log_open(const char *path, bool writer, struct public_log **ret,
                    struct diag *d) MUST_USE;
void public_log_close(struct public_log *s);
DEFINE_CLEANUP(struct public_log, public_log_close)

uint64_t public_log_size(const struct public_log *s);
/* Of the tree's first `size` leaves. ERR_NOT_FOUND, ERR_IO. */
int public_log_root(struct public_log *s, uint64_t size, uint8_t ret[static MERKLE_BYTES],
                    struct diag *d) MUST_USE;
/* A merkle_fetch's node. */
int public_log_node(struct public_log *s, unsigned level, uint64_t index,
                    uint8_t ret[static MERKLE_BYTES]) MUST_USE;

/* Who signs checkpoints. All are the caller's. */
struct log_signer {
    const char *origin;
    struct note_key key;
    const uint8_t *secret;
};

struct log_document {
    struct log_entry entry;
    const char *note; /* NULL for certificates */
    size_t note_len;
};
/* Appends those that are not in the log yet, in this order, with a checkpoint of the tree that
 * comes out: all of it durable, or nothing of it. ERR_IO, ERR_LIMIT. */
int public_log_append(struct public_log *s, const struct log_document *x, size_t count,
                      const struct log_signer *by, struct diag *d) MUST_USE;
/* 1, 0 or ERR_IO. */
int public_log_has(struct public_log *s, enum document_kind kind,
                   const uint8_t hash[static HASH_BYTES], struct diag *d) MUST_USE;
/* Its entry and number. ERR_NOT_FOUND, without a line; ERR_IO. */
int public_log_find(struct public_log *s, enum document_kind kind,
                    const uint8_t hash[static HASH_BYTES], uint64_t *ret_number,
                    struct log_entry *ret, struct diag *d) MUST_USE;
/* The entries from number `from` on, at most `max`. */
int public_log_entries(struct public_log *s, uint64_t from, struct log_entry *ret, size_t max,
                       size_t *ret_count, struct diag *d) MUST_USE;
/* The checkpoint of that size, the caller's: the one that was kept when the log had that size, or
 * with `by` (which may be NULL) one that is signed now; others name the size, so it is not kept.
 * ERR_NOT_FOUND, ERR_IO. */
int public_log_checkpoint(struct public_log *s, uint64_t size, const struct log_signer *by,
                          char **ret, struct diag *d) MUST_USE;
/* The one of the largest size; ERR_NOT_FOUND: nothing has been logged. */
int public_log_newest(struct public_log *s, char **ret, struct diag *d) MUST_USE;

/* For those who check. Values of the rows as they are stored: number and size may be anything.
 * `note` is NULL where there is none. A value other than 0 ends the walk and is handed on. */
struct log_row {
    int64_t number;
    struct log_document document;
    bool malformed; /* hash or tag of another length */
};
typedef int log_row_fn(void *context, const struct log_row *row);
int public_log_walk(struct public_log *s, log_row_fn *fn, void *context, struct diag *d) MUST_USE;
typedef int log_checkpoint_fn(void *context, int64_t size, const char *note, size_t len);
int public_log_walk_checkpoints(struct public_log *s, log_checkpoint_fn *fn, void *context,
                                struct diag *d) MUST_USE;
int public_log_tiles(struct public_log *s, uint64_t *ret_count, struct diag *d) MUST_USE;

#endif
