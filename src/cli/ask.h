/* What a person keeps in their head, or in a file: asked for on the terminal without echo. Never
 * from an argument or the environment.
 */
#ifndef IRONSIDE_CLI_ASK_H
#define IRONSIDE_CLI_ASK_H

#include <stdbool.h>

#include "base/error.h"

/* Is there a person to be asked? */
bool ask_possible(void);
/* From the terminal itself. In secret memory; NULL: an empty line, or no terminal. */
char *ask_once(const char *prompt);
/* Twice the same, for what is new. ERR_NOT_FOUND: an empty line; ERR_KEY: not the same. */
int ask_twice(const char *prompt, char **ret, struct diag *d) MUST_USE;
/* The file's text without the newline that editors put at the end; what it is for stands in the
 * lines as `what`: "passphrase". In secret memory. ERR_NOT_FOUND, ERR_IO, ERR_KEY. */
int ask_file(const char *path, const char *what, char **ret, struct diag *d) MUST_USE;

#endif
