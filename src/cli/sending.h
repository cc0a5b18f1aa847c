/* Sending one message from the command line, and waiting for what becomes of it. */
#ifndef IRONSIDE_CLI_SENDING_H
#define IRONSIDE_CLI_SENDING_H

#include "cli/device_session.h"

/* How far the message has come. */
struct sending {
    const struct verb *verb;
    char id[VALUE_ID_MAX + 1];
    bool json;
    bool archived, done, stopped;
    int64_t moved_ms; /* the last time that its upload was heard of */
    int64_t archived_ms;
    char waiting[256]; /* why it waits */
};

/* For device_session_run; `s` outlives the session. */
struct device_events sending_events(struct sending *s);
/* Gives the device the request (taken over), which answers with the "id" of a message, and waits
 * until that is archived and, shortly, until its recipients have it. Prints all of that. */
int sending_run(struct sending *s, struct device_session *x, json_t *request);

#endif
