/* Tables of bad input, a row a case. Each row has a network and a bot of its own, sends one message
 * that is wrong in one way, and looks at the answer; then at what it did to the journal, and
 * whether the same device and another one still get theirs archived.
 */
#ifndef IRONSIDE_TESTS_IBOT_TABLE_H
#define IRONSIDE_TESTS_IBOT_TABLE_H

#include "bot.h"

#define SCENE_POLICY 2 /* serial */

struct scene {
    struct fixture *f;
    struct policy_set *set;
    struct fixture_device *dev, *other; /* anna, carl; both registered */
    struct fixture_device *mallory;     /* not registered */
    struct bot *b;
    struct fixture_message_options options; /* of the message that will be wrong */
    struct buf scratch;
    char *place;
};

struct scene_options {
    size_t warrants;     /* [1] all over all accounts */
    const char *exclude; /* of the first */
    int64_t until_day;   /* the warrants' last; 0: the day after the message's */
    int64_t missing_day;
    bool second_bot;     /* jbot, for devices in NL */
    const char *without; /* a place token: see fixture_policy_options */
    const char *country; /* of the message's place token; NULL: none */
};
struct scene *scene_new(const struct scene_options *o);
void scene_free(struct scene *s);
DEFINE_CLEANUP(struct scene, scene_free)

/* What is made again after a row's change. */
enum again { NOTHING, SIGNATURE, SEAL };
enum expected { ARCHIVED, REFUSED, LATER };

struct row {
    const char *name;
    struct scene_options scene;
    void (*prepare)(struct scene *s); /* before the message is made: its options */
    void (*change)(struct scene *s, struct fixture_message *m);
    enum again again;
    const char *old, *new;                                /* in the stanza's text */
    char *(*mangle)(struct scene *s, const char *stanza); /* the same by a function */
    enum expected expected;
    enum later_reason later;
    enum verdict_reason refused;
    bool elsewhere; /* the answer goes to another address, or bears another id */
};

/* Runs the rows as tests of their names. Returns main's status. */
int run_rows(const char *group, const struct row *rows, size_t count);

/* The journal and the devices agree, and both get a message archived; `archived` are there before.
 */
void assert_still_works(struct scene *s, uint64_t archived);

#endif
