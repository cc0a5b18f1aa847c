#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/memory.h"
#include "network/layout.h"
#include "network/settings.h"

static int set_up(void **state)
{
    char dir[] = "/tmp/ironside-net.XXXXXX";
    *state = mem_string(mkdtemp(dir));
    return 0;
}

static int tear_down(void **state)
{
    int r = file_remove_tree(*state, NULL);
    free(*state);
    return r;
}

static int read_text(const char *dir, const char *text, struct diag *d)
{
    struct settings s = {.port = 1};
    CLEANUP_FREE char *path = layout_path(dir, LAYOUT_SETTINGS);
    assert_int_equal(file_write(path, text, strlen(text), 0644, d), 0);
    d->text[0] = '\0';
    int r = settings_read(dir, &s, d);
    if (r < 0)
        assert_int_equal(s.port, 1); /* untouched */
    return r;
}

static void settings__write__is_read_again(void **state)
{
    const struct settings s = {"chat.test", "203.0.113.7", 5222, 5223, true};
    struct settings t = {0};
    struct diag d = {""};
    assert_int_equal(settings_write(*state, &s, &d), 0);
    assert_int_equal(settings_read(*state, &t, &d), 0);
    assert_string_equal(t.domain, "chat.test");
    assert_string_equal(t.host, "203.0.113.7");
    assert_int_equal(t.port, 5222);
    assert_int_equal(t.upload_port, 5223);
    assert_true(t.replay);
    assert_string_equal(t.places, "");
    assert_null(settings_places("/net", &t));
}

static void settings__places__relative_to_the_folder(void **state)
{
    static const char *const names[] = {"places.map", "/srv/a \"b\".mmdb"};
    static const char *const paths[] = {"/net/places.map", "/srv/a \"b\".mmdb"};
    for (size_t i = 0; i < 2; i++) {
        struct settings s = {.domain = "chat.test", .host = "h.test", .port = 5222}, t = {0};
        struct diag d = {""};
        snprintf(s.places, sizeof s.places, "%s", names[i]);
        assert_int_equal(settings_write(*state, &s, &d), 0);
        assert_int_equal(settings_read(*state, &t, &d), 0);
        char *path = settings_places("/net", &t);
        assert_string_equal(path, paths[i]);
        free(path);
    }
}

/* Longer than any domain. */
static void settings__places__a_long_path(void **state)
{
    struct settings s = {.domain = "chat.test", .host = "h.test", .port = 5222}, t = {0};
    struct diag d = {""};
    memset(s.places, 'p', SETTINGS_PATH_MAX);
    assert_int_equal(settings_write(*state, &s, &d), 0);
    assert_int_equal(settings_read(*state, &t, &d), 0);
    assert_string_equal(t.places, s.places);
}

