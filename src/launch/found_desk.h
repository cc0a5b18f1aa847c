/* A desk for the agency north of a network that was founded on this machine (found.h): for trying
 * out, with two first users whose passwords lie in its folder.
 */
#ifndef IRONSIDE_LAUNCH_FOUND_DESK_H
#define IRONSIDE_LAUNCH_FOUND_DESK_H

#include <stdint.h>

#include "base/error.h"
#include "crypto/sign.h"

#define FOUND_DESK_AGENCY "north"
#define FOUND_DESK_PASSWORDS "first-passwords"

/* Makes desks/north, which listens on 127.0.0.1, with the users `admin` (administrator) and
 * `reviewer`. Their passwords are random and stand, a line "NAME PASSWORD" each, in the file
 * first-passwords in it, 0600. `seed`: of its key, which the network's warrant names
 * (found_options.desk). ERR_EXISTS, ERR_IO. */
int found_desk(const char *dir, const char *domain, uint16_t port,
               const uint8_t seed[static SIGN_SEED_BYTES], struct diag *d) MUST_USE;

#endif
