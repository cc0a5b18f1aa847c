#include <sqlite3.h>

#include "support.h"

/* The marks of text.h as people can read them here: ~ filter, + pair, = Latin. */
static char *shown(struct query_plan *p)
{
    static const char marks[] = {'~', '+', '='};
    char *s = buf_take_text(&p->match);
    for (char *c = s; *c != '\0'; c++)
        if (*c >= TEXT_MARK_FILTER && *c <= TEXT_MARK_LATIN)
            *c = marks[*c - TEXT_MARK_FILTER];
    return s;
}

struct expression {
    const char *written, *match;
    bool exact;
};

static void assert_expressions(struct tools *t, bool latin, const struct expression *expressions,
                               size_t count)
{
    t->options.latin = latin;
    for (size_t i = 0; i < count; i++) {
        CLEANUP(query_free_cleanup) struct query *q = must_parse(t, expressions[i].written);
        struct query_plan plan;
        query_compile(q, NULL, &plan);
        CLEANUP_FREE char *match = shown(&plan);
        if (strcmp(match, expressions[i].match) != 0 || plan.exact != expressions[i].exact)
            fail_msg("%s: exact %d: %s", expressions[i].written, plan.exact, match);
        query_plan_clear(&plan);
    }
    t->options.latin = false;
}

static void query__compile__writes_words(void **state)
{
    static const struct expression expressions[] = {
        {"", "", true},
        {"pier", "\"pier\"", true},
        {"pie*", "\"pie\"*", true},
        {"\"the pier\"", "\"the+pier\"", true},
        {"\"of the pier\"", "\"of+the the+pier\"", true},
        {"\"red pier of\"", "\"red pier+of\"", true},
        {"\"red old pier\"", "\"red old pier\"", true},
        {"\"the red old pier\"", "\"the+red red old pier\"", true},
        /* Whether a word that goes on is common is not known; the one before it may be. */
        {"\"of the pi*\"", "\"of+the the+pi\"*", true},
        {"\"red th*\"", "\"red th\"*", true},
        /* In NEAR the length of a phrase counts. */
        {"\"the pier\" NEAR/3 boat", "NEAR(\"the+pier pier\" \"boat\",3)", true},
        {"\"the pi*\" NEAR/3 boat", "NEAR(\"the pi\"* \"boat\",3)", true},
    };
    assert_expressions(*state, false, expressions, COUNT(expressions));
}

static void query__compile__writes_sounds(void **state)
{
    static const struct expression expressions[] = {
        {"pier", "(\"pier\" OR \"=pier\")", true},
        {"pie*", "(\"pie\"* OR \"=pie\"*)", true},
        {"москва", "\"москва\"", true},
        {"\"of москва\"", "(\"of+москва\" OR \"=of москва\")", true},
        {"\"the pier\"", "(\"the+pier\" OR \"=the pier\" OR \"the =pier\" OR \"=the =pier\")",
         true},
        {"pier NEAR/2 москва", "(NEAR(\"pier\" \"москва\",2) OR NEAR(\"=pier\" \"москва\",2))",
         true},
        {"\"aa bb cc dd\"",
         "((\"aa bb cc\" OR \"=aa bb cc\" OR \"aa =bb cc\" OR \"=aa =bb cc\" OR \"aa bb =cc\" OR "
         "\"=aa bb =cc\" OR \"aa =bb =cc\" OR \"=aa =bb =cc\") AND (\"dd\" OR \"=dd\"))",
         false},
        /* What is left out must hold nothing else. */
        {"москва -\"aa bb cc dd\"", "\"москва\" NOT \"aa bb cc dd\"", false},
        {"москва -(aa NEAR bb NEAR cc NEAR dd)",
         "\"москва\" NOT NEAR(\"aa\" \"bb\" \"cc\" \"dd\",10)", false},
        {"aa NEAR bb NEAR cc NEAR \"dd москва\"",
         "((\"aa\" OR \"=aa\") AND (\"bb\" OR \"=bb\") AND (\"cc\" OR \"=cc\") AND (\"dd москва\" "
         "OR \"=dd москва\"))",
         false},
    };
    assert_expressions(*state, true, expressions, COUNT(expressions));
}

