#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file_new.h"
#include "base/memory.h"

int file_read_fd(int fd, struct buf *b)
{
    for (;;) {
        uint8_t chunk[16384];
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ERR_IO;
        if (n == 0)
            break;
        buf_put(b, chunk, (size_t)n);
        if (b->wipe)
            explicit_bzero(chunk, (size_t)n);
        if (buf_failed(b))
            return ERR_LIMIT;
    }
    return 0;
}

int file_read(const char *path, struct buf *b, struct diag *d)
{
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return diag_set(d, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "cannot open %s: %s", path,
                        strerror(errno));
    int r = file_read_fd(fd, b);
    if (r == ERR_LIMIT)
        return diag_set(d, r, "%s is larger than %zu bytes", path, b->max);
    if (r < 0)
        return diag_set(d, r, "cannot read %s: %s", path, strerror(errno));
    return 0;
}

void file_plain(struct buf *b)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    if (b->len >= sizeof mark && memcmp(b->data, mark, sizeof mark) == 0)
        buf_drop(b, sizeof mark);
    size_t kept = 0;
    for (size_t i = 0; i < b->len; i++)
        if (b->data[i] != '\r' || i + 1 == b->len || b->data[i + 1] != '\n')
            b->data[kept++] = b->data[i];
    b->len = kept;
}

int file_read_text(const char *path, size_t max, char **ret, struct diag *d)
{
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(max);
    int r = file_read(path, &b, d);
    if (r < 0)
        return r;
    if (b.len > 0 && memchr(b.data, '\0', b.len) != NULL)
        return diag_set(d, ERR_FORMAT, "%s is not a text file", path);
    *ret = mem_string_n((const char *)b.data, b.len);
    return 0;
}

int file_write_fd(int fd, const void *data, size_t len)
{
    const uint8_t *at = data;
    while (len > 0) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return ERR_IO;
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

static int put(const char *path, const void *data, size_t len, mode_t mode, bool replace,
               struct diag *d)
{
    CLEANUP_FILE_NEW struct file_new f = FILE_NEW_NONE;
    int r = file_new_open(path, mode, &f, d);
    if (r < 0)
        return r;
    if (file_write_fd(f.fd, data, len) < 0)
        return diag_set(d, ERR_IO, "cannot write %s: %s", path, strerror(errno));
    return file_new_keep(&f, replace, d);
}

int file_write(const char *path, const void *data, size_t len, mode_t mode, struct diag *d)
{
    return put(path, data, len, mode, true, d);
}

int file_create(const char *path, const void *data, size_t len, mode_t mode, struct diag *d)
{
    return put(path, data, len, mode, false, d);
}

int file_check_new(const char *path, size_t len, struct diag *d)
{
    CLEANUP_FILE_NEW struct file_new f = FILE_NEW_NONE;
    struct stat st;
    if (path[0] == '\0' || path[strlen(path) - 1] == '/')
        return diag_set(d, ERR_IO, "cannot write '%s': not the name of a file", path);
    if (lstat(path, &st) == 0)
        return diag_set(d, ERR_EXISTS, "%s is there already", path);
    if (errno != ENOENT) /* a name that is too long, a file where a folder is meant */
        return diag_set(d, ERR_IO, "cannot write %s: %s", path, strerror(errno));
    int r = file_new_open(path, 0600, &f, d);
    int error = r < 0 || len == 0 ? 0 : posix_fallocate(f.fd, 0, (off_t)len);
    return error == 0 ? r : diag_set(d, ERR_IO, "cannot write %s: %s", path, strerror(error));
}

bool file_name_ends(const char *name, const char *ending)
{
    size_t len = strlen(name), end = strlen(ending);
    return len > end && strcmp(name + len - end, ending) == 0;
}

bool file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

static int make_one_folder(const char *path, mode_t mode, struct diag *d)
{
    if (mkdir(path, mode) == 0)
        return 0;
    int error = errno;
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return 0;
    return diag_set(d, ERR_IO, "cannot make the folder %s: %s", path, strerror(error));
}

int file_make_folder(const char *path, mode_t mode, struct diag *d)
{
    CLEANUP_FREE char *copy = mem_string(path);
    size_t len = strlen(copy);
    while (len > 1 && copy[len - 1] == '/') /* "a/b/" is a/b, with that mode */
        copy[--len] = '\0';
    for (size_t i = 1; i < len; i++) {
        if (copy[i] != '/')
            continue;
        copy[i] = '\0';
        if (make_one_folder(copy, 0777, d) < 0)
            return ERR_IO;
        copy[i] = '/';
    }
    return make_one_folder(copy, mode, d);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path) != 0 && errno != ENOENT ? -1 : 0; /* gone already is fine */
}

int file_remove_tree(const char *path, struct diag *d)
{
    if (nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
        return diag_set(d, ERR_IO, "cannot remove %s: %s", path, strerror(errno));
    return 0;
}

char *file_join(const char *folder, const char *name)
{
    size_t len = strlen(folder);
    bool slash = len > 0 && folder[len - 1] != '/';
    return mem_format("%s%s%s", folder, slash ? "/" : "", name);
}

char *file_absolute(const char *path)
{
    if (path[0] == '/')
        return mem_string(path);
    CLEANUP_FREE char *here = getcwd(NULL, 0);
    return here == NULL ? mem_string(path) : file_join(here, path);
}
