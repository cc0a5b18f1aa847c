/* What is under way: each stanza that waits for an answer, and whom it is for. */
#ifndef IRONSIDE_DEVICE_ATTEMPTS_H
#define IRONSIDE_DEVICE_ATTEMPTS_H

#include <uthash.h>

#include "store/outbox.h"
#include "wire/verdict.h"

struct device;

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

/* attempts.c */
/* NULL when nothing of this is being sent. */
struct attempt *device_attempt(const struct device *d, int64_t entry, const char *account);
void device_schedule(struct device *d, int64_t entry, const char *account);
void device_unschedule(struct device *d, int64_t entry, const char *account);
void device_reschedule_all(struct device *d);
/* Every receipt has come, or none is waited for any more. */
void device_finish_if_done(struct device *d, int64_t entry);

/* overdue.c */
#define OVERDUE_SILENT "no receipt came for 30 days"
bool device_silent_too_long(const struct device *d, const struct outbox_entry *o);
void device_give_up(struct device *d, const struct outbox_entry *o, const char *account,
                    const char *why);
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

/* send.c */
int device_load_outbox(struct device *d) MUST_USE; /* ERR_IO */
void device_transmit(struct device *d);
int64_t device_transmit_due(const struct device *d);

#endif
