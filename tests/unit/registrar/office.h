/* A registrar of a temporary network with a server that only keeps a record of what it is asked. */
#ifndef IRONSIDE_TESTS_NETWORK_OFFICE_H
#define IRONSIDE_TESTS_NETWORK_OFFICE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../network/world.h"
#include "registrar/core.h"

struct office {
    struct world world;
    struct registrar *registrar;
    struct buf asked;    /* "put anna; end anna keep device; " */
    int answer;          /* what the server returns; 0 */
    const char *address; /* of every session "device"; NULL: there is none */
    struct clock clock;  /* of a replay network, for the test to set; else none */
};

/* In place: of a replay network whose clock says this, without a policy. */
void office_open_replay(struct office *o, int64_t at_unix_ms);
void office_close(struct office *o);

/* With policy 1, which has warrant W-1, and that the desk of north; or without. */
int office_set_up(void **state);
int office_set_up_empty(void **state);
int office_tear_down(void **state);
#define OFFICE_TEST(fn) cmocka_unit_test_setup_teardown(fn, office_set_up, office_tear_down)
#define EMPTY_OFFICE_TEST(fn)                                                                      \
    cmocka_unit_test_setup_teardown(fn, office_set_up_empty, office_tear_down)

/* Closes the registrar and opens it again. */
void office_restart(struct office *o);
int office_try_open(struct office *o, struct diag *d);
/* An import without problems. */
void office_import(struct office *o);
/* A bundle for the handle. */
struct bundle *office_provision(struct office *o, const char *handle);
/* Asks for activation from the handle's session "device". */
int office_activate(struct office *o, const char *handle, const struct world_request *q,
                    struct registry_piece *ret);
/* The record so far, which is then empty; valid until something is asked. */
const char *office_asked(struct office *o);

#endif
