#include "bot.h"

static void link__archive__good_message(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    fixture_add_warrant(f, NULL);
    CLEANUP(policy_set_free_cleanup) struct policy_set *set = fixture_policy(f, NULL);
    CLEANUP(fixture_device_free_cleanup)
    struct fixture_device *dev = fixture_device_new(f, "anna", 1);
    CLEANUP(bot_free_cleanup) struct bot *b = bot_new(f, NULL);
    bot_publish(b, set);
    bot_register(b, dev);
    bot_announce(b);
    bot_archive_one(b, set, dev);
    bot_archive_one(b, set, dev);
    assert_int_equal(bot_audit(b).archived, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(link__archive__good_message)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
