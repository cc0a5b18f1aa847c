#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "query/match.h"
#include "rules/rule.h"

static struct text *text;
static struct zone *zone;

static int open_text(void **state)
{
    (void)state;
    return text_new(&text, NULL) < 0 || zone_open("UTC", &zone, NULL) < 0;
}

static int close_text(void **state)
{
    (void)state;
    text_free(text);
    zone_free(zone);
    return 0;
}

static int read_rule(const char *json, struct rule **ret, struct diag *d)
{
    const struct query_options o = {.text = text, .zone = zone};
    json_t *x = json_loads(json, 0, NULL);
    assert_non_null(x);
    int r = rule_read(x, &o, ret, d);
    json_decref(x);
    return r;
}

static struct rule *rule(const char *json)
{
    struct rule *r = NULL;
    struct diag d;
    if (read_rule(json, &r, &d) < 0)
        fail_msg("%s", d.text);
    return r;
}

/* A message of country nl, and of nothing else. */
static bool term(void *context, const struct query_node *n)
{
    (void)context;
    return n->term == QUERY_COUNTRY && strcmp(n->value, "nl") == 0;
}

static bool finds(const struct rule *r, const char *lang, const char *said, struct rule_result *ret)
{
    const struct query_message m = {.body = said, .len = strlen(said), .term = term};
    return rule_weighs(r, text, lang, said, strlen(said), ret) &&
           (rule_query(r) == NULL || query_matches(rule_query(r), text, &m));
}

static void rule__finds__words_and_query(void **state)
{
    (void)state;
    struct rule_result x;
    CLEANUP(rule_free_cleanup)
    struct rule *r = rule(
        "{\"name\":\"r\",\"query\":\"boat\",\"words\":\"*,night,4\\n*,film,-1\",\"weight\":4}");
    assert_int_equal(rule_minutes(r), RULE_MINUTES_DEFAULT);
    assert_true(finds(r, "", "the boat at night", &x));
    assert_int_equal(x.weight, 4);
    assert_int_equal(x.found_count, 1);
    assert_false(finds(r, "", "at night", &x));
    assert_false(finds(r, "", "the boat", &x));
    assert_false(finds(r, "", "a film of a boat at night", &x));
}

static void rule__finds__query_alone(void **state)
{
    (void)state;
    struct rule_result x;
    CLEANUP(rule_free_cleanup)
    struct rule *r = rule("{\"name\":\"r\",\"query\":\"country:nl -boat\",\"minutes\":60}");
    assert_int_equal(rule_minutes(r), 60);
    assert_true(finds(r, "", "anything", &x));
    assert_int_equal(x.weight, RULE_WEIGHT_DEFAULT);
    assert_false(finds(r, "", "a boat", &x));
}

static void rule__silence__on_the_day_that_it_is_long_enough(void **state)
{
    (void)state;
    CLEANUP(rule_free_cleanup)
    struct rule *r = rule("{\"name\":\"r\",\"silence\":{\"days\":3,\"wrote\":10}}");
    uint32_t counts[RULE_DAYS_LOOKED_AT] = {0};
    struct rule_result x;
    for (size_t i = 3; i < 13; i++)
        counts[i] = 2;
    assert_true(rule_is_silence(r));
    assert_true(rule_finds_silence(r, counts, 0));
    assert_false(rule_finds_silence(r, counts, 1));
    counts[3] = 0; /* silent for longer already: it was found yesterday */
    assert_false(rule_finds_silence(r, counts, 0));
    counts[3] = 1;
    counts[2] = 1; /* not yet */
    assert_false(rule_finds_silence(r, counts, 0));
    counts[2] = 0;
    counts[12] = 0; /* on nine days */
    assert_false(rule_finds_silence(r, counts, 0));
    counts[20] = 5; /* too long ago */
    assert_false(rule_finds_silence(r, counts, 0));
    assert_false(finds(r, "", "anything", &x));
}

