/* What a running desk does once a day: it signs its statements of use (statement.h) and lays them,
 * a file each, into index/statements, from where 'ironside desk statement' and 'ironside up' take
 * them. They hold counts alone, and are public.
 *
 * The network's documents are read when this is made, since the index cannot see them afterwards: a
 * warrant that comes later is stated from the next start on, and then for all of its days.
 */
#ifndef IRONSIDE_DESK_DAILY_H
#define IRONSIDE_DESK_DAILY_H

#include "desk/statement.h"

#define DESK_STATEMENTS "index/statements"
#define DESK_STATEMENT_ENDING ".use"

struct desk_daily;

/* The engine is the caller's. ERR_IO; the errors of the documents. */
int desk_daily_new(const struct desk_folder *f, const struct desk_engine *e,
                   struct desk_daily **ret, struct diag *d) MUST_USE;
void desk_daily_free(struct desk_daily *x);
/* At the first call of each UTC day; else nothing. Where it cannot be done the line says why, and
 * it is tried again with the next day. The errors of desk_statement_make. */
int desk_daily_step(struct desk_daily *x, int64_t now_unix_ms, struct diag *d) MUST_USE;

/* One statement as a file of that folder, unless it is there: then ERR_EXISTS. `ret_path`: the
 * caller's, in both cases; may be NULL. ERR_IO. */
int desk_daily_put(const char *folder, const struct use *x, const char *note, char **ret_path,
                   struct diag *d) MUST_USE;

#endif
