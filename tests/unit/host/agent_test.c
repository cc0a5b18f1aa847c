#include "host/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void agent__progress__each_has_a_word_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < DEVICE_PROGRESSES; i++) {
        enum device_progress p = DEVICE_PROGRESSES;
        assert_int_equal(agent_progress_of(agent_progress_text((enum device_progress)i), &p), 0);
        assert_int_equal(p, i);
    }
    assert_string_equal(agent_progress_text(DEVICE_RESTING), "resting");
    assert_string_equal(agent_progress_text(DEVICE_WAITING), "waiting");
}

static void agent__progress__no_such_word(void **state)
{
    (void)state;
    enum device_progress p = DEVICE_DONE;
    assert_int_equal(agent_progress_of("", &p), ERR_FORMAT);
    assert_int_equal(agent_progress_of("archive", &p), ERR_FORMAT);
    assert_int_equal(agent_progress_of("archived ", &p), ERR_FORMAT);
    assert_int_equal(p, DEVICE_DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agent__progress__each_has_a_word_of_its_own),
        cmocka_unit_test(agent__progress__no_such_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
