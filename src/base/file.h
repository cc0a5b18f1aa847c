/* Whole files, and writing them so that they are either the old or the new. */
#ifndef IRONSIDE_BASE_FILE_H
#define IRONSIDE_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

/* Appends the file to `b` (whose maximum is the cap). ERR_NOT_FOUND, ERR_LIMIT, ERR_IO. */
int file_read(const char *path, struct buf *b, struct diag *d) MUST_USE;
/* The rest of what `fd` gives. */
int file_read_fd(int fd, struct buf *b) MUST_USE;
/* Takes out of a text what editors put in: a byte order mark at its start, the CR before each LF.
 * For what people move about: keys, passphrases, shares. */
void file_plain(struct buf *b);
/* As a string of its own, at most `max` bytes; a NUL inside is ERR_FORMAT. */
int file_read_text(const char *path, size_t max, char **ret, struct diag *d) MUST_USE;

/* Replaces the file in one step that survives a crash (temporary file, fsync, rename, fsync of
 * the folder). Its mode is `mode`, whatever the umask; a link at `path` is replaced, not
 * followed. ERR_IO. */
int file_write(const char *path, const void *data, size_t len, mode_t mode,
               struct diag *d) MUST_USE;
/* The same, but ERR_EXISTS when there is a file or link. For keys. */
int file_create(const char *path, const void *data, size_t len, mode_t mode,
                struct diag *d) MUST_USE;
/* Would file_create make `len` bytes there? To be asked before the step whose result goes there, if
 * that step can't be taken back. ERR_EXISTS, ERR_IO. */
int file_check_new(const char *path, size_t len, struct diag *d) MUST_USE;
/* Writes all of it or returns ERR_IO. */
int file_write_fd(int fd, const void *data, size_t len) MUST_USE;

bool file_exists(const char *path);
/* Has the name that ending (".note"), and something before it? */
bool file_name_ends(const char *name, const char *ending);
/* Makes the folder and those above it; one that exists is fine, with the mode it has. ERR_IO. */
int file_make_folder(const char *path, mode_t mode, struct diag *d) MUST_USE;
/* Removes the file or folder with all that is in it; links are not followed. ERR_IO. */
int file_remove_tree(const char *path, struct diag *d) MUST_USE;
/* "a/b", or "b" when the folder is ""; owned by the caller. */
char *file_join(const char *folder, const char *name);
/* `path` seen from the root; relative ones are taken from the current folder. */
char *file_absolute(const char *path);

#endif
