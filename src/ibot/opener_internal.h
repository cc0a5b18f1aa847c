/* What the opener's own files share. */
#ifndef IRONSIDE_IBOT_OPENER_INTERNAL_H
#define IRONSIDE_IBOT_OPENER_INTERNAL_H

#include <uthash.h>

#include "ibot/opener.h"
#include "ibot/opener_round.h"
#include "wire/certificate.h"
#include "wire/policy_set.h"

/* A device that link has named, or whose chain the keeper has. */
struct device {
    uint8_t certificate[HASH_BYTES]; /* hash: the key of the table */
    uint64_t n;                      /* head of its chain; 0: none yet */
    uint8_t digest[HASH_BYTES];
    char *note; /* the certificate; NULL until link has handed it over */
    char *account;
    uint8_t key[SIGN_PUBLIC_BYTES];
    uint32_t omemo_device;
    int64_t from_day, until_day;
    UT_hash_handle hh;
};

struct opener {
    struct opener_options o;
    uint8_t bot_key[SIGN_PUBLIC_BYTES];
    struct device *devices;
    size_t device_count;
    struct policy_set *set;     /* in force; NULL: none yet */
    struct policy_set *pending; /* being handed over by link */
    uint32_t policy_floor;      /* the lowest serial that may come into force */
    bool heads_known;
    struct opener_round *round;
    unsigned rounds_under_way;
    int64_t keys_day;      /* on which the day keys were looked at last */
    int64_t next_keys_ms;  /* monotonic: when they are to be looked at again, at the latest */
    struct diag notice;    /* a line for the person who runs the bot; "" when there is none */
    enum frame_type files; /* what link says of the files of the request at hand */
    bool names_files;      /* the round at hand names them */
    struct arena arena;    /* of the request at hand */
    struct buf signed_bytes;
};

/* This bot's line of the policy; NULL: it does not name this bot with this key. */
const struct policy_bot *opener_self(const struct opener *o, const struct policy *p);

/* The checks from the policy on, for a request that continues its chain and is signed. With `keep`
 * its records are added when it is archived (VERDICT_NO_REASON), for which the round must have
 * room. */
enum verdict_reason opener_open_request(struct opener *o, const struct envelope *e,
                                        const struct device *dev,
                                        const uint8_t transcript[static HASH_BYTES], bool keep);

/* opener_keys.c */
/* The policy that comes into force names these warrants. An error ends the process. */
int opener_keys_name(struct opener *o, const struct policy_set *set, struct diag *d) MUST_USE;
/* Looks at the day keys when that is due, and tells the keeper of those that are no more. */
int opener_keys_tick(struct opener *o, struct diag *d) MUST_USE;

#endif