static void settings__write__refuses_what_cannot_be_read(void **state)
{
    struct diag d = {""};
    const struct settings bad[] = {{"Chat.test", "h.test", 1, false},
                                   {"chat.test", "h\"x", 1, false},
                                   {"chat.test", "", 1, false},
                                   {"chat.test", "h.test", 0, false}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(settings_write(*state, &bad[i], &d), ERR_FORMAT);
}

/* What programs read differently is no address, and what no device can reach is none for them. */
static void settings__write__takes_addresses_in_full(void **state)
{
    struct diag d = {""};
    static const char *const good[] = {"203.0.113.7", "127.0.0.1", "2001:db8::7",
                                       "::1",         "localhost", "chat.localhost",
                                       "h1.test",     "0x.test",   "127.0.0.1.test"};
    static const char *const bad[] = {"127.1",
                                      "127.0.1",
                                      "127",
                                      "2130706433",
                                      "0x7f000001",
                                      "0x7f.0.0.1",
                                      "127.0.0.0x1",
                                      "127.0.0.256",
                                      "127.0.0.1.",
                                      "127.0.0.01",
                                      "0.0.0.0",
                                      "::",
                                      "::ffff:127.0.0.1",
                                      "::127.0.0.1",
                                      "[::1]",
                                      "h.test.7"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct settings s = {.domain = "chat.test", .port = 5222};
        snprintf(s.host, sizeof s.host, "%s", good[i]);
        assert_int_equal(settings_write(*state, &s, &d), 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct settings s = {.domain = "chat.test", .port = 5222};
        snprintf(s.host, sizeof s.host, "%s", bad[i]);
        if (settings_write(*state, &s, &d) != ERR_FORMAT)
            fail_msg("%s is taken", bad[i]);
        assert_non_null(strstr(d.text, "203.0.113.7"));
    }
}

static void settings__read__is_strict(void **state)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{\"domain\":\"chat.test\"",
        "{\"domain\":\"chat.test\",\"host\":\"h.test\",\"port\":5222}",
        "{\"domain\":\"chat.test\",\"host\":\"h.test\",\"port\":\"5222\",\"replay\":false}",
        "{\"domain\":\"chat.test\",\"host\":\"h.test\",\"port\":0,\"replay\":false}",
        "{\"domain\":\"chat.test\",\"host\":\"h.test\",\"port\":65536,\"replay\":false}",
        "{\"domain\":\"chat.test\",\"host\":\"h.test\",\"port\":5222,\"replay\":0}",
        "{\"domain\":\"chat.test\",\"host\":\"h.test\",\"port\":5222,\"upload_port\":0,"
        "\"replay\":false}",
        "{\"domain\":\"chat.test\",\"host\":\"h.test\",\"port\":5222,\"upload_port\":5222,"
        "\"replay\":false}",
        "{\"domain\":\"CHAT.test\",\"host\":\"h.test\",\"port\":5222,\"replay\":false}",
        "{\"domain\":\"chat.test\",\"host\":\"h test\",\"port\":5222,\"replay\":false}",
        "{\"domain\":\"chat.test\",\"host\":\"h\\u0000\",\"port\":5222,\"replay\":false}",
        "{\"domain\":\"chat.test\",\"host\":\"h.test\",\"port\":5222,\"replay\":false,\"x\":1}",
        "{\"domain\":\"chat.test\",\"host\":\"h.test\",\"port\":5222,\"replay\":false,\"places\":"
        "\"\"}",
        "{\"domain\":\"chat.test\",\"host\":\"h.test\",\"port\":5222,\"replay\":false,\"places\":"
        "1}",
        "{\"domain\":\"a.test\",\"domain\":\"b.test\",\"host\":\"h\",\"port\":1,\"replay\":false}",
    };
    struct diag d = {""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(read_text(*state, bad[i], &d), ERR_FORMAT);
        assert_non_null(strstr(d.text, "network.json"));
    }
    assert_int_equal(
        read_text(*state,
                  "{\"domain\":\"chat.test\",\"host\":\"::1\",\"port\":5222,\"replay\":false}", &d),
        0);
}

static void settings__read__says_that_there_is_no_network(void **state)
{
    struct settings s;
    struct diag d = {""};
    assert_int_equal(settings_read(*state, &s, &d), ERR_NOT_FOUND);
    assert_non_null(strstr(d.text, "ironside init"));
}

static void settings__loopback__knows_this_machine(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        bool loopback;
    } cases[] = {{"127.0.0.1", true},   {"127.9.9.9", true},      {"::1", true},
                 {"localhost", true},   {"128.0.0.1", false},     {"203.0.113.7", false},
                 {"::", false},         {"chat.test", false},     {"127.0.0.1.test", false},
                 {"a.localhost", true}, {"localhost.test", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct settings s = {.domain = "chat.test", .port = 1};
        strcpy(s.host, cases[i].host);
        assert_int_equal(settings_loopback(&s), cases[i].loopback);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(settings__write__is_read_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(settings__places__relative_to_the_folder, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(settings__places__a_long_path, set_up, tear_down),
        cmocka_unit_test_setup_teardown(settings__write__refuses_what_cannot_be_read, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(settings__write__takes_addresses_in_full, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(settings__read__is_strict, set_up, tear_down),
        cmocka_unit_test_setup_teardown(settings__read__says_that_there_is_no_network, set_up,
                                        tear_down),
        cmocka_unit_test(settings__loopback__knows_this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
