/* Gathering a policy's documents, and coverage: the one rule of the network. */
#include "base/calendar.h"
#include "test.h"

#define D FIXTURE_DAY
#define US_BOT "ibot-us.chat.example"

static void policy_set__add__until_whole(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct fixture_warrant_options second = {.id = "2018-0001"};
    const struct fixture_warrant *w[] = {fixture_add_warrant(f, NULL),
                                         fixture_add_warrant(f, &second)};
    CLEANUP_FREE char *text = fixture_policy_text(f, NULL);
    CLEANUP_FREE char *note = fixture_sign_quorum(f, text);
    struct policy *p = NULL;
    assert_int_equal(policy_open(f->network, note, strlen(note), &p, NULL), 0);
    CLEANUP(policy_set_free_cleanup) struct policy_set *s = policy_set_new(p);
    struct coverage_query q = {.handle = "anna", .bot = FIXTURE_BOT, .day = D};
    struct coverage cover = {.count = 77};
    enum document_kind kind = 0;
    uint8_t hash[HASH_BYTES];
    struct diag d;

    /* What it wants is asked for one after the other: a warrant, then its epochs. */
    for (size_t step = 0; step < 4; step++) {
        const struct fixture_warrant *next = w[step < 2 ? 1 : 0]; /* by id */
        assert_true(policy_set_wants(s, &kind, hash));
        assert_int_equal(kind, step % 2 == 0 ? DOCUMENT_WARRANT : DOCUMENT_EPOCHS);
        assert_memory_equal(hash, step % 2 == 0 ? next->hash : s->warrants[step / 2]->epochs,
                            HASH_BYTES);
        const char *wanted = step % 2 == 0 ? next->note : next->epochs_note;
        /* coverage needs the warrants, not their keys */
        assert_int_equal(policy_set_coverage(s, &q, &cover), step < 3 ? ERR_NOT_FOUND : 0);
        assert_int_equal(policy_set_add(s, f->network, kind, wanted, strlen(wanted), &d), 0);
        assert_int_equal(policy_set_add(s, f->network, kind, wanted, strlen(wanted), &d),
                         ERR_NOT_FOUND); /* a second time */
    }
    assert_false(policy_set_wants(s, &kind, hash));
    assert_int_equal(policy_set_coverage(s, &q, &cover), 0);
    assert_int_equal(cover.count, 2);
    policy_set_free(NULL);
}

static void policy_set__add__refused(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct fixture_warrant_options second = {.id = "2019-0148"};
    const struct fixture_warrant *w = fixture_add_warrant(f, NULL);
    fixture_add_warrant(f, &second);
    CLEANUP_FREE char *text = fixture_policy_text(f, NULL);
    struct fixture_warrant_options other = {.id = "2019-0149"};
    const struct fixture_warrant *unnamed = fixture_add_warrant(f, &other);
    CLEANUP_FREE char *note = fixture_sign_quorum(f, text);
    struct policy *p = NULL;
    assert_int_equal(policy_open(f->network, note, strlen(note), &p, NULL), 0);
    CLEANUP(policy_set_free_cleanup) struct policy_set *s = policy_set_new(p);
    struct diag d;

    assert_int_equal(
        policy_set_add(s, f->network, DOCUMENT_EPOCHS, w->epochs_note, strlen(w->epochs_note), &d),
        ERR_NOT_FOUND); /* before its warrant */
    assert_string_equal(d.text, "epochs: not named by a warrant of policy 1");
    assert_int_equal(
        policy_set_add(s, f->network, DOCUMENT_WARRANT, unnamed->note, strlen(unnamed->note), &d),
        ERR_NOT_FOUND);
    assert_string_equal(d.text, "warrant 2019-0149: not named by policy 1");
    CLEANUP_FREE char *half = fixture_sign(w->text, f->custodians, 1);
    assert_int_equal(policy_set_add(s, f->network, DOCUMENT_WARRANT, half, strlen(half), &d),
                     ERR_AUTH);
    assert_says(d.text, "warrant: signed by 1 of the 2");
    assert_int_equal(policy_set_add(s, f->network, DOCUMENT_WARRANT, "x", 1, &d), ERR_FORMAT);
    assert_int_equal(policy_set_add(s, f->network, DOCUMENT_POLICY, note, strlen(note), &d),
                     ERR_NOT_FOUND);
    assert_string_equal(d.text, "policy 1 wants no such document");

    for (size_t i = 0; i < 2; i++)
        assert_int_equal(policy_set_add(s, f->network, DOCUMENT_WARRANT, f->warrants[i].note,
                                        strlen(f->warrants[i].note), &d),
                         0);
    /* The right text of epochs under a wrong signature says so, whoever else has none yet. */
    CLEANUP_FREE char *forged = fixture_sign(w->epochs_text, &f->registrar, 1);
    assert_int_equal(policy_set_add(s, f->network, DOCUMENT_EPOCHS, forged, strlen(forged), &d),
                     ERR_AUTH);
    assert_string_equal(d.text, "epochs: not signed by ibot.chat.example");
    CLEANUP_FREE char *changed = replace(w->epochs_note, "18784", "18783");
    assert_int_equal(policy_set_add(s, f->network, DOCUMENT_EPOCHS, changed, strlen(changed), &d),
                     ERR_NOT_FOUND);
    assert_int_equal(policy_set_add(s, f->network, DOCUMENT_EPOCHS, "x", 1, &d), ERR_FORMAT);
    assert_string_equal(d.text, "epochs: not a signed note");
    assert_int_equal(policy_set_add(s, f->network, DOCUMENT_EPOCHS, w->epochs_note,
                                    strlen(w->epochs_note), NULL),
                     0);
}