static void query__compile__writes_operators(void **state)
{
    static const struct expression expressions[] = {
        {"aa bb cc", "\"aa\" AND \"bb\" AND \"cc\"", true},
        {"aa OR bb OR cc", "\"aa\" OR \"bb\" OR \"cc\"", true},
        {"aa (bb OR cc)", "\"aa\" AND (\"bb\" OR \"cc\")", true},
        {"(aa bb) OR cc", "(\"aa\" AND \"bb\") OR \"cc\"", true},
        {"aa -bb", "\"aa\" NOT \"bb\"", true},
        {"-bb aa -(cc dd) ee", "(\"aa\" AND \"ee\") NOT (\"bb\" OR (\"cc\" AND \"dd\"))", true},
        {"aa -(bb -cc)", "\"aa\" NOT (\"bb\" NOT \"cc\")", true},
        {"aa (bb OR -cc)", "\"aa\" NOT (\"cc\" NOT \"bb\")", true},
        {"aa (-bb OR -cc)", "\"aa\" NOT (\"bb\" AND \"cc\")", true},
        /* FTS5 has no NOT by itself. */
        {"-aa", "", false},
        {"-aa -bb", "", false},
        {"aa OR -bb", "", false},
        {"-(aa OR bb)", "", false},
    };
    assert_expressions(*state, false, expressions, COUNT(expressions));
}

static void query__compile__writes_filters(void **state)
{
    static const struct expression expressions[] = {
        {"from:Anna@chat.example", "\"~from:anna\"", true},
        {"with:anna pier", "(\"~from:anna\" OR \"~to:anna\") AND \"pier\"", true},
        {"-with:anna pier", "\"pier\" NOT (\"~from:anna\" OR \"~to:anna\")", true},
        {"has:photo OR country:NL", "\"~has:photo\" OR \"~country:nl\"", true},
        {"warrant:\"a \"\"b\"\" 5%\"", "\"~warrant:a%20%22b%22%205%25\"", true},
        {"bot:\"größe\"", "\"~bot:größe\"", true},
    };
    assert_expressions(*state, false, expressions, COUNT(expressions));
}

static void query__compile__leaves_out_what_is_looked_up(void **state)
{
    static const struct expression expressions[] = {
        {"tag:x", "", false},
        {"near:1,2,3", "\"~has:place\"", false},
        {"aa -near:1,2,3", "\"aa\"", false},
        {"aa tag:x", "\"aa\"", false},
        {"aa -tag:x", "\"aa\"", false},
        {"aa OR tag:x", "", false},
        {"bb (aa OR tag:x)", "\"bb\"", false},
        {"bb -(aa OR tag:x)", "\"bb\" NOT \"aa\"", false},
        {"bb -(aa tag:x)", "\"bb\"", false},
        {"bb -(aa -tag:x)", "\"bb\"", false},
        {"bb -(aa OR -(cc tag:x))", "\"bb\" AND (\"cc\" NOT \"aa\")", false},
        {"bb -(aa (cc OR tag:x))", "\"bb\" NOT (\"aa\" AND \"cc\")", false},
    };
    assert_expressions(*state, false, expressions, COUNT(expressions));
}

/* ---- names ---- */

static const char *const *accounts_of(void *context, const char *value)
{
    static const char *const joe[] = {"joe@chat.example", "jj@chat.example", NULL},
                             *const nobody[] = {NULL};
    assert_string_equal(context, "names");
    if (strcmp(value, "big joe") == 0)
        return joe;
    return strcmp(value, "nobody") == 0 ? nobody : NULL;
}

static void query__compile__asks_for_all_accounts_of_a_name(void **state)
{
    static const struct expression expressions[] = {
        {"from:\"Big Joe\" aa", "(\"~from:joe\" OR \"~from:jj\") AND \"aa\"", true},
        {"with:\"big joe\"", "\"~from:joe\" OR \"~to:joe\" OR \"~from:jj\" OR \"~to:jj\"", true},
        {"to:anna", "\"~to:anna\"", true},
        {"to:nobody", "\"~to:nobody\"", true},
        {"bot:\"big joe\"", "\"~bot:big%20joe\"", true},
    };
    char context[] = "names";
    const struct query_names names = {accounts_of, context};
    for (size_t i = 0; i < COUNT(expressions); i++) {
        CLEANUP(query_free_cleanup) struct query *q = must_parse(*state, expressions[i].written);
        struct query_plan plan;
        query_compile(q, &names, &plan);
        CLEANUP_FREE char *match = shown(&plan);
        assert_string_equal(match, expressions[i].match);
        assert_int_equal(plan.exact, expressions[i].exact);
        query_plan_clear(&plan);
    }
}

