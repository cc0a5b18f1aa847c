/* Signing documents with the keys of those who may: custodians, the registrar, a bot. This room
 * works on texts and key files alone; it never talks to a network.
 */
#ifndef IRONSIDE_AUTHORITY_SIGN_H
#define IRONSIDE_AUTHORITY_SIGN_H

#include "base/buf.h"
#include "network/keys.h"

/* Appends the signed note: the text, an empty line, and a signature line of each key. */
void authority_sign(struct buf *out, const struct buf *text, struct signing_key *const *keys,
                    size_t count);

#endif
