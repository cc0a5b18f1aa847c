/* A device's state; its parts are in the headers of the files that keep them. */
#ifndef IRONSIDE_DEVICE_DEVICE_INTERNAL_H
#define IRONSIDE_DEVICE_DEVICE_INTERNAL_H

#include "device/attempts.h"
#include "device/device.h"
#include "device/files_internal.h"
#include "device/places.h"
#include "device/public_log.h"
#include "device/rules.h"
#include "omemo/omemo.h"

#define STANZA_MEMORY (512U * 1024)
#define NOTICED_MAX 64

struct device {
    struct device_options o;
    struct store *store;
    struct omemo *omemo;
    struct network_note *net;
    struct certificate *certificate;
    uint8_t *signing_secret; /* SIGN_SECRET_BYTES, in secret memory */
    char account[VALUE_JID_MAX + 1];
    char handle[VALUE_HANDLE_MAX + 1];
    struct place *place; /* the session's token, or NULL */
    struct device_places places;
    bool online;
    bool dirty;   /* something came that may let a waiting message go on */
    bool stopped; /* a conflict: this device needs a new activation */
    struct device_log log;
    bool uses_wait;                     /* some statements of use were not fetched, it may be */
    uint32_t newest;                    /* serial of the newest policy that is logged; 0: none */
    bool newest_asked;                  /* the registrar has named its newest in this session */
    bool doubted;                       /* the bot goes by a newer one: nothing before that */
    struct policy_set *sets[SETS_KEPT]; /* the most recently used first */
    struct kept_certificate *certificates;
    struct want *wants;
    struct attempt *attempts;
    struct addressee *addressees;
    uint64_t sendings; /* the latest number in the row of sendings of deliveries */
    struct device_confirm confirm;
    int64_t signed_entry;                     /* before the bot; 0: none */
    uint8_t noticed[NOTICED_MAX][HASH_BYTES]; /* refusals that were said */
    unsigned next_noticed;
    int64_t next_policy_ms, next_bundle_ms, next_proof_ms;
    int64_t due_ms;     /* when the next tick is wanted */
    bool bundle_unsure; /* a new session: is it still on the server? */
    bool publishing, proving;
    uint64_t published_version; /* of the bundle that is being published */
    struct store_round proved;  /* the round that is being asked about */
    int64_t proof_after;        /* the last one that was asked about */
    bool accept_all;            /* of a replay network's fleet: nobody is a stranger */
    struct device_late *late;   /* late.c: heard after the commit */
    struct device_upload upload;
    struct arena arena;
};

/* events.c */
int64_t device_now(const struct device *d);
void device_notice(struct device *d, const char *peer, const char *fmt, ...) PRINTF_LIKE(3, 4);
void device_progress(struct device *d, const char *id, enum device_progress p, const char *detail);
/* The store can't be written: nothing may go on as if it had been. Says so. */
void device_store_failed(struct device *d, const struct diag *why);
/* The first time of late that it is asked of this hash? What comes again is said once. */
bool device_is_news(struct device *d, const uint8_t hash[static HASH_BYTES]);

/* sign.c */
void device_sign_next(struct device *d);

/* answers.c */
void device_take_bot_message(struct device *d, const struct xml_element *x);
void device_take_bounce(struct device *d, const struct xml_element *x);

/* verdicts.c */
void device_take_verdict(struct device *d, struct outbox_entry *e, const struct verdict *v);

/* receive.c */
void device_receive(struct device *d, const struct xml_element *x);
void device_receive_parked(struct device *d);

/* bundle.c: the bundle on the server is kept as it is here. */
void device_keep_bundle(struct device *d);
/* Milliseconds; -1: nothing is to be done. */
int64_t device_bundle_due(const struct device *d);

/* proofs.c: what the bot has to show of its tree. */
void device_ask_proofs(struct device *d);
int64_t device_proofs_due(const struct device *d);

/* Wants a tick: what an answer has brought is acted upon there. */
static inline void device_wake(struct device *d)
{
    d->due_ms = 0;
}

/* The sooner one; below 0: never. */
static inline int64_t device_min_due(int64_t a, int64_t b)
{
    return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

#endif
