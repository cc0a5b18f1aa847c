/* The process that starts a program for each text that is to be translated. The programs are not
 * ours (an adapter): each reads a text from its standard input and writes one to its standard
 * output, and has nothing else but what lies in its folders, to read and to run. It gets no other
 * text, no descriptor, no network, no file that it may write and nobody to signal; its memory,
 * its processor's time, its time and what it may say are bounded, and all that it has begun is
 * ended with it. This process carries texts and looks at none but for its form.
 */
#ifndef IRONSIDE_WORKER_TRANSLATORS_H
#define IRONSIDE_WORKER_TRANSLATORS_H

#include <stddef.h>

#include "worker/translator.h"

#define TRANSLATORS_MAX 64U       /* adapters */
#define TRANSLATORS_WALL_MS 15000 /* for a text */

struct translators_options {
    int fd; /* the socket */
    const struct translator *list;
    size_t count;
    int wall_ms; /* 0: TRANSLATORS_WALL_MS */
    /* Confines this process, and an adapter before it begins. NULL: neither (tests). */
    int (*confine)(void *context, struct diag *d);
    int (*confine_adapter)(void *context, struct diag *d);
    void *context;
};

/* Until the socket's other side closes or the process is told to end (base/role.h). */
int translators_run(const struct translators_options *o, struct diag *d) MUST_USE;

#endif