/* A policy may not name a warrant under another id, or one for a bot that it does not have. */
static void policy_set__add__not_the_policys(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
        fixture_add_bot(f, US_BOT, "US");
        struct fixture_warrant_options o = {.bot = US_BOT};
        const struct fixture_warrant *w = fixture_add_warrant(f, &o);
        CLEANUP_FREE char *text = fixture_policy_text(f, NULL);
        if (i == 1)
            f->bot_count = 1;
        CLEANUP_FREE char *without = fixture_policy_text(f, NULL);
        f->bot_count = 2;
        CLEANUP_FREE char *changed =
            i == 0 ? replace(text, "warrant 2019-0147", "warrant 2020-1") : mem_string(without);
        CLEANUP_FREE char *note = fixture_sign_quorum(f, changed);
        struct policy *p = NULL;
        struct diag d;
        assert_int_equal(policy_open(f->network, note, strlen(note), &p, NULL), 0);
        CLEANUP(policy_set_free_cleanup) struct policy_set *s = policy_set_new(p);
        assert_int_equal(
            policy_set_add(s, f->network, DOCUMENT_WARRANT, w->note, strlen(w->note), &d),
            ERR_AUTH);
        assert_string_equal(d.text, "warrant 2019-0147: its id or its bot is not the policy's");
    }
}

/* Coverage. The warrants of a case, by id, and questions with the ids that cover them. */
struct question {
    const char *handle;
    int64_t day;
    const char *country;
    const char *bot;
    const char *covered; /* "A B" */
};

struct coverage_case {
    const char *name;
    struct fixture_warrant_options warrants[4];
    size_t warrant_count;
    struct question questions[16];
};

