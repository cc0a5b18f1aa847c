/* Does every line that says "archived" have a record? One round's lines against its batches: the
 * rule that the keeper holds its openers to, and the audit the keeper.
 */
#ifndef IRONSIDE_JOURNAL_COVER_H
#define IRONSIDE_JOURNAL_COVER_H

#include "journal/journal.h"

struct cover {
    const uint8_t (*lines)[VERDICT_LINE_BYTES]; /* the caller's */
    uint32_t line_count;
    char warrant[VALUE_WARRANT_MAX + 1]; /* of the batch before */
    uint64_t has[VERDICT_ROUND_MAX / 64];
};

enum cover_fault {
    COVER_NONE,
    COVER_WARRANT, /* the batch before is of this warrant, or of one that comes after it */
    COVER_ORDER,   /* a record's position does not follow that of the record before */
    COVER_LINE,    /* a record is of no line, or of one that does not say "archived" */
};

/* At most VERDICT_ROUND_MAX lines. */
void cover_start(struct cover *c, const uint8_t (*lines)[VERDICT_LINE_BYTES], uint32_t line_count);
/* The round's next batch, with its warrant, count and positions; `ret_record`: which is at fault.
 */
enum cover_fault cover_add(struct cover *c, const struct journal_batch *b, uint32_t *ret_record);
/* After the last: the first archived line that has no record. False: each has one. */
bool cover_lacks(const struct cover *c, uint32_t *ret_position);

#endif
