/* A second look at a sample of what was set aside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "base/memory.h"
#include "base/secret.h"

#define NEXT "/api/second/next"

static void set_percent(struct small_desk *s, unsigned percent)
{
    CLEANUP_FREE char *body = mem_format("{\"percent\":%u}", percent);
    must(s, DESK_SUPERVISOR, "PUT", "/api/second", body);
}

static int64_t left_of(struct small_desk *s, enum desk_role as, int64_t *ret_next)
{
    CLEANUP_TOLD struct told t = ask_as(s, as, "GET", NEXT, NULL);
    assert_status(&t, 200);
    *ret_next = json_integer_value(json_object_get(json_object_get(t.json, "next"), "id"));
    assert_int_equal(last_of(s).action, ACCESS_VIEW);
    assert_int_equal(last_of(s).count, *ret_next == 0 ? 0 : 1);
    return number_at(&t, "left");
}

static void assert_left(struct small_desk *s, enum desk_role as, int64_t left, int64_t next)
{
    int64_t is_next, is = left_of(s, as, &is_next);
    if (is != left || is_next != next)
        fail_msg("%lld, the next is %lld; not %lld, %lld", (long long)is, (long long)is_next,
                 (long long)left, (long long)next);
}

static void see(struct small_desk *s, enum desk_role as, int64_t id)
{
    CLEANUP_FREE char *address = mem_format("/api/messages/%lld/seen", (long long)id);
    must(s, as, "PUT", address, NULL);
}

static void api__second__is_anothers_of_what_nobody_marked(void **state)
{
    struct small_desk *s = *state;
    set_percent(s, 100);
    assert_left(s, DESK_SUPERVISOR, 0, 0);
    for (int64_t id = 3; id <= 8; id++)
        see(s, DESK_REVIEWER, id);
    must(s, DESK_REVIEWER, "PUT", "/api/messages/4/tags/urgent", NULL);
    must(s, DESK_REVIEWER, "PUT", "/api/messages/5/flag", NULL);
    must(s, DESK_REVIEWER, "POST", "/api/cases", "{\"word\":\"harbour\",\"title\":\"\"}");
    must(s, DESK_REVIEWER, "PUT", "/api/cases/harbour/messages/6", NULL);
    assert_left(s, DESK_SUPERVISOR, 3, 3);
    assert_left(s, DESK_REVIEWER, 0, 0);
    see(s, DESK_SUPERVISOR, 3);
    assert_left(s, DESK_SUPERVISOR, 2, 7);
    must(s, DESK_REVIEWER, "DELETE", "/api/messages/5/flag", NULL);
    assert_left(s, DESK_SUPERVISOR, 3, 5);
}

static void api__second__agreement_is_the_supervisors_to_see(void **state)
{
    struct small_desk *s = *state;
    set_percent(s, 100);
    see(s, DESK_REVIEWER, 3);
    see(s, DESK_REVIEWER, 4);
    see(s, DESK_SUPERVISOR, 9);
    must(s, DESK_SUPERVISOR, "PUT", "/api/second/3", "{\"agrees\":true}");
    must(s, DESK_SUPERVISOR, "PUT", "/api/second/4",
         "{\"agrees\":false,\"reason\":\"the pier is meant\"}");
    assert_last(s, ACCESS_MARK, "second look at message 4: not to be set aside");
    must(s, DESK_REVIEWER, "PUT", "/api/second/9", "{\"agrees\":true}");
    assert_left(s, DESK_SUPERVISOR, 0, 0);
    assert_int_equal(hits_of(s, "seen:supervisor"), 3);
    CLEANUP_TOLD struct told t = ask_as(s, DESK_SUPERVISOR, "GET", "/api/second", NULL);
    assert_int_equal(number_at(&t, "percent"), 100);
    assert_int_equal(number_at(&t, "looked_at"), 3);
    assert_int_equal(number_at(&t, "agreed"), 2);
    const json_t *reviewers = json_object_get(t.json, "reviewers");
    assert_int_equal(json_array_size(reviewers), 2);
    const json_t *no = json_array_get(json_object_get(t.json, "disagreements"), 0);
    assert_int_equal(json_integer_value(json_object_get(no, "message")), 4);
    assert_string_equal(text_at(no, "first"), "reviewer");
    assert_string_equal(text_at(no, "second"), "supervisor");
    assert_string_equal(text_at(no, "reason"), "the pier is meant");
}

/* A part of what is set aside, always the same, and a greater part has all of a smaller one. */
static void api__second__sample_is_of_its_size_and_stays(void **state)
{
    struct small_desk *s = *state;
    int64_t next, before = 0;
    for (int64_t id = 1; id <= SMALL_DESK_MESSAGES; id++)
        see(s, DESK_REVIEWER, id);
    for (unsigned percent = 0; percent <= 100; percent += 50) {
        set_percent(s, percent);
        int64_t left = left_of(s, DESK_SUPERVISOR, &next);
        assert_true(left >= before);
        assert_int_equal(left_of(s, DESK_SUPERVISOR, &next), left);
        assert_true(percent != 50 || (left > 5 && left < SMALL_DESK_MESSAGES - 5));
        before = left;
    }
    assert_int_equal(before, SMALL_DESK_MESSAGES);
}

static void api__second__refuses(void **state)
{
    struct small_desk *s = *state;
    set_percent(s, 100);
    see(s, DESK_REVIEWER, 3);
    must_refuse(s, DESK_REVIEWER, "PUT", "/api/second/3", "{\"agrees\":true}", "state");
    must_refuse(s, DESK_SUPERVISOR, "PUT", "/api/second/4", "{\"agrees\":true}", "state");
    must_refuse(s, DESK_SUPERVISOR, "PUT", "/api/second/99", "{\"agrees\":true}", "not-found");
    set_percent(s, 0);
    must_refuse(s, DESK_SUPERVISOR, "PUT", "/api/second/3", "{\"agrees\":true}", "state");
    must_refuse(s, DESK_REVIEWER, "PUT", "/api/second", "{\"percent\":0}", "role");
    must_refuse(s, DESK_REVIEWER, "GET", "/api/second", NULL, "role");
    must_refuse(s, DESK_SUPERVISOR, "PUT", "/api/second", "{\"percent\":101}", "malformed");
    assert_left(s, DESK_SUPERVISOR, 0, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ASKING_TEST(api__second__is_anothers_of_what_nobody_marked),
        ASKING_TEST(api__second__agreement_is_the_supervisors_to_see),
        ASKING_TEST(api__second__sample_is_of_its_size_and_stays),
        ASKING_TEST(api__second__refuses),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
