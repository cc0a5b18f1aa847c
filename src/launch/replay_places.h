/* From where the devices of a replay connect: a country stands for an address of 127.0.0.0/8, by
 * the text map that network.json names (registrar/country_map.h). A device is where its last
 * message with a country was sent from; before that, at no particular address.
 */
#ifndef IRONSIDE_LAUNCH_REPLAY_PLACES_H
#define IRONSIDE_LAUNCH_REPLAY_PLACES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

struct replay_places;

/* A network without a map is fine as long as no line names a country. */
int replay_places_open(const char *dir, size_t devices, struct replay_places **ret,
                       struct diag *d) MUST_USE;
void replay_places_free(struct replay_places *p);
DEFINE_CLEANUP(struct replay_places, replay_places_free)

/* Can a device be there? ERR_NOT_FOUND: there is no map, or no address in it. */
int replay_places_check(const struct replay_places *p, const char *country,
                        struct diag *d) MUST_USE;
/* A message of `from` at that time, sent from `country` (NULL: it does not say): if the network's
 * newest policy demands place tokens by then, is it known where the sender is, from this message or
 * one before it? ERR_NOT_FOUND: it is not, and the message would wait for ever. */
int replay_places_demand(struct replay_places *p, const char *from, const char *country,
                         int64_t at_unix_ms, struct diag *d) MUST_USE;
/* Does this device have to move for a message from there (NULL: from where it is)? */
bool replay_places_moves(const struct replay_places *p, size_t device, const char *country);
/* Notes that it is there now, and gives the address. Its country has been checked. */
void replay_places_move(struct replay_places *p, size_t device, const char *country,
                        char ret[static INET_ADDRSTRLEN]);
/* Does the network tell countries? */
bool replay_places_told(const struct replay_places *p);

#endif
