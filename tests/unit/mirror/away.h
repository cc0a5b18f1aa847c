/* What the tests of this room share: a network whose folder is served, from a thread of this
 * program, and a mirror of it. Whatever is changed in the network's folder the server gives, as one
 * that lies would.
 */
#ifndef IRONSIDE_TESTS_MIRROR_AWAY_H
#define IRONSIDE_TESTS_MIRROR_AWAY_H

#include "../archive/shelf.h"
#include "mirror/mirror.h"
#include "serve/serve.h"

#define AWAY_SAID_MAX 1024

struct away {
    struct shelf *s; /* the network: documents and one journal */
    char *dir;       /* the mirror's */
    struct mirror_folder folder;
    struct serve_settings settings;
    char *certificate, *key; /* the server's */
    struct server *server;
    struct mirror *mirror;
    char said[AWAY_SAID_MAX]; /* the last line */
};

/* Nothing is served yet, and no mirror open. */
int away_set_up(void **state);
int away_tear_down(void **state);
#define AWAY_TEST(fn) cmocka_unit_test_setup_teardown(fn, away_set_up, away_tear_down)

/* Starts the server, on the port of the one before it, and stops it. */
void away_serve(struct away *a);
void away_end_server(struct away *a);
void away_open(struct away *a);
void away_close(struct away *a);
/* Signs a checkpoint of the network's journal as it is. */
void away_checkpoint(struct away *a);
/* Turns until nothing is new. */
void away_follow(struct away *a);
/* A path in the mirror; the caller's. */
char *away_file(const struct away *a, const char *name);
/* Fails unless the mirror's journal has as many rounds and leaves, and what is served as many. */
void assert_mirrored(struct away *a, int64_t rounds);
/* How many rounds the mirror's journal has; 0: there is none. */
int64_t away_rounds(const struct away *a);

#endif
