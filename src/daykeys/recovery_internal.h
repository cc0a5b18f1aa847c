/* Between the files of recovery.h. */
#ifndef IRONSIDE_DAYKEYS_RECOVERY_INTERNAL_H
#define IRONSIDE_DAYKEYS_RECOVERY_INTERNAL_H

#include "daykeys/recovery.h"

/* The secret of an identity as libgfshare splits it. */
struct recovery_share {
    char domain[VALUE_DOMAIN_MAX + 1], warrant[VALUE_WARRANT_MAX + 1];
    char holder[RECOVERY_NAME_MAX + 1];
    char recipient[AGE_RECIPIENT_LEN + 1];
    uint8_t number, of, needed;
    uint8_t secret[AGE_KEY_BYTES];
};
/* Appends its text. */
void recovery_share_put(struct buf *b, const struct recovery_share *s);
/* ERR_FORMAT, with a line. `ret` should lie in secret memory. */
int recovery_share_parse(const char *text, struct recovery_share *ret, struct diag *d) MUST_USE;

/* Takes the value of the line "KEY VALUE" off the front of `*pos` into `ret`; false when the next
 * line has another key, or its value is longer. */
bool recovery_line(const char **pos, const char *key, char *ret, size_t size);

/* Gives libgfshare its source of random bytes, which it wipes its memory with, too. */
void recovery_prepare(void);

#endif
