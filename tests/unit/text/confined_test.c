/* What the desk's index does of texts and times while it is confined: nothing of it opens a file.
 * Sanitized builds are not confined, so tests/run runs this in the plain build, too. */
#include "said.h"

#include "base/confine.h"
#include "text/zone.h"

static void confined__texts_languages_zones(void **state)
{
    static const char text[] = "Москва ฉันรัก 你好世界 हिन्दी 서울 カタカナ";
    const struct confine nothing = {.connections = false};
    CLEANUP(text_free_cleanup) struct text *t = NULL;
    CLEANUP(zone_free_cleanup) struct zone *z = NULL;
    struct confine_report report;
    struct diag d = {""};
    int64_t ms;
    (void)state;
    if (confine_process(&nothing, &report, &d) != 0 || text_new(&t, &d) != 0 ||
        zone_open("Europe/Berlin", &z, &d) != 0)
        fail_msg("%s", d.text);
    assert_said(t, text, SAID_FORMS,
                "москва (moskva) ฉัน (chan) รัก (rak) 你好 (nihao) 世界 (shijie) हिन्दी (hindi) "
                "서울 (seoul) カタカナ (katakana)");
    assert_int_equal(zone_instant(z, &(struct zone_time){2026, 3, 29, 2, 30}, &ms), 0);
    assert_int_equal(ms, 1774746000000);
    assert_string_equal(text_language("Guten Morgen, wie geht es dir?", 30), "de");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(confined__texts_languages_zones)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
