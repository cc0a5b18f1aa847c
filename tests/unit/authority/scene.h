/* A network's folder with what the fixture has signed in it, for tests of drafting and signing. */
#ifndef IRONSIDE_TESTS_AUTHORITY_SCENE_H
#define IRONSIDE_TESTS_AUTHORITY_SCENE_H

#include <setjmp.h> /* cmocka.h needs these before it */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "authority/draft.h"
#include "base/file.h"
#include "base/memory.h"
#include "wire/fixture.h"

#define SCENE_NOW FIXTURE_AT

struct scene {
    struct fixture *f;
    char *root;          /* a temporary folder */
    char *dir;           /* the network's */
    char *proposal;      /* root/proposal, which is not there yet */
    char *recipients[3]; /* age recipients */
};

/* Policy 1 with warrant 2019-0147 of the default bot, which names the desk of north, is published,
 * and its bot offers 2020-0001 for the ten days from two days after that warrant on. */
int scene_set_up(void **state);
int scene_tear_down(void **state);
#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, scene_set_up, scene_tear_down)

/* A custodian's key as its file would be read. */
struct signing_key *scene_key(const struct fixture_signer *s);
/* documents/NAME.note */
void scene_publish(const struct scene *s, const char *name, const char *note);
/* A signed epochs note of ten days. */
char *scene_offer(const struct scene *s, const char *id, int64_t from_day);
/* A proposal with warrant 2020-0001 in root/NAME. */
struct proposal *scene_propose(const struct scene *s, const char *name);
/* Of all accounts, with one agency; `ret` points into the scene. */
struct warrant_terms scene_terms(const struct scene *s, struct warrant_agency *agency);
/* A copy of the folder. */
void scene_copy(const char *from, const char *to);
char *scene_read(const char *folder, const char *name);
void scene_write(const char *folder, const char *name, const char *text);

void assert_says(const char *text, const char *part);

#endif
