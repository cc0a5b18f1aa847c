/* The engine of a device: its outbox, its conversations, every check of what it receives, its view
 * of the policy. No user interface and no sockets: stanzas come in through device_stanza, go out
 * through `struct device_net`, and what a person should see comes out as events.
 *
 * Rules that hold at every moment, also after a crash: nothing of a message leaves before it is
 * written down; at most one message is before the bot; a message goes to its recipients only with
 * the bot's verdict (or openly, where no warrant covers it and the policy allows that); what is
 * received is shown, acknowledged and the ratchet moved in one transaction, or not at all.
 */
#ifndef IRONSIDE_DEVICE_DEVICE_H
#define IRONSIDE_DEVICE_DEVICE_H

#include "base/clock.h"
#include "store/outbox.h"
#include "store/store.h"
#include "wire/file_uri.h"
#include "wire/xml.h"

struct device;

/* How stanzas get out (xmpp/client.h in production). `answer` is called exactly once, possibly much
 * later, with NULL when there was no answer, unless the call itself fails. What follows from it is
 * done by the tick, which device_due_ms then wants at once. */
typedef void device_answer(void *context, const struct xml_element *iq);
/* A file on its way to the upload host. `progress` may come often; `done` comes once, later, with 0
 * or an error and why. */
struct device_put {
    const struct file_uri *place;
    const char *path; /* of the ciphertext */
    uint64_t size;
    void *context;
    void (*progress)(void *context, uint64_t done, uint64_t size);
    void (*done)(void *context, int code, const char *why);
};
struct device_net {
    void *context;
    int (*send)(void *context, const void *stanza, size_t len);
    int (*query)(void *context, const char *to, const char *type, const char *payload,
                 device_answer *answer, void *answer_context);
    int (*publish)(void *context, const char *node, const char *payload, device_answer *answer,
                   void *answer_context);
    int (*fetch)(void *context, const char *account, const char *node, device_answer *answer,
                 void *answer_context);
    /* The payload of the first item of that node in a fetch's answer. */
    const struct xml_element *(*item)(const struct xml_element *iq, const char *node);
    /* NULL: no files are sent. One at a time. ERR_IO: the ciphertext can't be read. */
    int (*upload)(void *context, const struct device_put *put);
};

enum device_progress {
    DEVICE_SIGNED,    /* on its way to the bot */
    DEVICE_ARCHIVED,  /* `detail`: the warrants */
    DEVICE_OPEN,      /* no warrant covers it; sent without archive */
    DEVICE_DELIVERED, /* `detail`: to whom */
    DEVICE_DONE,
    DEVICE_WAITING,   /* `detail`: why */
    DEVICE_RESTING,   /* no warrant covers it, and the policy stops such messages; `detail`: that */
    DEVICE_STOPPED,   /* `detail`: what the user must do */
    DEVICE_UPLOADING, /* its file; `detail`: "42%" */
    DEVICE_PROGRESSES
};

struct device_events {
    void *context;
    void (*message)(void *context, const struct store_message *m);
    void (*notice)(void *context, const char *peer, const char *text);
    void (*progress)(void *context, const char *id, enum device_progress progress,
                     const char *detail);
};

struct device_options {
    struct store *store; /* the caller's, outlives the device */
    const char *folder;  /* for ciphertexts of files, the caller's; NULL: none are sent */
    struct clock clock;
    struct device_net net;
    struct device_events events; /* functions may be NULL */
};

/* A device that was activated and whose user has consented. ERR_INVALID_STATE: it was not; ERR_IO;
 * ERR_FORMAT: the store holds what can't be. */
int device_open(const struct device_options *o, struct device **ret, struct diag *d) MUST_USE;
/* Every query that is under way must have been answered (the client freed) before. */
void device_free(struct device *d);
DEFINE_CLEANUP(struct device, device_free)

const char *device_account(const struct device *d);
void device_online(struct device *d);
void device_offline(struct device *d);
/* A message stanza. */
void device_stanza(struct device *d, const struct xml_element *stanza);
/* Sends again what is due, asks for what is missing. Returns the ms until it wants to be called. */
int device_tick(struct device *d);
/* The same as an instant of the monotonic clock, after whatever function was called last. */
int64_t device_due_ms(const struct device *d);

/* Puts a message into the outbox. Recipients are accounts of this network, one to fifty, each once.
 * `id` NULL: a random one. `at_unix_ms` other than 0 only in a replay network. `ret_id` may be
 * NULL. ERR_FORMAT, ERR_LIMIT, ERR_EXISTS (the id), ERR_IO. */
struct device_text {
    const char *const *to;
    size_t to_count;
    const char *body;
    size_t body_len;
    const char *id;
    int64_t at_unix_ms;
    bool content; /* the body has the form of its kind (wire/content.h): it is sent as it stands */
};
int device_send(struct device *d, const struct device_text *m, char *ret_id,
                struct diag *diag) MUST_USE;

/* How many stanzas that came wait for a document. */
size_t device_parked(struct device *d);
/* Nothing waits: all that was sent has every receipt, nothing that came waits for a document. */
bool device_idle(struct device *d);

#endif
