/* desk.json, and the vault beside it. */
#include "desk/folder.h"

#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/secret.h"
#include "by_password.h"
#include "desk/users_passkeys.h"
#include "desk_folder.h"

#define GOOD                                                                                       \
    "{\"name\":\"desk\",\"network\":\"..\",\"bots\":[\"ibot\",\"two\"],\"identity\":\"n.key\","    \
    "\"address\":\"127.0.0.1\",\"port\":8443}"

static int open_text(struct desk_world *w, const char *text, struct desk_folder *ret,
                     struct diag *d)
{
    CLEANUP_FREE char *path = desk_folder_file(&w->folder, "desk.json");
    FIXTURE_MUST(file_write(path, text, strlen(text), 0600, NULL) == 0);
    return desk_folder_open(w->folder.dir, ret, d);
}

static void folder__open__is_what_was_written(void **state)
{
    struct desk_world *w = *state;
    CLEANUP_DESK_FOLDER struct desk_folder f = {0};
    struct diag d;
    if (open_text(w, GOOD, &f, &d) != 0)
        fail_msg("%s", d.text);
    CLEANUP_FREE char *address = desk_folder_address(&f);
    CLEANUP_FREE char *journal = desk_folder_journal(&f, 1);
    CLEANUP_FREE char *identity = desk_folder_identity(&f, NULL);
    assert_string_equal(address, "http://127.0.0.1:8443");
    assert_says(journal, "/desk/../bots/two/journal/journal.db");
    assert_says(identity, "/desk/n.key");
    assert_true(desk_folder_has_key(&f));
}

static void folder__open__takes_tls_and_credentials(void **state)
{
    struct desk_world *w = *state;
    CLEANUP_DESK_FOLDER struct desk_folder f = {0};
    struct diag d;
    if (open_text(w,
                  "{\"name\":\"desk\",\"network\":\"/n\",\"bots\":[\"ibot\"],"
                  "\"identity\":\"credential:north\",\"address\":\"::\",\"port\":443,"
                  "\"certificate\":\"c.pem\",\"key\":\"/k.pem\"}",
                  &f, &d) != 0)
        fail_msg("%s", d.text);
    CLEANUP_FREE char *address = desk_folder_address(&f);
    CLEANUP_FREE char *identity = desk_folder_identity(&f, "/run/credentials/desk");
    assert_string_equal(address, "https://[::]:443");
    assert_string_equal(identity, "/run/credentials/desk/north");
    assert_string_equal(f.network, "/n");
    assert_string_equal(f.key, "/k.pem");
}

static void folder__open__takes_a_site(void **state)
{
    struct desk_world *w = *state;
    CLEANUP_DESK_FOLDER struct desk_folder f = {0}, again = {0};
    struct diag d;
    CLEANUP_FREE char *text =
        mem_format("%.*s,\"site\":\"https://desk.example\"}", (int)strlen(GOOD) - 1, GOOD);
    if (open_text(w, text, &f, &d) != 0)
        fail_msg("%s", d.text);
    assert_string_equal(f.site, "https://desk.example");
    assert_int_equal(open_text(w, GOOD, &again, &d), 0);
    assert_null(again.site);
}

static void folder__open__says_of_whom_a_purpose_is_wanted(void **state)
{
    struct desk_world *w = *state;
    CLEANUP_DESK_FOLDER struct desk_folder f = {0}, again = {0};
    struct diag d;
    CLEANUP_FREE char *text =
        mem_format("%.*s,\"purpose_of_all\":true}", (int)strlen(GOOD) - 1, GOOD);
    if (open_text(w, text, &f, &d) != 0)
        fail_msg("%s", d.text);
    assert_true(f.purpose_of_all);
    assert_int_equal(open_text(w, GOOD, &again, &d), 0);
    assert_false(again.purpose_of_all);
}

/* The good text with one part replaced. */
static void assert_refused(struct desk_world *w, const char *part, const char *by, const char *says)
{
    struct desk_folder f;
    struct diag d = {""};
    const char *at = strstr(GOOD, part);
    assert_non_null(at);
    CLEANUP_FREE char *text = mem_format("%.*s%s%s", (int)(at - GOOD), GOOD, by, at + strlen(part));
    assert_int_equal(open_text(w, text, &f, &d), ERR_FORMAT);
    assert_says(d.text, "desk.json: ");
    assert_says(d.text, says);
}

