/* What the API's tests share: a small desk that is filled, asking it, and the last entry of its
 * log. Everything fails the test that calls it. Include it behind cmocka.h.
 */
#ifndef IRONSIDE_TESTS_ASKING_H
#define IRONSIDE_TESTS_ASKING_H

#include "ask.h"

int asking_set_up(void **state);
int asking_tear_down(void **state);
#define ASKING_TEST(fn) cmocka_unit_test_setup_teardown(fn, asking_set_up, asking_tear_down)

void assert_status(const struct told *t, unsigned status);
/* Asks in the usual way: it must be answered, or refused with that word. */
void must(struct small_desk *s, enum desk_role as, const char *method, const char *address,
          const char *body);
void must_refuse(struct small_desk *s, enum desk_role as, const char *method, const char *address,
                 const char *body, const char *code);
/* Members; 0 and "" where there are none. */
int64_t number_at(const struct told *t, const char *name);
const char *text_at(const json_t *o, const char *name);
/* How many messages a reviewer finds. */
size_t hits_of(struct small_desk *s, const char *query);

struct last {
    enum access_action action;
    uint64_t count;
    char user[64], role[32], purpose[64], case_id[64], warrants[64], what[256];
};
struct last last_of(struct small_desk *s);
void assert_last(struct small_desk *s, enum access_action action, const char *what);

#endif