static const struct coverage_case cases[] = {
    {"no warrant", {{0}}, 0, {{"anna", D, NULL, NULL, ""}, {"anna", D, "NL", NULL, ""}}},
    {"days, both included",
     {{.id = "A", .from_day = D - 2, .until_day = D + 3}},
     1,
     {{"anna", D - 3, NULL, NULL, ""},
      {"anna", D - 2, NULL, NULL, "A"},
      {"anna", D, NULL, NULL, "A"},
      {"anna", D + 3, NULL, NULL, "A"},
      {"anna", D + 4, NULL, NULL, ""},
      {"anna", -1, NULL, NULL, ""},
      {"anna", D, "NL", NULL, "A"}}},
    {"one day",
     {{.id = "A", .from_day = D, .until_day = D}},
     1,
     {{"anna", D - 1, NULL, NULL, ""},
      {"anna", D, NULL, NULL, "A"},
      {"anna", D + 1, NULL, NULL, ""}}},
    {"its bot only",
     {{.id = "A"}, {.id = "B", .bot = US_BOT}},
     2,
     {{"anna", D, NULL, NULL, "A"},
      {"anna", D, "US", US_BOT, "B"},
      {"anna", D, NULL, US_BOT, "B"},
      {"anna", D, NULL, "ibot.other.example", ""}}},
    {"accounts",
     {{.id = "A", .scope = "accounts:anna,bert"}, {.id = "B", .scope = "accounts:bert"}},
     2,
     {{"anna", D, NULL, NULL, "A"},
      {"bert", D, NULL, NULL, "A B"},
      {"carla", D, NULL, NULL, ""},
      {"ann", D, NULL, NULL, ""},
      {"bert", D, "US", NULL, "A B"},
      {"bert", D + 2, NULL, NULL, ""}}},
    {"countries",
     {{.id = "A", .scope = "countries BE NL"}},
     1,
     {{"anna", D, "NL", NULL, "A"},
      {"anna", D, "BE", NULL, "A"},
      {"anna", D, "DE", NULL, ""},
      {"anna", D, NULL, NULL, "A"}, /* without a token one counts as inside */
      {"anna", D + 2, "NL", NULL, ""}}},
    {"exclude",
     {{.id = "A", .exclude = "GB US"}},
     1,
     {{"anna", D, "US", NULL, ""},
      {"anna", D, "GB", NULL, ""},
      {"anna", D, "NL", NULL, "A"},
      {"anna", D, NULL, NULL, "A"}}},
    {"exclude from countries",
     {{.id = "A", .scope = "countries GB NL US", .exclude = "US"}},
     1,
     {{"anna", D, "US", NULL, ""},
      {"anna", D, "GB", NULL, "A"},
      {"anna", D, "DE", NULL, ""},
      {"anna", D, NULL, NULL, "A"}}},
    {"exclude from accounts",
     {{.id = "A", .scope = "accounts:anna", .exclude = "US"}},
     1,
     {{"anna", D, "US", NULL, ""},
      {"anna", D, "NL", NULL, "A"},
      {"anna", D, NULL, NULL, "A"},
      {"bert", D, NULL, NULL, ""}}},
    {"several, ordered by id",
     {{.id = "b", .exclude = "US"},
      {.id = "B"},
      {.id = "10"},
      {.id = "9", .scope = "countries NL"}},
     4,
     {{"anna", D, NULL, NULL, "10 9 B b"},
      {"anna", D, "US", NULL, "10 B"},
      {"anna", D, "NL", NULL, "10 9 B b"},
      {"anna", D, "DE", NULL, "10 B b"},
      {"anna", D, "DE", US_BOT, ""}}},
};

static void add_warrant(struct fixture *f, const struct fixture_warrant_options *options)
{
    struct fixture_warrant_options o = *options;
    static const char *const two[] = {"anna", "bert"};
    CLEANUP_FREE char *accounts = NULL;
    if (o.scope != NULL && strncmp(o.scope, "accounts:", 9) == 0) {
        bool both = strchr(o.scope, ',') != NULL;
        accounts = fixture_scope_accounts(
            o.id, both || strcmp(o.scope + 9, "anna") == 0 ? two : two + 1, both ? 2 : 1);
        o.scope = accounts;
    }
    fixture_add_warrant(f, &o);
}

