/* The journal: what one bot has archived, append-only, without a key. One SQLite file in WAL mode
 * with synchronous=FULL; one process writes, any number read.
 *
 * A round is the unit: sealed batches of every warrant, the verdict lines with the root's
 * signature, the chains' new heads and the tree's new leaves are committed together or not at all.
 * Leaves of a round, in order: for each batch its records' leaves and then the batch's own; one for
 * each file that is named for the first time; at the end the round's. A batch says of each record
 * which line of its round it is of, so that a line without one shows without a key. This room may
 * not hold keys, and may not open anything.
 */
#ifndef IRONSIDE_JOURNAL_JOURNAL_H
#define IRONSIDE_JOURNAL_JOURNAL_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/buf.h"
#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "wire/value.h"
#include "wire/verdict.h"

struct journal;

struct journal_batch {
    const char *warrant;
    const uint8_t (*leaves)[MERKLE_BYTES]; /* of its records; NULL on reading */
    const uint8_t *positions;              /* of their lines, VERDICT_POSITION_BYTES each */
    uint32_t count;                        /* of records */
    uint32_t policy;                       /* the round's serial; set on reading */
    const uint8_t *sealed;
    size_t sealed_len;
    uint64_t first; /* leaf index of its first record; set on reading */
};

struct journal_file { /* a ciphertext that a message of the round names (files.h) */
    uint8_t sha256[HASH_BYTES];
    uint64_t size;
    uint8_t account[HASH_BYTES]; /* whose it counts as, where it is new: a hash; zeros: nobody's */
};

struct journal_round {
    int64_t at_unix_ms;
    const struct journal_batch *batches;
    size_t batch_count;
    const uint8_t (*lines)[VERDICT_LINE_BYTES];
    uint32_t line_count;
    uint8_t root[MERKLE_BYTES]; /* over the lines */
    uint8_t signature[SIGN_BYTES];
    uint32_t policy; /* the opener's serial; kept as the lowest that may follow */
    const struct journal_file *files;
    size_t file_count;
};

struct journal_head {
    uint8_t certificate[HASH_BYTES];
    uint64_t n;
    uint8_t digest[HASH_BYTES];
};

/* Makes the file for this bot. ERR_EXISTS, ERR_IO; ERR_FORMAT: not a component's address. */
int journal_create(const char *path, const char *bot, const uint8_t key[static SIGN_PUBLIC_BYTES],
                   struct diag *d) MUST_USE;
/* ERR_NOT_FOUND, ERR_FORMAT (not a journal), ERR_IO. A reader sees what was committed when it was
 * opened, until journal_snapshot. One that may not write beside the journal can open it while it is
 * written to, or where it is at rest, with no log beside it (journal_woken). */
int journal_open(const char *path, bool writer, struct journal **ret, struct diag *d) MUST_USE;
void journal_close(struct journal *j);
/* Was it at rest when it was opened, and is written to now? Then what was read meanwhile may be of
 * two moments: open it again. */
bool journal_woken(const struct journal *j);
DEFINE_CLEANUP(struct journal, journal_close)

const char *journal_bot(const struct journal *j);
const uint8_t *journal_key(const struct journal *j); /* SIGN_PUBLIC_BYTES */
uint32_t journal_policy(const struct journal *j);

/* The writer's part. ERR_FORMAT: no line, an empty batch, a malformed line; ERR_INVALID_STATE: a
 * line does not continue its chain, another process writes to the journal, or this one only reads;
 * ERR_IO: not written (full disk, …). The round is dropped then and nothing changed. */
int journal_commit(struct journal *j, const struct journal_round *round, struct diag *d) MUST_USE;
/* Keeps a checkpoint that its user has signed. */
int journal_put_checkpoint(struct journal *j, const struct checkpoint *c, const char *note,
                           struct diag *d) MUST_USE;

/* Every chain's head, in no order. A callback that does not return 0 ends it. */
typedef int journal_head_fn(void *context, const struct journal_head *head);
int journal_heads(struct journal *j, journal_head_fn *fn, void *context, struct diag *d) MUST_USE;
/* The line of a chain's n. ERR_NOT_FOUND. */
int journal_line(struct journal *j, const uint8_t certificate[static HASH_BYTES], uint64_t n,
                 struct verdict_line *ret) MUST_USE;
/* Where that line stands, and when it was written. ERR_NOT_FOUND. */
struct journal_place {
    struct verdict_line line;
    int64_t round;
    uint32_t position; /* in the round */
    int64_t at_unix_ms;
};
int journal_place(struct journal *j, const uint8_t certificate[static HASH_BYTES], uint64_t n,
                  struct journal_place *ret) MUST_USE;
/* Which of the round's batches of this warrant has a record of that line? ERR_NOT_FOUND: none. */
int journal_record(struct journal *j, int64_t round, const char *warrant, uint32_t position,
                   int64_t *ret_batch) MUST_USE;
