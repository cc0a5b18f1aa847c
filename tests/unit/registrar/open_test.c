/* Opening: everything in the folder must belong together. */
#include "office.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "network/layout.h"
#include "network/tls_authority.h"

static void assert_refused(struct office *o, int code, const char *part)
{
    struct diag d = {""};
    assert_int_equal(office_try_open(o, &d), code);
    if (strstr(d.text, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", d.text, part);
}

static void registrar__open__keeps_its_policy(void **state)
{
    struct office *o = *state;
    office_restart(o);
    assert_int_equal(registrar_policy(o->registrar)->serial, 1);
    assert_string_equal(registrar_network(o->registrar)->domain, WORLD_DOMAIN);
}

static void registrar__open__needs_a_network(void **state)
{
    struct office *o = *state;
    CLEANUP_FREE char *path = layout_path(o->world.dir, LAYOUT_SETTINGS);
    assert_int_equal(unlink(path), 0);
    assert_refused(o, ERR_NOT_FOUND, "ironside init");
}

static void registrar__open__compares_settings_and_note(void **state)
{
    struct office *o = *state;
    struct settings s = o->world.settings;
    s.replay = true;
    assert_int_equal(settings_write(o->world.dir, &s, NULL), 0);
    assert_refused(o, ERR_INVALID_STATE, "network.json");
    s = o->world.settings;
    strcpy(s.domain, "other.test");
    assert_int_equal(settings_write(o->world.dir, &s, NULL), 0);
    assert_refused(o, ERR_INVALID_STATE, "network.json");
}

static void registrar__open__verifies_the_note(void **state)
{
    struct office *o = *state;
    CLEANUP_FREE char *path = layout_path(o->world.dir, LAYOUT_NETWORK_NOTE);
    CLEANUP_FREE char *note = NULL;
    assert_int_equal(file_read_text(path, 65536, &note, NULL), 0);
    char *quorum = strstr(note, "quorum 2");
    quorum[7] = '1';
    assert_int_equal(file_write(path, note, strlen(note), 0644, NULL), 0);
    assert_refused(o, ERR_AUTH, "network.note");
}

static void registrar__open__wants_the_notes_authority(void **state)
{
    struct office *o = *state;
    CLEANUP_FREE char *key = layout_path(o->world.dir, LAYOUT_AUTHORITY_KEY);
    assert_int_equal(unlink(key), 0);
    assert_int_equal(tls_authority_create(o->world.dir, WORLD_DOMAIN, NULL), 0);
    assert_refused(o, ERR_INVALID_STATE, "ca.pem");
}

static void registrar__open__wants_the_notes_key(void **state)
{
    struct office *o = *state;
    CLEANUP_FREE char *path = layout_path(o->world.dir, LAYOUT_REGISTRAR_KEY);
    assert_int_equal(unlink(path), 0);
    assert_refused(o, ERR_NOT_FOUND, "sign.key");
    assert_int_equal(keys_signing_create(path, "registrar." WORLD_DOMAIN, NULL, NULL), 0);
    assert_refused(o, ERR_INVALID_STATE, "sign.key");
}

/* A database that is gone must not come back empty: certificates' serials would begin again. */
static void registrar__open__makes_no_database(void **state)
{
    struct office *o = *state;
    CLEANUP_FREE char *path = layout_path(o->world.dir, LAYOUT_REGISTRAR_VAULT);
    registrar_close(o->registrar);
    o->registrar = NULL;
    assert_int_equal(unlink(path), 0);
    assert_refused(o, ERR_NOT_FOUND, "registrar.db is not there");
    assert_false(file_exists(path));
}

static void registrar__open__reads_the_replay_clock(void **state)
{
    (void)state;
    struct office o = {.asked = BUF_INIT(1024)};
    struct clock driver;
    char dir[] = "/tmp/ironside-net.XXXXXX";
    assert_non_null(mkdtemp(dir));
    world_make(&o.world, dir, 5222, true);
    assert_refused(&o, ERR_NOT_FOUND, "ironside up");
    CLEANUP_FREE char *path = layout_path(dir, LAYOUT_CLOCK);
    assert_int_equal(clock_page_create(path, 1000, &driver, NULL), 0);
    office_restart(&o);
    assert_int_equal(registrar_now_ms(o.registrar), 1000);
    clock_page_set(&driver, 2000);
    assert_int_equal(registrar_now_ms(o.registrar), 2000);
    registrar_close(o.registrar);
    clock_clear(&driver);
    world_clear(&o.world, true);
    buf_clear(&o.asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(registrar__open__keeps_its_policy),
        OFFICE_TEST(registrar__open__needs_a_network),
        OFFICE_TEST(registrar__open__compares_settings_and_note),
        OFFICE_TEST(registrar__open__verifies_the_note),
        OFFICE_TEST(registrar__open__wants_the_notes_authority),
        OFFICE_TEST(registrar__open__wants_the_notes_key),
        OFFICE_TEST(registrar__open__makes_no_database),
        cmocka_unit_test(registrar__open__reads_the_replay_clock),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
