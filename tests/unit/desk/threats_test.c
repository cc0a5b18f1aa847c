#include "scene.h"

#include <jansson.h>

#include "desk/made.h"
#include "desk/threats.h"
#include "wire/file_content.h"

#define MINUTE_MS INT64_C(60000)
#define DAY_MS (1440 * MINUTE_MS)
#define NOW (SCENE_BEGIN_MS + 100 * DAY_MS)

static struct desk_threats *threats;

static int open_threats(void **state)
{
    int r = scene_set_up(state);
    struct scene *s = *state;
    return r < 0 ? r : desk_threats_open(s->x, s->text, &threats, &s->d);
}

static int close_threats(void **state)
{
    desk_threats_close(threats);
    threats = NULL;
    return scene_tear_down(state);
}

static void reopen(struct scene *s)
{
    desk_threats_close(threats);
    threats = NULL;
    scene_reopen(s);
    scene_must(s, desk_threats_open(s->x, s->text, &threats, &s->d));
}

/* All that there is to do. */
static struct desk_threats_news step(struct scene *s, int64_t now)
{
    struct desk_threats_news sum = {0}, one = {.more = true};
    while (one.more) {
        scene_must(s, desk_threats_step(threats, now, &one, &s->d));
        sum.raised += one.raised;
        sum.escalated += one.escalated;
    }
    return sum;
}

struct change {
    const char *json;
    int64_t number, alert;
    bool on;
    enum desk_decision decision;
    const char *reason;
};

static int add(void *context, struct diag *d)
{
    struct change *c = context;
    return desk_rule_add(threats, c->json, strlen(c->json), &scene_by, &c->number, d);
}

static int64_t rule(struct scene *s, const char *json)
{
    struct change c = {.json = json};
    scene_must(s, sql_transaction(desk_index_sql(s->x), add, &c, &s->d));
    return c.number;
}

static int set_on(void *context, struct diag *d)
{
    struct change *c = context;
    return desk_rule_switch(threats, c->number, c->on, d);
}

static int acknowledge(void *context, struct diag *d)
{
    struct change *c = context;
    return desk_alert_acknowledge(threats, c->alert, &scene_by, d);
}

static int decide(void *context, struct diag *d)
{
    struct change *c = context;
    return desk_alert_decide(threats, c->alert, c->decision, c->reason, &scene_by, d);
}

static int change(struct scene *s, sql_work_fn *work, struct change c)
{
    return sql_transaction(desk_index_sql(s->x), work, &c, &s->d);
}

struct listed {
    struct desk_alert first;
    char account[64], found[256], name[64], reason[64], numbers[128];
    unsigned count;
};

static int list_one(void *context, const struct desk_alert *a)
{
    struct listed *l = context;
    size_t len = strlen(l->numbers);
    snprintf(l->numbers + len, sizeof l->numbers - len, "%s%lld", len == 0 ? "" : " ",
             (long long)a->number);
    if (l->count++ > 0)
        return 0;
    l->first = *a;
    snprintf(l->account, sizeof l->account, "%s", a->account);
    snprintf(l->found, sizeof l->found, "%s", a->found);
    snprintf(l->name, sizeof l->name, "%s", a->rule_name);
    snprintf(l->reason, sizeof l->reason, "%s", a->reason);
    return 0;
}

static struct listed alerts(struct scene *s, bool open)
{
    struct listed l = {.count = 0};
    scene_must(s, desk_alerts(threats, open, 0, 100, list_one, &l, &s->d));
    return l;
}

static void threats__step__raises_what_the_first_rule_finds(void **state)
{
    struct scene *s = *state;
    int64_t id = scene_say(s, "anna", "bert", "we have to kill him tonight");
    scene_say(s, "bert", "anna", "that film was fine, kill the music");
    assert_int_equal(step(s, NOW).raised, 1);
    struct listed l = alerts(s, true);
    assert_int_equal(l.count, 1);
    assert_int_equal(l.first.message, id);
    assert_string_equal(l.name, "threat to life");
    assert_non_null(strstr(l.account, "anna"));
    assert_int_equal(l.first.weight, 11);
    assert_string_equal(l.found, "[{\"words\":\"kill him\",\"weight\":10},{\"words\":\"tonight\","
                                 "\"weight\":1}]");
    assert_int_equal(l.first.raised_unix_ms, NOW);
    assert_int_equal(l.first.due_unix_ms, NOW + 15 * MINUTE_MS);
    assert_int_equal(step(s, NOW).raised, 0);
}

/* ---- words that a machine has read ---- */

