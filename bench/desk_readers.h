/* Eight readers at once, each with a question behind the other, while messages are written: as a
 * desk's front hands them on, one index answers all. */
#ifndef IRONSIDE_BENCH_DESK_READERS_H
#define IRONSIDE_BENCH_DESK_READERS_H

#include "bench/desk_ask.h"

/* `write` adds and commits a batch of so many messages; it is called by the thread that answers. */
struct desk_writing {
    void (*write)(void *context);
    void *context;
    unsigned messages;
};
void desk_ask_at_once(const struct desk_asking *a, const struct desk_writing *w);

#endif