static void folder__open__refuses_what_is_not_as_it_should_be(void **state)
{
    struct desk_world *w = *state;
    assert_refused(w, "{\"name\"", "[\"name\"", "not a JSON object");
    assert_refused(w, "\"desk\"", "\"a desk\"", "'name'");
    assert_refused(w, "\"desk\"", "7", "'name'");
    assert_refused(w, "\"..\"", "\"\"", "'network'");
    assert_refused(w, "[\"ibot\",\"two\"]", "[]", "'bots' names no bot");
    assert_refused(w, "[\"ibot\",\"two\"]", "\"ibot\"", "'bots' is not a list");
    assert_refused(w, "\"two\"", "\"../x\"", "no bot's folder");
    assert_refused(w, "\"two\"", "\"ibot\"", "'bots' names one twice");
    assert_refused(w, "\"two\"", "1", "no bot's folder");
    assert_refused(w, "\"127.0.0.1\"", "\"localhost\"", "'address'");
    assert_refused(w, "\"127.0.0.1\"", "\"192.0.2.1\"", "without 'certificate'");
    assert_refused(w, "8443", "0", "'port'");
    assert_refused(w, "8443", "65536", "'port'");
    assert_refused(w, "8443", "\"8443\"", "'port'");
    assert_refused(w, "8443", "8443,\"key\":\"k\"", "go together");
    assert_refused(w, "8443", "8443,\"more\":1", "other members");
    assert_refused(w, "8443", "8443,\"site\":7", "'site'");
    assert_refused(w, "8443", "8443,\"purpose_of_all\":1", "'purpose_of_all'");
    assert_refused(w, "8443", "8443,\"site\":\"desk.example\"", "'site'");
    assert_refused(w, "\"port\":8443", "\"name\":\"desk\",\"port\":8443", "not a JSON object");
}

static void folder__open__says_where_no_desk_is(void **state)
{
    struct desk_folder f;
    struct diag d;
    (void)state;
    assert_int_equal(desk_folder_open("/nowhere", &f, &d), ERR_NOT_FOUND);
    assert_says(d.text, "ironside desk init");
}

static void folder__create__refuses_what_is_there(void **state)
{
    struct desk_world *w = *state;
    struct diag d;
    assert_int_equal(desk_folder_create(&w->folder, &d), ERR_EXISTS);
}

static void folder__create__writes_what_open_reads(void **state)
{
    struct desk_world *w = *state;
    CLEANUP_FREE char *dir = file_join(w->network, "second");
    const struct desk_folder f = {.dir = dir,
                                  .name = (char[]){"second"},
                                  .network = (char[]){"/n"},
                                  .bots = {(char[]){"ibot"}, (char[]){"two"}},
                                  .bot_count = 2,
                                  .identity = (char[]){"credential:north"},
                                  .address = "::",
                                  .port = 443,
                                  .certificate = (char[]){"/c.pem"},
                                  .key = (char[]){"/k.pem"},
                                  .site = (char[]){"https://desk.example"},
                                  .purpose_of_all = true};
    CLEANUP_DESK_FOLDER struct desk_folder back = {0};
    struct diag d;
    if (desk_folder_create(&f, &d) < 0 || desk_folder_open(dir, &back, &d) < 0)
        fail_msg("%s", d.text);
    assert_string_equal(back.name, f.name);
    assert_string_equal(back.network, f.network);
    assert_int_equal(back.bot_count, 2);
    assert_string_equal(back.bots[1], "two");
    assert_string_equal(back.identity, f.identity);
    assert_string_equal(back.address, f.address);
    assert_int_equal(back.port, 443);
    assert_string_equal(back.certificate, f.certificate);
    assert_string_equal(back.key, f.key);
    assert_string_equal(back.site, f.site);
    assert_true(back.purpose_of_all);
}

