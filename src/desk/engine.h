/* A desk's vault opened whole: the index, its users and its access log. One process has it at a
 * time: the desk's index, or a verb while the desk is stopped.
 */
#ifndef IRONSIDE_DESK_ENGINE_H
#define IRONSIDE_DESK_ENGINE_H

#include "access/access.h"
#include "desk/folder.h"
#include "desk/index.h"
#include "desk/users.h"

/* In the access log: who opened the vault by a verb, whom nobody asked for a name. */
#define DESK_AT_THE_MACHINE "(at the machine)"

struct desk_engine {
    struct desk_index *index;
    struct desk_users *users;
    struct access_log *log;
};

/* Opens it, with the folder's key file or, where `passphrase` is not NULL, with that. The errors of
 * vault_open; ERR_INVALID_STATE: the desk runs. */
int desk_engine_open(const struct desk_folder *f, const char *passphrase, struct desk_engine *ret,
                     struct diag *d) MUST_USE;
/* Makes the vault, its key file where there is no passphrase, the seed that signs the access log,
 * and access.pub. `seed`: SIGN_SEED_BYTES of it; NULL: random. ERR_EXISTS. */
int desk_engine_create(const struct desk_folder *f, const char *passphrase, const uint8_t *seed,
                       struct diag *d) MUST_USE;
void desk_engine_close(struct desk_engine *e);
/* A change by a verb, and the entry that says it was made `(at the machine)`, in one transaction:
 * `change` appends to `what` what the entry says. The log is signed. The errors of `change`, and of
 * access_append. */
typedef int desk_engine_change_fn(void *context, int64_t now_unix_ms, struct buf *what,
                                  struct diag *d);
int desk_engine_change(struct desk_engine *e, enum access_action action,
                       desk_engine_change_fn *change, void *context, struct diag *d) MUST_USE;
/* A user who is added, or given another password, by a verb: logged, then done, in one transaction.
 * Another password is a way in, even where it was none. `once`: it is good for one sign-in. The
 * errors of desk_user_add and desk_user_set_password. */
int desk_engine_add_user(struct desk_engine *e, const char *name, enum desk_role role,
                         const char *password, bool once, struct diag *d) MUST_USE;
int desk_engine_set_password(struct desk_engine *e, const char *name, const char *password,
                             bool once, struct diag *d) MUST_USE;
#define CLEANUP_DESK_ENGINE CLEANUP(desk_engine_close)

#endif