static void check_question(const struct policy_set *s, const struct coverage_case *c,
                           const struct question *q)
{
    struct coverage_query query = {.handle = q->handle,
                                   .bot = q->bot == NULL ? FIXTURE_BOT : q->bot,
                                   .day = q->day,
                                   .country = q->country};
    struct coverage cover;
    CLEANUP_BUF struct buf ids = BUF_INIT(1000);
    assert_int_equal(policy_set_coverage(s, &query, &cover), 0);
    for (size_t i = 0; i < cover.count; i++)
        buf_format(&ids, "%s%s", i == 0 ? "" : " ", s->warrants[cover.index[i]]->id);
    if (strcmp(buf_text(&ids), q->covered) != 0)
        fail_msg("%s: %s on day %+lld in %s at %s: covered by \"%s\", not by \"%s\"", c->name,
                 q->handle, (long long)(q->day - D), q->country == NULL ? "-" : q->country,
                 query.bot, buf_text(&ids), q->covered);
}

static void policy_set__coverage__table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct coverage_case *c = &cases[i];
        CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
        fixture_add_bot(f, US_BOT, "US");
        for (size_t k = 0; k < c->warrant_count; k++)
            add_warrant(f, &c->warrants[k]);
        CLEANUP(policy_set_free_cleanup) struct policy_set *s = fixture_policy(f, NULL);
        for (size_t k = 0; k < COUNT(c->questions) && c->questions[k].handle != NULL; k++)
            check_question(s, c, &c->questions[k]);
    }
}

static void policy_set__coverage__sixteen(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    for (size_t i = 0; i < POLICY_WARRANTS_MAX; i++) {
        char id[16];
        snprintf(id, sizeof id, "w%02zu", POLICY_WARRANTS_MAX - i);
        struct fixture_warrant_options o = {.id = id};
        fixture_add_warrant(f, &o);
    }
    CLEANUP(policy_set_free_cleanup) struct policy_set *s = fixture_policy(f, NULL);
    struct coverage_query q = {.handle = "anna", .bot = FIXTURE_BOT, .day = D};
    struct coverage cover;
    assert_int_equal(policy_set_coverage(s, &q, &cover), 0);
    assert_int_equal(cover.count, POLICY_WARRANTS_MAX);
    for (size_t i = 0; i < cover.count; i++)
        assert_int_equal(cover.index[i], i);
}

/* A begins, B ends, and C goes on over the midnight between D - 1 and D. */
static void policy_set__dated_back__over_midnight(void **state)
{
    (void)state;
    static const int64_t midnight = D * CALENDAR_DAY_MS, minute = 60000, max = 10 * 60000;
    static const struct {
        const char *without; /* the policy lacks this warrant */
        int64_t at, then;
        bool back;
    } rows[] = {
        {"", midnight - 5 * minute, midnight + 5 * minute, false}, /* ten minutes */
        {"", midnight - 5 * minute, midnight + 5 * minute + 1, true},
        {"", midnight - CALENDAR_DAY_MS, midnight, true},
        {"A", midnight - CALENDAR_DAY_MS, midnight, true},    /* B ended */
        {"B", midnight - CALENDAR_DAY_MS, midnight, true},    /* A began */
        {"A B", midnight - CALENDAR_DAY_MS, midnight, false}, /* C alone: nothing changed */
        {"", midnight, midnight + 20 * 60 * minute, false},   /* within a day */
        {"", midnight - 1, midnight - 1, false},
        {"", midnight + 5 * minute, midnight - 5 * minute, false}, /* ahead: not asked here */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        static const struct fixture_warrant_options warrants[] = {
            {.id = "A", .from_day = D}, {.id = "B", .until_day = D - 1}, {.id = "C"}};
        CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
        for (size_t k = 0; k < COUNT(warrants); k++)
            if (strstr(rows[i].without, warrants[k].id) == NULL)
                add_warrant(f, &warrants[k]);
        CLEANUP(policy_set_free_cleanup) struct policy_set *s = fixture_policy(f, NULL);
        struct coverage_query q = {
            .handle = "anna", .bot = FIXTURE_BOT, .day = calendar_day_of(rows[i].at)};
        if (policy_set_dated_back(s, &q, rows[i].at, rows[i].then, max) != rows[i].back)
            fail_msg("row %zu", i);
    }
}

