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

/* A stored file that no message names any more, or not yet, is fetched again when one does. */
static bool is_named(struct files *f, const char *name)
{
    uint8_t sha256[HASH_BYTES];
    struct journal_file_row row;
    return decode_hex_exact(name, strlen(name), sha256, sizeof sha256) == 0 &&
           journal_file(f->o.journal, sha256, &row) == 0 && row.removed_unix_ms == 0;
}

static int sweep_folder(struct files *f, const char *path, bool keep, struct diag *d)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return errno == ENOENT ? 0 : diag_set(d, ERR_IO, "%s: %s", path, strerror(errno));
    const struct dirent *e;
    int r = 0;
    while (r == 0 && (e = readdir(folder)) != NULL) {
        struct stat st;
        if (e->d_name[0] == '.')
            continue;
        CLEANUP_FREE char *file = file_join(path, e->d_name);
        if (keep && is_named(f, e->d_name) && lstat(file, &st) == 0)
            f->used += (uint64_t)st.st_size;
        else if (unlink(file) != 0)
            r = diag_set(d, ERR_IO, "%s cannot be removed: %s", file, strerror(errno));
    }
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
