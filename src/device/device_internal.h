/* What the engine's own files share. */
#ifndef IRONSIDE_DEVICE_DEVICE_INTERNAL_H
#define IRONSIDE_DEVICE_DEVICE_INTERNAL_H

#include <uthash.h>

#include "crypto/merkle_range.h"
#include "device/device.h"
#include "omemo/omemo.h"
#include "wire/certificate.h"
#include "wire/log.h"
#include "wire/policy_set.h"
#include "wire/registry.h"

#define SETS_KEPT 6 /* policies that are held ready */
#define CERTIFICATES_KEPT 512
#define STANZA_MEMORY (512U * 1024)
#define NOTICED_MAX 64
#define WANTS_MAX 512
#define REPAIR_PAUSE_MS 60000

struct kept_certificate {
    uint8_t hash[HASH_BYTES];
    struct certificate *certificate;
    bool logged;
    uint64_t came;       /* for device_logged */
    int64_t repaired_ms; /* when its session was last made anew; 0: never */
    UT_hash_handle hh;
};

/* Something to be had from the registrar or a contact's server-side node; one query at a time. */
enum want_kind { WANT_POLICY = 'p', WANT_HASH = 'h', WANT_ACCOUNT = 'a', WANT_BUNDLE = 'b' };
struct want {
    char key[VALUE_JID_MAX + 16]; /* kind and parameter as text */
    struct device *device;
    enum want_kind kind;
    uint32_t number;          /* policy serial, or OMEMO device */
    uint8_t hash[HASH_BYTES]; /* wanted; of a policy or an account's certificate: what has come */
    char account[VALUE_JID_MAX + 1];
    uint64_t came;       /* for device_logged */
    bool awaits;         /* it has come, and counts once it is logged and in the chain */
    bool unlogged, said; /* the log lacks it, and the user was told */
    bool repair;         /* a bundle for a session that must be made anew */
    bool in_flight, absent;
    int64_t next_ms; /* not before: the pause after a failure, or the end of "absent" */
    int pause_ms;
    struct registry_fetch parts;
    UT_hash_handle hh;
};

#define ATTEMPT_WAITS INT64_MAX

/* A stanza that is not answered yet: a blind copy (account ""), which is sent again after pauses,
 * or a delivery. */
struct attempt {
    struct attempt_key {
        int64_t entry;
        char account[VALUE_JID_MAX + 1];
    } key;
    int64_t next_ms; /* ATTEMPT_WAITS: the server has it, and nothing says that it is lost */
    int64_t pause_ms;
    unsigned count; /* times sent in this session */
    /* Of a delivery, in the one row of all sendings (repeat.c): the first that reached the server,
     * and the latest; 0: none. */
    uint64_t first, latest;
    int64_t not_before_ms;  /* not to be repeated before */
    enum later_reason told; /* the latest lasting one that was said; 0: none */
    UT_hash_handle hh;
};

/* Somebody whose receipts are missing for what the server has: repeat.c. */
struct addressee {
    char account[VALUE_JID_MAX + 1];
    int64_t next_ms; /* when one of them is repeated, to find out whether the others came */
    int64_t pause_ms;
    uint64_t lost_before; /* what was sent before that has not come, it seems; 0: nothing */
    int64_t lost_ms;      /* when that is believed */
    int64_t lost_at_most_ms;
    UT_hash_handle hh;
};

/* The question to the server whose answer says that it has what was sent before. */
struct device_confirm {
    bool in_flight;
    uint64_t asked;     /* the latest sending before the question */
    uint64_t confirmed; /* the latest that the server has had */
    int64_t next_ms;
};

/* The public log, as far as it was verified. Queries for it are numbered from 1 on. */
struct device_log {
    uint8_t *key; /* LOG_KEY_BYTES, in secret memory */
    uint8_t tag[LOG_TAG_BYTES];
    struct merkle_range range;
    uint64_t own; /* certificates of this account in it */
    bool own_logged;
    uint64_t own_came;
    uint64_t asked;    /* number of the last query */
    uint64_t complete; /* of the last one that reached the end */
    uint64_t wanted;   /* something needs this one, or a later one, to reach it */
    bool in_flight;
    int64_t next_ms, not_before_ms;
    int pause_ms;
    bool said_fork, said_shrink, said_unsigned, said_missing;
    uint64_t said_ghost; /* `own` when it was said */
};

