/* A device with a store of its own, whose registrar, with its log, is the test. */
#ifndef IRONSIDE_TESTS_DEVICE_LOG_SCENE_H
#define IRONSIDE_TESTS_DEVICE_LOG_SCENE_H

#include <setjmp.h> /* cmocka.h needs these before it */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "device/device_internal.h"
#include "device/wants.h"
#include "log_book.h"

#define ACCOUNT "anna@" FIXTURE_DOMAIN
#define CONTACT "bert@" FIXTURE_DOMAIN

struct query {
    struct scene *scene;
    char payload[512];
    device_answer *answer;
    void *context;
};

struct scene {
    char dir[48];
    struct fixture *f;
    struct store *store;
    struct device *device;
    char *policy; /* note of policy 1 */
    uint8_t policy_hash[HASH_BYTES], own_hash[HASH_BYTES];
    struct query queries[64];
    size_t query_count;
    char notices[16384];
    struct log_book log; /* the registrar's */
};

int scene_set_up(void **state);
int scene_set_up_second(void **state);
/* Policy 1 has a warrant, which the store lacks, and that names the desk of north. */
int scene_set_up_desk(void **state);
int scene_tear_down(void **state);
/* A new session of the same device; what it said before is forgotten. */
void scene_restart(struct scene *s);

/* Into the log: a certificate of someone else. */
void scene_add_other(struct scene *s, uint32_t number);
/* Policy 1 and the device's own certificate. */
void scene_add_usual(struct scene *s);

/* The query whose payload begins so, taken out of the list; there must be one. */
struct query scene_take_query(struct scene *s, const char *begins);
bool scene_asked(const struct scene *s, const char *begins);
/* … and the tick that the answer wants. */
void scene_answer(struct query q, const char *payload);
/* Fills in the checkpoint. */
void scene_answer_page(struct query q, struct log_page *p, struct buf *note);
/* The page that is asked for, as an honest registrar gives it. Returns where it begins. */
uint64_t scene_serve_page(struct scene *s);
/* The same until nothing more is asked for. */
void scene_follow(struct scene *s);
void scene_answer_document(struct scene *s, const char *begins, enum document_kind kind,
                           const char *note);
void assert_said(const struct scene *s, const char *text);
/* No warning. */
void assert_quiet(const struct scene *s);
size_t scene_times_said(const struct scene *s, const char *text);

/* Signed notes, the caller's, with their text's hash. */
char *scene_certificate_note(struct scene *s, const char *account, uint64_t serial,
                             const uint8_t *key, uint32_t omemo_device, const uint8_t *identity,
                             uint8_t ret_hash[static HASH_BYTES]);
char *scene_policy_note(struct scene *s, uint32_t serial, uint8_t ret_hash[static HASH_BYTES]);

/* Fails unless it is 0. */
void must(int r);

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, scene_set_up, scene_tear_down)
/* Of a device whose certificate is its account's second. */
#define SECOND_TEST(fn) cmocka_unit_test_setup_teardown(fn, scene_set_up_second, scene_tear_down)

#endif
