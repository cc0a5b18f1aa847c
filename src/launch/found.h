/* Founding a network on this machine in one go: its TLS authority, three custodians of whom two
 * must sign, the registrar, one bot with day keys for the days asked for, the agencies north and
 * south, a first warrant and the first policy. All keys lie in its folder then: for trying out.
 * With custodians who are elsewhere it makes only what belongs on this machine: the network note
 * waits in founding/ for their signatures, and bot and registrar for a policy (docs/authority.md).
 */
#ifndef IRONSIDE_LAUNCH_FOUND_H
#define IRONSIDE_LAUNCH_FOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "crypto/note.h"

struct found_options {
    const char *dir;
    const char *domain;
    const char *host; /* that devices connect to */
    uint16_t port;
    uint16_t upload_port; /* of the upload host; 0: none */
    bool replay;
    int64_t from_day, until_day; /* of the warrant */
    const char *const *excluded; /* countries, ascending */
    size_t excluded_count;
    size_t openers;
    const struct note_key *custodians; /* who are elsewhere */
    size_t custodian_count;            /* 0: three are made here, of whom two must sign */
    size_t quorum;
    const char *places;    /* file that tells countries (registrar/country_map.h); NULL: none */
    const uint8_t *desk;   /* the key of the desk of the first agency, north; NULL: it has none */
    const char *authority; /* who issued the warrant; NULL: a line that says it was the founder */
};

/* Makes the folder, which must not hold a network yet. What was made is removed when it fails.
 * ERR_EXISTS, ERR_FORMAT, ERR_IO. */
int found_network(const struct found_options *o, struct diag *d) MUST_USE;

#endif
