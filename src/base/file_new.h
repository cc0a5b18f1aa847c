/* A file that comes into being beside its place: under a random name in the same folder until it is
 * whole, and then, in one step that survives a crash, under its own. Nothing that lies there
 * already is written to, followed or removed, whatever it is called.
 */
#ifndef IRONSIDE_BASE_FILE_NEW_H
#define IRONSIDE_BASE_FILE_NEW_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

#define FILE_NEW_PREFIX ".ironside-" /* what a crash can leave behind begins so */

struct file_new {
    int fd; /* to write to */
    char *path, *temporary;
};
#define FILE_NEW_NONE ((struct file_new){.fd = -1})

/* Begins one for `path`, with `mode`, whatever the umask. ERR_IO. */
int file_new_open(const char *path, mode_t mode, struct file_new *ret, struct diag *d) MUST_USE;
/* Its bytes are all there: gives it its name. With `replace` a file or link that has the name goes,
 * else that is ERR_EXISTS. ERR_IO. Nothing is left of it after an error, save where only the sync
 * of the folder failed. */
int file_new_keep(struct file_new *f, bool replace, struct diag *d) MUST_USE;
/* Leaves nothing of one that was not kept; harmless after that, and for FILE_NEW_NONE. */
void file_new_drop(struct file_new *f);
#define CLEANUP_FILE_NEW CLEANUP(file_new_drop)

#endif
