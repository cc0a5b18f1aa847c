/* The client data: what the browser says of itself (Web Authentication, 5.8.1). */
#ifndef IRONSIDE_PASSKEY_CLIENT_DATA_H
#define IRONSIDE_PASSKEY_CLIENT_DATA_H

#include "passkey/passkey.h"

/* Is it of that type ("webauthn.create", "webauthn.get"), for this challenge, from this origin? The
 * errors of passkey.h. */
int client_data_check(struct passkey_part client_data, const char *type,
                      const struct passkey_site *site,
                      const uint8_t challenge[static PASSKEY_CHALLENGE_BYTES],
                      struct diag *d) MUST_USE;

#endif
