/* Corrections, retractions, replies, reactions, read marks, timers and positions: what each device
 * shows, and what it does not believe.
 */
#include "talk.h"

#include <string.h>

#define SAY "{\"do\":\"say\","
#define TO_BERT "\"to\":[\"bert@chat.example\"]"
#define TO_BOTH "\"to\":[\"bert@chat.example\",\"cara@chat.example\"]"

static void first_words(struct world *w)
{
    talk_does(anna(w), SAY "\"kind\":\"text\"," TO_BOTH ",\"text\":\"eight\",\"id\":\"m1\"}");
}

static void content__edit__the_newest_version_is_shown(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    first_words(w);
    talk_does(anna(w), SAY "\"kind\":\"edit\",\"about\":\"m1\",\"text\":\"nine\"}");
    talk_does(anna(w), SAY "\"kind\":\"edit\",\"about\":\"m1\",\"text\":\"ten\"}");
    for (size_t i = 0; i < WORLD_PARTIES; i++)
        talk_shows(&w->parties[i], "anna text ten (edited 2)\n");
    assert_int_equal(w->bot.archived, 3);
    assert_int_equal(party_count_shown(bert(w), "Correction: nine\nironside:edit?id=m1"), 1);
    talk_refused(bert(w), SAY "\"kind\":\"edit\",\"about\":\"m1\",\"text\":\"x\"}",
                 "no sent message with the id m1");
    talk_refused(anna(w), SAY "\"kind\":\"edit\",\"about\":\"m2\",\"text\":\"x\"}",
                 "no sent message");
    talk_refused(anna(w), SAY "\"kind\":\"edit\",\"text\":\"x\"}", "about which message?");
}

/* Who is not its author may claim it, but nobody believes that. */
static void content__edit__of_anothers_message_stands_alone(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    first_words(w);
    talk_raw(bert(w), cara(w)->account, "b1", "Correction: nine\nironside:edit?id=m1");
    talk_raw(bert(w), cara(w)->account, "b2", "(retracts a message)\nironside:retract?id=m1");
    talk_shows(cara(w), "anna text eight\nbert edit  (gone: retracted)\n"
                        "bert retract (retracts a message)\n");
}

/* It cannot be a version of that: it is not dropped. */
static void content__edit__of_a_position_stands_alone(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    talk_does(anna(w),
              SAY "\"kind\":\"position\"," TO_BERT ",\"position\":\"52.5,4.25\",\"id\":\"p1\"}");
    talk_raw(anna(w), bert(w)->account, "e1", "Correction: here\nironside:edit?id=p1");
    talk_shows(bert(w), "anna position geo:52.5,4.25\nanna edit here\n");
}

static void content__retract__takes_the_text_away(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    first_words(w);
    talk_does(anna(w), SAY "\"kind\":\"edit\",\"about\":\"m1\",\"text\":\"nine\"}");
    talk_does(anna(w), SAY "\"kind\":\"retract\",\"about\":\"m1\"}");
    for (size_t i = 0; i < WORLD_PARTIES; i++) {
        struct party *p = &w->parties[i];
        talk_shows(p, "anna text  (gone: retracted)\n");
        assert_int_equal(party_number(p, "SELECT count(*) FROM message WHERE body LIKE '%nine%' OR"
                                         " body LIKE '%eight%'"),
                         0);
    }
    talk_refused(anna(w), SAY "\"kind\":\"edit\",\"about\":\"m1\",\"text\":\"x\"}",
                 "not on this device any more");
    talk_refused(bert(w), SAY "\"kind\":\"reply\",\"about\":\"m1\",\"text\":\"x\"}",
                 "not on this device any more");
    talk_refused(bert(w), SAY "\"kind\":\"retract\",\"about\":\"m1\"}", "no sent message");
    assert_int_equal(w->bot.archived, 3);
}