static int64_t send_photo(struct scene *s)
{
    CLEANUP_BUF struct buf body = BUF_INIT(65536);
    struct file_content f = {.size = 100,
                             .name = "a.png",
                             .type = "image/png",
                             .uri = {.host = "upload.chat.example", .port = 443, .path = "/f"}};
    struct follower_message m;
    scene_must(s, file_content_put(&body, &f, &s->d));
    char to[] = "boris@chat.example";
    scene_message(s, &m, "anna@chat.example", to, buf_text(&body));
    m.file_count = 1;
    m.files[0].size = 116;
    scene_must(s, scene_add(s, &m));
    scene_commit(s);
    return scene_last_id(s);
}

static void make(struct scene *s, int64_t id, const char *words)
{
    static const uint8_t jpeg[] = {0xff, 0xd8, 1, 2, 3, 0xff, 0xd9};
    const struct desk_made m = {.message = id,
                                .at_unix_ms = SCENE_BEGIN_MS,
                                .wrong = "",
                                .made = {.width = 4,
                                         .height = 3,
                                         .thumbnail = jpeg,
                                         .thumbnail_len = sizeof jpeg,
                                         .words = words}};
    scene_must(s, desk_made_write(s->x, &m, &s->d));
}

/* They come after the message, also behind a crash, and are said to be a machine's. */
static void threats__step__judges_what_a_machine_reads_later(void **state)
{
    struct scene *s = *state;
    int64_t photo = send_photo(s), calm = send_photo(s);
    scene_say(s, "anna", "bert", "see the photo");
    assert_int_equal(step(s, NOW).raised, 0);
    make(s, photo, "kill him tonight");
    make(s, calm, "a quiet evening");
    reopen(s);
    assert_int_equal(step(s, NOW).raised, 1);
    struct listed l = alerts(s, true);
    assert_int_equal(l.count, 1);
    assert_int_equal(l.first.message, photo);
    assert_string_equal(l.found, "[{\"words\":\"kill him\",\"weight\":10,\"machine\":true},"
                                 "{\"words\":\"tonight\",\"weight\":1,\"machine\":true}]");
    make(s, photo, "kill him tonight"); /* read once more: raised once */
    assert_int_equal(step(s, NOW).raised, 0);
    assert_int_equal(alerts(s, true).count, 1);
}

/* What was read before the rules came to the message is judged with it. */
static void threats__step__judges_what_a_machine_has_read(void **state)
{
    struct scene *s = *state;
    make(s, send_photo(s), "kill him tonight");
    assert_int_equal(step(s, NOW).raised, 1);
    assert_int_equal(step(s, NOW).raised, 0);
}

/* After a crash nothing is judged twice, and nothing is left out. */
static void threats__step__goes_on_where_it_was(void **state)
{
    struct scene *s = *state;
    scene_say(s, "anna", "bert", "kill him");
    step(s, NOW);
    scene_say(s, "anna", "bert", "kill her");
    reopen(s);
    assert_int_equal(step(s, NOW).raised, 1);
    reopen(s);
    assert_int_equal(step(s, NOW).raised, 0);
    assert_int_equal(alerts(s, true).count, 2);
}

static void threats__step__takes_many_in_parts(void **state)
{
    struct scene *s = *state;
    struct follower_message m;
    for (int i = 0; i < 600; i++) {
        scene_message(s, &m, "anna", (char[]){"bert"}, i % 100 == 99 ? "kill him" : "hello");
        scene_must(s, scene_add(s, &m));
    }
    scene_commit(s);
    assert_int_equal(step(s, NOW).raised, 6);
    struct desk_threat_figures f;
    scene_must(s, desk_threat_figures(threats, &f, &s->d));
    assert_int_equal(f.behind, 0);
    assert_int_equal(f.open, 6);
}

static void threats__rule__query_and_words_both_count(void **state)
{
    struct scene *s = *state;
    int64_t number = rule(
        s, "{\"name\":\"r\",\"query\":\"from:anna boat\",\"words\":\"*,night,5\",\"weight\":5}");
    scene_say(s, "anna", "bert", "the boat at night");
    scene_say(s, "bert", "anna", "the boat at night");
    scene_say(s, "anna", "bert", "the boat");
    scene_say(s, "anna", "bert", "at night");
    assert_int_equal(step(s, NOW).raised, 1);
    assert_int_equal(alerts(s, true).first.rule, number);
    assert_int_equal(alerts(s, true).first.message, 1);
}

