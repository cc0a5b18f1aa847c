/* What the tests of contents, contacts and groups share: parties are asked as programs ask a device
 * (host/commands.h), and what they show is compared as JSON.
 */
#ifndef IRONSIDE_TESTS_DEVICE_TALK_H
#define IRONSIDE_TESTS_DEVICE_TALK_H

#include "device/conversation.h"
#include "host/commands.h"
#include "store/values.h"
#include "world.h"

/* The answer to that request (JSON), the caller's; runs the network. */
json_t *talk_ask(struct party *p, const char *request);
/* Fails unless that is taken. */
void talk_does(struct party *p, const char *request);
/* Fails unless it is refused with a line that holds the text. */
void talk_refused(struct party *p, const char *request, const char *text);
/* What it shows, a line each: "anna text body", and what has become of it. The caller's. */
char *talk_view(struct party *p);
void talk_shows(struct party *p, const char *lines);
/* Strangers are strangers: not as in a replay's fleet. */
void talk_strict(struct world *w);
/* Both are contacts of each other. */
void talk_befriend(struct party *a, struct party *b);
/* A body as it is, past all that composes it: from another program of the sender's. */
void talk_raw(struct party *p, const char *to, const char *id, const char *body);

#endif
