/* Statements of use (wire/use.h): of each desk the newest that the verified public log has, and the
 * newest that was fetched. The caller checks them.
 */
#ifndef IRONSIDE_STORE_USES_H
#define IRONSIDE_STORE_USES_H

#include "store/store.h"

struct store_use {
    uint8_t logged[HASH_BYTES]; /* of the text of the newest in the log */
    bool held;                  /* that one is `note` */
    char *note;                 /* the newest that was fetched; NULL: none; the caller's */
};

/* The log has this statement of use, behind all that it had of that desk. */
int store_put_use_logged(struct store *s, const struct log_entry *e) MUST_USE;
/* The text that the log's newest one of the desk with this tag is named by has been fetched. */
int store_put_use(struct store *s, const uint8_t tag[static LOG_TAG_BYTES],
                  const char *note) MUST_USE;
/* By the desk's tag. ERR_NOT_FOUND: the log has none. */
int store_use(struct store *s, const uint8_t tag[static LOG_TAG_BYTES],
              struct store_use *ret) MUST_USE;
void store_use_clear(struct store_use *x);
#define CLEANUP_STORE_USE CLEANUP(store_use_clear)
/* Is there any that was not fetched? */
int store_uses_wait(struct store *s, bool *ret) MUST_USE;

#endif
