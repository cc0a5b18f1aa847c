/* What the files of the index use of the warrants' validity. */
#ifndef IRONSIDE_DESK_VALIDITY_INTERNAL_H
#define IRONSIDE_DESK_VALIDITY_INTERNAL_H

#include "desk/index_internal.h"
#include "desk/validity.h"

/* The tables, where they lack. */
int validity_make(struct desk_index *x, struct diag *d) MUST_USE;
/* What was told, once names are read and before messages are. */
int validity_load(struct desk_index *x, struct diag *d) MUST_USE;
void validity_forget(struct desk_index *x);

/* A message's flag, before it is counted. */
void validity_arrived(struct desk_index *x, int64_t id);
/* It has other warrants than before; then sight_settle, once. */
void validity_changed(struct desk_index *x, int64_t id, uint32_t warrants);

/* validity_kept.c: as the vault has it, and into it, durable. */
int validity_read(struct desk_index *x, struct diag *d) MUST_USE;
int validity_write(struct desk_index *x, const struct desk_told *told, struct diag *d) MUST_USE;
void validity_clear(struct desk_index *x);

#endif
