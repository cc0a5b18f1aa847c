/* Between the files of into.h. */
#ifndef IRONSIDE_POPULATION_INTO_INTERNAL_H
#define IRONSIDE_POPULATION_INTO_INTERNAL_H

#include <netinet/in.h>
#include <uthash.h>

#include "archive/library.h"
#include "base/channel.h"
#include "base/clock.h"
#include "daykeys/folder.h"
#include "ibot/link.h"
#include "population/into.h"
#include "registrar/core.h"
#include "registrar/country_map.h"
#include "wire/envelope.h"

#define INTO_BLOCK_KEYS 1024U /* locked memory of its own for each would be too many mappings */

/* A device: its keys and its chain. */
struct into_device {
    char account[VALUE_JID_MAX + 1];
    uint8_t certificate[HASH_BYTES];
    uint8_t key[SIGN_PUBLIC_BYTES];
    uint32_t omemo_device;
    uint8_t *secret; /* SIGN_SECRET_BYTES in one of the blocks */
    uint64_t n;
    uint8_t digest[HASH_BYTES];
    char country[VALUE_COUNTRY_BYTES]; /* of the token; "" none yet */
    struct place *place;               /* NULL: none is needed there */
    int64_t place_until_ms;            /* it was asked for, and need not be before */
    int64_t rate_ms;                   /* when its tokens were counted, monotonic */
    uint32_t rate_left;                /* messages that link takes from it now */
    UT_hash_handle hh;
};

struct into_bot {
    struct bot_folder folder;
    pid_t keeper, openers[FOLDER_OPENERS_MAX];
    struct channel to_keeper, to_openers[FOLDER_OPENERS_MAX];
    struct link *link;
    struct component *component; /* link's */
};

struct into {
    char *dir;
    struct clock clock;
    struct network_note *net;
    struct library *library;
    const struct policy_set *set;
    struct registrar *registrar;
    struct component *registry;    /* the registrar's component: its answers */
    struct country_map *map;       /* NULL: the network tells no countries */
    char address[INET_ADDRSTRLEN]; /* of whose session the registrar asks */
    struct into_bot bot;
    struct into_device *devices;
    uint8_t **blocks; /* of secret memory, for INTO_BLOCK_KEYS keys each */
    size_t block_count, key_count;
    struct into_group *groups;
    struct into_counts counts;
    struct buf stanza;
    int64_t moved_ms;    /* monotonic: when the last verdict came */
    struct diag refused; /* why the first message was; "" */
};

/* into_device.c */
/* The account's device, made when it is new. */
int into_device_of(struct into *x, const char *account, struct into_device **ret,
                   struct diag *d) MUST_USE;
void into_devices_free(struct into *x);
/* Its place token for a country is there and valid now. */
int into_device_place(struct into *x, struct into_device *v, const char *country,
                      struct diag *d) MUST_USE;
/* Appends the blind copy's stanza, and goes on in the chain; nothing for a message that is open
 * where the device is. */
int into_device_sign(struct into *x, struct into_device *v, const struct into_message *m,
                     struct diag *d) MUST_USE;

/* into_group.c */
void into_groups_free(struct into *x);

/* into_bot.c */
int into_bot_start(struct into *x, struct diag *d) MUST_USE;
void into_bot_stop(struct into *x);
/* Gives link what stands in `stanza`, and empties it. */
int into_bot_feed(struct into *x, struct diag *d) MUST_USE;
/* Lets the processes talk, at most so long. */
int into_bot_turn(struct into *x, int timeout_ms, struct diag *d) MUST_USE;
uint64_t into_bot_waiting(const struct into *x); /* messages without a verdict */

#endif