/* The same with all that proves it: the verdict that was sent. ERR_NOT_FOUND. */
int journal_verdict(struct journal *j, const uint8_t certificate[static HASH_BYTES], uint64_t n,
                    struct verdict *ret) MUST_USE;
/* The leaf of the round with this root. ERR_NOT_FOUND. */
int journal_round_leaf(struct journal *j, const uint8_t root[static MERKLE_BYTES], uint32_t count,
                       uint64_t *ret_leaf) MUST_USE;
/* The newest checkpoint that covers `min_size` leaves; the note is the caller's. ERR_NOT_FOUND.
 * Here and above ERR_FORMAT: the row is damaged. */
int journal_checkpoint(struct journal *j, uint64_t min_size, struct checkpoint *ret,
                       char **ret_note) MUST_USE;

/* How far the network's clock had come when the bot wrote last: its newest round, and the end of
 * the newest day that it has stated. 0: it has neither. ERR_IO. */
int journal_clock(struct journal *j, int64_t *ret_unix_ms, struct diag *d) MUST_USE;

/* The number of the newest round as it is known here; 0: there is none. */
int64_t journal_rounds_end(const struct journal *j);
uint64_t journal_size(const struct journal *j);
int journal_root(struct journal *j, uint64_t size, uint8_t ret[static MERKLE_BYTES]) MUST_USE;
int journal_inclusion(struct journal *j, uint64_t index, uint64_t size,
                      uint8_t ret[static MERKLE_PATH_MAX][MERKLE_BYTES],
                      size_t *ret_count) MUST_USE;
int journal_consistency(struct journal *j, uint64_t old_size, uint64_t size,
                        uint8_t ret[static MERKLE_PATH_MAX][MERKLE_BYTES],
                        size_t *ret_count) MUST_USE;
int journal_leaf(struct journal *j, uint64_t index, uint8_t ret[static MERKLE_BYTES]) MUST_USE;
/* The root of the complete subtree of 2^level leaves with this number. ERR_NOT_FOUND, ERR_IO;
 * ERR_FORMAT: a tile is damaged. */
int journal_node(struct journal *j, unsigned level, uint64_t index,
                 uint8_t ret[static MERKLE_BYTES]) MUST_USE;

/* The stored tile of C2SP tlog-tiles (tree.h): its hashes, at most TREE_TILE_HASHES. ERR_NOT_FOUND,
 * ERR_IO, ERR_FORMAT. */
int journal_tile(struct journal *j, unsigned level, uint64_t number, struct buf *ret,
                 size_t *ret_count) MUST_USE;

enum journal_table {
    JOURNAL_ROUNDS,
    JOURNAL_BATCHES,
    JOURNAL_LINES,
    JOURNAL_CHAINS,
    JOURNAL_TILES
};
/* How many rows it has. ERR_IO. */
int journal_count(struct journal *j, enum journal_table table, uint64_t *ret,
                  struct diag *d) MUST_USE;

/* Moves a reader's view on to what is committed now. It holds the write-ahead log back from being
 * folded in, so a reader that waits long should be closed. ERR_INVALID_STATE: it is the writer. */
int journal_snapshot(struct journal *j, struct diag *d) MUST_USE;

/* The batches from number `from` on, in their order. The row lives until the callback returns. */
struct journal_batch_row {
    int64_t number;
    int64_t round;
    struct journal_batch batch;
    uint64_t leaf;              /* the batch's own */
    uint8_t sha256[HASH_BYTES]; /* as stored: of the sealed bytes */
};
typedef int journal_batch_fn(void *context, const struct journal_batch_row *row);
int journal_batches(struct journal *j, int64_t from, journal_batch_fn *fn, void *context,
                    struct diag *d) MUST_USE;

/* The number of a round's first batch. ERR_NOT_FOUND: it has none; ERR_IO. */
int journal_first_batch(struct journal *j, int64_t round, int64_t *ret) MUST_USE;

struct journal_round_row {
    int64_t number;
    int64_t at_unix_ms;
    const uint8_t (*lines)[VERDICT_LINE_BYTES];
    uint32_t line_count;
    const uint8_t *root;
    const uint8_t *signature;
    uint64_t leaf;
};
typedef int journal_round_fn(void *context, const struct journal_round_row *row);
int journal_rounds(struct journal *j, int64_t from, journal_round_fn *fn, void *context,
                   struct diag *d) MUST_USE;

typedef int journal_checkpoint_fn(void *context, uint64_t size, const char *note);
/* Those of that many leaves and more, the smallest first. */
int journal_checkpoints(struct journal *j, uint64_t min_size, journal_checkpoint_fn *fn,
                        void *context, struct diag *d) MUST_USE;

/* Appends the text of a batch's leaf, "ironside batch 2 WARRANT POLICY FIRST COUNT SHA256
 * POSITIONS": the hash of its sealed bytes and that of the positions, hexadecimal. All of `x` but
 * its leaves is in it; whoever writes a batch and whoever checks one asks here. */
void journal_batch_leaf_text(struct buf *b, const struct journal_batch *x);

#endif
