/* What a device is asked: the table of its commands, and the protocol's page that describes them.
 */
#include "../device/talk.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "host/commands_internal.h"

#define PAGE_MAX (1U << 20)
#define HEAD "\n## Device commands\n"
#define ROW "\n| `{\"do\":\""

/* The chapter, from its head to the next one's. */
static int read_chapter(void **state)
{
    const char *source = getenv("IRONSIDE_SOURCE");
    CLEANUP_FREE char *path = file_join(source == NULL ? "." : source, "docs/protocol.md");
    CLEANUP_BUF struct buf file = BUF_INIT(PAGE_MAX);
    FIXTURE_MUST(file_read(path, &file, NULL) == 0);
    const char *head = strstr(buf_text(&file), HEAD);
    FIXTURE_MUST(head != NULL);
    const char *end = strstr(head + strlen(HEAD), "\n## ");
    FIXTURE_MUST(end != NULL);
    *state = mem_string_n(head, (size_t)(end - head));
    return 0;
}

static int drop_chapter(void **state)
{
    free(*state);
    return 0;
}

/* "follow" is no question to the device: its agent answers it. */
static bool is_known(const char *verb)
{
    for (const struct command *c = command_table; c->verb != NULL; c++)
        if (strcmp(c->verb, verb) == 0)
            return true;
    return strcmp(verb, "follow") == 0;
}

static void commands__table__each_has_a_row(void **state)
{
    size_t count = 0;
    for (const struct command *c = command_table; c->verb != NULL; c++, count++) {
        CLEANUP_FREE char *row = mem_format(ROW "%s\"", c->verb);
        if (strstr(*state, row) == NULL)
            fail_msg("docs/protocol.md has no row for the command '%s'", c->verb);
    }
    assert_true(count > 10);
}

static void commands__page__each_row_is_a_command(void **state)
{
    size_t count = 0;
    for (const char *at = *state; (at = strstr(at, ROW)) != NULL; count++) {
        at += strlen(ROW);
        CLEANUP_FREE char *verb = mem_string_n(at, strcspn(at, "\""));
        if (!is_known(verb))
            fail_msg("docs/protocol.md describes '%s', which no device knows", verb);
    }
    assert_true(count > 10);
}

static void commands__table__each_once(void **state)
{
    (void)state;
    for (const struct command *c = command_table; c->verb != NULL; c++)
        for (const struct command *other = command_table; other != c; other++)
            assert_string_not_equal(c->verb, other->verb);
}

static void commands__run__unknown_or_none(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct party *anna = &w->parties[0];
    talk_refused(anna, "{\"do\":\"fly\"}", "this device does not know that");
    talk_refused(anna, "{\"do\":\"follow\"}", "this device does not know that");
    talk_refused(anna, "{\"do\":1}", "'do' is missing");
    talk_refused(anna, "[]", "'do' is missing");
    talk_does(anna, "{\"do\":\"outbox\"}");
}

/* Without a device that runs, what only the store is asked for is answered. */
static void commands__run__not_running(void **state)
{
    static const struct {
        const char *verb;
        bool answered;
    } rows[] = {{"messages", true}, {"say", false},     {"read", false},   {"markers", true},
                {"outbox", true},   {"contacts", true}, {"notices", true}, {"log", true}};
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct party *anna = &w->parties[0];
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *request = json_pack("{ss}", "do", rows[i].verb);
        json_t *answer = command_run(anna->store, NULL, &anna->device->o.clock, request);
        const char *error = json_string_value(json_object_get(answer, "error"));
        if (rows[i].answered != json_is_true(json_object_get(answer, "ok")))
            fail_msg("%s: %s", rows[i].verb, error);
        if (!rows[i].answered)
            assert_string_equal(error, "this device is not running");
        json_decref(answer);
        json_decref(request);
    }
}

#define PAGE(fn) cmocka_unit_test_setup_teardown(fn, read_chapter, drop_chapter)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAGE(commands__table__each_has_a_row),
        PAGE(commands__page__each_row_is_a_command),
        cmocka_unit_test(commands__table__each_once),
        cmocka_unit_test(commands__run__unknown_or_none),
        cmocka_unit_test(commands__run__not_running),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
