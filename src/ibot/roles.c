#include "ibot/roles.h"

#include <string.h>

#include "base/file.h"
#include "network/layout.h"

int role_network_note(const struct bot_folder *f, struct network_note **ret, struct diag *d)
{
    CLEANUP_FREE char *path = layout_path(f->network, LAYOUT_NETWORK_NOTE);
    CLEANUP_FREE char *note = NULL;
    int r = file_read_text(path, VALUE_NOTE_MAX, &note, d);
    if (r == 0)
        r = network_note_open(note, strlen(note), ret, d);
    return r < 0 ? diag_prefix(d, r, "%s", path) : 0;
}

int role_clock(const struct bot_folder *f, const struct network_note *net, struct clock *ret,
               struct diag *d)
{
    *ret = clock_live();
    if (!net->replay)
        return 0;
    CLEANUP_FREE char *path = layout_path(f->network, LAYOUT_CLOCK);
    int r = clock_page_open(path, ret);
    return r < 0 ? diag_set(d, r, "%s: the replay network's clock cannot be read", path) : 0;
}
