/* Between the files of daykeys.h. */
#ifndef IRONSIDE_DAYKEYS_INTERNAL_H
#define IRONSIDE_DAYKEYS_INTERNAL_H

#include "base/buf.h"
#include "daykeys/daykeys.h"

#define DAYKEYS_HEADER_BYTES 64
#define DAYKEYS_SLOT_BYTES 192
#define DAYKEYS_DAY_AT 16    /* of a slot */
#define DAYKEYS_NONCE_AT 120 /* of a slot: what stands from there on is the secret */
#define DAYKEYS_NO_DAY INT64_MIN

enum daykeys_state { DAYKEYS_OFFERED = 1, DAYKEYS_IN_FORCE, DAYKEYS_DESTROYED };
enum daykeys_mode { DAYKEYS_NOT_RUN, DAYKEYS_LIVE, DAYKEYS_REPLAY };

struct daykeys_slot {
    enum daykeys_state state;
    int64_t made; /* as the header counts */
    int64_t day;
    char warrant[VALUE_WARRANT_MAX + 1];
    struct hpke_keypair pair; /* secret half only of slots that are not destroyed */
    bool told;                /* by daykeys_next_destroyed */
};

struct daykeys_header {
    enum daykeys_mode mode;
    int64_t counted; /* seconds */
    int64_t clock;   /* seconds of the clock that is counted by; 0: not begun */
    int64_t spent;   /* `counted` when a day was destroyed last */
    int64_t day;     /* that day, or DAYKEYS_NO_DAY */
};

/* Slots in a row for one warrant's consecutive days, as daykeys_put appends them. */
struct daykeys_run {
    size_t first, count;
};

struct daykeys {
    int fd;
    uint8_t *credential;
    struct daykeys_slot *slots;         /* one secret allocation */
    struct hpke_recipient **recipients; /* made when first asked for */
    size_t count;
    struct daykeys_run *runs;
    size_t run_count;
    size_t next_told;
};

/* Waits for the file's lock (of the open file: fork and threads share it). */
int daykeys_lock(int fd, struct diag *d) MUST_USE;
void daykeys_unlock(int fd);
/* The whole file, without a slot that was cut off at its end, and its header. */
int daykeys_read(int fd, struct buf *b, struct daykeys_header *ret, struct diag *d) MUST_USE;
/* Durably. */
int daykeys_write_header(int fd, const struct daykeys_header *h, struct diag *d) MUST_USE;
/* Adds what has passed on the mode's clock since the last time. */
void daykeys_count(struct daykeys_header *h, int64_t clock_seconds);
/* Opens the slots in a file that was read. */
int daykeys_load(struct daykeys *k, const struct buf *file, struct diag *d) MUST_USE;

#endif
