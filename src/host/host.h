/* Devices that run in this process: each a store, a session with the server and an engine, all in
 * one poll loop. One for the command line, some hundred and fifty for a replay.
 */
#ifndef IRONSIDE_HOST_HOST_H
#define IRONSIDE_HOST_HOST_H

#include <poll.h>

#include "device/device.h"

#define HOST_DEVICES_MAX 200U /* libstrophe's limit of descriptors, with the stores' own */

struct host;
struct hosted;

struct host *host_new(void);
/* Ends the sessions and closes the stores. */
void host_free(struct host *h);
DEFINE_CLEANUP(struct host, host_free)

struct host_device {
    const char *folder;
    struct vault_key key;
    const char *source; /* address to connect from, or NULL */
    struct clock clock; /* of a replay network; else ignored */
    struct device_events events;
};
/* Opens an activated device; it connects from the next host_run on. ERR_LIMIT, and the errors of
 * store_open and device_open. ERR_INVALID_STATE, too: it belongs to a replay network and `clock` is
 * not one, or the other way round. */
int host_add(struct host *h, const struct host_device *o, struct hosted **ret,
             struct diag *d) MUST_USE;

/* Ends its session and connects anew, from this address (NULL: any): a device that moves. What
 * waits goes on there. ERR_FORMAT: not an address; it stays offline then. */
int host_move(struct hosted *x, const char *source, struct diag *d) MUST_USE;

struct device *hosted_device(struct hosted *x);
struct store *hosted_store(struct hosted *x);
bool hosted_online(const struct hosted *x);
/* All that the server had stored for it has come, in this session. */
bool hosted_through(const struct hosted *x);
/* Asks the server for an answer behind all that was sent, and whether it has come, or never will.
 * What is in the sockets when a process ends may be lost. */
void hosted_finish(struct hosted *x);
bool hosted_finished(const struct hosted *x);
/* Why it is not online, for a person; "" while it connects for the first time. */
const char *hosted_why(const struct hosted *x);
/* The server refuses it: it will not come online by itself. */
bool hosted_refused(const struct hosted *x);
/* Monotonic time of the last message stanza that came, or of the session's beginning. */
int64_t hosted_last_stanza_ms(const struct hosted *x);

/* For the caller's poll; then host_run. */
size_t host_pollfds(const struct host *h, struct pollfd *fds, size_t max);
int host_timeout_ms(const struct host *h);
void host_run(struct host *h);

#endif