/* Messages may overtake each other. */
static void content__retract__before_its_message(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    talk_raw(anna(w), bert(w)->account, "r1", "(retracts a message)\nironside:retract?id=m1");
    talk_raw(anna(w), bert(w)->account, "e1", "Correction: nine\nironside:edit?id=m1");
    talk_shows(bert(w), "anna retract (retracts a message)\nanna edit nine\n");
    first_words(w);
    talk_shows(bert(w), "anna text  (gone: retracted)\n");
    talk_raw(anna(w), bert(w)->account, "e2", "Correction: ten\nironside:edit?id=m1");
    talk_shows(bert(w), "anna text  (gone: retracted)\n");
    assert_int_equal(
        party_number(bert(w), "SELECT count(*) FROM message WHERE length(body) > 0 AND id <> 'r1'"),
        0);
}

static void content__reply__quotes_the_newest_text(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    first_words(w);
    talk_does(anna(w), SAY "\"kind\":\"edit\",\"about\":\"m1\",\"text\":\"nine\\no'clock\"}");
    talk_does(bert(w), SAY "\"kind\":\"reply\",\"about\":\"m1\",\"text\":\"where?\"}");
    assert_int_equal(
        party_count_shown(cara(w), "> nine\nwhere?\nironside:reply?from=anna@chat.example&id=m1"),
        1);
    talk_shows(anna(w), "anna text nine\no'clock (edited 1)\nbert reply where?\n");
    talk_shows(cara(w), "anna text nine\no'clock (edited 1)\nbert reply where?\n");
}

static void content__react__the_last_of_each_counts(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    first_words(w);
    talk_does(bert(w), SAY "\"kind\":\"react\",\"about\":\"m1\",\"text\":\"👍 🐢\"}");
    talk_does(cara(w), SAY "\"kind\":\"react\",\"about\":\"m1\",\"text\":\"👋\"}");
    talk_shows(anna(w), "anna text eight [bert 👍 🐢] [cara 👋]\n");
    talk_does(bert(w), SAY "\"kind\":\"react\",\"about\":\"m1\",\"text\":\"🐢\"}");
    talk_does(cara(w), SAY "\"kind\":\"react\",\"about\":\"m1\"}");
    talk_shows(anna(w), "anna text eight [bert 🐢]\n");
    talk_refused(bert(w), SAY "\"kind\":\"react\",\"about\":\"m1\",\"text\":\"a  b\"}",
                 "not in its form");
}

/* Who is not in the conversation has no say in it. */
static void content__react__from_outside_is_not_shown_with_it(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    talk_does(anna(w), SAY "\"kind\":\"text\"," TO_BERT ",\"text\":\"eight\",\"id\":\"m1\"}");
    talk_raw(cara(w), bert(w)->account, "c1", "👎\nironside:react?from=anna@chat.example&id=m1");
    talk_raw(cara(w), bert(w)->account, "c2", "(read)\nironside:read?from=anna@chat.example&id=m1");
    talk_shows(bert(w), "anna text eight\n");
}

static void content__read__is_told_only_if_wanted(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    first_words(w);
    unsigned archived = w->bot.archived;
    talk_does(cara(w), "{\"do\":\"read\"}");
    assert_int_equal(w->bot.archived, archived);
    talk_does(bert(w), "{\"do\":\"markers\",\"on\":true}");
    talk_does(bert(w), "{\"do\":\"read\"}");
    talk_does(bert(w), "{\"do\":\"read\"}"); /* nothing is left */
    assert_int_equal(w->bot.archived, archived + 1);
    talk_shows(anna(w), "anna text eight read by bert\n");
    talk_does(anna(w), "{\"do\":\"markers\",\"on\":true}");
    talk_does(anna(w), "{\"do\":\"read\"}"); /* no marks of marks */
    assert_int_equal(w->bot.archived, archived + 1);
    talk_refused(bert(w), "{\"do\":\"read\",\"numbers\":[]}", "1 to 256");
}