/* Of two policies: a warrant is the same by its text, not by its id. */
static void policy_set__same_coverage__by_text(void **state)
{
    (void)state;
    static const struct {
        struct fixture_warrant_options first, second;
        bool same;
    } rows[] = {
        {{.id = "A"}, {.id = "A"}, true},
        {{.id = "A"}, {.id = "B"}, false},
        {{.id = "A"}, {.id = "A", .exclude = "US"}, false},
        {{.id = "A"}, {.id = "A", .until_day = D - 1}, false},
        {{.id = "A", .until_day = D - 1},
         {.id = "B", .from_day = D + 1},
         true}, /* neither covers */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL), *g = fixture_new(NULL);
        add_warrant(f, &rows[i].first);
        add_warrant(g, &rows[i].second);
        CLEANUP(policy_set_free_cleanup) struct policy_set *s = fixture_policy(f, NULL);
        CLEANUP(policy_set_free_cleanup) struct policy_set *t = fixture_policy(g, NULL);
        struct coverage_query q = {.handle = "anna", .bot = FIXTURE_BOT, .day = D};
        if (policy_set_same_coverage(s, &q, t, &q) != rows[i].same)
            fail_msg("row %zu", i);
    }
}

struct place_case {
    struct fixture_warrant_options warrants[2];
    size_t warrant_count;
    const char *bot_countries; /* of a second bot; NULL: none */
    const char *place;         /* without one */
    bool any;
    const char *matter, *not ; /* countries */
};

static void policy_set__places_matter__table(void **state)
{
    (void)state;
    static const struct place_case table[] = {
        {{{0}}, 0, NULL, NULL, false, "", "NL US"},
        {{{.id = "A"}}, 1, NULL, NULL, false, "", "NL US"},
        {{{.id = "A", .scope = "accounts:anna"}}, 1, NULL, NULL, false, "", "NL"},
        {{{.id = "A"}, {.id = "B", .exclude = "GB US"}}, 2, NULL, NULL, true, "GB US", "NL DE"},
        {{{.id = "A", .scope = "countries BE NL"}}, 1, NULL, NULL, true, "DE US", "BE NL"},
        {{{.id = "A", .scope = "countries BE NL", .exclude = "NL"}},
         1,
         NULL,
         NULL,
         true,
         "NL DE",
         "BE"},
        {{{.id = "A"}}, 1, "DE US", "default", true, "DE US", "NL"},
        /* where it is demanded everyone needs one */
        {{{.id = "A"}}, 1, "DE US", NULL, true, "DE US NL", ""},
        /* a warrant's days do not count: a token is held over them */
        {{{.id = "A", .exclude = "US", .from_day = D - 9, .until_day = D - 9}},
         1,
         NULL,
         NULL,
         true,
         "US",
         "NL"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        const struct place_case *c = &table[i];
        CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
        if (c->bot_countries != NULL)
            fixture_add_bot(f, US_BOT, c->bot_countries);
        for (size_t k = 0; k < c->warrant_count; k++)
            add_warrant(f, &c->warrants[k]);
        const struct fixture_policy_options o = {.place = c->place};
        CLEANUP(policy_set_free_cleanup) struct policy_set *s = fixture_policy(f, &o);
        assert_int_equal(policy_set_places_matter(s), c->any);
        for (const char *p = c->matter; *p != '\0'; p += p[2] == '\0' ? 2 : 3) {
            char country[3] = {p[0], p[1], '\0'};
            if (!policy_set_place_matters(s, country))
                fail_msg("case %zu: %s", i, country);
        }
        for (const char *p = c->not ; *p != '\0'; p += p[2] == '\0' ? 2 : 3) {
            char country[3] = {p[0], p[1], '\0'};
            if (policy_set_place_matters(s, country))
                fail_msg("case %zu: not %s", i, country);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy_set__add__until_whole),
        cmocka_unit_test(policy_set__add__refused),
        cmocka_unit_test(policy_set__add__not_the_policys),
        cmocka_unit_test(policy_set__coverage__table),
        cmocka_unit_test(policy_set__coverage__sixteen),
        cmocka_unit_test(policy_set__dated_back__over_midnight),
        cmocka_unit_test(policy_set__same_coverage__by_text),
        cmocka_unit_test(policy_set__places_matter__table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
