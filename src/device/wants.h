/* What the device lacks and asks for, and what is done with what has come. */
#ifndef IRONSIDE_DEVICE_WANTS_H
#define IRONSIDE_DEVICE_WANTS_H

#include <uthash.h>

#include "device/have.h"
#include "wire/registry.h"

struct device;
struct certificate;

#define WANTS_MAX 512

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
    bool arrived;        /* it is here as a whole, and was not looked at yet */
    bool awaits;         /* it has come, and counts once it is logged and in the chain */
    bool unlogged, said; /* the log lacks it, and the user was told */
    bool repair;         /* a bundle for a session that must be made anew */
    bool in_flight, absent;
    int64_t next_ms; /* not before: the pause after a failure, or the end of "absent" */
    int pause_ms;
    struct registry_fetch parts; /* of a document */
    struct buf bundle;
    UT_hash_handle hh;
};

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
/* For admit.c: what has come of it is not needed any more; nor is it wanted; it could not be had
 * now: again later; there is none. */
void want_forget(struct want *w);
void want_drop(struct want *w);
void want_fail(struct want *w);
void want_absent(struct want *w);

/* admit.c */
/* Takes what has arrived. */
void device_admit_arrived(struct device *d);
/* … and what came before and could not count then: it was not logged, or a policy before it lacked.
 */
void device_admit_wants(struct device *d);

#endif
