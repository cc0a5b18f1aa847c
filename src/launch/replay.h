/* Replaying real messages through a running network: a device for each address, each message sent
 * by its device through ejabberd and the bot to all its recipients, with the file's own times as
 * the network's clock. The clock never passes a midnight (UTC) while something of the day before is
 * under way.
 */
#ifndef IRONSIDE_LAUNCH_REPLAY_H
#define IRONSIDE_LAUNCH_REPLAY_H

#include <signal.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "launch/running.h"

#define REPLAY_HANDLES "replay/handles.jsonl" /* in the network's folder: launch/handles.h */
#define REPLAY_FLEETS_MAX 96U                 /* processes of devices */

struct replay_counts {
    uint64_t messages, recipients; /* in the file, without what is passed over */
    uint64_t skipped;              /* lines that were passed over */
    char first_skipped[512];       /* why the first of them was; "" */
    uint64_t sent;                 /* handed to their devices */
    uint64_t archived, open;       /* with the bot's verdict; without a warrant */
    uint64_t delivered;            /* shown at a recipient, once, body equal to the file's */
    uint64_t refused, resting;     /* will not be sent; wait for a warrant */
    uint64_t wrong;                /* shown twice, or with another body */
    size_t devices;
    double enrol_seconds, send_seconds;
};

/* How far it is; at most five times a second. `stage` NULL: it is over. */
typedef void replay_progress_fn(const char *stage, int64_t at_unix_ms, size_t enrolled,
                                const struct replay_counts *counts);

struct replay_options {
    const char *dir, *file;
    bool skip;                                /* lines that no message can be made of */
    replay_progress_fn *progress;             /* NULL: nobody looks */
    struct clock *clock;                      /* created, for writing */
    struct running *running;                  /* watched while waiting */
    const volatile sig_atomic_t *told_to_end; /* looked at while waiting */
};

/* The file's first instant, for the clock, and its counts: everything in it is checked before
 * anything starts. ERR_FORMAT, ERR_LIMIT with the line's number, unless it is one to `skip`. */
int replay_survey(const char *file, const char *dir, bool skip, int64_t *ret_first_unix_ms,
                  struct replay_counts *ret, struct diag *d) MUST_USE;

struct replay;
/* Starts the devices' processes, enrols every device. ERR_AUTH, ERR_IO, … with the device's line.
 */
int replay_enrol(const struct replay_options *o, struct replay_counts *counts, struct replay **ret,
                 struct diag *d) MUST_USE;
/* Sends everything and waits for it. ERR_TIMEOUT: nothing moved for five minutes. */
int replay_send(struct replay *r, struct diag *d) MUST_USE;
/* Keeps the devices running for a turn of at most 200 ms. */
void replay_idle(struct replay *r);
/* Ends the devices' processes. */
void replay_free(struct replay *r);
DEFINE_CLEANUP(struct replay, replay_free)

#endif
