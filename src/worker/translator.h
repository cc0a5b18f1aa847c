/* An adapter: a program that is not ours and translates a text (translators.h). How it is named,
 * and what it begins with.
 */
#ifndef IRONSIDE_WORKER_TRANSLATOR_H
#define IRONSIDE_WORKER_TRANSLATOR_H

#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "worker/translation.h"

#define TRANSLATOR_ARGUMENTS_MAX 16U
#define TRANSLATOR_PROCESSOR_S 15                     /* of each process of one */
#define TRANSLATOR_MEMORY_MAX (2048ULL * 1024 * 1024) /* bytes of addresses of each */

struct translator {
    char from[TRANSLATION_LANGUAGE_MAX + 1], to[TRANSLATION_LANGUAGE_MAX + 1];
    char *name; /* of the program's file; owned, as are the arguments */
    char *argv[TRANSLATOR_ARGUMENTS_MAX + 1]; /* [0] a path from the root; NULL at the end */
};

/* The first of these languages; NULL: none. `to` NULL: any. */
const struct translator *translator_find(const struct translator *list, size_t count,
                                         const char *from, const char *to);

/* Descriptors that become its standard input, output and error; all others are closed for it. */
struct translator_ends {
    int in, out, error;
};
/* The pipes to its input and from its output; our ends, in[1] and out[0], do not block. ERR_IO. */
int translator_pipes(int in[static 2], int out[static 2]) MUST_USE;
/* Starts it, in a session of its own, with bounded means and the environment that all have.
 * `confine` (NULL: none) is called in it with `context` before it begins. A program that cannot be
 * started ends with a status that is not 0. ERR_IO. */
int translator_start(const struct translator *t, const struct translator_ends *ends,
                     int (*confine)(void *context, struct diag *d), void *context,
                     pid_t *ret_pid) MUST_USE;

#endif
