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

/* The day counts on, or how warrants stand has changed otherwise. */
void validity_follow(struct desk_index *x);

/* validity_received.c: of warrants that came with packages, by the names that the index has for
 * them. */
struct validity_received {
    char *name;
    uint32_t policy; /* serial of the one by which they stand so, of their network */
    struct validity validity;
};
int validity_received_make(struct desk_index *x, struct diag *d) MUST_USE;
const struct validity *validity_received_find(const struct desk_index *x, const char *warrant);
/* What a policy says that is no older than the one before. In memory; read again when that is
 * rolled back. */
void validity_received_take(struct desk_index *x, const char *name, const struct validity *s,
                            uint32_t policy);
int validity_received_write(struct desk_index *x, struct diag *d) MUST_USE;
int validity_received_read(struct desk_index *x, struct diag *d) MUST_USE;
void validity_received_forget(struct desk_index *x);

/* validity_kept.c: as the vault has it, and into it, durable. */
int validity_read(struct desk_index *x, struct diag *d) MUST_USE;
int validity_write(struct desk_index *x, const struct desk_told *told, struct diag *d) MUST_USE;
void validity_clear(struct desk_index *x);

#endif
