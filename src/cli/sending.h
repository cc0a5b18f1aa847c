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
    bool uploading;   /* its line on the terminal has not ended */
    int64_t moved_ms; /* the last time that its upload was heard of */
    int64_t archived_ms;
    char waiting[256]; /* why it waits */
};

/* For device_session_run; `s` outlives the session. */
struct device_events sending_events(struct sending *s);
/* Gives the device the request (taken over), which answers with the "id" of a message, and waits
 * until that is archived and, shortly, until its recipients have it. Prints all of that. */
int sending_run(struct sending *s, struct device_session *x, json_t *request);
/* The same with a session of its own: opens the device that `w` names. */
int sending_say(const struct verb *v, const struct device_words *w, json_t *request);

/* What requests are made of. A text, where there is one (`value` not NULL). */
void sending_put_text(json_t *request, const char *name, const char *value);
/* The option --NAME in seconds, where it is given; VERB_USAGE, with its line. */
int sending_put_seconds(const struct verb *v, json_t *request, const char *name, const char *value);
/* The words of a list up to its NULL, `max` at most; the caller's. */
json_t *sending_texts(const char *const *words, size_t max);

#endif
