/* An append-only Merkle tree in a database: tiles of 256 hashes, as C2SP tlog-tiles lays them out.
 * Tile (L, i) holds the roots of the complete subtrees of 256^L leaves from number 256 i on.
 *
 * The table is the tree's own; transactions are its user's: append and store within one. After a
 * transaction that was rolled back call tree_load.
 */
#ifndef IRONSIDE_JOURNAL_TREE_H
#define IRONSIDE_JOURNAL_TREE_H

#include <sqlite3.h>

#include "base/buf.h"
#include "crypto/merkle.h"

#define TREE_TILE_HASHES 256U
#define TREE_LEVELS_MAX 8U

struct tree;

/* Makes the table `tile` in a database that has none. ERR_IO. */
int tree_create(sqlite3 *db, struct diag *d) MUST_USE;
/* Finds the size from the table, in several statements: within one transaction, where another
 * connection may write. The database must outlive the tree. ERR_IO, ERR_FORMAT. */
int tree_open(sqlite3 *db, struct tree **ret, struct diag *d) MUST_USE;
void tree_free(struct tree *t);
/* Reads the size and the right-hand edge again. Until that succeeds after it has failed, nothing
 * can be appended or fetched (ERR_INVALID_STATE). */
int tree_load(struct tree *t, struct diag *d) MUST_USE;

uint64_t tree_size(const struct tree *t);
/* ERR_IO: a tile that became full could not be written. */
int tree_append(struct tree *t, const uint8_t leaf[static MERKLE_BYTES],
                uint64_t *ret_index) MUST_USE;
/* Writes the tiles that appending has changed and that are not full. */
int tree_store(struct tree *t, struct diag *d) MUST_USE;

/* Appends the hashes of a tile, and says how many. ERR_NOT_FOUND: there is none; ERR_IO,
 * ERR_FORMAT. */
int tree_tile(struct tree *t, unsigned level, uint64_t number, struct buf *ret,
              size_t *ret_count) MUST_USE;
/* A merkle_fetch over the tree (`context` is the tree): ERR_NOT_FOUND past its end, ERR_IO. */
int tree_fetch(void *context, unsigned level, uint64_t index, uint8_t ret[static MERKLE_BYTES]);

#endif
