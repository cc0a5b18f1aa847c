/* Accounts that are one person: those to which reviewers gave one name (case does not count). Each
 * merge, split and naming is a change of its own with who did it, when and why; it keeps the name
 * of every account that it concerns before and after, so that any of them can be undone as long as
 * nothing came after it. Nothing else of an account is touched: organisations, marks, assignments
 * and cases stay with the accounts.
 *
 * An account that comes under a name is under the privilege marks of all of that name, and they
 * under its own (privilege.h). A split or an undo takes nobody out from under a mark.
 *
 * Who asks knows of accounts in their sight only: others are no hindrance, and are not told of.
 */
#ifndef IRONSIDE_DESK_ALIASES_H
#define IRONSIDE_DESK_ALIASES_H

#include "desk/privilege.h"

#define DESK_ALIAS_REASON_MAX DESK_PRIVILEGE_REASON_MAX /* bytes */
#define DESK_ALIAS_CHANGES_MAX 200U                     /* told of one account */
#define DESK_ALIAS_LIKE_MAX 20U                         /* proposals */

enum desk_alias_kind {
    DESK_ALIAS_NAMED,
    DESK_ALIAS_MERGED,
    DESK_ALIAS_SPLIT,
    DESK_ALIAS_UNDONE,
    DESK_ALIAS_KINDS
};
const char *desk_alias_text(enum desk_alias_kind kind);

/* All accounts of the person that `with` is come under the name of the one that `account` is, or
 * under `name` where it is not "". A person without a name gets the other's, or the handle of
 * `account`. In the caller's transaction, as the next two.
 * ERR_NOT_FOUND: no such account in sight; ERR_FORMAT: no reason, no name, or one account twice;
 * ERR_INVALID_STATE: they are one person already; ERR_EXISTS: others bear that name, or one of them
 * has it for a handle. */
struct desk_merge {
    const char *account, *with, *name, *reason;
};
int desk_aliases_merge(struct desk_index *x, const struct desk_merge *m, const struct desk_by *by,
                       int64_t *ret_change, struct diag *d) MUST_USE;
/* The account leaves its person, and has the name again that it had before it came to it, unless
 * others bear that by now. ERR_NOT_FOUND, ERR_FORMAT; ERR_INVALID_STATE: it is a person by itself.
 */
int desk_aliases_split(struct desk_index *x, const char *account, const char *reason,
                       const struct desk_by *by, int64_t *ret_change, struct diag *d) MUST_USE;
/* Every account that the change concerned has its name from before again. ERR_NOT_FOUND,
 * ERR_FORMAT; ERR_INVALID_STATE: one of them was named since; ERR_EXISTS: others bear such a name.
 */
int desk_aliases_undo(struct desk_index *x, int64_t change, const char *reason,
                      const struct desk_by *by, int64_t *ret_change, struct diag *d) MUST_USE;

/* Gives all accounts of the person that `account` is a name, or takes theirs; who bears that name
 * already is the same person from then on. ERR_NOT_FOUND, ERR_FORMAT. */
int desk_aliases_name(struct desk_index *x, const char *account, const char *name,
                      const struct desk_by *by, struct diag *d) MUST_USE;

/* The accounts of the person that `account` is, itself first. ERR_NOT_FOUND. */
int desk_aliases(struct desk_index *x, const char *account, desk_person_fn *fn, void *context,
                 struct diag *d) MUST_USE;
/* Of other people those whose handle has the same letters, without digits, marks and case.
 * ERR_NOT_FOUND. */
int desk_aliases_like(struct desk_index *x, const char *account, desk_person_fn *fn, void *context,
                      struct diag *d) MUST_USE;

struct desk_alias_change {
    int64_t number, user, at_unix_ms;
    enum desk_alias_kind kind;
    const char *reason;
    int64_t undoes;     /* the change that it undid; 0: none */
    bool can_be_undone; /* nothing came after it */
};
/* An account that a change concerned; of those that only were in the person, before is after. */
struct desk_alias_account {
    const char *account, *before, *after;
};
typedef int desk_alias_change_fn(void *context, const struct desk_alias_change *c);
typedef int desk_alias_account_fn(void *context, const struct desk_alias_account *a);
/* What happened to the persons that the account was of, the newest first. ERR_NOT_FOUND. */
int desk_alias_changes(struct desk_index *x, const char *account, desk_alias_change_fn *fn,
                       void *context, struct diag *d) MUST_USE;
int desk_alias_accounts(struct desk_index *x, int64_t change, desk_alias_account_fn *fn,
                        void *context, struct diag *d) MUST_USE;

#endif
