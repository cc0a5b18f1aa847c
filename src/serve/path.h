/* The paths by which a served network is asked, and nothing else is:
 *
 *     /network.note
 *     /documents                     "SHA256 NAME" in a line for each document (serve/listing.h)
 *     /documents/NAME                one of them
 *     /bots/BOT/checkpoint           the newest signed checkpoint of its tree
 *     /bots/BOT/checkpoints/SIZE     those of that many leaves and more, the smallest first
 *     /bots/BOT/tile/L/N[.p/W]       a tile of the tree
 *     /bots/BOT/rounds/N             rounds from that number on, whole (serve/round.h)
 *     /bots/BOT/files/HEX            an archived file's ciphertext, or a range of it
 *     /bots/BOT/removed/HEX          when retention has removed it, u64; 0: it has not
 *
 * Checkpoint and tiles are those of C2SP tlog-tiles (N in groups of three digits, "x001/234") with
 * /bots/BOT as its prefix. Its bundles of entries are not there: an entry is a record's hash.
 */
#ifndef IRONSIDE_SERVE_PATH_H
#define IRONSIDE_SERVE_PATH_H

#include <stdint.h>

#include "base/error.h"
#include "crypto/hash.h"
#include "wire/value.h"

#define SERVE_PATH_MAX 512U
#define SERVE_NAME_MAX 128U /* of a document's file */
#define SERVE_TILE_LEVELS 8U

enum serve_what {
    SERVE_NETWORK_NOTE,
    SERVE_DOCUMENTS,
    SERVE_DOCUMENT,
    SERVE_CHECKPOINT,
    SERVE_CHECKPOINTS,
    SERVE_TILE,
    SERVE_ROUNDS,
    SERVE_FILE,
    SERVE_REMOVED,
    SERVE_WHATS
};

struct serve_path {
    enum serve_what what;
    char bot[VALUE_WARRANT_MAX + 1];
    char name[SERVE_NAME_MAX + 1]; /* of a document's file */
    uint64_t number;               /* SIZE or N */
    unsigned level;                /* of a tile */
    unsigned width;                /* hashes of a tile; TREE_TILE_HASHES: all */
    uint8_t sha256[HASH_BYTES];    /* of a file */
};

/* ERR_NOT_FOUND: no such path; there is one way to write each. */
int serve_path_parse(const char *text, struct serve_path *ret) MUST_USE;
/* The caller's. */
char *serve_path_format(const struct serve_path *p);
/* A document's file: letters, digits and . _ - , no point first, ".note" last. */
bool serve_name_valid(const char *name);

#endif
