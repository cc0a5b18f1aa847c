/* Polls and votes: what each device shows, and what it does not count. */
#include "talk.h"

#include <string.h>

#define SAY "{\"do\":\"say\","
#define TO_BERT "\"to\":[\"bert@chat.example\"]"
#define TO_BOTH "\"to\":[\"bert@chat.example\",\"cara@chat.example\"]"
#define VOTE SAY "\"kind\":\"vote\",\"about\":\"p1\",\"option\":"
#define WORDS "Poll: Dinner?\n1. Pizza\n2. Soup"

/* Anna asks, for so many seconds; 0: for good. */
static void ask(struct world *w, const char *to, const char *more)
{
    char request[512];
    snprintf(request, sizeof request,
             SAY "\"kind\":\"poll\",%s,\"text\":\"Dinner?\",\"options\":[\"Pizza\",\"Soup\"],"
                 "\"id\":\"p1\"%s}",
             to, more);
    talk_does(anna(w), request);
}

static void poll__say__what_stock_clients_see(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    ask(w, TO_BOTH, "");
    talk_does(bert(w), VOTE "2}");
    assert_int_equal(party_count_shown(cara(w), WORDS "\nironside:poll"), 1);
    assert_int_equal(
        party_count_shown(cara(w), "voted: Soup\nironside:vote?from=anna@chat.example&id=p1"), 1);
}

static void poll__vote__the_last_of_each_counts(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    ask(w, TO_BOTH, "");
    talk_shows(cara(w), "anna poll " WORDS " {0 Pizza} {0 Soup}\n");
    talk_does(bert(w), VOTE "1}");
    talk_does(cara(w), VOTE "1}");
    talk_does(anna(w), VOTE "2}"); /* who asks has a vote, too */
    static const char before[] = "anna poll " WORDS " {2 Pizza bert cara} {1 Soup anna}\n";
    talk_shows(anna(w), before);
    talk_shows(bert(w), before);
    talk_shows(cara(w), before);
    talk_does(bert(w), VOTE "2}");
    static const char after[] = "anna poll " WORDS " {1 Pizza cara} {2 Soup bert anna}\n";
    talk_shows(anna(w), after);
    talk_shows(bert(w), after);
    talk_shows(cara(w), after);
}

static void poll__vote__what_cannot_be_chosen(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    talk_does(anna(w), SAY "\"kind\":\"text\"," TO_BERT ",\"text\":\"x\",\"id\":\"m1\"}");
    ask(w, TO_BERT, "");
    talk_refused(bert(w), VOTE "3}", "poll p1 has the options 1 to 2");
    talk_refused(bert(w), VOTE "0}", "poll p1 has the options 1 to 2");
    talk_refused(bert(w), VOTE "11}", "'option'");
    talk_refused(bert(w), VOTE "-1}", "'option'");
    talk_refused(bert(w), SAY "\"kind\":\"vote\",\"about\":\"m1\",\"option\":1}", "is none that");
    talk_refused(bert(w), SAY "\"kind\":\"vote\",\"about\":\"p2\",\"option\":1}", "holds no");
    talk_refused(bert(w), SAY "\"kind\":\"vote\",\"option\":1}", "which message");
    talk_refused(anna(w), SAY "\"kind\":\"edit\",\"about\":\"p1\",\"text\":\"x\"}", "is none that");
    talk_shows(bert(w), "anna text x\nanna poll " WORDS " {0 Pizza} {0 Soup}\n");
}

