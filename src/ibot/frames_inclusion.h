/* Frames that carry a device's question about its bot's tree from link to the keeper, and the
 * answer back (wire/inclusion.h).
 */
#ifndef IRONSIDE_IBOT_FRAMES_INCLUSION_H
#define IRONSIDE_IBOT_FRAMES_INCLUSION_H

#include "wire/inclusion.h"

void frames_put_inclusion(struct buf *b, uint64_t tag, const struct inclusion_query *q);
/* ERR_FORMAT, as all that read. */
int frames_get_inclusion(const uint8_t *body, size_t len, uint64_t *ret_tag,
                         struct inclusion_query *ret) MUST_USE;

/* With `i` NULL it says "not yet". */
void frames_put_included(struct buf *b, uint64_t tag, const struct inclusion *i);
/* `*ret_found` tells which; `*ret` is set if it is true. */
int frames_get_included(const uint8_t *body, size_t len, struct arena *a, uint64_t *ret_tag,
                        bool *ret_found, struct inclusion *ret) MUST_USE;

#endif
