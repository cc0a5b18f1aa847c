/* When a replay may end: what its bots tell of their days is with the registrar, to the last key.
 */
#include "support.h"

#include <unistd.h>

#include "base/secret.h"
#include "daykeys/folder.h"
#include "journal/reports.h"
#include "launch/replay_days.h"

#define TODAY INT64_C(11454)
#define FIRST (TODAY - 5) /* the first day that has a key */
#define DAYS 8
#define DUE 3 /* keys of days that are over, and two days more */

struct scene {
    const char *dir;
    struct bot_folder folder;
    struct journal *journal;
    int fd;
    struct daykeys *keys;
    uint8_t hash[HASH_BYTES];
};

static void set_scene(struct scene *s, const char *dir)
{
    uint8_t credential[DAYKEYS_CREDENTIAL_BYTES], public[DAYS][HPKE_PUBLIC_BYTES];
    s->dir = dir;
    assert_int_equal(bot_folder_create(dir, "chat.example", "ibot", 1, NULL), 0);
    assert_int_equal(bot_folder_open(dir, "ibot", &s->folder, NULL), 0);
    assert_int_equal(bot_folder_credential(&s->folder, credential, NULL), 0);
    s->fd = bot_folder_daykeys(&s->folder, NULL);
    assert_true(s->fd >= 0);
    assert_int_equal(daykeys_make(s->fd, credential, "W-1", FIRST, DAYS, public, NULL), 0);
    assert_int_equal(daykeys_open(s->fd, credential, &s->keys, NULL), 0);
    CLEANUP_FREE char *path = bot_folder_journal(&s->folder);
    assert_int_equal(journal_open(path, true, &s->journal, NULL), 0);
}

static void clear_scene(struct scene *s)
{
    journal_close(s->journal);
    daykeys_free(s->keys);
    close(s->fd);
    bot_folder_clear(&s->folder);
}

static void destroy_due(struct scene *s)
{
    const struct daykeys_time t = {.now_ms = TODAY * INT64_C(86400000), .replay = true};
    assert_int_equal(daykeys_step(s->keys, &t, NULL), 0);
}

static void tell_keeper(struct scene *s)
{
    const char *warrant;
    struct journal_destroyed key = {"", 0};
    size_t count = 0;
    for (; daykeys_next_destroyed(s->keys, &warrant, &key.day); count++) {
        snprintf(key.warrant, sizeof key.warrant, "%s", warrant);
        assert_int_equal(journal_add_destroyed(s->journal, &key, 1, NULL), 0);
    }
    assert_int_equal(count, DUE);
}

static void sign_them(struct scene *s)
{
    struct journal_destroyed keys[DAYS];
    size_t count;
    s->hash[0]++;
    assert_int_equal(journal_unpublished(s->journal, keys, DAYS, &count, NULL), 0);
    assert_int_equal(journal_put_destruction(s->journal, keys, count, s->hash, "note", NULL), 0);
}

static void hand_in(struct scene *s)
{
    assert_int_equal(journal_report_sent(s->journal, s->hash, true, NULL), 0);
}

static void run_yesterday(struct scene *s)
{
    assert_int_equal(journal_add_day(s->journal, TODAY - 1, NULL), 0);
}

static void state_yesterday(struct scene *s)
{
    CLEANUP_FREE struct journal_tally *t = mem_new(sizeof *t);
    s->hash[0]++;
    assert_int_equal(journal_tally(s->journal, TODAY, t, NULL), 0);
    assert_int_equal(t->day, TODAY - 1);
    assert_int_equal(journal_put_statement(s->journal, t, s->hash, "note", NULL), 0);
}

static void run_today(struct scene *s)
{
    assert_int_equal(journal_add_day(s->journal, TODAY, NULL), 0);
}

static void replay_days__told__each_step_of_the_way(void **state)
{
    static const struct {
        const char *what;
        void (*happens)(struct scene *s);
        bool told;
    } steps[] = {
        {"keys are destroyed", destroy_due, false},
        {"the keeper knows of them", tell_keeper, false},
        {"they are signed", sign_them, false},
        {"the registrar has them", hand_in, true},
        {"a day has passed", run_yesterday, false},
        {"it is stated", state_yesterday, false},
        {"the registrar has that, too", hand_in, true},
        {"a day has begun", run_today, true},
    };
    struct scene s = {0};
    set_scene(&s, *state);
    assert_false(replay_days_told(s.dir, TODAY));
    for (size_t i = 0; i < COUNT(steps); i++) {
        steps[i].happens(&s);
        if (replay_days_told(s.dir, TODAY) != steps[i].told)
            fail_msg("%s: told %d", steps[i].what, !steps[i].told);
    }
    clear_scene(&s);
}

static void replay_days__told__not_without_its_files(void **state)
{
    struct scene s = {0};
    assert_false(replay_days_told(*state, TODAY)); /* no bots at all */
    set_scene(&s, *state);
    assert_true(replay_days_told(s.dir, FIRST));
    CLEANUP_FREE char *keys = bot_folder_file(&s.folder, "daykeys");
    assert_int_equal(truncate(keys, 1), 0);
    assert_false(replay_days_told(s.dir, FIRST));
    clear_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(replay_days__told__each_step_of_the_way),
        FOLDER_TEST(replay_days__told__not_without_its_files),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
