/* Offering days: a bot makes day keys for a warrant that is yet to be drafted and publishes their
 * public halves under its signature, as an epochs note.
 */
#ifndef IRONSIDE_DAYKEYS_OFFER_H
#define IRONSIDE_DAYKEYS_OFFER_H

#include "base/buf.h"
#include "daykeys/folder.h"

#define OFFER_ID_MAX 48U /* bytes of a warrant's id that names files */

/* Makes day keys for the days, durably, and appends the signed note. ERR_FORMAT: not a warrant's
 * id, or not 1 to WARRANT_DAYS_MAX days; ERR_EXISTS: the id has day keys already; ERR_AUTH: the
 * credential is not that of the file of day keys; ERR_IO. */
int offer_make(const struct bot_folder *f, const char *domain, const char *warrant,
               int64_t from_day, int64_t until_day, struct buf *ret_note, struct diag *d) MUST_USE;

#endif
