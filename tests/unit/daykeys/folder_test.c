#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secret.h"
#include "daykeys/folder.h"
#include "journal/journal.h"
#include "wire/test.h"

static int set_up(void **state)
{
    char *dir = mem_string("/tmp/folder-test-XXXXXX");
    FIXTURE_MUST(mkdtemp(dir) != NULL);
    *state = dir;
    return 0;
}

static int tear_down(void **state)
{
    char *dir = *state;
    int r = file_remove_tree(dir, NULL);
    free(dir);
    return r;
}

static unsigned mode_of(const char *dir, const char *name)
{
    struct stat st;
    CLEANUP_FREE char *path = file_join(dir, name);
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 0777;
}

static void folder__create__opened_again(void **state)
{
    const char *dir = *state;
    struct diag d = {""};
    CLEANUP_BOT_FOLDER struct bot_folder f = {0};
    assert_int_equal(bot_folder_create(dir, "chat.example", "ibot", 3, &d), 0);
    assert_int_equal(bot_folder_open(dir, "ibot", &f, &d), 0);
    assert_string_equal(f.jid, "ibot.chat.example");
    assert_int_equal(f.openers, 3);
    CLEANUP_SECRET struct signing_key *key = NULL;
    assert_int_equal(bot_folder_signing_key(&f, &key, &d), 0);
    assert_memory_equal(key->public, f.key, SIGN_PUBLIC_BYTES);
    uint8_t credential[DAYKEYS_CREDENTIAL_BYTES];
    assert_int_equal(bot_folder_credential(&f, credential, &d), 0);
    CLEANUP_CLOSE int fd = bot_folder_daykeys(&f, &d);
    assert_true(fd >= 0);
    CLEANUP(daykeys_free_cleanup) struct daykeys *keys = NULL;
    assert_int_equal(daykeys_open(fd, credential, &keys, &d), 0);
    CLEANUP_FREE char *path = bot_folder_journal(&f);
    CLEANUP(journal_close_cleanup) struct journal *j = NULL;
    assert_int_equal(journal_open(path, false, &j, &d), 0);
    assert_string_equal(journal_bot(j), f.jid);
    assert_memory_equal(journal_key(j), f.key, SIGN_PUBLIC_BYTES);
    static const char *const secrets[] = {"sign.key", "component.secret", "credential", "daykeys"};
    for (size_t i = 0; i < COUNT(secrets); i++)
        assert_int_equal(mode_of(f.path, secrets[i]), 0600);
    assert_int_equal(mode_of(f.path, ""), 0700);
}

static void folder__create__not_over_another(void **state)
{
    const char *dir = *state;
    CLEANUP_BOT_FOLDER struct bot_folder f = {0};
    uint8_t key[SIGN_PUBLIC_BYTES];
    assert_int_equal(bot_folder_create(dir, "chat.example", "ibot", 1, NULL), 0);
    assert_int_equal(bot_folder_open(dir, "ibot", &f, NULL), 0);
    memcpy(key, f.key, sizeof key);
    bot_folder_clear(&f);
    assert_int_equal(bot_folder_create(dir, "chat.example", "ibot", 1, NULL), ERR_EXISTS);
    assert_int_equal(bot_folder_open(dir, "ibot", &f, NULL), 0);
    assert_memory_equal(key, f.key, sizeof key);
}

static void folder__create__refused(void **state)
{
    static const struct {
        const char *domain, *name;
        size_t openers;
    } table[] = {
        {"chat.example", "../x", 1},  {"chat.example", "", 1},
        {"chat.example", "Ibot", 1},  {"chat example", "ibot", 1},
        {"chat.example", "ibot", 0},  {"chat.example", "ibot", FOLDER_OPENERS_MAX + 1},
        {"chat.example", "i_bot", 1},
    };
    const char *dir = *state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct diag d = {""};
        assert_int_equal(
            bot_folder_create(dir, table[i].domain, table[i].name, table[i].openers, &d),
            ERR_FORMAT);
        assert_true(d.text[0] != '\0');
    }
}

static void folder__open__settings_malformed(void **state)
{
    static const char *const texts[] = {
        "",
        "{}",
        "[]",
        "{\"jid\":\"ibot.chat.example\",\"openers\":1}",
        "{\"jid\":\"ibot.chat.example\",\"key\":\"AAAA\",\"openers\":1}",
        "{\"jid\":\"i "
        "bot\",\"key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"openers\":1}",
        "{\"jid\":\"ibot.x\",\"key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"openers\":"
        "0}",
        "{\"jid\":\"ibot.x\",\"key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"openers\":"
        "17}",
        "{\"jid\":\"ibot.x\",\"key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"openers\":-"
        "1}",
        "{\"jid\":7,\"key\":8,\"openers\":\"1\"}",
    };
    const char *dir = *state;
    CLEANUP_BOT_FOLDER struct bot_folder f = {0};
    struct diag d;
    assert_int_equal(bot_folder_open(dir, "ibot", &f, &d), ERR_NOT_FOUND);
    assert_int_equal(bot_folder_create(dir, "chat.example", "ibot", 1, NULL), 0);
    CLEANUP_FREE char *path = mem_format("%s/bots/ibot/bot.json", dir);
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_int_equal(file_write(path, texts[i], strlen(texts[i]), 0644, NULL), 0);
        assert_int_equal(bot_folder_open(dir, "ibot", &f, &d), ERR_FORMAT);
        assert_says(d.text, "bot.json");
    }
}

static void folder__files__missing_or_short(void **state)
{
    const char *dir = *state;
    CLEANUP_BOT_FOLDER struct bot_folder f = {0};
    uint8_t credential[DAYKEYS_CREDENTIAL_BYTES];
    struct diag d;
    assert_int_equal(bot_folder_create(dir, "chat.example", "ibot", 1, NULL), 0);
    assert_int_equal(bot_folder_open(dir, "ibot", &f, NULL), 0);
    CLEANUP_FREE char *path = bot_folder_file(&f, "credential");
    assert_int_equal(file_write(path, credential, sizeof credential - 1, 0600, NULL), 0);
    assert_int_equal(bot_folder_credential(&f, credential, &d), ERR_FORMAT);
    assert_says(d.text, "credential");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(bot_folder_credential(&f, credential, &d), ERR_NOT_FOUND);
    CLEANUP_FREE char *keys = bot_folder_file(&f, "daykeys");
    assert_int_equal(unlink(keys), 0);
    assert_int_equal(bot_folder_daykeys(&f, &d), ERR_IO);
    assert_says(d.text, "daykeys");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(folder__create__opened_again),    T(folder__create__not_over_another),
        T(folder__create__refused),         T(folder__open__settings_malformed),
        T(folder__files__missing_or_short),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