/* places.h */
struct device_places {
    bool in_flight, answered; /* in this session, by the newest policy */
    bool demanded;            /* without one nothing goes */
    unsigned session;         /* counts on with each session and policy */
    unsigned asked_in;        /* what it was when the query left */
    unsigned refused;         /* tokens that the bot refused, one after the other */
    int64_t next_ms;          /* not to be asked before */
    int64_t waiting_since_ms; /* a message waits for the answer; 0: none */
    int pause_ms;
};

/* The upload under way; one at a time. */
struct device_upload {
    enum { UPLOAD_NONE, UPLOAD_SLOT, UPLOAD_PUT } state;
    bool wanted; /* there is a file that waits */
    int64_t entry;
    char id[VALUE_ID_MAX + 1];
    struct file_uri place;
    unsigned percent; /* that was said */
    int64_t next_ms;
    int pause_ms;
};

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
    struct device_late *late;   /* conversation.c: heard after the commit */
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

/* rules.c: policies, certificates, contacts */
/* HAVE_UNLOGGED: it is there, and does not count: the public log lacks it. */
enum have { HAVE, HAVE_NOT_YET, HAVE_NONE, HAVE_UNLOGGED };
/* The policy with all that it names; asks for what is missing. HAVE_NONE: the registrar has no such
 * policy. */
enum have device_rules(struct device *d, uint32_t serial, const struct policy_set **ret);
/* A policy alone, whether or not what it names is here, until the next one is asked for. NULL: it
 * is not held. */
const struct policy *device_policy(struct device *d, uint32_t serial);
/* The one in force. NULL: there is none yet. */
const struct policy *device_newest_policy(struct device *d);
/* The serial of the policy that was in force at that time, from `named` on: a policy ceases to be
 * when the next one is issued, and ten minutes more. Else the serial of one between that is not
 * held: HAVE_NOT_YET, it was asked for; HAVE_NONE, HAVE_UNLOGGED. */
enum have device_in_force(struct device *d, uint32_t named, int64_t at_unix_ms, uint32_t *ret);
bool device_policy_logged(struct device *d, const struct store_policy *row);
enum have device_certificate(struct device *d, const uint8_t hash[static HASH_BYTES],
                             const struct certificate **ret);
/* The newest certificate of an account. */
enum have device_contact(struct device *d, const char *account, const struct certificate **ret);
/* Learns of a contact's certificate; a new serial is said and deliveries are keyed anew. `newest`:
 * the registrar has just named it as such; what comes with a message may be an old device's. */
void device_learn_contact(struct device *d, const struct certificate *c, bool newest);
/* Is it good for this account at that time, by the newest policy? Else the word that says why. */
const char *device_certificate_wrong(struct device *d, const struct certificate *c,
                                     int64_t at_unix_ms);
/* A warrant or epochs note, with that hash, into a policy that wants it, and into the store.
 * ERR_NOT_FOUND: none wants it. */
int device_take_rule(struct device *d, enum document_kind kind,
                     const uint8_t hash[static HASH_BYTES], const char *note, size_t len);
void device_drop_rules(struct device *d);

/* policy_chain.c */
/* A policy is kept if it is logged and follows the one before it, or is followed by the one behind
 * it; the one with the highest serial is in force. `came` as device_logged has it. ERR_AGAIN: it is
 * not known yet whether it is logged, or one between it and those that are held was asked for;
 * ERR_NOT_FOUND: it is not logged; ERR_AUTH: it does not belong to the chain, and
 * ERR_INVALID_STATE: its time has not come: the user was told. */
int device_take_policy(struct device *d, const char *note, size_t len, uint64_t *came) MUST_USE;
/* Something has been logged: is another policy in force? */
void device_find_newest(struct device *d);
/* The registrar has named the newest policy, and it is held. */
void device_newest_named(struct device *d);
/* The bot goes by a newer policy: the registrar is asked, and nothing is signed before it answers.
 */
void device_doubt_newest(struct device *d);

/* wants.c: WANTS_MAX at once; HAVE_NOT_YET, too, while there is no room for another */
enum have device_want_policy(struct device *d, uint32_t serial);
enum have device_want_hash(struct device *d, const uint8_t hash[static HASH_BYTES]);
enum have device_want_account(struct device *d, const char *account);
enum have device_want_bundle(struct device *d, const struct certificate *c, bool repair);
/* For all whose pause after a failure is over; and forgets some of what does not exist. */
void device_ask_again(struct device *d);
void device_drop_wants(struct device *d);
/* In ms from now; -1: none. */
int64_t device_wants_due(const struct device *d);

