#include "support.h"

#include <sys/stat.h>

#include "archive/library.h"
#include "base/calendar.h"
#include "base/clock.h"
#include "base/secret.h"
#include "daykeys/folder.h"
#include "launch/found.h"
#include "network/layout.h"
#include "network/settings.h"

#define DAY FIXTURE_DAY

static struct found_options options(const char *dir)
{
    return (struct found_options){.dir = dir,
                                  .domain = "chat.example",
                                  .host = "127.0.0.1",
                                  .port = 15222,
                                  .from_day = DAY,
                                  .until_day = DAY + 2,
                                  .openers = 2};
}

static struct network_note *open_note(const char *dir)
{
    struct network_note *net = NULL;
    CLEANUP_FREE char *path = layout_path(dir, LAYOUT_NETWORK_NOTE);
    CLEANUP_FREE char *note = NULL;
    assert_int_equal(file_read_text(path, VALUE_NOTE_MAX, &note, NULL), 0);
    assert_int_equal(network_note_open(note, strlen(note), &net, NULL), 0);
    return net;
}

static void found__network__makes_one_that_fits_together(void **state)
{
    static const char *const excluded[] = {"DE", "NL"};
    CLEANUP_FREE char *dir = file_join(*state, "net");
    struct found_options o = options(dir);
    struct settings s;
    struct diag d;
    o.excluded = excluded;
    o.excluded_count = 2;
    o.authority = "District Court of Exampleton";
    if (found_network(&o, &d) != 0)
        fail_msg("%s", d.text);
    assert_int_equal(settings_read(dir, &s, NULL), 0);
    assert_string_equal(s.domain, "chat.example");
    assert_true(s.port == 15222 && !s.replay);
    struct network_note *net = open_note(dir);
    CLEANUP_FREE char *documents = layout_path(dir, LAYOUT_DOCUMENTS);
    CLEANUP(library_free_cleanup) struct library *l = NULL;
    assert_int_equal(library_open(net, documents, &l, &d), 0);
    const struct policy_set *set = library_newest(l);
    assert_int_equal(set->policy->serial, 1);
    assert_true(set->policy->stop_without_warrant);
    const struct warrant *w = set->warrants[0];
    assert_string_equal(w->authority, "District Court of Exampleton");
    assert_true(w->from_day == DAY && w->until_day == DAY + 2);
    assert_int_equal(w->agency_count, 2);
    assert_int_equal(w->excluded_count, 2);
    for (int64_t day = DAY; day <= DAY + 2; day++)
        assert_non_null(epochs_key(set->epochs[0], day));
    assert_null(epochs_key(set->epochs[0], DAY + 3));
    network_note_free(net);
}

static void found__network__gives_the_bot_the_keys_that_the_epochs_name(void **state)
{
    CLEANUP_FREE char *dir = file_join(*state, "net");
    struct found_options o = options(dir);
    CLEANUP_BOT_FOLDER struct bot_folder bot = {0};
    CLEANUP(daykeys_free_cleanup) struct daykeys *keys = NULL;
    CLEANUP_SECRET uint8_t *credential = secret_new(DAYKEYS_CREDENTIAL_BYTES);
    assert_int_equal(found_network(&o, NULL), 0);
    assert_int_equal(bot_folder_open(dir, "ibot", &bot, NULL), 0);
    assert_string_equal(bot.jid, "ibot.chat.example");
    assert_int_equal(bot.openers, 2);
    assert_int_equal(bot_folder_credential(&bot, credential, NULL), 0);
    CLEANUP_CLOSE int fd = bot_folder_daykeys(&bot, NULL);
    assert_int_equal(daykeys_open(fd, credential, &keys, NULL), 0);
    assert_non_null(daykeys_find(keys, "2021-0001", DAY));
    assert_non_null(daykeys_find(keys, "2021-0001", DAY + 2));
    assert_null(daykeys_find(keys, "2021-0001", DAY + 3));
}

static void found__network__keeps_its_keys_to_itself(void **state)
{
    static const char *const secrets[] = {"authority/custodian-1.key", "authority/ca.key",
                                          "agencies/north.key",        "registrar/sign.key",
                                          "bots/ibot/sign.key",        "bots/ibot/credential",
                                          "bots/ibot/daykeys"};
    CLEANUP_FREE char *dir = file_join(*state, "net");
    struct found_options o = options(dir);
    assert_int_equal(found_network(&o, NULL), 0);
    for (size_t i = 0; i < COUNT(secrets); i++) {
        struct stat st = {0};
        CLEANUP_FREE char *path = file_join(dir, secrets[i]);
        if (stat(path, &st) != 0)
            fail_msg("%s is not there", path);
        assert_int_equal(st.st_mode & 077, 0);
    }
}

static void found__network__takes_an_empty_folder(void **state)
{
    CLEANUP_FREE char *dir = file_join(*state, "net");
    struct found_options o = options(dir);
    assert_int_equal(file_make_folder(dir, 0700, NULL), 0);
    assert_int_equal(found_network(&o, NULL), 0);
}

/* It fails with the code and the line, and nothing is left in the folder around it. */
static void assert_refused(void **state, const struct found_options *o, int code, const char *part)
{
    struct diag d = {""};
    assert_int_equal(found_network(o, &d), code);
    assert_says(d.text, part);
    assert_int_equal(count_entries(*state), 0);
}