static void engine__create__is_closed_to_others_and_says_its_key(void **state)
{
    struct desk_world *w = *state;
    struct stat st;
    CLEANUP_FREE char *vault = desk_folder_vault(&w->folder);
    CLEANUP_FREE char *key = desk_folder_file(&w->folder, "access.pub");
    CLEANUP_FREE char *text = NULL;
    assert_int_equal(stat(vault, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(file_read_text(key, 256, &text, NULL), 0);
    assert_memory_equal(text, "desk ", 5);
}

static void engine__open__alone(void **state)
{
    struct desk_world *w = *state;
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    struct desk_engine second;
    struct diag d;
    assert_int_equal(desk_engine_open(&w->folder, NULL, &e, &d), 0);
    assert_int_equal(desk_engine_open(&w->folder, NULL, &second, &d), ERR_INVALID_STATE);
    assert_says(d.text, "the desk runs");
}

static void engine__open__needs_the_right_key(void **state)
{
    struct desk_world *w = *state;
    struct desk_engine e;
    struct diag d;
    CLEANUP_FREE char *key = desk_folder_file(&w->folder, "vault.key");
    assert_int_equal(desk_engine_open(&w->folder, "a passphrase", &e, &d), ERR_KEY);
    FIXTURE_MUST(remove(key) == 0 && vault_key_file_create(key, NULL) == 0);
    assert_int_equal(desk_engine_open(&w->folder, NULL, &e, &d), ERR_KEY);
}

struct last_entry {
    unsigned count;
    char what[64], user[64];
};

static int note_entry(void *context, const struct access_entry *e)
{
    struct last_entry *l = context;
    l->count++;
    snprintf(l->what, sizeof l->what, "%s", e->what);
    snprintf(l->user, sizeof l->user, "%s", e->user);
    return 0;
}

static struct last_entry last_of(struct desk_engine *e)
{
    struct last_entry l = {0};
    struct access_question q = {.limit = 100, .action = ACCESS_ACTIONS};
    assert_int_equal(access_each(e->log, &q, note_entry, &l, NULL), 0);
    return l;
}

static void engine__users__are_logged_and_not_where_nothing_was_done(void **state)
{
    struct desk_world *w = *state;
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    struct diag d;
    assert_int_equal(desk_engine_open(&w->folder, NULL, &e, &d), 0);
    assert_int_equal(
        desk_engine_add_user(&e, "rita", DESK_REVIEWER, "correct horse battery", false, &d), 0);
    assert_string_equal(last_of(&e).what, "add rita reviewer");
    assert_string_equal(last_of(&e).user, DESK_AT_THE_MACHINE);
    assert_int_equal(
        desk_engine_add_user(&e, "rita", DESK_REVIEWER, "correct horse battery", false, &d),
        ERR_EXISTS);
    assert_int_equal(desk_engine_set_password(&e, "otto", "correct horse battery", false, &d),
                     ERR_NOT_FOUND);
    assert_int_equal(desk_engine_set_password(&e, "rita", "short", false, &d), ERR_FORMAT);
    assert_int_equal(last_of(&e).count, 1);
    assert_int_equal(desk_engine_set_password(&e, "rita", "another horse battery", false, &d), 0);
    assert_string_equal(last_of(&e).what, "password rita");
    assert_int_equal(desk_engine_set_password(&e, "rita", "a third horse battery", true, &d), 0);
    assert_string_equal(last_of(&e).what, "password rita, for one sign-in");
    assert_int_equal(
        desk_engine_add_user(&e, "sue", DESK_AUDITOR, "correct horse battery", true, &d), 0);
    assert_string_equal(last_of(&e).what, "add sue auditor, for one sign-in");
    struct desk_session session;
    char token[DESK_TOKEN_CHARS + 1];
    assert_int_equal(
        by_password_sign_in(e.users, "sue", "correct horse battery", 1, token, &session, &d), 0);
    assert_int_equal(
        by_password_sign_in(e.users, "sue", "correct horse battery", 1, token, &session, &d),
        ERR_AUTH);
}

/* Where the last administrator's key is lost, who has the machine gets in. */
static void engine__password__is_a_way_in_where_it_was_none(void **state)
{
    struct desk_world *w = *state;
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    struct diag d;
    const struct passkey p = {.id = {1}, .id_len = 1, .key = {1}, .key_len = 1};
    assert_int_equal(desk_engine_open(&w->folder, NULL, &e, &d), 0);
    assert_int_equal(
        desk_engine_add_user(&e, "rita", DESK_REVIEWER, "correct horse battery", false, &d), 0);
    assert_int_equal(desk_passkey_add(e.users, 1, "a key", &p, 1, &d), 0);
    assert_int_equal(desk_passkey_only_set(e.users, 1, true, &d), 0);
    assert_int_equal(desk_engine_set_password(&e, "rita", "short", false, &d), ERR_FORMAT);
    assert_true(desk_passkey_only(e.users, 1));
    assert_int_equal(desk_engine_set_password(&e, "rita", "another horse battery", false, &d), 0);
    assert_false(desk_passkey_only(e.users, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_WORLD_TEST(folder__open__is_what_was_written),
        DESK_WORLD_TEST(folder__open__takes_tls_and_credentials),
        DESK_WORLD_TEST(folder__open__takes_a_site),
        DESK_WORLD_TEST(folder__open__says_of_whom_a_purpose_is_wanted),
        DESK_WORLD_TEST(folder__open__refuses_what_is_not_as_it_should_be),
        DESK_WORLD_TEST(folder__open__says_where_no_desk_is),
        DESK_WORLD_TEST(folder__create__refuses_what_is_there),
        DESK_WORLD_TEST(folder__create__writes_what_open_reads),
        DESK_WORLD_TEST(engine__create__is_closed_to_others_and_says_its_key),
        DESK_WORLD_TEST(engine__open__alone),
        DESK_WORLD_TEST(engine__open__needs_the_right_key),
        DESK_WORLD_TEST(engine__users__are_logged_and_not_where_nothing_was_done),
        DESK_WORLD_TEST(engine__password__is_a_way_in_where_it_was_none),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
