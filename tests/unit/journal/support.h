/* What the tests of this room share: a journal in a folder of its own, rounds that follow from
 * their number alone, and a check that a journal holds just these.
 */
#ifndef IRONSIDE_TESTS_JOURNAL_SUPPORT_H
#define IRONSIDE_TESTS_JOURNAL_SUPPORT_H

#include "journal/journal_internal.h"
#include "wire/test.h"

#define WORK_DEVICES 7
#define WORK_LINES_MAX 4
#define WORK_BATCHES_MAX 2
#define WORK_RECORDS_MAX WORK_LINES_MAX

/* Rounds of up to four lines from seven devices, every third of them without a batch and so without
 * an archived line. A first line is archived else; of the others those with number 5, 10, … of all
 * are conflicts. The first batch has a record for each archived line, the second one for one. */
struct work {
    struct fixture *f;
    struct fixture_bot *bot;
    uint64_t n[WORK_DEVICES]; /* heads of the chains */
    uint8_t digest[WORK_DEVICES][HASH_BYTES];
    uint64_t lines;
    int64_t rounds; /* made so far */
};

struct work_round {
    struct journal_round round; /* points into what follows */
    struct journal_batch batches[WORK_BATCHES_MAX];
    uint8_t leaves[WORK_BATCHES_MAX][WORK_RECORDS_MAX][MERKLE_BYTES];
    uint8_t positions[WORK_BATCHES_MAX][WORK_RECORDS_MAX * VERDICT_POSITION_BYTES];
    uint8_t sealed[WORK_BATCHES_MAX][600];
    uint8_t lines[WORK_LINES_MAX][VERDICT_LINE_BYTES];
    struct verdict verdicts[WORK_LINES_MAX];
};

/* The same from its start. */
void work_restart(struct work *w);
/* The round that follows. */
void work_next(struct work *w, struct work_round *ret);
/* Makes the next round and commits it. */
void work_commit(struct work *w, struct journal *j);
/* The certificate of a device. */
void work_certificate(size_t device, uint8_t ret[static HASH_BYTES]);

/* Fails unless the journal holds rounds 1 … `rounds` in full and nothing else: batches, lines,
 * verdicts, heads, every leaf, the root. */
void assert_holds(struct journal *j, int64_t rounds);

/* Each test's own. */
struct scene {
    char folder[64];
    char path[96]; /* of a journal in it, made and empty */
    struct work work;
};
int set_up(void **state);
int tear_down(void **state);
#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

struct journal *open_writer(const struct scene *s);
struct journal *open_reader(const struct scene *s);
/* Runs SQL on the file with a connection of its own. */
void run_sql(const struct scene *s, const char *sql);

#endif
