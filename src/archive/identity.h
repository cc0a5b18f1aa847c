/* How a verb reads an age identity file: all identities in it, of which each is tried. */
#ifndef IRONSIDE_ARCHIVE_IDENTITY_H
#define IRONSIDE_ARCHIVE_IDENTITY_H

#include "crypto/age.h"

/* In secret memory: let go by secret_free. ERR_NOT_FOUND, ERR_IO; ERR_FORMAT, ERR_LIMIT: it holds
 * something else than identities, none, or too many. */
int identity_read(const char *path, struct age_identities **ret, struct diag *d) MUST_USE;

#endif
