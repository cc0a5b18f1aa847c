/* A network's folder with a journal of real records (archive/shelf.h), and a desk that follows it.
 */
#ifndef IRONSIDE_TESTS_DESK_FOLDER_H
#define IRONSIDE_TESTS_DESK_FOLDER_H

#include "../archive/shelf.h"
#include "desk/engine.h"

struct desk_world {
    struct shelf *shelf;
    char *network, *journal; /* bots/ibot/journal/journal.db of it */
    struct desk_folder folder;
    struct age_identities *identities;
};

int desk_world_set_up(void **state);
int desk_world_tear_down(void **state);
#define DESK_WORLD_TEST(fn)                                                                        \
    cmocka_unit_test_setup_teardown(fn, desk_world_set_up, desk_world_tear_down)

/* Commits `rounds` rounds, and leaves the journal at rest where the desk looks for it. */
void desk_world_archive(struct desk_world *w, unsigned rounds);
/* Opens the vault, reads what is new, and closes it again. */
void desk_world_read(struct desk_world *w);
/* Runs SQL on the desk's vault. */
void desk_world_sql(struct desk_world *w, const char *text);

#endif