static void poll__say__what_is_no_poll(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    static const char *const cases[][2] = {
        {"\"text\":\"?\"", "2 to 10 options"},
        {"\"text\":\"?\",\"options\":[\"a\"]", "2 to 10 options"},
        {"\"text\":\"?\",\"options\":[\"a\",\"a\"]", "are the same"},
        {"\"text\":\"?\",\"options\":[\"a\",\"b\\n3. c\"]", "option 2 is not one line"},
        {"\"text\":\"?\",\"options\":[\"a\",3]", "'options'"},
        {"\"text\":\"?\",\"options\":\"ab\"", "'options'"},
        {"\"text\":\"?\",\"options\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\","
         "\"11\"]",
         "'options'"},
        {"\"text\":\"\",\"options\":[\"a\",\"b\"]", "question is one line"},
        {"\"options\":[\"a\",\"b\"]", "question is one line"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char request[512];
        snprintf(request, sizeof request, SAY "\"kind\":\"poll\"," TO_BERT ",%s}", cases[i][0]);
        talk_refused(anna(w), request, cases[i][1]);
    }
}

/* Who is not in the conversation has no vote, nor has what is no option; a text that looks like a
 * vote is a text. */
static void poll__vote__what_is_not_counted(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    ask(w, TO_BERT, "");
    talk_raw(cara(w), bert(w)->account, "c1",
             "voted: Soup\nironside:vote?from=anna@chat.example&id=p1");
    talk_raw(anna(w), bert(w)->account, "c2",
             "voted: Bread\nironside:vote?from=anna@chat.example&id=p1");
    talk_shows(bert(w), "anna poll " WORDS " {0 Pizza} {0 Soup}\n");
    party_send(anna(w), bert(w)->account, "m2",
               "voted: Soup\nironside:vote?from=anna@chat.example&id=p1");
    talk_shows(bert(w), "anna poll " WORDS " {0 Pizza} {0 Soup}\n"
                        "anna text voted: Soup\nironside:vote?from=anna@chat.example&id=p1\n");
}

/* However often somebody votes, nobody else's vote is pushed out. */
static void poll__vote__many_of_one_push_out_none(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    ask(w, TO_BOTH, "");
    talk_does(bert(w), VOTE "1}");
    talk_does(bert(w), SAY "\"kind\":\"react\",\"about\":\"p1\",\"text\":\"\xf0\x9f\x91\x8d\"}");
    talk_does(cara(w), VOTE "2}");
    talk_does(cara(w), SAY "\"kind\":\"react\",\"about\":\"p1\",\"text\":\"\xf0\x9f\x91\x8e\"}");
    CLEANUP_FREE char *before = talk_view(anna(w));
    assert_non_null(strstr(before, "{1 Pizza bert} {1 Soup cara}"));
    party_sql(anna(w),
              "CREATE TABLE n AS WITH RECURSIVE c(n) AS (VALUES(1) UNION ALL SELECT n + 1 FROM c"
              " WHERE n < 4200) SELECT n FROM c;"
              "CREATE TABLE m AS SELECT number, number * 10000 + n AS new, n FROM message JOIN n"
              " WHERE sender LIKE 'cara%';"
              "INSERT INTO message SELECT new, incoming, id || n, sender, recipients, at + n, body,"
              " archived, warrants, verdict_at FROM message JOIN m USING (number);"
              "INSERT INTO content SELECT new, kind, sender, about_from, about_id, club, timer,"
              " read_at, held, gone FROM content JOIN m USING (number)");
    talk_shows(anna(w), before);
}

/* Of what is no poll: it is not dropped. */
static void poll__vote__about_a_text_stands_alone(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    talk_does(anna(w), SAY "\"kind\":\"text\"," TO_BERT ",\"text\":\"Dinner?\",\"id\":\"m1\"}");
    talk_raw(anna(w), bert(w)->account, "v1",
             "voted: Soup\nironside:vote?from=anna@chat.example&id=m1");
    talk_shows(bert(w), "anna text Dinner?\nanna vote Soup\n");
}

/* As reactions: it stands alone until the poll is there. */
static void poll__vote__before_its_poll(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    talk_raw(anna(w), bert(w)->account, "v1",
             "voted: Soup\nironside:vote?from=anna@chat.example&id=p1");
    talk_shows(bert(w), "anna vote Soup\n");
    ask(w, TO_BERT, "");
    talk_shows(bert(w), "anna poll " WORDS " {0 Pizza} {1 Soup anna}\n");
}

static void poll__retract__takes_the_votes_away(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    ask(w, TO_BOTH, "");
    talk_does(bert(w), VOTE "1}");
    talk_does(anna(w), SAY "\"kind\":\"retract\",\"about\":\"p1\"}");
    talk_refused(bert(w), VOTE "2}", "not on this device any more");
    /* One that was on its way. */
    talk_raw(cara(w), anna(w)->account, "v9",
             "voted: Pizza\nironside:vote?from=anna@chat.example&id=p1");
    for (size_t i = 0; i < WORLD_PARTIES; i++) {
        struct party *p = &w->parties[i];
        talk_shows(p, "anna poll  (gone: retracted)\n");
        assert_int_equal(
            party_number(p, "SELECT count(*) FROM message WHERE instr(body, 'Pizza') > 0"), 0);
    }
}

static void poll__timer__takes_the_votes_away(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    ask(w, TO_BERT, ",\"timer\":60");
    talk_does(bert(w), VOTE "1}");
    talk_does(bert(w), "{\"do\":\"read\"}");
    talk_shows(bert(w), "anna poll " WORDS " {1 Pizza bert} {0 Soup}\n");
    party_sql(bert(w), "UPDATE content SET read_at = read_at - 60000");
    party_wait(bert(w));
    talk_shows(bert(w), "anna poll  (gone: timer)\n");
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM message WHERE length(body) > 0"),
                     0);
}

