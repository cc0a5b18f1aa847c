/* What the files of privilege share with the index's. */
#ifndef IRONSIDE_DESK_PRIVILEGE_INTERNAL_H
#define IRONSIDE_DESK_PRIVILEGE_INTERNAL_H

#include "desk/index_internal.h"
#include "desk/privilege.h"

/* The tables, where they lack. */
int privilege_make(struct desk_index *x, struct diag *d) MUST_USE;
/* What the marks cover, before messages are read. */
int privilege_load(struct desk_index *x, struct diag *d) MUST_USE;
void privilege_forget(struct desk_index *x);
/* After a rollback: what is in memory may be ahead of what is true. */
void privilege_rolled_back(struct desk_index *x);
int privilege_fresh(struct desk_index *x, struct diag *d) MUST_USE;

/* Its flag, before it is counted. */
void privilege_arrived(struct desk_index *x, int64_t id);
/* An edit and what it is of: where one of them is marked by itself, both are. In the transaction
 * under way. */
int privilege_edited(struct desk_index *x, int64_t edit, int64_t of, struct diag *d) MUST_USE;
/* An account came under a name: it is under the marks of others of that name. `any` is set where
 * there are such: call privilege_cover_all. */
int privilege_named(struct desk_index *x, uint32_t account, const char *name, bool *any,
                    struct diag *d) MUST_USE;

/* privilege_cover.c. Of all marks in force, or of one. */
int cover_load(struct desk_index *x, int64_t mark, struct privilege_cover *ret,
               struct diag *d) MUST_USE;
bool cover_has(const struct desk_index *x, struct privilege_cover *c, int64_t id);
void cover_clear(struct privilege_cover *c);
/* Reads the marks anew, and switches every message's flag to what they say. `ret_hidden` (or NULL):
 * how many went out of the sight of whoever asks. */
int privilege_cover_all(struct desk_index *x, uint64_t *ret_hidden, struct diag *d) MUST_USE;
void privilege_switch(struct desk_index *x, int64_t id);

#endif
