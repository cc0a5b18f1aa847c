/* A network in a temporary folder, with custodians, a registrar and one bot, for tests. What
 * cannot be made ends the program. */
#ifndef IRONSIDE_TESTS_NETWORK_WORLD_H
#define IRONSIDE_TESTS_NETWORK_WORLD_H

#include "network/keys.h"
#include "network/settings.h"
#include "wire/bundle.h"
#include "wire/network_note.h"
#include "wire/registry.h"

#define WORLD_DOMAIN "chat.test"
#define WORLD_BOT "ibot." WORLD_DOMAIN
#define WORLD_CUSTODIANS 3 /* custodian-1 …, quorum 2 */

struct world {
    char *dir;
    struct settings settings;
    struct signing_key *custodians[WORLD_CUSTODIANS];
    struct signing_key *bot;
    struct signing_key *desk; /* north's; nowhere but in memory */
    struct network_note *network;
};

/* Makes the network in `dir`: everything but documents and the clock. */
void world_make(struct world *w, const char *dir, uint16_t port, bool replay);
/* Reads the one that is there. */
void world_open(struct world *w, const char *dir);
/* Makes one in a new folder of /tmp. */
void world_make_temporary(struct world *w);
/* Lets the memory go, and with `remove` the folder. */
void world_clear(struct world *w, bool remove);

struct world_policy {
    uint32_t serial;
    const char *warrant;                  /* NULL: none */
    size_t signers;                       /* of the custodians */
    bool without_warrant, without_epochs; /* leave the file out */
    const char *issued;                   /* NULL: a usual time */
    bool astray;                          /* follows a policy that there is not */
    const char *notice;                   /* NULL: a usual one */
    const char *exclude;                  /* countries, by the warrant; NULL: none */
    bool desk;                            /* the warrant names the desk of north */
};
/* Writes documents/policy-N.note, and for its warrant ID.note and ID-epochs.note. */
void world_publish(struct world *w, const struct world_policy *p);

/* Writes `text` with the first `signers` custodians' signatures to documents/NAME.note. */
void world_sign(struct world *w, const char *name, const char *text, size_t signers);

/* A device's half of an activation: its key and its request with the HMAC. */
struct world_request {
    uint8_t public[SIGN_PUBLIC_BYTES];
    uint8_t secret[SIGN_SECRET_BYTES];
    struct buf note;
    uint8_t mac[HASH_BYTES];
};
void world_request(struct world_request *q, const char *account,
                   const uint8_t secret[static REGISTRY_SECRET_BYTES]);
void world_request_clear(struct world_request *q);

/* A port of 127.0.0.1 that nobody uses. */
uint16_t world_free_port(void);

#endif
