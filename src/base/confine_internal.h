/* What the parts of confinement share. */
#ifndef IRONSIDE_BASE_CONFINE_INTERNAL_H
#define IRONSIDE_BASE_CONFINE_INTERNAL_H

#include "base/confine.h"

/* Puts its allow-list in force: any other call ends the process, or fails where a program that is
 * not ours runs. ERR_IO. */
int confine_calls(const struct confine *c, struct diag *d) MUST_USE;

#endif
