/* The folder of a device: it holds what belongs to the device and nothing else, so that what a
 * device writes, replaces and removes there is its own.
 */
#ifndef IRONSIDE_HOST_FOLDER_H
#define IRONSIDE_HOST_FOLDER_H

#include "base/error.h"

#define FOLDER_PREPARING "preparing" /* where activation makes the store first */

/* May a device be made there? It may be missing, empty, or hold what an activation that was broken
 * off left. ERR_EXISTS: something else is in it, which the line names; ERR_IO. */
int folder_check(const char *folder, struct diag *d) MUST_USE;
/* Removes what belongs to the device, and then the folder. ERR_EXISTS: the device is gone, but the
 * folder holds something else, which the line names and which stays; ERR_IO. */
int folder_wipe(const char *folder, struct diag *d) MUST_USE;

#endif
