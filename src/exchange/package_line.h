/* A line of `records/BOT/NNNNNN.jsonl`. The lines of a bot, file after file, cover every leaf of
 * its tree up to its checkpoint, in order and each once, so that whoever reads them makes its root
 * again, and sees that nothing stands between that is neither shown nor withheld:
 *
 *     {"leaf":12,"record":"…","signed":"…","verdict":{…}}   a record's line, the bytes that its
 *                                                 device has signed, the bot's verdict on it
 *     {"leaf":13,"text":"ironside batch 2 …"}     a leaf that says where records stand
 *     {"leaf":16,"level":4,"hash":"…","why":"scope"}   2^level leaves that are withheld
 *
 * The verdict has line, index, count, path, at and signature as a proof has them
 * (docs/protocol.md, "Proof").
 */
#ifndef IRONSIDE_EXCHANGE_PACKAGE_LINE_H
#define IRONSIDE_EXCHANGE_PACKAGE_LINE_H

#include "base/arena.h"
#include "exchange/package.h"
#include "wire/record.h"
#include "wire/verdict.h"

#define PACKAGE_LINE_BYTES_MAX (2U * RECORD_MAX + 8192U)
#define PACKAGE_LINE_SIGNED_MAX 8192U /* bytes */
#define PACKAGE_LINE_LEVEL_MAX 62U

enum package_line_kind { PACKAGE_LINE_RECORD, PACKAGE_LINE_TEXT, PACKAGE_LINE_WITHHELD };

struct package_line {
    enum package_line_kind kind;
    uint64_t leaf;    /* the first of those that it covers */
    const char *text; /* the leaf's; withheld: NULL */
    size_t text_len;
    const uint8_t *signed_bytes; /* of a record: S, which its device has signed */
    size_t signed_len;
    struct verdict verdict;
    unsigned level; /* withheld: 2^level leaves, complete and aligned */
    uint8_t hash[MERKLE_BYTES];
    enum package_why why;
};

/* Appends it with its newline. */
void package_line_put(struct buf *b, const struct package_line *l);
/* Reads one without its newline; its text lies in the arena. ERR_FORMAT, ERR_LIMIT. */
int package_line_get(const char *text, size_t len, struct arena *a,
                     struct package_line *ret) MUST_USE;

#endif
