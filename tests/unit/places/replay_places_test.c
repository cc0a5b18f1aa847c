/* From where a replay's devices connect. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "launch/replay_places.h"
#include "network/settings.h"
#include "wire/fixture.h"

static char *make_network(const char *map)
{
    char folder[] = "/tmp/ironside-replay.XXXXXX";
    struct settings s = {.domain = "chat.example", .host = "127.0.0.1", .port = 1, .replay = true};
    assert_non_null(mkdtemp(folder));
    if (map != NULL) {
        CLEANUP_FREE char *path = file_join(folder, "places.map");
        assert_int_equal(file_write(path, map, strlen(map), 0644, NULL), 0);
        strcpy(s.places, "places.map");
    }
    assert_int_equal(settings_write(folder, &s, NULL), 0);
    return mem_string(folder);
}

static void remove_network(char *folder)
{
    assert_int_equal(file_remove_tree(folder, NULL), 0);
    free(folder);
}

static void replay_places__move__each_device_by_itself(void **state)
{
    (void)state;
    char *folder = make_network("127.0.31.0/24 NL\n127.0.49.0/24 DE\n10.0.0.0/8 FR\n");
    CLEANUP(replay_places_free_cleanup) struct replay_places *p = NULL;
    char source[INET_ADDRSTRLEN];
    struct diag d = {""};
    assert_int_equal(replay_places_open(folder, 2, &p, &d), 0);
    assert_true(replay_places_told(p));
    assert_int_equal(replay_places_check(p, "NL", &d), 0);
    assert_int_equal(replay_places_check(p, "FR", &d), ERR_NOT_FOUND); /* not loopback */
    assert_int_equal(replay_places_check(p, "US", &d), ERR_NOT_FOUND);
    assert_non_null(strstr(d.text, "add a line such as '127.0.31.0/24 US'"));
    assert_false(replay_places_moves(p, 0, NULL));
    assert_true(replay_places_moves(p, 0, "NL"));
    replay_places_move(p, 0, "NL", source);
    assert_string_equal(source, "127.0.31.1");
    assert_false(replay_places_moves(p, 0, "NL"));
    assert_false(replay_places_moves(p, 0, NULL)); /* it stays where it is */
    assert_true(replay_places_moves(p, 1, "NL"));
    assert_true(replay_places_moves(p, 0, "DE"));
    replay_places_move(p, 0, "DE", source);
    assert_string_equal(source, "127.0.49.1");
    assert_true(replay_places_moves(p, 0, "NL"));
    remove_network(folder);
}

static void replay_places__check__without_a_map(void **state)
{
    (void)state;
    char *folder = make_network(NULL);
    CLEANUP(replay_places_free_cleanup) struct replay_places *p = NULL;
    struct diag d = {""};
    assert_int_equal(replay_places_open(folder, 2, &p, &d), 0);
    assert_false(replay_places_told(p));
    assert_int_equal(replay_places_check(p, "NL", &d), ERR_NOT_FOUND);
    assert_non_null(strstr(d.text, "make it with 'ironside init --places FILE.map'"));
    remove_network(folder);
}

static void replay_places__open__refuses_a_bad_map(void **state)
{
    (void)state;
    char *folder = make_network("127.0.31.0/24\n");
    struct replay_places *p = NULL;
    struct diag d = {""};
    assert_int_equal(replay_places_open(folder, 2, &p, &d), ERR_FORMAT);
    assert_null(p);
    assert_non_null(strstr(d.text, "line 1: not CIDR CC"));
    remove_network(folder);
}

static void put_note(const char *folder, const char *name, const char *note)
{
    CLEANUP_FREE char *path = mem_format("%s/%s.note", folder, name);
    assert_int_equal(file_write(path, note, strlen(note), 0644, NULL), 0);
}

/* The newest policy has two bots. `place`: what it says of those without a place. */
static void publish(const char *folder, const char *place)
{
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    CLEANUP_FREE char *documents = file_join(folder, "documents");
    const struct fixture_policy_options o = {.place = place};
    fixture_add_bot(f, "east.chat.example", "DE");
    CLEANUP_FREE char *text = fixture_policy_text(f, &o), *note = fixture_sign_quorum(f, text);
    assert_int_equal(file_make_folder(documents, 0755, NULL), 0);
    put_note(folder, "network", f->network_note);
    put_note(documents, "policy-1", note);
}

/* What would wait for ever is said before anything starts. */
static void replay_places__demand__by_the_newest_policy(void **state)
{
    (void)state;
    char *folder = make_network("127.0.31.0/24 NL\n");
    CLEANUP(replay_places_free_cleanup) struct replay_places *none = NULL, *p = NULL, *q = NULL;
    struct diag d = {""};
    assert_int_equal(replay_places_open(folder, 0, &none, &d), 0);
    assert_int_equal(replay_places_demand(none, "anna@x", NULL, FIXTURE_AT, &d), 0);
    publish(folder, NULL);
    assert_int_equal(replay_places_open(folder, 0, &p, &d), 0);
    assert_int_equal(replay_places_demand(p, "anna@x", NULL, FIXTURE_AT - 1, &d), 0);
    assert_int_equal(replay_places_demand(p, "anna@x", NULL, FIXTURE_AT, &d), ERR_NOT_FOUND);
    assert_non_null(strstr(d.text, "policy 1 lets nothing pass without a place: give it a "));
    assert_int_equal(replay_places_demand(p, "anna@x", "NL", FIXTURE_AT, &d), 0);
    assert_int_equal(replay_places_demand(p, "anna@x", NULL, FIXTURE_AT, &d), 0);
    assert_int_equal(replay_places_demand(p, "ben@x", NULL, FIXTURE_AT, &d), ERR_NOT_FOUND);
    publish(folder, "default");
    assert_int_equal(replay_places_open(folder, 0, &q, &d), 0);
    assert_int_equal(replay_places_demand(q, "ben@x", NULL, FIXTURE_AT, &d), 0);
    remove_network(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replay_places__move__each_device_by_itself),
        cmocka_unit_test(replay_places__check__without_a_map),
        cmocka_unit_test(replay_places__open__refuses_a_bad_map),
        cmocka_unit_test(replay_places__demand__by_the_newest_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
