/* The outbox as a command lists it. */
#include "../device/talk.h"

/* Each state alone has more than are looked up at once. */
static void commands__outbox__lists_all(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    party_sql(anna(w), "WITH RECURSIVE c(n) AS (VALUES(1) UNION ALL SELECT n + 1 FROM c"
                       " WHERE n < 2000)"
                       " INSERT INTO outbox (state, id, recipients, body, queued, fixed_at, reason)"
                       " SELECT 5, 'm' || n, 'bert@chat.example', x'', 0, 0, 'r' || n FROM c");
    json_t *answer = talk_ask(anna(w), "{\"do\":\"outbox\"}");
    const json_t *list = json_object_get(answer, "outbox");
    assert_int_equal(json_array_size(list), 2000);
    for (size_t i = 0; i < 2000; i++) {
        char id[16];
        snprintf(id, sizeof id, "m%zu", i + 1);
        assert_string_equal(json_string_value(json_object_get(json_array_get(list, i), "id")), id);
    }
    json_decref(answer);
    party_sql(anna(w), "DELETE FROM outbox WHERE number > 1");
    answer = talk_ask(anna(w), "{\"do\":\"outbox\"}");
    assert_int_equal(json_array_size(json_object_get(answer, "outbox")), 1);
    json_decref(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands__outbox__lists_all),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
