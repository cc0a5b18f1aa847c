/* Errors.
 *
 * A function that can fail returns 0 or one of these negative codes and carries
 * MUST_USE. Where a person has to act on the failure, the function also takes a
 * `struct diag *` (NULL is allowed) and leaves one line in it that names the object
 * and the remedy. Libraries never print: programs print that line once.
 */
#ifndef IRONSIDE_BASE_ERROR_H
#define IRONSIDE_BASE_ERROR_H

#include <stdarg.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

enum {
    ERR_IO = -1,            /* the system refused: file, socket, process, database */
    ERR_FORMAT = -2,        /* bytes that are not in the form that their specification asks */
    ERR_LIMIT = -3,         /* over a cap */
    ERR_AUTH = -4,          /* a signature, tag, hash or proof that does not match */
    ERR_KEY = -5,           /* a key that may not be used: low order, wrong length, no key */
    ERR_NOT_FOUND = -6,     /* the thing asked for is not there */
    ERR_EXISTS = -7,        /* the thing to be made is there already */
    ERR_INVALID_STATE = -8, /* not in this state, or not by this caller */
    ERR_CLOSED = -9,        /* the other side ended */
    ERR_AGAIN = -10,        /* nothing now: wait for the descriptor and call again */
    ERR_TIMEOUT = -11,      /* the time allowed has passed */
};

/* A word for `code`, for the end of a line: "not authentic". Never NULL. */
const char *err_text(int code);

struct diag {
    char text[512];
};

/* Writes the line into `d` (if there is one), cut at its size, and returns `code`, so that
 * `return diag_set(d, ERR_IO, "cannot open %s: %s", …)` reads as one step. Control characters
 * of the arguments come out as '?': the line may hold a peer's text. */
int diag_set(struct diag *d, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Puts "prefix: " before the line that is already there. */
int diag_prefix(struct diag *d, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Puts a '?' for each byte of what a terminal might obey: control characters, line ends, characters
 * that change the order of others, and bytes that are not UTF-8 (base/utf8.h). */
void diag_clean(char *text);

#endif
