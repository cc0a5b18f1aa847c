/* Days, instants and words for programs. */
#include "wire/json.h"

#include "test.h"

static void assert_json(json_t *x, const char *expected)
{
    CLEANUP_FREE char *text = json_dumps(x, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(x);
    assert_string_equal(text, expected);
}

static void json__day__as_in_documents(void **state)
{
    (void)state;
    assert_json(json_of_day(0), "\"1970-01-01\"");
    assert_json(json_of_day(11455), "\"2001-05-13\"");
    assert_json(json_of_day(INT64_MAX), "\"9999-12-31\"");
}

static void json__instant__to_the_millisecond(void **state)
{
    (void)state;
    assert_json(json_of_instant(0), "\"1970-01-01T00:00:00.000Z\"");
    assert_json(json_of_instant(-1), "\"1969-12-31T23:59:59.999Z\"");
}

static void json__words__in_their_order(void **state)
{
    static const char *const words[] = {"FR", "", "\xff", "DE"};
    (void)state;
    assert_json(json_of_words(words, 0), "[]");
    assert_json(json_of_words(words, 2), "[\"FR\",\"\"]");
    assert_json(json_of_words(words, COUNT(words)), "[\"FR\",\"\",\"DE\"]");
}

static void json__agency__with_and_without_a_desk(void **state)
{
    (void)state;
    struct warrant_agency a = {.name = "north", .recipient_text = "age1x", .desk = {0xff}};
    assert_json(json_of_agency(&a), "{\"name\":\"north\",\"recipient\":\"age1x\",\"desk\":null}");
    a.has_desk = true;
    assert_json(json_of_agency(&a), "{\"name\":\"north\",\"recipient\":\"age1x\",\"desk\":"
                                    "\"/wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json__day__as_in_documents),
        cmocka_unit_test(json__instant__to_the_millisecond),
        cmocka_unit_test(json__words__in_their_order),
        cmocka_unit_test(json__agency__with_and_without_a_desk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
