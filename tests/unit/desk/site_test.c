#include "desk/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "desk/folder.h"

static void site__valid__is_https_and_a_name(void **state)
{
    (void)state;
    static const char *const good[] = {"https://desk.example", "https://desk.example:8443",
                                       "https://localhost", "https://7.desk-2.example",
                                       "https://xn--bcher-kva.example"};
    static const char *const wrong[] = {
        "",
        "desk.example",
        "http://desk.example",
        "https://",
        "https://.example",
        "https://desk.",
        "https://Desk.example",
        "https://desk.example/",
        "https://desk.example:",
        "https://desk.example:0",
        "https://desk.example:443",
        "https://desk.example:65536",
        "https://desk.example:8443/x",
        "https://192.0.2.1",
        "https://192.0.2.1:8443",
        "https://[::1]",
        "https://anna@desk.example",
        "https://desk.example?",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!desk_site_valid(good[i]))
            fail_msg("%s", good[i]);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (desk_site_valid(wrong[i]))
            fail_msg("%s", wrong[i]);
}

static void site__of__is_named_or_localhost_or_none(void **state)
{
    (void)state;
    static char key[] = "k.pem", named[] = "https://desk.example:8443",
                plain[] = "https://desk.example";
    static const struct {
        struct desk_folder folder;
        const char *id, *origin;
    } rows[] = {
        {{.address = "127.0.0.1", .port = 8443}, "localhost", "http://localhost:8443"},
        {{.address = "::1", .port = 80}, "localhost", "http://localhost"},
        {{.address = "127.0.0.1", .port = 80, .key = key}, "localhost", "https://localhost:80"},
        {{.address = "127.0.0.1", .port = 443, .key = key}, "localhost", "https://localhost"},
        {{.address = "192.0.2.1", .port = 443, .key = key}, NULL, NULL},
        {{.address = "192.0.2.1", .port = 1, .key = key, .site = named}, "desk.example", named},
        {{.address = "127.0.0.1", .port = 1, .site = plain}, "desk.example", plain},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct desk_site s = desk_site_of(&rows[i].folder);
        if (rows[i].id == NULL) {
            assert_null(s.id);
            assert_null(s.origin);
        } else {
            assert_string_equal(s.id, rows[i].id);
            assert_string_equal(s.origin, rows[i].origin);
        }
        desk_site_clear(&s);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(site__valid__is_https_and_a_name),
        cmocka_unit_test(site__of__is_named_or_localhost_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
