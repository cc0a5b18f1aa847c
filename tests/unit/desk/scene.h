/* An index of each test's own, and messages for it in a line. */
#ifndef IRONSIDE_TESTS_DESK_SCENE_H
#define IRONSIDE_TESTS_DESK_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "desk/index.h"
#include "desk/model.h"
#include "desk/search.h"

#define SCENE_BOT "bot1"
#define SCENE_BEGIN_MS INT64_C(1772323200000) /* 2026-03-01T00:00:00Z */

struct scene {
    char folder[64], path[96];
    struct desk_index *x;
    struct text *text;
    struct zone *zone;
    uint32_t shard_messages;
    uint64_t leaf;
    int64_t killed; /* messages when it was killed last */
    struct diag d;
};

int scene_set_up(void **state);
int scene_tear_down(void **state);
#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, scene_set_up, scene_tear_down)

void scene_must(const struct scene *s, int r);
/* Closes it, if it is open, and opens it again. */
void scene_reopen(struct scene *s);
int scene_try_reopen(struct scene *s);
/* Changes the closed vault, past the index. */
void scene_plainly(struct scene *s, const char *how);

/* A message from `from` to the accounts of `to`, by blanks, at SCENE_BEGIN_MS and a minute for each
 * leaf; the caller may change it before it is added. Strings are the caller's or static. */
void scene_message(struct scene *s, struct follower_message *ret, const char *from, char *to,
                   const char *body);
int scene_add(struct scene *s, const struct follower_message *m);
/* The same in one, committed. Returns its id. */
int64_t scene_say(struct scene *s, const char *from, const char *to, const char *body);
void scene_commit(struct scene *s);
int64_t scene_last_id(struct scene *s);

struct query *scene_query(struct scene *s, const char *written);
/* The ids of the hits, "3 2 1". */
const char *scene_find(struct scene *s, const char *written);
const char *scene_find_as(struct scene *s, const char *written, enum desk_order order, int64_t user,
                          unsigned limit, int64_t after);
/* Is it marked, by user 1. */
extern const struct desk_by scene_by;

#endif
