/* The ciphertexts of files that wait in the device's folder. */
#include <dirent.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "device/device_internal.h"

char *device_spool_path(const struct device *d, const char *spool)
{
    return mem_format("%s/%s/%s", d->o.folder, FILE_ROWS_FOLDER, spool);
}

void device_files_sweep(struct device *d)
{
    if (d->o.folder == NULL || file_rows_drop_done(d->store) < 0)
        return;
    CLEANUP_FREE char *folder = file_join(d->o.folder, FILE_ROWS_FOLDER);
    DIR *dir = opendir(folder);
    const struct dirent *e;
    while (dir != NULL && (e = readdir(dir)) != NULL) {
        CLEANUP_FREE char *path = file_join(folder, e->d_name);
        if (e->d_name[0] != '.' && !file_rows_has_spool(d->store, e->d_name))
            (void)unlink(path);
    }
    if (dir != NULL)
        closedir(dir);
}
