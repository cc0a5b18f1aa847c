/* The public log as this device has verified it. */
#ifndef IRONSIDE_DEVICE_PUBLIC_LOG_H
#define IRONSIDE_DEVICE_PUBLIC_LOG_H

#include "crypto/merkle_range.h"
#include "device/have.h"
#include "wire/log.h"

struct device;
struct checkpoint;

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
    bool grew; /* what waits for it may count now */
    int64_t next_ms, not_before_ms;
    int pause_ms;
    bool said_fork, said_shrink, said_unsigned, said_missing;
    uint64_t said_ghost; /* `own` when it was said */
};

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

/* log_warn.c: `note` is the checkpoint as it was signed. */
void log_warn_fork(struct device *d, const struct checkpoint *c, const char *note);
void log_warn_shrink(struct device *d, const struct checkpoint *c, const char *note);
/* Certificates of the account must be this device's own, if it is `certified` there, and the
 * serials before it. */
void log_warn_own(struct device *d, bool certified);

#endif