/* It can be answered, reacted to and marked as read as a text can. */
static void poll__say__about_it(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    ask(w, TO_BERT, "");
    talk_does(bert(w), SAY "\"kind\":\"react\",\"about\":\"p1\",\"text\":\"👍\"}");
    talk_does(bert(w), SAY "\"kind\":\"reply\",\"about\":\"p1\",\"text\":\"where?\"}");
    talk_does(bert(w), "{\"do\":\"markers\",\"on\":true}");
    talk_does(bert(w), "{\"do\":\"read\"}");
    talk_shows(anna(w), "anna poll " WORDS " read by bert {0 Pizza} {0 Soup} [bert 👍]\n"
                        "bert reply where?\n");
    assert_int_equal(party_count_shown(anna(w), "> Poll: Dinner?\nwhere?\n"
                                                "ironside:reply?from=anna@chat.example&id=p1"),
                     1);
}

/* A vote makes no contact of whom it goes to. */
static void poll__vote__in_a_group(void **state)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    (void)state;
    talk_strict(w);
    talk_befriend(anna(w), bert(w));
    talk_befriend(anna(w), cara(w));
    talk_does(anna(w),
              "{\"do\":\"group\",\"change\":true,\"name\":\"Skat\",\"add\":[\"bert@chat.example\","
              "\"cara@chat.example\"]}");
    ask(w, "\"group\":\"Skat\"", "");
    talk_does(bert(w), VOTE "2}");
    char *view = talk_view(cara(w));
    assert_non_null(strstr(view, WORDS " (group) {0 Pizza} {1 Soup bert}\n"));
    free(view);
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM peer WHERE account LIKE 'cara%'"),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(poll__say__what_stock_clients_see),
        cmocka_unit_test(poll__vote__the_last_of_each_counts),
        cmocka_unit_test(poll__vote__what_cannot_be_chosen),
        cmocka_unit_test(poll__say__what_is_no_poll),
        cmocka_unit_test(poll__vote__what_is_not_counted),
        cmocka_unit_test(poll__vote__many_of_one_push_out_none),
        cmocka_unit_test(poll__vote__about_a_text_stands_alone),
        cmocka_unit_test(poll__vote__before_its_poll),
        cmocka_unit_test(poll__retract__takes_the_votes_away),
        cmocka_unit_test(poll__timer__takes_the_votes_away),
        cmocka_unit_test(poll__say__about_it),
        cmocka_unit_test(poll__vote__in_a_group),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