static void rule__read__refuses(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"[]", "object"},
        {"{\"name\":\"r\"}", "'query', 'words' or 'silence'"},
        {"{\"query\":\"a\"}", "'name'"},
        {"{\"name\":\"\",\"query\":\"a\"}", "'name'"},
        {"{\"name\":\"r\",\"query\":1}", "'query'"},
        {"{\"name\":\"r\",\"query\":\"(a\"}", "byte"},
        {"{\"name\":\"r\",\"query\":\"boat (a OR -tag:x)\"}", "arrives"},
        {"{\"name\":\"r\",\"query\":\"unseen:me\"}", "arrives"},
        {"{\"name\":\"r\",\"query\":\"assigned:me\"}", "arrives"},
        {"{\"name\":\"r\",\"words\":\"a\"}", "row 1"},
        {"{\"name\":\"r\",\"words\":7}", "'words'"},
        {"{\"name\":\"r\",\"query\":\"a\",\"weight\":0}", "'weight'"},
        {"{\"name\":\"r\",\"query\":\"a\",\"weight\":\"10\"}", "'weight'"},
        {"{\"name\":\"r\",\"query\":\"a\",\"minutes\":10081}", "'minutes'"},
        {"{\"name\":\"r\",\"query\":\"a\",\"colour\":1}", "'colour'"},
        {"{\"name\":\"r\",\"silence\":{\"days\":3}}", "'wrote'"},
        {"{\"name\":\"r\",\"silence\":{\"days\":61,\"wrote\":1}}", "'days'"},
        {"{\"name\":\"r\",\"silence\":{\"days\":3,\"wrote\":15}}", "'wrote'"},
        {"{\"name\":\"r\",\"silence\":3}", "'silence'"},
        {"{\"name\":\"r\",\"silence\":{\"days\":3,\"wrote\":9,\"x\":1}}", "'x'"},
        {"{\"name\":\"r\",\"silence\":{\"days\":3,\"wrote\":9},\"query\":\"a\"}", "neither"},
        {"{\"name\":\"r\",\"silence\":{\"days\":3,\"wrote\":9},\"weight\":5}", "neither"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct rule *r = NULL;
        struct diag d = {.text = ""};
        assert_true(read_rule(wrong[i][0], &r, &d) < 0);
        if (strstr(d.text, wrong[i][1]) == NULL)
            fail_msg("%s: %s", wrong[i][0], d.text);
        assert_null(r);
    }
}

/* What the rule of a new desk finds and passes over, in each of its languages. */
static void rule__default__threats_and_what_only_sounds_so(void **state)
{
    (void)state;
    static const struct {
        const char *lang, *said;
        bool found;
    } said[] = {
        {"en", "I want him dead by friday, send the shooters to his house", true},
        {"en", "put a bullet in his head when he comes out", true},
        {"en", "they will kidnap his kids if he does not pay", true},
        {"en", "that deadline is killing me, kill the music haha", false},
        {"en", "my phone died, battery was dead", false},
        {"en", "shall we see the new film? the hitman one", false},
        {"en", "can you send me the address for tonight", false},
        {"es", "hay que matarlo esta noche, el sicario ya viene", true},
        {"es", "estoy muerto de hambre jajaja", false},
        {"fr", "on va le tuer ce soir", true},
        {"fr", "je suis mort de rire", false},
        {"de", "wir bringen ihn um, heute nacht", true},
        {"de", "der akku ist tot", false},
        {"nl", "die gast moet dood, schutters staan klaar", true},
        {"nl", "ik ben doodmoe vannacht", false},
        {"it", "bisogna ucciderlo, fallo sparire", true},
        {"it", "sono morto di fame", false},
        {"tr", "onu öldüreceğim, tetikçi hazır", true},
        {"tr", "film çok güzeldi, gülmekten öldüm", false},
        {"ru", "его надо завалить, киллер уже едет", true},
        {"ru", "умираю со смеху, фильм огонь", false},
        {"ar", "لازم يموت الليلة, اقتله", true},
        {"ar", "شفت فيلم جديد", false},
        {"zh", "今晚做掉他, 杀了他", true},
        {"zh", "笑死我了哈哈", false},
        {"th", "ต้องฆ่ามัน มือปืนพร้อมแล้ว", true},
        {"el", "θα τον σκοτώσω απόψε", true},
        {"el", "η μπαταρία πέθανε", false},
        {"", "kill him", true},
    };
    struct rule *r = NULL;
    json_t *o = rule_default();
    const struct query_options options = {.text = text, .zone = zone};
    assert_int_equal(rule_read(o, &options, &r, NULL), 0);
    json_decref(o);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        struct rule_result x;
        if (finds(r, said[i].lang, said[i].said, &x) != said[i].found)
            fail_msg("%s: weighs %d", said[i].said, x.weight);
    }
    rule_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule__finds__words_and_query),
        cmocka_unit_test(rule__finds__query_alone),
        cmocka_unit_test(rule__silence__on_the_day_that_it_is_long_enough),
        cmocka_unit_test(rule__read__refuses),
        cmocka_unit_test(rule__default__threats_and_what_only_sounds_so),
    };
    return cmocka_run_group_tests_name("rules/rule", tests, open_text, close_text);
}