static void threats__rule__off_judges_nothing(void **state)
{
    struct scene *s = *state;
    scene_must(s, change(s, set_on, (struct change){.number = 1, .on = false}));
    scene_say(s, "anna", "bert", "kill him");
    assert_int_equal(step(s, NOW).raised, 0);
    reopen(s);
    scene_say(s, "anna", "bert", "kill her");
    assert_int_equal(step(s, NOW).raised, 0);
    scene_must(s, change(s, set_on, (struct change){.number = 1, .on = true}));
    scene_say(s, "anna", "bert", "kill them");
    assert_int_equal(step(s, NOW).raised, 1);
    assert_int_equal(change(s, set_on, (struct change){.number = 99, .on = true}), ERR_NOT_FOUND);
}

static void threats__rule__refuses_what_is_none(void **state)
{
    struct scene *s = *state;
    static const char *const wrong[] = {"", "[]", "{\"name\":\"r\"}", "{\"name\":\"r\",",
                                        "{\"name\":\"r\",\"query\":\"(\"}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(change(s, add, (struct change){.json = wrong[i]}), ERR_FORMAT);
    for (unsigned i = 1; i < DESK_RULES_MAX; i++)
        rule(s, "{\"name\":\"r\",\"query\":\"boat\"}");
    assert_int_equal(change(s, add, (struct change){.json = "{\"name\":\"r\",\"query\":\"a\"}"}),
                     ERR_LIMIT);
    reopen(s);
}

/* More places than one question may look up: it would end the desk with the next message. */
static void threats__rule__too_many_places_is_refused(void **state)
{
    struct scene *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(8192);
    buf_put_text(&b, "{\"name\":\"r\",\"query\":\"near:1,1,1");
    for (int i = 2; i < 60; i++)
        buf_format(&b, " OR near:%d,1,1", i);
    buf_put_text(&b, "\"}");
    assert_int_equal(change(s, add, (struct change){.json = buf_text(&b)}), ERR_LIMIT);
    assert_int_equal(desk_trial_begin(threats, buf_text(&b), b.len, &s->d), ERR_LIMIT);
    scene_say(s, "anna", "bert", "kill him");
    assert_int_equal(step(s, NOW).raised, 1);
}

/* A rule whose transaction is rolled back is gone from memory, too, once it is read again. */
static int add_and_fail(void *context, struct diag *d)
{
    int r = add(context, d);
    return r < 0 ? r : ERR_IO;
}

static void threats__rule__rolled_back_is_gone(void **state)
{
    struct scene *s = *state;
    struct change c = {.json = "{\"name\":\"r\",\"query\":\"boat\"}"};
    assert_int_equal(sql_transaction(desk_index_sql(s->x), add_and_fail, &c, &s->d), ERR_IO);
    scene_must(s, desk_rules_reload(threats, &s->d));
    scene_say(s, "anna", "bert", "a boat");
    assert_int_equal(step(s, NOW).raised, 0);
}

static void threats__step__escalates_what_nobody_acknowledged(void **state)
{
    struct scene *s = *state;
    scene_say(s, "anna", "bert", "kill him");
    scene_say(s, "anna", "bert", "kill her");
    scene_say(s, "anna", "bert", "kill them");
    step(s, NOW);
    scene_must(s, change(s, acknowledge, (struct change){.alert = 1}));
    assert_int_equal(step(s, NOW + 15 * MINUTE_MS - 1).escalated, 0);
    assert_int_equal(step(s, NOW + 15 * MINUTE_MS).escalated, 2);
    assert_int_equal(step(s, NOW + 16 * MINUTE_MS).escalated, 0);
    struct listed l = alerts(s, true);
    assert_string_equal(l.numbers, "2 3 1");
    assert_int_equal(l.first.escalated_unix_ms, NOW + 15 * MINUTE_MS);
    struct desk_threat_figures f;
    scene_must(s, desk_threat_figures(threats, &f, &s->d));
    assert_int_equal(f.open, 3);
    assert_int_equal(f.unacknowledged, 2);
    assert_int_equal(f.escalated, 2);
    assert_int_equal(f.next_due_unix_ms, NOW + 15 * MINUTE_MS);
}

/* A vault may hold a number that no decision has. */
/* Numbers page by page, of two. */
static struct listed by_pages(struct scene *s, bool open)
{
    struct listed l = {.count = 0};
    int64_t behind = 0;
    for (unsigned before = 0, page = 0; page == 0 || l.count == before + 2; page++) {
        before = l.count;
        assert_true(page < 4);
        scene_must(s, desk_alerts(threats, open, behind, 2, list_one, &l, &s->d));
        const char *last = strrchr(l.numbers, ' ');
        behind = atoll(last == NULL ? l.numbers : last);
    }
    return l;
}

static void threats__raised_at_one_moment__stand_on_some_page(void **state)
{
    struct scene *s = *state;
    for (unsigned i = 0; i < 5; i++)
        scene_say(s, "anna", "bert", "we have to kill him tonight");
    assert_int_equal(step(s, NOW).raised, 5);
    assert_string_equal(by_pages(s, true).numbers, "1 2 3 4 5");
    for (int64_t i = 1; i <= 5; i++) {
        const struct change c = {.alert = i, .decision = DESK_NO_THREAT, .reason = "a rehearsal"};
        assert_int_equal(change(s, decide, c), 0);
    }
    assert_string_equal(by_pages(s, false).numbers, "5 4 3 2 1");
}

static void threats__decision__is_said_both_ways(void **state)
{
    (void)state;
    for (int i = 0; i < DESK_DECISIONS; i++)
        assert_int_equal(desk_decision_of(desk_decision_text(i)), i);
    assert_int_equal(desk_decision_of("else"), DESK_DECISIONS);
    assert_string_equal(desk_decision_text(DESK_DECISIONS), "");
}

static void threats__decide__by_name_with_a_reason_once(void **state)
{
    struct scene *s = *state;
    scene_say(s, "anna", "bert", "kill him");
    step(s, NOW);
    struct change c = {.alert = 1, .decision = DESK_THREAT, .reason = ""};
    assert_int_equal(change(s, decide, c), ERR_FORMAT);
    c.decision = DESK_UNDECIDED;
    c.reason = "seen";
    assert_int_equal(change(s, decide, c), ERR_FORMAT);
    c.decision = DESK_DECISIONS;
    assert_int_equal(change(s, decide, c), ERR_FORMAT);
    c.decision = DESK_PASSED_ON;
    c.reason = "told the police of Berlin";
    scene_must(s, change(s, decide, c));
    assert_int_equal(change(s, decide, c), ERR_INVALID_STATE);
    assert_int_equal(change(s, acknowledge, c), ERR_INVALID_STATE);
    c.alert = 2;
    assert_int_equal(change(s, decide, c), ERR_NOT_FOUND);
    assert_int_equal(change(s, acknowledge, c), ERR_NOT_FOUND);
    assert_int_equal(alerts(s, true).count, 0);
    struct listed l = alerts(s, false);
    assert_int_equal(l.count, 1);
    assert_int_equal(l.first.decision, DESK_PASSED_ON);
    assert_int_equal(l.first.decided_by, scene_by.user);
    assert_int_equal(l.first.acknowledged_by, scene_by.user);
    assert_string_equal(l.reason, "told the police of Berlin");
}

static void threats__acknowledge__once(void **state)
{
    struct scene *s = *state;
    scene_say(s, "anna", "bert", "kill him");
    step(s, NOW);
    scene_must(s, change(s, acknowledge, (struct change){.alert = 1}));
    assert_int_equal(change(s, acknowledge, (struct change){.alert = 1}), ERR_INVALID_STATE);
}

/* Anna writes daily and falls silent; Bert goes on. */
static void threats__silence__found_on_its_day(void **state)
{
    struct scene *s = *state;
    struct follower_message m;
    rule(s, "{\"name\":\"quiet\",\"silence\":{\"days\":3,\"wrote\":10}}");
    for (int day = 0; day < 24; day++) {
        scene_message(s, &m, day < 20 && day % 2 == 0 ? "anna" : "bert", (char[]){"carl"}, "hello");
        m.at_unix_ms = SCENE_BEGIN_MS + day * DAY_MS;
        scene_must(s, scene_add(s, &m));
        scene_message(s, &m, day < 20 ? "anna" : "bert", (char[]){"carl"}, "hello");
        m.at_unix_ms = SCENE_BEGIN_MS + day * DAY_MS;
        scene_must(s, scene_add(s, &m));
    }
    scene_commit(s);
    assert_int_equal(step(s, SCENE_BEGIN_MS + 22 * DAY_MS).raised, 0);
    assert_int_equal(step(s, SCENE_BEGIN_MS + 23 * DAY_MS).raised, 1);
    assert_int_equal(step(s, SCENE_BEGIN_MS + 23 * DAY_MS + 1).raised, 0);
    reopen(s);
    assert_int_equal(step(s, SCENE_BEGIN_MS + 23 * DAY_MS + 2).raised, 0);
    struct listed l = alerts(s, true);
    assert_int_equal(l.count, 1);
    assert_int_equal(l.first.message, 0);
    assert_non_null(strstr(l.account, "anna"));
}

/* Anna's silence becomes long enough on a day on which the desk is off. */
static void threats__silence__days_off_are_made_up_for(void **state)
{
    struct scene *s = *state;
    struct follower_message m;
    rule(s, "{\"name\":\"quiet\",\"silence\":{\"days\":3,\"wrote\":10}}");
    for (int day = 0; day < 27; day++) {
        scene_message(s, &m, day < 20 ? "anna" : "bert", (char[]){"carl"}, "hello");
        m.at_unix_ms = SCENE_BEGIN_MS + day * DAY_MS;
        scene_must(s, scene_add(s, &m));
    }
    scene_commit(s);
    assert_int_equal(step(s, SCENE_BEGIN_MS + 21 * DAY_MS).raised, 0);
    assert_int_equal(step(s, SCENE_BEGIN_MS + 26 * DAY_MS).raised, 1);
}

/* Nothing comes at all, or a journal stands still: that is nobody's silence. */
static void threats__silence__not_where_nothing_is_heard(void **state)
{
    struct scene *s = *state;
    struct follower_message m;
    struct desk_progress p = {.bot = SCENE_BOT, .next = 1, .size = 1, .stopped = "batch 1"};
    rule(s, "{\"name\":\"quiet\",\"silence\":{\"days\":3,\"wrote\":10}}");
    for (int day = 0; day < 20; day++) {
        scene_message(s, &m, "anna", (char[]){"carl"}, "hello");
        m.at_unix_ms = SCENE_BEGIN_MS + day * DAY_MS;
        scene_must(s, scene_add(s, &m));
    }
    scene_commit(s);
    assert_int_equal(step(s, SCENE_BEGIN_MS + 23 * DAY_MS).raised, 0);
    scene_message(s, &m, "bert", (char[]){"carl"}, "hello");
    m.at_unix_ms = SCENE_BEGIN_MS + 23 * DAY_MS;
    scene_must(s, scene_add(s, &m));
    scene_must(s, desk_index_progress(s->x, &p, &s->d));
    scene_commit(s);
    assert_int_equal(step(s, SCENE_BEGIN_MS + 23 * DAY_MS).raised, 0);
    p.stopped[0] = '\0';
    scene_must(s, desk_index_progress(s->x, &p, &s->d));
    scene_commit(s);
    assert_int_equal(step(s, SCENE_BEGIN_MS + 23 * DAY_MS).raised, 1);
}

static void threats__trial__says_what_it_would_have_found(void **state)
{
    struct scene *s = *state;
    struct desk_trial trial;
    const char *json = "{\"name\":\"r\",\"query\":\"boat\"}";
    for (int i = 0; i < 60; i++)
        scene_say(s, "anna", "bert", i % 20 == 5 ? "a boat" : "a car");
    scene_must(s, desk_trial_begin(threats, json, strlen(json), &s->d));
    desk_trial_read(threats, &trial);
    assert_true(trial.running);
    step(s, NOW);
    desk_trial_read(threats, &trial);
    assert_false(trial.running);
    assert_true(trial.done);
    assert_int_equal(trial.looked_at, 60);
    assert_int_equal(trial.found, 3);
    assert_int_equal(trial.shown_count, 3);
    assert_int_equal(trial.shown[0], 46);
    assert_int_equal(alerts(s, true).count, 0);
    assert_int_equal(desk_trial_begin(threats, "{}", 2, &s->d), ERR_FORMAT);
    json = "{\"name\":\"r\",\"silence\":{\"days\":3,\"wrote\":10}}";
    assert_int_equal(desk_trial_begin(threats, json, strlen(json), &s->d), ERR_FORMAT);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, open_threats, close_threats)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(threats__step__raises_what_the_first_rule_finds),
        WITH(threats__step__judges_what_a_machine_reads_later),
        WITH(threats__step__judges_what_a_machine_has_read),
        WITH(threats__step__goes_on_where_it_was),
        WITH(threats__step__takes_many_in_parts),
        WITH(threats__rule__query_and_words_both_count),
        WITH(threats__rule__off_judges_nothing),
        WITH(threats__rule__refuses_what_is_none),
        WITH(threats__rule__rolled_back_is_gone),
        WITH(threats__step__escalates_what_nobody_acknowledged),
        WITH(threats__decide__by_name_with_a_reason_once),
        WITH(threats__raised_at_one_moment__stand_on_some_page),
        cmocka_unit_test(threats__decision__is_said_both_ways),
        WITH(threats__acknowledge__once),
        WITH(threats__silence__found_on_its_day),
        WITH(threats__silence__days_off_are_made_up_for),
        WITH(threats__silence__not_where_nothing_is_heard),
        WITH(threats__rule__too_many_places_is_refused),
        WITH(threats__trial__says_what_it_would_have_found),
    };
    return cmocka_run_group_tests_name("desk/threats", tests, NULL, NULL);
}
