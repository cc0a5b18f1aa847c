#include "host/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/file_new.h"
#include "host/activate.h"
#include "host/agent_link.h"
#include "host/save.h"
#include "store/file_rows.h"

static void close_folder(DIR **dir)
{
    if (*dir != NULL)
        closedir(*dir);
}

static bool is_own(const char *name)
{
    static const char *const names[] = {
        STORE_FILE,   STORE_FILE "-wal", STORE_KEY_FILE, ACTIVATE_AUTHORITY_FILE,
        AGENT_SOCKET, FILE_ROWS_FOLDER,  SAVE_FOLDER,    FOLDER_PREPARING};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return strncmp(name, FILE_NEW_PREFIX, strlen(FILE_NEW_PREFIX)) == 0;
}

/* What is in the folder, a name at a time, until `each` gives another code than 0. A folder that is
 * not there is empty. */
static int walk(const char *folder,
                int (*each)(const char *folder, const char *name, struct diag *d), struct diag *d)
{
    CLEANUP(close_folder) DIR *dir = opendir(folder);
    int r = 0;
    if (dir == NULL)
        return errno == ENOENT ? 0 : diag_set(d, ERR_IO, "%s: %s", folder, strerror(errno));
    for (struct dirent *e; r == 0 && (errno = 0, e = readdir(dir)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            r = each(folder, e->d_name, d);
    return r == 0 && errno != 0 ? diag_set(d, ERR_IO, "%s: %s", folder, strerror(errno)) : r;
}

static int check_name(const char *folder, const char *name, struct diag *d)
{
    if (is_own(name))
        return 0;
    return diag_set(d, ERR_EXISTS,
                    "%s holds something else, '%s': a device needs a folder of its own, name "
                    "another with --store",
                    folder, name);
}

int folder_check(const char *folder, struct diag *d)
{
    return walk(folder, check_name, d);
}

static int wipe_name(const char *folder, const char *name, struct diag *d)
{
    CLEANUP_FREE char *path = file_join(folder, name);
    return is_own(name) ? file_remove_tree(path, d) : 0;
}

static int name_rest(const char *folder, const char *name, struct diag *d)
{
    return diag_set(d, ERR_EXISTS,
                    "the device is gone, but %s holds something that is not the device's, '%s': it "
                    "stays",
                    folder, name);
}

int folder_wipe(const char *folder, struct diag *d)
{
    int r = walk(folder, wipe_name, d);
    if (r == 0)
        r = walk(folder, name_rest, d);
    return r == 0 ? file_remove_tree(folder, d) : r;
}
