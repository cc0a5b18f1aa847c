/* A replay under way, between its files. */
#ifndef IRONSIDE_LAUNCH_REPLAY_INTERNAL_H
#define IRONSIDE_LAUNCH_REPLAY_INTERNAL_H

#include <jansson.h>
#include <uthash.h>

#include "base/channel.h"
#include "crypto/hash.h"
#include "launch/handles.h"
#include "launch/replay.h"
#include "launch/replay_places.h"

#define TURN_MS 200

/* A message that is under way. */
struct message {
    char *key; /* "handle id" */
    uint8_t body_hash[HASH_BYTES];
    size_t waiting; /* recipients who have not shown it */
    bool settled;   /* its sender has all receipts, or it will not be sent */
    char **shown;   /* handles of those who have shown it */
    size_t shown_count;
    UT_hash_handle hh;
};

struct fleet_process {
    pid_t pid;
    struct channel channel;
};

struct replay {
    struct replay_options o;
    struct replay_counts *counts;
    struct handles *handles;
    struct replay_places *places;
    const char *mover; /* handle of the device whose messages are waited for */
    char *domain;
    struct fleet_process fleets[REPLAY_FLEETS_MAX];
    size_t fleet_count;
    size_t enrolled;
    struct message *messages;
    int64_t moved_ms; /* when something last happened */
    int64_t began_ms, shown_ms;
    char failed[512]; /* a device that can't be enrolled */
};

/* replay.c: waits at most `timeout_ms` for the devices' processes, and takes what they say. */
int replay_turn(struct replay *r, int timeout_ms, struct diag *d) MUST_USE;
int replay_wait(struct replay *r, const char *stage, bool (*over)(const struct replay *r),
                struct diag *d) MUST_USE;
void replay_show(struct replay *r, const char *stage);

/* replay_enrol.c */
int replay_start_fleet(struct replay *r, struct diag *d) MUST_USE;
/* The process that hosts the device with this number. */
struct fleet_process *replay_fleet(struct replay *r, size_t device);
/* Hands it an order, which is consumed. */
int replay_tell(struct fleet_process *f, json_t *o, struct diag *d) MUST_USE;
int replay_enrol_all(struct replay *r, struct diag *d) MUST_USE;

/* replay_under_way.c */
struct message *replay_message(struct replay *r, const char *sender, const char *id);
void replay_forget(struct replay *r, struct message *m);
void replay_take_event(struct replay *r, const struct frame *f);

#endif
