/* The addresses of a replay file and the handles that they get on the network: the part before the
 * '@' where it can be one, otherwise as near as a handle's form allows, with a number where two
 * would be the same. Kept beside the network in replay/handles.jsonl, so that a second run gives
 * the same.
 */
#ifndef IRONSIDE_LAUNCH_HANDLES_H
#define IRONSIDE_LAUNCH_HANDLES_H

#include <stddef.h>

#include "base/cleanup.h"
#include "base/error.h"

struct handles;

/* Reads the file if there is one. ERR_FORMAT, ERR_IO. */
int handles_open(const char *path, struct handles **ret, struct diag *d) MUST_USE;
void handles_free(struct handles *h);
DEFINE_CLEANUP(struct handles, handles_free)
/* The address's handle, made when it is new. Valid as long as `h`. */
const char *handles_of(struct handles *h, const char *address);
/* NULL when the address is unknown. */
const char *handles_find(const struct handles *h, const char *address);
/* Its number; the address must be known. */
size_t handles_number(const struct handles *h, const char *address);
size_t handles_count(const struct handles *h);
/* The handle of number `i`, in the order in which they were made. */
const char *handles_at(const struct handles *h, size_t i);
/* Writes the file. ERR_IO. */
int handles_save(const struct handles *h, const char *path, struct diag *d) MUST_USE;

#endif
