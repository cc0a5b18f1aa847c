/* What programs have made of messages' words in another language. It lies in the vault beside the
 * original, with which program made it, and is never shown as what somebody wrote; a digest and a
 * search have no part in it.
 */
#ifndef IRONSIDE_DESK_TRANSLATIONS_H
#define IRONSIDE_DESK_TRANSLATIONS_H

#include "desk/index.h"

struct desk_translation {
    int64_t message, at_unix_ms;
    const char *from, *to; /* ISO 639-1 */
    const char *adapter;   /* the program's name */
    const char *text;
};

/* In the place of one into the same language. In the caller's transaction. ERR_NOT_FOUND: there is
 * no such message in sight. */
int desk_translation_write(struct desk_index *x, const struct desk_translation *t,
                           struct diag *d) MUST_USE;
typedef int desk_translation_fn(void *context, const struct desk_translation *t);
/* Into that language; `to` NULL: the last that was made. `t` lives until the callback returns.
 * ERR_NOT_FOUND: no such message is in sight, or it has none. */
int desk_translation_of(struct desk_index *x, int64_t message, const char *to,
                        desk_translation_fn *fn, void *context, struct diag *d) MUST_USE;

#endif