static void content__timer__begins_when_it_was_read(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    talk_does(anna(w),
              SAY "\"kind\":\"text\"," TO_BERT ",\"text\":\"short\",\"id\":\"m1\",\"timer\":60}");
    talk_does(anna(w), SAY "\"kind\":\"edit\",\"about\":\"m1\",\"text\":\"shorter\"}");
    assert_true(conversation_due(bert(w)->device) == -1);
    talk_shows(bert(w), "anna text shorter (edited 1)\n");
    talk_does(bert(w), "{\"do\":\"read\"}");
    int64_t due = conversation_due(bert(w)->device);
    assert_true(due > 50000 && due <= 60000);
    talk_shows(bert(w), "anna text shorter (edited 1)\n");
    party_sql(bert(w), "UPDATE content SET read_at = read_at - 60000");
    talk_shows(bert(w), "anna text  (gone: timer)\n"); /* shown as gone before it is */
    party_wait(bert(w));
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM message WHERE length(body) > 0"),
                     0);
    talk_shows(bert(w), "anna text  (gone: timer)\n");
    talk_shows(anna(w), "anna text shorter (edited 1)\n"); /* hers runs from sending */
    party_sql(anna(w), "UPDATE content SET read_at = read_at - 60001");
    party_wait(anna(w));
    talk_shows(anna(w), "anna text  (gone: timer)\n");
    talk_refused(anna(w), SAY "\"kind\":\"text\"," TO_BERT ",\"text\":\"x\",\"timer\":-1}",
                 "'timer'");
    talk_refused(anna(w), SAY "\"kind\":\"text\"," TO_BERT ",\"text\":\"x\",\"timer\":99999999}",
                 "'timer'");
}

static void content__position__is_updated_for_the_time_chosen(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    talk_does(anna(w),
              SAY "\"kind\":\"position\"," TO_BERT ",\"position\":\"52.5,4.25,15\",\"id\":\"p1\"}");
    talk_refused(anna(w), SAY "\"kind\":\"live\",\"about\":\"p1\",\"position\":\"1.0,2.0\"}",
                 "is not live");
    talk_does(anna(w), SAY "\"kind\":\"position\"," TO_BERT
                           ",\"position\":\"52.0,4.0\",\"id\":\"p2\",\"live\":600}");
    talk_does(anna(w), SAY "\"kind\":\"live\",\"about\":\"p2\",\"position\":\"52.75,4.5\"}");
    talk_shows(bert(w), "anna position geo:52.5,4.25;u=15\nanna position geo:52.75,4.5\n");
    /* Said after the time that it names: not believed. */
    talk_raw(anna(w), bert(w)->account, "l1",
             "geo:1,2\nironside:live?id=p2&until=2021-06-07T10:11:12.123Z");
    talk_raw(cara(w), bert(w)->account, "l2",
             "geo:3,4\nironside:live?id=p2&until=2099-06-07T10:11:12.123Z");
    talk_shows(bert(w), "anna position geo:52.5,4.25;u=15\nanna position geo:52.75,4.5\n"
                        "cara live geo:3,4\n");
    talk_refused(anna(w), SAY "\"kind\":\"position\"," TO_BERT ",\"position\":\"91.0,4.0\"}",
                 "LATITUDE");
    talk_refused(anna(w), SAY "\"kind\":\"live\",\"about\":\"p2\"}", "LATITUDE");
}

static void content__say__a_text_stays_a_text(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    first_words(w);
    party_send(anna(w), bert(w)->account, "m2", "(retracts a message)\nironside:retract?id=m1");
    party_send(anna(w), bert(w)->account, "m3", "geo:1,2");
    talk_shows(bert(w), "anna text eight\n"
                        "anna text (retracts a message)\nironside:retract?id=m1\n"
                        "anna text geo:1,2\n");
}

static void content__say__what_cannot_be_said(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    talk_refused(anna(w), SAY "\"kind\":\"group\"," TO_BERT ",\"text\":\"x\"}", "'kind'");
    talk_refused(anna(w), SAY "\"kind\":\"party\"," TO_BERT ",\"text\":\"x\"}", "'kind'");
    talk_refused(anna(w), SAY "\"kind\":\"contact\"," TO_BERT ",\"text\":\"x\"}",
                 "not in its form");
    talk_refused(anna(w), SAY "\"kind\":\"contact\",\"contact\":\"x\"," TO_BERT "}", "'contact'");
    talk_refused(anna(w), SAY "\"kind\":\"text\",\"to\":\"bert\",\"text\":\"x\"}", "'to'");
    talk_refused(anna(w), SAY "\"kind\":\"text\",\"to\":[],\"text\":\"x\"}", "1 to 50 recipients");
    talk_refused(anna(w), SAY "\"kind\":\"text\",\"group\":\"Skat\",\"text\":\"x\"}",
                 "no group 'Skat'");
    talk_refused(anna(w), SAY "\"kind\":\"file\"," TO_BERT "}", "'file'");
    talk_refused(anna(w), SAY "\"kind\":\"text\",\"file\":{}," TO_BERT "}", "no other has one");
}

