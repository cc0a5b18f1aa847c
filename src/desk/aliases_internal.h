/* What the files of aliases share. */
#ifndef IRONSIDE_DESK_ALIASES_INTERNAL_H
#define IRONSIDE_DESK_ALIASES_INTERNAL_H

#include "desk/aliases.h"
#include "desk/index_internal.h"

/* Numbers of accounts, each once, with the name that each is to have. */
struct alias_change {
    enum desk_alias_kind kind;
    int64_t undoes;
    const char *reason;
    uint32_t *accounts;
    char **names;
    size_t count;
};
void alias_change_clear(struct alias_change *c);
/* All accounts of the person that `account` is, itself too; each is to have `name`, NULL: the one
 * that it has. Those that are there already only have their name set where one is given. */
void alias_change_add_person(struct desk_index *x, struct alias_change *c, uint32_t account,
                             const char *name);
void alias_change_add(struct alias_change *c, uint32_t account, const char *name);
/* Writes the names and the change, in the transaction under way. */
int alias_change_write(struct desk_index *x, const struct alias_change *c, const struct desk_by *by,
                       int64_t *ret_change, struct diag *d) MUST_USE;
/* ERR_EXISTS: an account in sight that is not of the change bears the name, or, where `handles` is
 * set, has it for a handle. "" is nobody's. */
int alias_check_free(struct desk_index *x, const struct alias_change *c, const char *name,
                     bool handles, struct diag *d) MUST_USE;

#endif
