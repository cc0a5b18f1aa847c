#include "base/file_new.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"

static char *folder_of(const char *path)
{
    CLEANUP_FREE char *copy = mem_string(path);
    return mem_string(dirname(copy));
}

static int sync_folder_of(const char *path)
{
    CLEANUP_FREE char *folder = folder_of(path);
    CLEANUP_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 || fsync(fd) != 0 ? ERR_IO : 0;
}

static int refused(const char *path, int error, struct diag *d)
{
    return diag_set(d, error == EEXIST ? ERR_EXISTS : ERR_IO, "cannot write %s: %s", path,
                    strerror(error));
}

int file_new_open(const char *path, mode_t mode, struct file_new *ret, struct diag *d)
{
    uint64_t random;
    secret_random(&random, sizeof random);
    CLEANUP_FREE char *folder = folder_of(path);
    CLEANUP_FREE char *name = mem_format(FILE_NEW_PREFIX "%016" PRIx64, random);
    CLEANUP_FREE char *temporary = file_join(folder, name);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0)
        return diag_set(d, ERR_IO, "cannot write %s: %s", path, strerror(errno));
    *ret = (struct file_new){.fd = fd, .path = mem_string(path), .temporary = TAKE(temporary)};
    if (fchmod(fd, mode) == 0)
        return 0;
    int r = refused(path, errno, d);
    file_new_drop(ret);
    return r;
}

/* Both leave nothing under the temporary name when they succeed. */
static int give_name(const struct file_new *f, bool replace)
{
    if (replace)
        return rename(f->temporary, f->path);
    if (link(f->temporary, f->path) != 0)
        return -1;
    (void)unlink(f->temporary);
    return 0;
}

int file_new_keep(struct file_new *f, bool replace, struct diag *d)
{
    if (fsync(f->fd) != 0 || give_name(f, replace) != 0) {
        int r = refused(f->path, errno, d);
        file_new_drop(f);
        return r;
    }
    free(TAKE(f->temporary));
    int r = sync_folder_of(f->path);
    if (r < 0)
        r = diag_set(d, r, "cannot sync the folder of %s: %s", f->path, strerror(errno));
    file_new_drop(f);
    return r;
}

void file_new_drop(struct file_new *f)
{
    if (f->temporary != NULL)
        (void)unlink(f->temporary);
    if (f->fd >= 0)
        close(f->fd);
    free(f->temporary);
    free(f->path);
    *f = FILE_NEW_NONE;
}
