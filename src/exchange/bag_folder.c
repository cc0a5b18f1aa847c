/* A bag that was unpacked: the files below a folder, those first that others need. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "exchange/bag_read_internal.h"

#define PIECE_BYTES 65536U

struct listing {
    char **paths; /* within the bag */
    size_t count, capacity;
    const char *folder;
    struct diag *d;
};

static unsigned rank(const char *path)
{
    static const char *const first[] = {"data/network.note", "data/documents/", "data/checkpoints/",
                                        "data/records/",     "data/files/",     BAG_PAYLOAD};
    unsigned i = 0;
    while (i < sizeof first / sizeof *first && strncmp(path, first[i], strlen(first[i])) != 0)
        i++;
    return i;
}

static int compare(const void *a, const void *b)
{
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    unsigned rx = rank(x), ry = rank(y);
    return rx == ry ? strcmp(x, y) : rx < ry ? -1 : 1;
}

static int add(struct listing *l, char *path)
{
    if (l->count == BAG_MEMBERS_MAX) {
        free(path);
        return diag_set(l->d, ERR_LIMIT, "%s has more than %u files", l->folder, BAG_MEMBERS_MAX);
    }
    if (l->count == l->capacity) {
        l->capacity = l->capacity == 0 ? 64 : 2 * l->capacity;
        l->paths = mem_resize(l->paths, l->capacity, sizeof *l->paths);
    }
    l->paths[l->count++] = path;
    return 0;
}

static int list(struct listing *l, const char *below);

static int take_entry(struct listing *l, const char *below, const char *name)
{
    CLEANUP_FREE char *path = file_join(below, name);
    CLEANUP_FREE char *full = file_join(l->folder, path);
    struct stat st;
    if (lstat(full, &st) < 0)
        return diag_set(l->d, ERR_IO, "cannot look at %s: %s", full, strerror(errno));
    if (!bag_path_valid(path))
        return diag_set(l->d, ERR_FORMAT, "'%s' is not a name that a bag's member may have", path);
    if (S_ISDIR(st.st_mode))
        return list(l, path);
    if (!S_ISREG(st.st_mode))
        return diag_set(l->d, ERR_FORMAT, "%s is not a file", full);
    return add(l, mem_string(path));
}

/* A path's length bounds how deep it goes. */
static int list(struct listing *l, const char *below)
{
    CLEANUP_FREE char *full =
        below[0] == '\0' ? mem_string(l->folder) : file_join(l->folder, below);
    struct dirent **names = NULL;
    int r = 0, n = scandir(full, &names, NULL, alphasort);
    if (n < 0)
        return diag_set(l->d, ERR_IO, "cannot read the folder %s: %s", full, strerror(errno));
    for (int i = 0; i < n; i++) {
        const char *name = names[i]->d_name;
        if (r == 0 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
            r = take_entry(l, below, name);
        free(names[i]);
    }
    free(names);
    return r;
}

static int read_pieces(struct bag_reading *r, const char *path, int fd)
{
    uint8_t piece[PIECE_BYTES];
    for (;;) {
        ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0)
            return diag_set(r->d, ERR_IO, "cannot read %s: %s", path, strerror(errno));
        if (n == 0)
            return bag_reading_end(r);
        int e = bag_reading_data(r, piece, (size_t)n);
        if (e < 0)
            return e;
    }
}

static int read_member(struct bag_reading *r, const char *folder, const char *path)
{
    CLEANUP_FREE char *full = file_join(folder, path);
    CLEANUP_CLOSE int fd = open(full, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return diag_set(r->d, ERR_IO, "cannot read %s: %s", full, strerror(errno));
    int e = bag_reading_begin(r, path, (uint64_t)st.st_size);
    return e == 0 ? read_pieces(r, full, fd) : e;
}

int bag_read_folder(struct bag_reading *r, const char *path)
{
    struct listing l = {.folder = path, .d = r->d};
    int e = list(&l, "");
    if (l.count > 0)
        qsort(l.paths, l.count, sizeof *l.paths, compare);
    for (size_t i = 0; i < l.count; i++) {
        if (e == 0)
            e = read_member(r, path, l.paths[i]);
        free(l.paths[i]);
    }
    free(l.paths);
    return e;
}
