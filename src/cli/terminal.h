/* What a stream can show: a terminal is asked each time, since it may have been resized. */
#ifndef IRONSIDE_CLI_TERMINAL_H
#define IRONSIDE_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TERMINAL_COLUMNS 80U /* of what is no terminal, or does not say its width */

struct terminal {
    bool is_one;
    size_t columns;
    bool utf8; /* false: characters other than ASCII would be controls to it, or rubbish */
    bool wide; /* characters of ambiguous width may take two columns: a Chinese, Japanese or Korean
                  locale */
};

/* A file or a pipe has 80 columns (or those that COLUMNS names) and is UTF-8 in every locale, a
 * terminal its own columns and the character set of LC_ALL, LC_CTYPE or LANG. */
struct terminal terminal_of(FILE *stream);
/* A terminal that knows bold type, for a user who wants it (NO_COLOR is not set). */
bool terminal_styled(FILE *stream);

#endif
