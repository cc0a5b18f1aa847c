/* The keys that a device publishes for others to begin sessions with (XEP-0384, "bundle"). */
#ifndef IRONSIDE_DEVICE_BUNDLE_H
#define IRONSIDE_DEVICE_BUNDLE_H

#include "omemo/omemo.h"
#include "store/store.h"

/* Appends the bundle as it is to be published, prekeys topped up, in a transaction of its own.
 * `*ret_version` is for omemo_mark_published. ERR_IO and what omemo_put_bundle gives. */
int bundle_write(struct store *s, struct omemo *o, struct buf *b, uint64_t *ret_version) MUST_USE;

#endif
