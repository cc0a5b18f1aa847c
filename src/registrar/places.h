/* Place tokens: the registrar tells a device, by its session's address, in which country it is,
 * where the newest policy makes that matter; and it publishes each day how many devices held one.
 */
#ifndef IRONSIDE_REGISTRAR_PLACES_H
#define IRONSIDE_REGISTRAR_PLACES_H

#include "registrar/core.h"
#include "wire/exemptions.h"

/* When a token that is given out now begins and ends. In a replay, where there is one clock, now
 * and the day's last instant (UTC). On a live network it begins ten minutes ago, since other
 * machines' clocks may be behind this one, and ends with the day too, but has at least an hour
 * left, so that it can be renewed before, and never lasts over 24 hours. */
void registrar_place_life(bool replay, int64_t now_unix_ms, int64_t *ret_issued_unix_ms,
                          int64_t *ret_until_unix_ms);

/* The token for the session `from` (a full JID), as a note at the end of `ret`. It is for the
 * account's newest certificate, and lives as registrar_place_life says. The device is counted on
 * each day from now on that the token touches. ERR_NOT_FOUND: no file tells countries, the
 * address's is not known, the policy makes no difference there, or there is no such session or
 * certificate; ERR_AUTH: not an account of this network; and what the server says. */
int registrar_place(struct registrar *r, const char *from, struct buf *ret,
                    struct diag *d) MUST_USE;

/* Publishes the counts of the days that are over, in the public log. Cheap while there is nothing
 * to do. */
int registrar_places_tick(struct registrar *r, struct diag *d) MUST_USE;
/* When that wants to be called, in ms; -1: no limit. */
int registrar_places_timeout_ms(const struct registrar *r);

/* What was published, by day, each with its signature checked. A negative code of `each` ends it.
 */
int registrar_exemptions(struct registrar *r,
                         int (*each)(void *context, const struct exemptions *x), void *context,
                         struct diag *d) MUST_USE;

#endif
