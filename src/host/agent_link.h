/* The asking side of a running device's socket (agent.h): one connection, on which a request gets
 * its answer and, after {"do":"follow"}, events come at any time, also between a request and its
 * answer. Lines that were read ahead are kept here, so that whoever waits has to ask
 * agent_link_wait and not poll(2).
 */
#ifndef IRONSIDE_HOST_AGENT_LINK_H
#define IRONSIDE_HOST_AGENT_LINK_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/un.h>

#include "base/cleanup.h"
#include "base/error.h"

#define AGENT_SOCKET "device.sock"

struct agent_link;

/* ERR_NOT_FOUND: no device is running there; ERR_LIMIT: the folder's path is too long. */
int agent_link_open(const char *folder, struct agent_link **ret, struct diag *d) MUST_USE;
/* The same over a stream socket that is connected already; takes it over. */
struct agent_link *agent_link_new(int fd);
void agent_link_free(struct agent_link *l);
DEFINE_CLEANUP(struct agent_link, agent_link_free)

/* Sends the request (taken over) and waits for its answer; events that come before it are kept for
 * agent_link_event. ERR_CLOSED, ERR_FORMAT. */
int agent_link_ask(struct agent_link *l, json_t *request, json_t **ret, struct diag *d) MUST_USE;
/* True when agent_link_event will not have to wait: an event is there, or the end. False after
 * `timeout_ms`, or a signal. */
bool agent_link_wait(struct agent_link *l, int timeout_ms);
/* The next event, the caller's. ERR_CLOSED: the device ended, or a signal came; ERR_FORMAT. */
int agent_link_event(struct agent_link *l, json_t **ret, struct diag *d) MUST_USE;

/* The address of the socket in the folder. ERR_LIMIT. */
int agent_address(const char *folder, struct sockaddr_un *ret, struct diag *d) MUST_USE;

#endif
