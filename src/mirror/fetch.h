/* A mirror's connection to the server: HTTPS with both sides' keys pinned (serve/tls.h), by
 * libcurl. One answer at a time; the connection is kept open between them.
 */
#ifndef IRONSIDE_MIRROR_FETCH_H
#define IRONSIDE_MIRROR_FETCH_H

#include <stdbool.h>

#include "base/buf.h"
#include "mirror/folder.h"

struct fetch;

/* Looks the server's name up, once, so that later nothing but its address is needed. `stop`: ends
 * what is under way when it is set; NULL: nothing does. ERR_NOT_FOUND: no such name; ERR_FORMAT. */
int fetch_new(const struct mirror_folder *f, const volatile int *stop, struct fetch **ret,
              struct diag *d) MUST_USE;
void fetch_free(struct fetch *f);
DEFINE_CLEANUP(struct fetch, fetch_free)

/* Appends the answer to that path, at most what the buffer still may hold. ERR_NOT_FOUND: the
 * server has no such thing; ERR_AUTH: it does not know us, or has another key than is pinned;
 * ERR_LIMIT: too long; ERR_CLOSED: it is away, or went in the middle; ERR_IO: it could not answer.
 */
int fetch_get(struct fetch *f, const char *path, struct buf *ret, struct diag *d) MUST_USE;
/* Appends to the file behind `fd` what the answer has beyond the bytes that it holds, up to `size`
 * of them. What came before it broke off stays. The errors of fetch_get; ERR_IO: not written. */
int fetch_rest(struct fetch *f, const char *path, int fd, uint64_t size, struct diag *d) MUST_USE;

#endif
