/* The outbox's rows (part of the store). A message is written down before anything of it leaves,
 * and each step is committed before the stanza that follows from it is sent:
 *
 *     QUEUED    text and recipients only
 *     SIGNED    sealed, signed, chained; the blind copy is at the bot, or on its way
 *     SENDING   archived, or open: goes to each recipient until its receipt has come
 *     DONE      every recipient has it, was left out, or was silent for 30 days
 *     STOPPED   needs the user: `reason` says what
 */
#ifndef IRONSIDE_STORE_OUTBOX_H
#define IRONSIDE_STORE_OUTBOX_H

#include "store/store.h"

enum outbox_state { OUTBOX_QUEUED = 1, OUTBOX_SIGNED, OUTBOX_SENDING, OUTBOX_DONE, OUTBOX_STOPPED };

struct outbox_entry {
    int64_t number;
    enum outbox_state state;
    const char *id;
    const char *to; /* as the user named them, separated by spaces */
    const char *body;
    size_t body_len;
    int64_t queued_unix_ms;
    int64_t fixed_at_unix_ms; /* replay: the message's own time; else 0 */
    const char *reason;       /* why it waits or stopped; "" */
    int wrong_days;           /* wrong-day verdicts in a row */
    bool has_content;         /* payload, iv and K below are set */
    uint8_t content[PAYLOAD_CONTENT_BYTES];
    bool has_envelope;
    struct envelope envelope;           /* with its signature */
    uint8_t bot_key[SIGN_PUBLIC_BYTES]; /* that T was made for */
    uint8_t digest[HASH_BYTES];
    bool has_verdict;
    struct verdict verdict;
};

enum outbox_delivery_state { DELIVERY_WAITING = 1, DELIVERY_RECEIVED, DELIVERY_DROPPED };

struct outbox_delivery {
    int64_t entry;
    const char *account;
    uint8_t certificate[HASH_BYTES]; /* that the key was made for */
    uint32_t device;                 /* OMEMO */
    const uint8_t *key;              /* encrypted K for this device */
    size_t key_len;
    bool prekey;
    enum outbox_delivery_state state;
    uint64_t sent; /* its place in the row of all sendings when the server first had it; 0: it may
                      not have it */
};

/* Adds a QUEUED entry. ERR_EXISTS: this device has used the id. */
int outbox_add(struct store *s, const struct outbox_entry *e, int64_t *ret_number) MUST_USE;
/* Strings and payload live in the arena. ERR_NOT_FOUND. */
int outbox_get(struct store *s, int64_t number, struct arena *a, struct outbox_entry *ret) MUST_USE;
int outbox_find(struct store *s, const char *id, struct arena *a,
                struct outbox_entry *ret) MUST_USE;
/* Writes everything but id, to, body and the times. */
int outbox_update(struct store *s, const struct outbox_entry *e) MUST_USE;
/* Of a message whose text is known only once its file is uploaded. */
int outbox_set_body(struct store *s, int64_t number, const void *body, size_t len) MUST_USE;
int outbox_set_reason(struct store *s, int64_t number, const char *reason) MUST_USE;
/* Numbers of the first `max` entries in this state from number `after` on (without it), ascending.
 */
int outbox_list(struct store *s, enum outbox_state state, int64_t after, int64_t *ret, size_t max,
                size_t *ret_count) MUST_USE;
/* How many entries are in this state. */
int outbox_count(struct store *s, enum outbox_state state, size_t *ret) MUST_USE;
/* Forgets keys, payload and deliveries of an entry that is DONE, and keeps that it was sent. */
int outbox_finish(struct store *s, int64_t number) MUST_USE;

int outbox_put_delivery(struct store *s,
                        const struct outbox_delivery *x) MUST_USE; /* or replaces */
int outbox_set_delivery(struct store *s, int64_t entry, const char *account,
                        enum outbox_delivery_state state) MUST_USE;
/* The server has it. Putting the delivery anew takes that back. */
int outbox_set_sent(struct store *s, int64_t entry, const char *account, uint64_t sent) MUST_USE;
/* Of a message that was signed anew: the server has none of its deliveries. */
int outbox_set_unsent(struct store *s, int64_t entry) MUST_USE;
/* The highest `sent`; 0: none. */
int outbox_last_sent(struct store *s, uint64_t *ret) MUST_USE;
int outbox_drop_deliveries(struct store *s, int64_t entry) MUST_USE;
typedef int outbox_delivery_fn(void *context, const struct outbox_delivery *x);
/* Of one entry, by account. */
int outbox_deliveries(struct store *s, int64_t entry, outbox_delivery_fn *fn,
                      void *context) MUST_USE;
/* Every WAITING one of this account in entries that are SIGNED or SENDING. */
int outbox_deliveries_to(struct store *s, const char *account, outbox_delivery_fn *fn,
                         void *context) MUST_USE;

#endif
