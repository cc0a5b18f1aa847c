/* What a desk's folder knows of its network: its note, its bots, its public log. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "desk/folder.h"
#include "network/layout.h"

int desk_folder_note(const struct desk_folder *f, struct network_note **ret, struct diag *d)
{
    CLEANUP_FREE char *path = layout_path(f->network, LAYOUT_NETWORK_NOTE);
    CLEANUP_FREE char *note = NULL;
    int r = file_read_text(path, VALUE_NOTE_MAX, &note, d);
    if (r == 0)
        r = network_note_open(note, strlen(note), ret, d);
    return r < 0 ? diag_prefix(d, r, "%s", path) : 0;
}

void desk_folder_bot(const struct desk_folder *f, const struct network_note *net, size_t bot,
                     char ret[static VALUE_DOMAIN_MAX + 1])
{
    snprintf(ret, VALUE_DOMAIN_MAX + 1, "%s.%s", f->bots[bot], net->domain);
}

int desk_folder_open_log(const struct desk_folder *f, struct public_log **ret, struct diag *d)
{
    CLEANUP_FREE char *path = desk_folder_log(f);
    int r = public_log_open(path, false, ret, d);
    return r == ERR_NOT_FOUND ? 0 : r;
}