/* ---- times ---- */

#define FIRST INT64_C(1767225600000)  /* 2026Z */
#define SECOND INT64_C(1798761600000) /* 2027Z */

static void query__compile__bounds_times(void **state)
{
    static const struct {
        const char *written;
        int64_t from_unix_ms, to_unix_ms;
        bool exact;
    } times[] = {
        {"aa", INT64_MIN, INT64_MAX, true},
        {"after:2026Z", FIRST, INT64_MAX, true},
        {"before:2027Z", INT64_MIN, SECOND, true},
        {"aa on:2026Z", FIRST, SECOND, true},
        {"aa after:2026Z before:2027Z", FIRST, SECOND, true},
        {"aa before:2026Z after:2027Z", SECOND, FIRST, true},
        {"-before:2026Z aa -after:2027Z", FIRST, SECOND, true},
        {"-on:2026Z aa", INT64_MIN, INT64_MAX, false},
        {"(aa before:2027Z) OR (bb on:2026Z)", INT64_MIN, SECOND, false},
        {"(aa on:2026Z) OR (bb after:2027Z)", FIRST, INT64_MAX, false},
        {"on:2026Z OR aa", INT64_MIN, INT64_MAX, false},
        {"-(on:2026Z aa)", INT64_MIN, INT64_MAX, false},
        {"after:2026Z tag:x", FIRST, INT64_MAX, false},
    };
    for (size_t i = 0; i < COUNT(times); i++) {
        CLEANUP(query_free_cleanup) struct query *q = must_parse(*state, times[i].written);
        struct query_plan plan;
        query_compile(q, NULL, &plan);
        if (plan.from_unix_ms != times[i].from_unix_ms || plan.to_unix_ms != times[i].to_unix_ms ||
            plan.exact != times[i].exact)
            fail_msg("%s: %lld to %lld, exact %d", times[i].written, (long long)plan.from_unix_ms,
                     (long long)plan.to_unix_ms, plan.exact);
        query_plan_clear(&plan);
    }
}

static void query__compile__tells_what_is_denied_and_sieved(void **state)
{
    static const struct {
        const char *written, *denied;
        bool exact, sieved;
    } plans[] = {
        {"boat", "", true, true},
        {"boat tag:hot", "", false, true},
        {"boat -tag:hot unseen:me", "", false, true},
        {"tag:hot", "", false, true},
        {"-tag:hot", "", false, true},
        {"boat -on:2026Z", "", false, true},
        {"boat OR tag:hot", "", false, false},
        {"boat -(tag:hot pier)", "", false, false},
        {"-boat", "\"boat\"", false, true},
        {"-boat -pier", "\"boat\" OR \"pier\"", false, true},
        {"-boat tag:hot", "\"boat\"", false, true},
        {"-boat -(tag:hot pier)", "\"boat\"", false, false},
    };
    for (size_t i = 0; i < COUNT(plans); i++) {
        CLEANUP(query_free_cleanup) struct query *q = must_parse(*state, plans[i].written);
        struct query_plan plan;
        query_compile(q, NULL, &plan);
        if (plan.exact != plans[i].exact || plan.sieved != plans[i].sieved ||
            strcmp(buf_text(&plan.denied), plans[i].denied) != 0)
            fail_msg("%s: exact %d, sieved %d, denied %s", plans[i].written, plan.exact,
                     plan.sieved, buf_text(&plan.denied));
        assert_true(plan.denied.len == 0 || plan.match.len == 0);
        query_plan_clear(&plan);
    }
}

/* ---- what FTS5 takes ---- */

