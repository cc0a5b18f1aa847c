/* Files to and from the upload host, by libcurl: https under the network's own authority alone, to
 * the host that the device knows, whatever name the URL has. No proxies, no redirections.
 */
#ifndef IRONSIDE_HOST_TRANSFER_H
#define IRONSIDE_HOST_TRANSFER_H

#include <poll.h>

#include "device/device.h"

struct transfer_options {
    const char *authority; /* PEM file that is pinned */
    const char *host;      /* that devices connect to: a name or an address */
    const char *source;    /* address to connect from, or NULL */
};

/* Uploads: one at a time, in the caller's poll loop. Strings are copied. */
struct transfers;
struct transfers *transfers_new(const struct transfer_options *o);
/* What comes next connects from `source` (NULL: any address); what is under way goes on. */
void transfers_move(struct transfers *t, const char *source);
/* Breaks off what is under way; its `done` is not called. */
void transfers_free(struct transfers *t);
/* ERR_IO: the ciphertext can't be read; ERR_INVALID_STATE: one is under way. */
int transfers_put(struct transfers *t, const struct device_put *put) MUST_USE;
size_t transfers_pollfds(struct transfers *t, struct pollfd *fds, size_t max);
int transfers_timeout_ms(struct transfers *t); /* -1: nothing is under way */
void transfers_run(struct transfers *t);

/* Downloads into `fd`, behind the `have` bytes that it holds already, where the server goes on from
 * there; else from the start. Waits; `progress` (may be NULL) is called now and then.
 * ERR_NOT_FOUND: the host does not have it (any more); ERR_LIMIT: it is not `size` bytes;
 * ERR_CLOSED: broken off, what came is kept; ERR_IO: no connection, or the file can't be written.
 * The line says why. */
struct transfer_get {
    const struct file_uri *place;
    uint64_t size;
    int fd;
    uint64_t have;
    void *context;
    void (*progress)(void *context, uint64_t done, uint64_t size);
};
int transfer_get(const struct transfer_options *o, const struct transfer_get *g,
                 struct diag *d) MUST_USE;

#endif
