/* HTTP for the desk (ulfius): the page's files, the API's questions handed to the index and its
 * answers handed back, events streamed. It holds no key, no vault and no file but the page's;
 * whoever takes it over sees what its signed-in users could ask for.
 */
#ifndef IRONSIDE_FRONT_FRONT_H
#define IRONSIDE_FRONT_FRONT_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "front/question.h"

struct front;

struct front_options {
    const char *address;           /* "127.0.0.1" */
    unsigned port;                 /* 0: any */
    const char *certificate, *key; /* PEM texts; NULL: plain, on loopback only (else ERR_FORMAT) */
    const char *page;              /* folder of the page's files, read at the start; NULL: none */
    int index_fd;                  /* a socket to the index; taken over, if it succeeds */
    /* Called once it listens, before its first thread: here the process confines itself. NULL:
     * nothing. What it returns below 0 is handed on. */
    int (*listens)(void *context, struct diag *d);
    void *context;
};
/* Listens and serves. ERR_IO (address in use, …), ERR_FORMAT. */
int front_start(const struct front_options *o, struct front **ret, struct diag *d) MUST_USE;
unsigned front_port(const struct front *f);
/* Serves until the index closes its side or *told_to_end is set. */
int front_run(struct front *f, const volatile int *told_to_end, struct diag *d) MUST_USE;
void front_free(struct front *f);
DEFINE_CLEANUP(struct front, front_free)

/* Frames between front and index. */
enum front_frame {
    FRONT_QUESTION = 1, /* front to index */
    FRONT_ANSWER,       /* index to front */
    FRONT_EVENT,        /* index to front: JSON for the reviewers and supervisors who listen on
                           /api/events: figures only, no content: {"messages":N,"at":…} */
    FRONT_MORE,         /* front to index: the next piece of an answer's body (question.h) */
};

#endif
