/* The bot's answers to a blind copy.
 *
 * `later`: unsigned, changes nothing; send the same bytes again after a pause.
 * Verdict: signed, committed before it is sent, final for its digest. One signature covers a round
 * of lines, so each verdict carries the path from its line to the round's root (RFC 9162).
 *
 *     line       D (32) | certificate (32) | n (8) | state (1) | reason (1)
 *     signature  "ironside verdicts 1\0" | len(bot) bot | count (4) | at (8) | root (32)
 *     leaf       "ironside verdicts 1 ROOT COUNT"      in the journal's tree, root in hexadecimal
 */
#ifndef IRONSIDE_WIRE_VERDICT_H
#define IRONSIDE_WIRE_VERDICT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "crypto/sign.h"
#include "wire/xml.h"

#define VERDICT_LINE_BYTES 74
#define VERDICT_ROUND_MAX 4096U
#define VERDICT_PATH_MAX 12U /* hashes: a round has at most 4096 lines */

enum verdict_state { VERDICT_ARCHIVED = 1, VERDICT_REFUSED = 2 };

enum verdict_reason {
    VERDICT_NO_REASON = 0,
    VERDICT_NOT_COVERED = 1, /* the seals are not those of the warrants that cover it */
    VERDICT_WRONG_DAY = 2,   /* no day key for `at`, `at` too far ahead, or dated back */
    VERDICT_BAD_SEAL = 3,    /* does not open, or the payload is not under its key */
    VERDICT_BAD_PLACE = 4,
    VERDICT_OLD_POLICY = 5,
    VERDICT_CONFLICT = 6, /* n was taken by another digest, or prev is wrong; consumes nothing */
    VERDICT_NO_FILE = 7,  /* a file is not on the upload host, or other bytes are */
    VERDICT_REASONS       /* how many, VERDICT_NO_REASON with them */
};

enum later_reason {
    LATER_SLOW_DOWN = 1,
    LATER_CLOSED,
    LATER_UNKNOWN_DEVICE,
    LATER_MALFORMED,
    LATER_TOO_LARGE,
    LATER_BAD_SIGNATURE,
    LATER_GAP,
    LATER_FILE,   /* a file can't be had or kept just now: upload host away, bot's disk full */
    LATER_REASONS /* one more than the last */
};

/* "bad-seal"; NULL for a value that is not one. */
const char *verdict_reason_text(enum verdict_reason r);
const char *later_reason_text(enum later_reason r);

struct verdict_line {
    uint8_t digest[HASH_BYTES];
    uint8_t certificate[HASH_BYTES];
    uint64_t n;
    enum verdict_state state;
    enum verdict_reason reason;
};

void verdict_line_put(const struct verdict_line *l, uint8_t ret[static VERDICT_LINE_BYTES]);
/* ERR_FORMAT: state and reason that do not go together. */
int verdict_line_get(const uint8_t bytes[static VERDICT_LINE_BYTES],
                     struct verdict_line *ret) MUST_USE;
/* A line's place in its round, as batches name it: big-endian. */
#define VERDICT_POSITION_BYTES 2
void verdict_position_put(struct buf *b, uint32_t position);
/* Of number `index` in a list of them. */
uint32_t verdict_position_get(const uint8_t *positions, uint32_t index);
/* Does the line move its chain on? All but conflicts do. */
bool verdict_line_consumes(const struct verdict_line *l);

struct verdict_round {
    const char *bot;
    uint32_t count;
    int64_t at_unix_ms;
    uint8_t root[MERKLE_BYTES];
};
/* Appends what the round's signature covers. */
void verdict_round_put(struct buf *b, const struct verdict_round *r);
/* Appends the text of the round's leaf in the journal's tree. */
void verdict_round_leaf_text(struct buf *b, const uint8_t root[static MERKLE_BYTES],
                             uint32_t count);

struct verdict {
    struct verdict_line line;
    int64_t at_unix_ms;
    uint32_t index, count;
    uint8_t path[VERDICT_PATH_MAX][MERKLE_BYTES];
    size_t path_count;
    uint8_t signature[SIGN_BYTES];
};

/* Does the bot's key stand behind it? Gives the round's root too, for its proof of inclusion.
 * ERR_AUTH, ERR_FORMAT. */
int verdict_verify(const struct verdict *v, const char *bot,
                   const uint8_t bot_key[static SIGN_PUBLIC_BYTES],
                   uint8_t ret_root[static MERKLE_BYTES]) MUST_USE;

/* Appends what its signature covers: the round, whose root follows from line and path. ERR_FORMAT.
 */
int verdict_signed_bytes(const struct verdict *v, const char *bot, struct buf *out) MUST_USE;

/* <verdict xmlns=… state reason digest n at> <path/>… <index/> <count/> <sig/>, `reason` only where
 * there is one. The certificate is not in it: whoever reads it knows whose message it answers. */
void verdict_put_xml(struct buf *b, const struct verdict *v);
int verdict_parse(const struct xml_element *x, const uint8_t certificate[static HASH_BYTES],
                  struct verdict *ret, struct diag *d) MUST_USE;
/* The binary form that is kept and handed between processes. */
void verdict_put(struct buf *b, const struct verdict *v);
int verdict_get(struct cursor *c, struct verdict *ret) MUST_USE;

#define LATER_SECONDS_MAX 86400U
#define LATER_LONG_S 60U /* for what does not pass at once */

struct later {
    enum later_reason reason;
    uint32_t seconds; /* the pause that the bot asks for */
};
/* <later xmlns=… reason='…' seconds='…'/> */
void later_put_xml(struct buf *b, const struct later *l);
int later_parse(const struct xml_element *x, struct later *ret) MUST_USE;

#endif
