/* What the tests of this room share: a folder with a network's documents and a journal of real
 * records, each of which can be made wrong on its way in.
 */
#ifndef IRONSIDE_TESTS_ARCHIVE_SHELF_H
#define IRONSIDE_TESTS_ARCHIVE_SHELF_H

#include "archive/library.h"
#include "journal/journal.h"
#include "wire/record.h"
#include "wire/test.h"

#define SHELF_ROUND 3U /* messages of a round */

struct shelf {
    char folder[64];
    char *documents, *journal_path;
    struct fixture *f; /* one warrant, one policy */
    struct policy_set *set;
    struct fixture_device *anna, *bert;
    struct journal *journal; /* writer */
    unsigned messages;       /* made so far */
};

int shelf_set_up(void **state);
int shelf_tear_down(void **state);
#define SHELF_TEST(fn) cmocka_unit_test_setup_teardown(fn, shelf_set_up, shelf_tear_down)

/* Writes documents/NAME.note. */
void shelf_put(const struct shelf *s, const char *name, const char *note);
void shelf_remove(const struct shelf *s, const char *name);
/* Writes policy, warrant and epochs of the fixture. */
void shelf_put_all(const struct shelf *s);

/* How the last message of a round is made wrong. Every member may be left out. */
struct shelf_wrong {
    void (*message)(struct shelf *s, struct fixture_message *m); /* before the line is made */
    void (*record)(struct shelf *s, struct record *r);
    bool refused;                       /* by its line */
    bool no_line;                       /* the round's lines leave it out */
    bool no_record;                     /* the batch does, though it counts it */
    bool extra_record;                  /* the batch holds it twice, and counts it once */
    const struct age_identity *only_to; /* the batch is sealed to this one alone */
    const char *sealed;                 /* instead of an age file */
    const struct journal_file *file;    /* that the round names */
    const uint8_t *positions;           /* of all records, instead of their own */
    bool no_policy;                     /* the round is of serial 0 */
};
/* Commits a round of SHELF_ROUND messages of anna's. */
void shelf_commit(struct shelf *s, const struct shelf_wrong *wrong);
/* Runs SQL on the journal with a connection of its own. */
void shelf_sql(const struct shelf *s, const char *sql);

#endif