/* Fails unless the index takes the expression. */
static void assert_taken(sqlite3 *db, const struct tools *t, const char *written)
{
    CLEANUP(query_free_cleanup) struct query *q = must_parse(t, written);
    struct query_plan plan;
    sqlite3_stmt *s = NULL;
    query_compile(q, NULL, &plan);
    assert_true(plan.match.len > 0);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT rowid FROM f WHERE f MATCH ?", -1, &s, NULL),
                     0);
    sqlite3_bind_text(s, 1, buf_text(&plan.match), -1, SQLITE_STATIC);
    int r = sqlite3_step(s);
    if (r != SQLITE_DONE)
        fail_msg("%s: %.200s", sqlite3_errmsg(db), written);
    sqlite3_finalize(s);
    query_plan_clear(&plan);
}

/* `before` and `after` so often around `inside`. */
static char *around(const char *before, const char *inside, const char *after, unsigned count)
{
    struct buf b = BUF_INIT(QUERY_BYTES_MAX);
    for (unsigned i = 0; i < count; i++)
        buf_put_text(&b, before);
    buf_put_text(&b, inside);
    for (unsigned i = 0; i < count; i++)
        buf_put_text(&b, after);
    return buf_take_text(&b);
}

static sqlite3 *new_index(void)
{
    struct diag d = {""};
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    if (text_register(db, &d) < 0)
        fail_msg("%s", d.text);
    assert_int_equal(sqlite3_exec(db,
                                  "CREATE VIRTUAL TABLE f USING fts5(body, content='', "
                                  "columnsize=0, tokenize='desk')",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    return db;
}

static void query__compile__stays_within_what_fts5_takes(void **state)
{
    static const struct {
        const char *before, *inside, *after;
        unsigned count;
    } large[] = {
        /* Deep: two levels of the tree for each part, three of the parser's symbols for each. */
        {"aa (bb OR cc (", "dd NEAR \"ee ff\"", "))", QUERY_DEPTH_MAX / 2 - 1},
        {"((", "dd NEAR \"ee ff\"", " bb) OR cc)", QUERY_DEPTH_MAX / 2 - 1},
        {"aa (bb OR ", "dd NEAR \"ee ff\"", ")", QUERY_DEPTH_MAX / 2 - 1},
        {"aa -(bb OR ", "dd", ")", QUERY_DEPTH_MAX / 3},
        {"aa -(bb -(", "\"cc dd\"", "))", QUERY_DEPTH_MAX / 4},
        /* Wide. */
        {"aa ", "aa", "", 500},
        {"aa -bb ", "aa", "", 160},
        {"aa OR (bb cc) OR ", "aa", "", 100},
        {"aa NEAR ", "aa", "", 500},
        {"\"aa bb cc dd\" ", "aa", "", 500},
        {"(aa OR -bb) ", "aa", "", 120},
    };
    struct tools *t = *state;
    sqlite3 *db = new_index();
    for (size_t i = 0; i < 2 * COUNT(large); i++) {
        size_t at = i / 2;
        t->options.latin = i % 2 != 0;
        CLEANUP_FREE char *written =
            around(large[at].before, large[at].inside, large[at].after, large[at].count);
        assert_taken(db, t, written);
    }
    t->options.latin = false;
    sqlite3_close(db);
}

static void query__compile__takes_a_phrase_of_thousands(void **state)
{
    struct tools *t = *state;
    sqlite3 *db = new_index();
    CLEANUP_FREE char *words = around("aa ", "", "", QUERY_BYTES_MAX / 3 - 2);
    CLEANUP_FREE char *written = around("\"", words, "\"", 1);
    for (int latin = 0; latin < 2; latin++) {
        t->options.latin = latin != 0;
        assert_taken(db, t, written);
    }
    t->options.latin = false;
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(query__compile__writes_words),
        cmocka_unit_test(query__compile__tells_what_is_denied_and_sieved),
        cmocka_unit_test(query__compile__writes_sounds),
        cmocka_unit_test(query__compile__writes_operators),
        cmocka_unit_test(query__compile__writes_filters),
        cmocka_unit_test(query__compile__leaves_out_what_is_looked_up),
        cmocka_unit_test(query__compile__asks_for_all_accounts_of_a_name),
        cmocka_unit_test(query__compile__bounds_times),
        cmocka_unit_test(query__compile__stays_within_what_fts5_takes),
        cmocka_unit_test(query__compile__takes_a_phrase_of_thousands),
    };
    return cmocka_run_group_tests(tests, tools_set_up, tools_tear_down);
}
