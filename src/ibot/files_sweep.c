/* The store of files when a generation starts: files.h. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "ibot/files_internal.h"

/* A stored file that no message names any more, or not yet, is fetched again when one does. What
 * the journal cannot tell of is not for removing: ERR_IO. */
static int find_named(struct files *f, const char *name, bool *ret, struct diag *d)
{
    uint8_t sha256[HASH_BYTES];
    struct journal_file_row row;
    *ret = false;
    if (decode_hex_exact(name, strlen(name), sha256, sizeof sha256) < 0)
        return 0;
    int r = journal_file(f->o.journal, sha256, &row);
    if (r < 0 && r != ERR_NOT_FOUND)
        return diag_set(d, r, "the journal cannot be read: whether it names %s is not known", name);
    *ret = r == 0 && row.removed_unix_ms == 0;
    return 0;
}

static int sweep_file(struct files *f, const char *folder, const char *name, bool keep,
                      struct diag *d)
{
    struct stat st;
    CLEANUP_FREE char *file = file_join(folder, name);
    bool named = false;
    int r = keep ? find_named(f, name, &named, d) : 0;
    if (r < 0)
        return r;
    if (named ? lstat(file, &st) != 0 : unlink(file) != 0)
        return diag_set(d, ERR_IO, "%s: %s", file, strerror(errno));
    if (named)
        f->used += (uint64_t)st.st_size;
    return 0;
}

static int sweep_folder(struct files *f, const char *path, bool keep, struct diag *d)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return errno == ENOENT ? 0 : diag_set(d, ERR_IO, "%s: %s", path, strerror(errno));
    int r = 0;
    for (const struct dirent *e; r == 0 && (errno = 0, e = readdir(folder)) != NULL;)
        if (e->d_name[0] != '.')
            r = sweep_file(f, path, e->d_name, keep, d);
    if (r == 0 && errno != 0)
        r = diag_set(d, ERR_IO, "%s: %s", path, strerror(errno));
    closedir(folder);
    return r;
}

int files_sweep(struct files *f, struct diag *d)
{
    CLEANUP_FREE char *incoming = file_join(f->folder, "incoming");
    int r = file_make_folder(incoming, 0700, d);
    if (r == 0)
        r = sweep_folder(f, incoming, false, d);
    for (unsigned i = 0; r == 0 && i < 256; i++) {
        char name[4];
        snprintf(name, sizeof name, "%02x", i);
        CLEANUP_FREE char *folder = file_join(f->folder, name);
        r = sweep_folder(f, folder, true, d);
    }
    return r;
}