/* Of more than are looked at, the newest count. */
static void content__about__the_newest_of_many(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    int64_t numbers[2], last;
    size_t count = 0;
    (void)state;
    first_words(w);
    for (int i = 0; i < 3; i++)
        talk_does(anna(w), SAY "\"kind\":\"edit\",\"about\":\"m1\",\"text\":\"x\"}");
    last = party_number(bert(w), "SELECT max(number) FROM content WHERE kind = 1");
    assert_int_equal(
        store_about(bert(w)->store, anna(w)->account, "m1", CONTENT_EDIT, numbers, 2, &count), 0);
    assert_int_equal(count, 2);
    assert_int_equal(numbers[1], last);
}

/* Two accounts may use the same id. */
static void content__say__about_whose_message(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    first_words(w);
    party_send(bert(w), cara(w)->account, "m1", "also eight");
    talk_refused(cara(w), SAY "\"kind\":\"react\",\"about\":\"m1\",\"text\":\"👍\"}",
                 "say whose is meant");
    talk_does(cara(w),
              SAY "\"kind\":\"react\",\"about\":\"m1\",\"about_from\":\"bert@chat.example\","
                  "\"text\":\"👍\"}");
    talk_shows(cara(w), "anna text eight\nbert text also eight [cara 👍]\n");
}

/* What a replay file has: without the flag the same bytes are a text that looks like that. */
static void content__send__a_content_as_it_stands(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    const char *to[] = {bert(w)->account};
    const char edit[] = "Correction: nine\nironside:edit?id=m1";
    struct device_text m = {
        .to = to, .to_count = 1, .body = edit, .body_len = sizeof edit - 1, .id = "e1"};
    struct diag d;
    char id[VALUE_ID_MAX + 1];
    party_send(anna(w), bert(w)->account, "m1", "eight");
    m.content = true;
    assert_int_equal(device_send(anna(w)->device, &m, id, &d), 0);
    assert_string_equal(id, "e1");
    world_run(w);
    talk_shows(bert(w), "anna text nine (edited 1)\n");
    assert_int_equal(device_send(anna(w)->device, &m, NULL, &d), ERR_EXISTS);
    m.content = false;
    m.id = "e2";
    assert_int_equal(device_send(anna(w)->device, &m, NULL, &d), 0);
    world_run(w);
    assert_int_equal(party_count_shown(bert(w), edit), 1);
    CLEANUP_FREE char *view = talk_view(bert(w));
    assert_non_null(strstr(view, "text Correction: nine"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content__edit__the_newest_version_is_shown),
        cmocka_unit_test(content__edit__of_anothers_message_stands_alone),
        cmocka_unit_test(content__edit__of_a_position_stands_alone),
        cmocka_unit_test(content__retract__takes_the_text_away),
        cmocka_unit_test(content__retract__before_its_message),
        cmocka_unit_test(content__reply__quotes_the_newest_text),
        cmocka_unit_test(content__react__the_last_of_each_counts),
        cmocka_unit_test(content__react__from_outside_is_not_shown_with_it),
        cmocka_unit_test(content__read__is_told_only_if_wanted),
        cmocka_unit_test(content__timer__begins_when_it_was_read),
        cmocka_unit_test(content__position__is_updated_for_the_time_chosen),
        cmocka_unit_test(content__say__a_text_stays_a_text),
        cmocka_unit_test(content__say__what_cannot_be_said),
        cmocka_unit_test(content__about__the_newest_of_many),
        cmocka_unit_test(content__say__about_whose_message),
        cmocka_unit_test(content__send__a_content_as_it_stands),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