static void found__network__refuses_what_is_no_domain(void **state)
{
    CLEANUP_FREE char *dir = file_join(*state, "net");
    struct found_options o = options(dir);
    o.domain = "Chat.Example";
    assert_refused(state, &o, ERR_FORMAT, "'Chat.Example' is not a domain name");
}

static void found__network__refuses_days_that_no_warrant_has(void **state)
{
    CLEANUP_FREE char *dir = file_join(*state, "net");
    struct found_options o = options(dir);
    o.until_day = DAY - 1;
    assert_refused(state, &o, ERR_FORMAT, "last day is before its first");
    o.until_day = DAY + WARRANT_DAYS_MAX;
    assert_refused(state, &o, ERR_FORMAT, "over ten years");
}

static void found__network__refuses_what_is_no_country(void **state)
{
    static const char *const excluded[] = {"DE", "Germany"};
    CLEANUP_FREE char *dir = file_join(*state, "net");
    struct found_options o = options(dir);
    o.excluded = excluded;
    o.excluded_count = 2;
    assert_refused(state, &o, ERR_FORMAT, "'Germany' is not a country code");
    static const char *const unsorted[] = {"NL", "DE"};
    o.excluded = unsorted;
    assert_refused(state, &o, ERR_FORMAT, "do not ascend at DE");
}

static void found__network__refuses_a_folder_with_something_in_it(void **state)
{
    CLEANUP_FREE char *precious = put_text(*state, "precious", "keep me");
    struct found_options o = options(*state);
    struct diag d;
    assert_int_equal(found_network(&o, &d), ERR_EXISTS);
    assert_says(d.text, *state);
    assert_int_equal(count_entries(*state), 1);
    assert_true(file_exists(precious));
}

static void found__network__leaves_a_file_that_has_the_folders_name(void **state)
{
    CLEANUP_FREE char *precious = put_text(*state, "precious", "keep me");
    struct found_options o = options(precious);
    struct diag d = {""};
    assert_int_equal(found_network(&o, &d), ERR_EXISTS);
    assert_says(d.text, precious);
    assert_true(file_exists(precious));
}

/* The settings are written last: all else is there when they are refused. */
static void found__network__leaves_nothing_when_it_fails_at_the_end(void **state)
{
    CLEANUP_FREE char *dir = file_join(*state, "net");
    struct found_options o = options(dir);
    o.host = "not a host";
    assert_refused(state, &o, ERR_FORMAT, "neither a name nor an address");
}

static void found__network__refuses_an_authority_that_is_no_line(void **state)
{
    static const char *const bad[] = {"a line\nand another", "", "\x1b[2J", "\xff"};
    CLEANUP_FREE char *dir = file_join(*state, "net");
    struct found_options o = options(dir);
    for (size_t i = 0; i < COUNT(bad); i++) {
        o.authority = bad[i];
        assert_refused(state, &o, ERR_FORMAT, "authority");
    }
    CLEANUP_FREE char *long_line = repeat('x', WARRANT_AUTHORITY_MAX + 1);
    o.authority = long_line;
    assert_refused(state, &o, ERR_FORMAT, "authority");
}

/* Its registrar refuses what is issued in the future: the warrant waits for its first day, the
 * policy does not. */
static void found__network__whose_first_day_is_to_come(void **state)
{
    CLEANUP_FREE char *dir = file_join(*state, "net");
    struct found_options o = options(dir);
    struct clock live = clock_live();
    struct diag d;
    int64_t now = clock_now_ms(&live);
    o.from_day = calendar_day_of(now) + 3;
    o.until_day = o.from_day + 1;
    if (found_network(&o, &d) != 0)
        fail_msg("%s", d.text);
    struct network_note *net = open_note(dir);
    CLEANUP_FREE char *documents = layout_path(dir, LAYOUT_DOCUMENTS);
    CLEANUP(library_free_cleanup) struct library *l = NULL;
    assert_int_equal(library_open(net, documents, &l, &d), 0);
    const struct policy *p = library_newest(l)->policy;
    assert_true(p->issued_unix_ms >= now && !policy_is_ahead(p, now));
    network_note_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(found__network__makes_one_that_fits_together),
        FOLDER_TEST(found__network__whose_first_day_is_to_come),
        FOLDER_TEST(found__network__gives_the_bot_the_keys_that_the_epochs_name),
        FOLDER_TEST(found__network__keeps_its_keys_to_itself),
        FOLDER_TEST(found__network__takes_an_empty_folder),
        FOLDER_TEST(found__network__refuses_what_is_no_domain),
        FOLDER_TEST(found__network__refuses_days_that_no_warrant_has),
        FOLDER_TEST(found__network__refuses_what_is_no_country),
        FOLDER_TEST(found__network__refuses_a_folder_with_something_in_it),
        FOLDER_TEST(found__network__leaves_a_file_that_has_the_folders_name),
        FOLDER_TEST(found__network__leaves_nothing_when_it_fails_at_the_end),
        FOLDER_TEST(found__network__refuses_an_authority_that_is_no_line),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
