/* The desk's processes (docs/desk.md): each opens what it needs, confines itself and loops
 * until a peer closes its socket or it is told to end; they end together, and the supervisor starts
 * the next generation.
 */
#ifndef IRONSIDE_DESK_ROLES_H
#define IRONSIDE_DESK_ROLES_H

#include "base/role.h"
#include "desk/folder.h"

/* Descriptors that a role finds open: the others have the index at 3; the index has the reader at
 * 3, the front at 4, the workers at 5, the translators at 6, and at 7, where the vault has no key
 * file, a pipe with its passphrase. */
int role_reader(const struct desk_folder *f) MUST_USE;
int role_index(const struct desk_folder *f) MUST_USE;
int role_front(const struct desk_folder *f) MUST_USE;
int role_workers(const struct desk_folder *f) MUST_USE;
int role_translators(const struct desk_folder *f) MUST_USE;

/* Starts the roles as processes and again when they end; returns the program's exit status.
 * `passphrase`: the vault's, in secret memory; NULL: it has a key file. */
int supervise(const struct desk_folder *f, const char *passphrase);

#endif
