/* Statements of use (wire/use.h): what the desk says in public of each day that has ended, by
 * warrant, counted in its access log and signed with that log's key. The warrant names the key as
 * that of an agency's desk; one that names none is not stated. They are kept in the vault, and none
 * is made twice.
 *
 * Each begins with the entry after the last one of the statement before it, so that a clock that
 * was wrong moves an entry to another day and takes it from none.
 *
 * A search or count is one of every warrant: it was asked of all that the desk holds. Messages that
 * a view showed count for each warrant of the entry, so that a day's numbers are never too low.
 */
#ifndef IRONSIDE_DESK_STATEMENT_H
#define IRONSIDE_DESK_STATEMENT_H

#include "archive/library.h"
#include "desk/engine.h"
#include "wire/use.h"

typedef int desk_statement_fn(void *context, const struct use *x, const char *note);

/* Makes those of the days that have ended and are not stated yet: from the log's first entry or the
 * warrant's first day on, whichever is later. Reads the network's documents. ERR_NOT_FOUND: no
 * warrant in force names this desk's key; ERR_IO, ERR_FORMAT, ERR_AUTH. */
int desk_statement_make(const struct desk_folder *f, const struct desk_engine *e,
                        int64_t now_unix_ms, struct diag *d) MUST_USE;
/* The same, of documents that were read before. */
int desk_statement_make_by(const struct desk_engine *e, const struct network_note *net,
                           const struct library *library, int64_t now_unix_ms,
                           struct diag *d) MUST_USE;
/* All that were made, by warrant and serial; what `x` points at lives until the callback returns.
 */
int desk_statement_each(const struct desk_engine *e, desk_statement_fn *fn, void *context,
                        struct diag *d) MUST_USE;

#endif