/* Takes what has come and could not count then: it was not logged, or a policy before it lacked. */
void device_admit_wants(struct device *d);

/* public_log.c */
int device_log_open(struct device *d, struct diag *diag) MUST_USE;
void device_log_clear(struct device *d);
/* Is that document in the log, a certificate under its account's tag (else `account` is NULL)?
 * `*came` is 0 when this is first asked about a document that has come, and then kept for it:
 * HAVE_NOT_YET until the log was fetched to its end after that, then HAVE_UNLOGGED. */
enum have device_logged(struct device *d, enum document_kind kind,
                        const uint8_t hash[static HASH_BYTES], const char *account, uint64_t *came);
/* This device's own certificate. */
enum have device_own_logged(struct device *d);
/* Fetches when it is time: an hour after the last time, when something is needed that it may have,
 * and after device_log_refresh. */
void device_log_follow(struct device *d);
void device_log_refresh(struct device *d);
int64_t device_log_due(const struct device *d);

/* uses.c */
/* Asks for the statements of use that the log has and the store lacks. */
void device_want_uses(struct device *d);
/* One that was asked for by its hash, into the store, unless a newer policy or a newer entry of the
 * log has made it pointless. ERR_AUTH, ERR_FORMAT, ERR_LIMIT: not one of a desk; ERR_INVALID_STATE:
 * an earlier one than the one that is held: the user was told; ERR_IO. */
int device_take_use(struct device *d, const uint8_t hash[static HASH_BYTES], const char *note,
                    size_t len) MUST_USE;

/* sign.c, send.c */
int device_load_outbox(struct device *d) MUST_USE; /* ERR_IO */
void device_pump(struct device *d);
void device_sign_next(struct device *d);
/* NULL when nothing of this is being sent. */
struct attempt *device_attempt(const struct device *d, int64_t entry, const char *account);
void device_schedule(struct device *d, int64_t entry, const char *account);
void device_unschedule(struct device *d, int64_t entry, const char *account);
void device_reschedule_all(struct device *d);
int64_t device_transmit_due(const struct device *d);
/* Gives up the oldest deliveries to the account, if their time is over, and says so. */
void device_give_up_silent(struct device *d, const char *account);
/* Nobody takes an open message whose time is this far off, unless the server has kept it. */
bool device_too_old_to_be_taken(const struct device *d, const struct outbox_entry *o);

/* repeat.c: what the server has is not sent again while it has it. */
/* The attempt was sent just now. */
void device_sent(struct device *d, struct attempt *a);
/* A delivery of the outbox that the server has had, by an earlier process. */
void device_resume(struct device *d, int64_t entry, const char *account, uint64_t first);
/* A receipt for this attempt came: what was sent before it, and has none, is lost. */
void device_answered(struct device *d, const struct attempt *a);
/* The server sent it back. */
void device_sent_back(struct device *d, struct attempt *a);
/* Lets what is lost, and one of what each addressee has not acknowledged, be due when it is time.
 */
void device_repeat(struct device *d);
/* Asks the server whether it has what was sent. */
void device_confirm(struct device *d);
/* A new session: one of what each has not acknowledged is repeated at once. */
void device_repeat_soon(struct device *d);
int64_t device_repeat_due(const struct device *d);
void device_drop_addressees(struct device *d);

/* Encrypts the entry's key for the certificate's device and writes the delivery, in the caller's
 * transaction. */
int device_encrypt_key(struct device *d, const struct outbox_entry *e, const struct certificate *c,
                       struct diag *diag) MUST_USE;
/* Makes the key of every waiting delivery to this account anew. */
void device_rekey(struct device *d, const struct certificate *c);

/* answers.c */
void device_take_bot_message(struct device *d, const struct xml_element *x);
void device_take_bounce(struct device *d, const struct xml_element *x);
void device_take_receipt(struct device *d, const char *from, const char *id);
void device_finish_if_done(struct device *d, int64_t entry);
/* A policy came into force: what is before a bot key that it does not name is signed anew. */
void device_leave_old_bot(struct device *d, const struct policy *p);

/* receive.c */
void device_receive(struct device *d, const struct xml_element *x);
void device_receive_parked(struct device *d);
/* Sends an empty OMEMO message on a fresh session, so that the other side makes its keys anew. */
void device_send_session_message(struct device *d, const struct certificate *c);

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
