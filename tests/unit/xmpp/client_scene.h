/* A client, its hub, and what its events told; for the tests of src/xmpp/client.h. */
#ifndef IRONSIDE_TESTS_XMPP_CLIENT_SCENE_H
#define IRONSIDE_TESTS_XMPP_CLIENT_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "server.h"
#include "xmpp/client.h"

struct scene {
    struct client_hub *hub;
    struct client *c;
    struct server *server;
    int online, offline;
    enum client_end end; /* of the last one */
    char why[512];
    int stanzas, too_large;
    struct buf text; /* the last stanza */
    char large[64];  /* the ids of those that were too large */
    enum { KEEP, DROP, FREE } on_stanza;
    int64_t longest_run_ms;
};

/* A hub, and a server with that script whose certificate names `name`. */
void scene_open(struct scene *s, const char *name, server_script script);
/* anna@chat.test, whose network has this authority (NULL: the server's). */
void scene_connect(struct scene *s, const char *authority, const char *source);
void scene_close(struct scene *s);
/* One turn of the caller's loop, waiting 20 ms at most. */
void scene_turn(struct scene *s);

#define UNTIL_MS 60000 /* on a loaded machine */
#define UNTIL(s, condition)                                                                        \
    do {                                                                                           \
        int64_t deadline_ = clock_monotonic_ms() + UNTIL_MS;                                       \
        while (!(condition) && clock_monotonic_ms() < deadline_)                                   \
            scene_turn(s);                                                                         \
        assert_true(condition);                                                                    \
    } while (0)

/* Lets that much time pass. */
void scene_pass(struct scene *s, int64_t ms);

#endif
