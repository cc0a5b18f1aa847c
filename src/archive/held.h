/* Checkpoints that others hold: what the bot once signed, against what its journal says now. A
 * device, an agency or a witness keeps them; a journal that was cut short or written anew cannot
 * fit one that is outside of it.
 */
#ifndef IRONSIDE_ARCHIVE_HELD_H
#define IRONSIDE_ARCHIVE_HELD_H

#include "journal/journal.h"

/* `note`: a checkpoint of the bot's tree as a signed note; `name`: what the line calls it, its
 * file's. ERR_FORMAT: it is none; ERR_AUTH: of another bot or not signed with the key, or the
 * journal is shorter than it or has another root at its size. */
int held_check(struct journal *j, const uint8_t bot_key[static SIGN_PUBLIC_BYTES], const char *name,
               const char *note, struct diag *d) MUST_USE;

#endif
