/* Which programs translate for a desk: those that desk.json names, and apertium where pairs of its
 * are installed. What its translators' process starts, its index offers.
 */
#ifndef IRONSIDE_DESK_ADAPTERS_H
#define IRONSIDE_DESK_ADAPTERS_H

#include <jansson.h>

#include "base/cleanup.h"
#include "worker/translators.h"

#define ADAPTERS_APERTIUM "/usr/share/apertium/modes" /* a file A-B.mode for each pair */

struct desk_adapters {
    struct translator list[TRANSLATORS_MAX];
    size_t count;
};

/* Appends those of desk.json's "translate": a list of {"from":"es","to":"en","program":["/…",…]}.
 * ERR_FORMAT with a line of what is wrong with which. */
int desk_adapters_read(const json_t *list, struct desk_adapters *ret, struct diag *d) MUST_USE;
void desk_adapters_copy(const struct desk_adapters *from, struct desk_adapters *ret);
/* Appends a run of apertium's for each pair in that folder of modes, but for those that are there:
 * a shell that runs the mode's own line, since it may write nothing. Nothing where there is no such
 * folder. */
void desk_adapters_find(const char *modes, struct desk_adapters *ret);
/* The folders that their programs lie in, the system's first: what they may read and run. NULL
 * behind the last. Each is the caller's. */
#define ADAPTERS_FOLDERS_MAX 32U
void desk_adapters_folders(const struct desk_adapters *a,
                           char *ret[static ADAPTERS_FOLDERS_MAX + 1]);
void desk_adapters_clear(struct desk_adapters *a);
#define CLEANUP_DESK_ADAPTERS CLEANUP(desk_adapters_clear)

#endif
