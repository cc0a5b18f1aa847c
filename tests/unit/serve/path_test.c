/* Which paths there are: one way to write each, and no other. */
#include "serve/path.h"

#include "../wire/test.h"
#include "journal/tree.h"

#define HEX "5c705f1b87565f8bdb656cda0348c952eae7f332f9e70d4ea0e2a667701fb169"

static void path__parse__takes_each_in_its_one_form(void **state)
{
    static const struct {
        const char *text;
        struct serve_path path;
    } cases[] = {
        {"/network.note", {.what = SERVE_NETWORK_NOTE}},
        {"/documents", {.what = SERVE_DOCUMENTS}},
        {"/documents/policy-1.note", {.what = SERVE_DOCUMENT, .name = "policy-1.note"}},
        {"/bots/ibot/checkpoint", {.what = SERVE_CHECKPOINT, .bot = "ibot"}},
        {"/bots/ibot/checkpoints/0", {.what = SERVE_CHECKPOINTS, .bot = "ibot"}},
        {"/bots/ibot/rounds/123456", {.what = SERVE_ROUNDS, .bot = "ibot", .number = 123456}},
        {"/bots/a/files/" HEX, {.what = SERVE_FILE, .bot = "a"}},
        {"/bots/a/removed/" HEX, {.what = SERVE_REMOVED, .bot = "a"}},
        {"/bots/a/tile/0/000",
         {.what = SERVE_TILE, .bot = "a", .level = 0, .number = 0, .width = 256}},
        {"/bots/a/tile/1/x001/234",
         {.what = SERVE_TILE, .bot = "a", .level = 1, .number = 1234, .width = 256}},
        {"/bots/a/tile/2/x012/x345/067.p/255",
         {.what = SERVE_TILE, .bot = "a", .level = 2, .number = 12345067, .width = 255}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct serve_path p;
        assert_int_equal(serve_path_parse(cases[i].text, &p), 0);
        assert_true(p.what == cases[i].path.what && p.number == cases[i].path.number &&
                    p.level == cases[i].path.level && p.width == cases[i].path.width);
        assert_string_equal(p.bot, cases[i].path.bot);
        assert_string_equal(p.name, cases[i].path.name);
        CLEANUP_FREE char *again = serve_path_format(&p);
        assert_string_equal(again, cases[i].text);
    }
}

static void path__parse__refuses_whatever_else(void **state)
{
    static const char *const cases[] = {
        "",
        "/",
        "/network.note/",
        "/network.key",
        "//documents",
        "/documents/",
        "/documents/../network.json",
        "/documents/..note",
        "/documents/.hidden.note",
        "/documents/a/b.note",
        "/documents/a%2fb.note",
        "/documents/a.key",
        "/documents/a.note/",
        "/bots/ibot",
        "/bots/ibot/",
        "/bots/ibot/sign.key",
        "/bots/../checkpoint",
        "/bots/./checkpoint",
        "/bots//checkpoint",
        "/bots/a/../a/checkpoint",
        "/bots/a/checkpoints",
        "/bots/a/checkpoints/",
        "/bots/a/checkpoints/01",
        "/bots/a/checkpoints/-1",
        "/bots/a/rounds/1x",
        "/bots/a/rounds/99999999999999999999999999",
        "/bots/a/files/",
        "/bots/a/files/x" HEX,
        "/bots/a/files/../" HEX,
        "/bots/a/files/00",
        "/bots/a/tile/8/000",
        "/bots/a/tile/00/000",
        "/bots/a/tile/0/0",
        "/bots/a/tile/0/1000",
        "/bots/a/tile/0/x000/001",
        "/bots/a/tile/0/001/002",
        "/bots/a/tile/0/000.p/0",
        "/bots/a/tile/0/000.p/256",
        "/bots/a/tile/0/000.p/01",
        "/bots/a/tile/entries/000",
        "/bots/a/tile/0/x001/x001/x001/x001/x001/x001/001",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct serve_path p;
        if (serve_path_parse(cases[i], &p) != ERR_NOT_FOUND)
            fail_msg("'%s' is taken", cases[i]);
    }
    CLEANUP_FREE char *bot = repeat('a', 65), *path = mem_format("/bots/%s/checkpoint", bot);
    struct serve_path p;
    assert_int_equal(serve_path_parse(path, &p), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(path__parse__takes_each_in_its_one_form),
        cmocka_unit_test(path__parse__refuses_whatever_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
