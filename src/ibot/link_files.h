/* Link's part of files: a message that names some goes to its opener and is held. Once the opener
 * has judged it and the keeper allows it, each file is fetched from the upload host's socket and
 * streamed to the keeper, which stores it; then the message goes to its opener again. Link holds a
 * few kilobytes of a file at a time, and goes to no other host.
 *
 *     keeper has it already, or has stored it     the message goes on
 *     not there, or other bytes or another size   FRAME_NO_FILE: the opener refuses it, signed,
 *                                                 and the device uploads the file again
 *     host away, no room, broken off, dropped     `later` file: the device asks again, and the
 *                                                 keeper hears that nothing is expected (FORGET)
 */
#ifndef IRONSIDE_IBOT_LINK_FILES_H
#define IRONSIDE_IBOT_LINK_FILES_H

#include <poll.h>

#include "ibot/link.h"

#define LINK_FILES_MAX 8                      /* fetches at a time */
#define LINK_FILES_WAITING_MAX 1024           /* files and messages that wait */
#define LINK_FILES_IDLE_MS 10000              /* without a byte: broken off */
#define LINK_FILES_AHEAD_BYTES (1024U * 1024) /* in the keeper's queue at most */
#define LINK_FILES_LATER_SECONDS 3

struct link_files;

struct link_files *link_files_new(struct link *l);
void link_files_free(struct link_files *f);

/* A request, as in a FRAME_REQUEST, whose envelope names files. It is handed over, and held until
 * it is answered. */
void link_files_take(struct link_files *f, const uint8_t *body, size_t len, uint64_t tag,
                     const struct envelope *e);
/* The request was answered. */
void link_files_forget(struct link_files *f, uint64_t tag);
/* A FRAME_FETCH or FRAME_FILE_STATE. */
int link_files_from_keeper(struct link_files *f, const struct frame *frame,
                           struct diag *d) MUST_USE;

size_t link_files_pollfds(struct link_files *f, struct pollfd *fds, size_t max);
int link_files_timeout_ms(const struct link_files *f); /* -1: never */
void link_files_run(struct link_files *f, const struct pollfd *fds, size_t count);

#endif
