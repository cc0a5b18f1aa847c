#include <locale.h>

#include "authority/page.h"
#include "authority/page_text.h"
#include "base/encode.h"
#include "scene.h"

/* No line is wider than the page, none ends in a space. */
static void assert_fits(const char *page)
{
    while (*page != '\0') {
        size_t len = strcspn(page, "\n"), width = 0;
        for (size_t i = 0; i < len; i++)
            width += ((unsigned char)page[i] & 0xc0) != 0x80;
        if (width > PAGE_COLUMNS || (len > 0 && page[len - 1] == ' '))
            fail_msg("%zu columns: '%.*s'", width, (int)len, page);
        page += len + (page[len] == '\n');
    }
}

static void page_text__wrap__words(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(65536);
    CLEANUP_FREE char *word = mem_new(101);
    memset(word, 'w', 100);
    page_field(&b, "Label", "%s", "one  two");
    page_item(&b, "%s %s %s", "before", word, "after");
    page_title(&b, "%s", "T");
    /* Letters of two bytes: 79 columns, and a word that does not fit behind them. */
    page_text(&b,
              "éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé é éé");
    char expect[1024];
    snprintf(
        expect, sizeof expect,
        "Label           one two\n  - before\n    %s\n    after\n%39sT\n"
        "éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé éé é\néé\n",
        word, "");
    assert_string_equal(buf_text(&b), expect);
}

static void page__warrant__says_all(void **state)
{
    const struct scene *s = *state;
    static const char *const handles[] = {"anna", "ben"};
    CLEANUP_FREE char *scope = fixture_scope_accounts("2020-0003", handles, 2);
    struct fixture_warrant_options o = {.id = "2020-0003", .scope = scope, .exclude = "GB US"};
    const struct fixture_warrant *made = fixture_add_warrant(s->f, &o);
    CLEANUP(warrant_free_cleanup) struct warrant *w = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(PAGE_MAX);
    struct page_context c = {.net = s->f->network, .account = "ben"};
    assert_int_equal(warrant_open(s->f->network, made->note, strlen(made->note), &w, NULL), 0);
    page_warrant(&b, &c, w);
    const char *page = buf_text(&b);
    static const char *const parts[] = {
        "WARRANT 2020-0003",
        "in the network chat.example",
        "Issued by       District Court, North Holland\n",
        "6 June 2021 to 8 June 2021, both included: 3 days",
        "one of the accounts that are named here",
        "ben is one of them.",
        "messages from devices in GB or US,",
        "Archived by     ibot.chat.example\n",
        "Read by         north, with the key of\n                age1",
        "                north names no desk: ",
        "                south, with the key of\n                age1",
        "WHAT IT DOES NOT ALLOW\n",
        "before 6 June 2021 or after 8 June 2021",
        "[x] signed      custodian-1\n[x] signed      custodian-2\n[ ] missing     custodian-3\n",
        "2 of 3 must sign; 2 have. That is enough.",
        "For the issuing authority\n",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_says(page, parts[i]);
    assert_fits(page);
    buf_reset(&b);
    c.account = "carla";
    page_warrant(&b, &c, w);
    assert_says(buf_text(&b), "carla is NOT one of them.");
}

static void page__warrant__desks(void **state)
{
    const struct scene *s = *state;
    const struct fixture_warrant *made = &s->f->warrants[0];
    CLEANUP(warrant_free_cleanup) struct warrant *w = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(PAGE_MAX);
    struct page_context c = {.net = s->f->network};
    char key[ENCODE_BASE64_LEN(SIGN_PUBLIC_BYTES) + 1];
    encode_base64(made->desk.key.key, SIGN_PUBLIC_BYTES, key);
    assert_int_equal(warrant_open(s->f->network, made->note, strlen(made->note), &w, NULL), 0);
    page_warrant(&b, &c, w);
    CLEANUP_FREE char *north = mem_format(
        "                The desk of north states each day, in public, how often it was\n"
        "                used, and signs that with the key\n                %s\n"
        "                south, with the key of\n",
        key);
    assert_says(buf_text(&b), north);
    assert_says(buf_text(&b),
                "                south names no desk: what it uses the archive for is "
                "not stated.\n");
    assert_fits(buf_text(&b));
    json_t *x = page_warrant_json(&c, w), *agencies = json_object_get(x, "agencies");
    assert_string_equal(json_string_value(json_object_get(json_array_get(agencies, 0), "desk")),
                        key);
    assert_true(json_is_null(json_object_get(json_array_get(agencies, 1), "desk")));
    json_decref(x);
}

static void page__warrant__signatures(void **state)
{
    const struct scene *s = *state;
    const struct fixture_warrant *made = &s->f->warrants[0];
    CLEANUP_FREE char *note = fixture_sign(made->text, s->f->custodians, 1);
    CLEANUP_FREE char *draft = mem_format("%s\n", made->text);
    CLEANUP(warrant_free_cleanup) struct warrant *w = NULL, *v = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(PAGE_MAX);
    struct page_context c = {.net = s->f->network};
    assert_int_equal(warrant_open_unsigned(FIXTURE_DOMAIN, note, strlen(note), &w, NULL), 0);
    page_warrant(&b, &c, w);
    assert_says(buf_text(&b), "2 of 3 must sign; 1 has. It is not valid yet.");
    json_t *o = page_warrant_json(&c, w), *x = json_object_get(o, "signatures");
    assert_false(json_is_true(json_object_get(x, "enough")));
    assert_int_equal(json_array_size(json_object_get(x, "missing")), 2);
    json_decref(o);

    buf_reset(&b);
    c.net = NULL;
    assert_int_equal(warrant_open_unsigned(FIXTURE_DOMAIN, draft, strlen(draft), &v, NULL), 0);
    page_warrant(&b, &c, v);
    assert_says(buf_text(&b), "Not checked: the network note that names the custodians");
    assert_fits(buf_text(&b));
    o = page_warrant_json(&c, v);
    assert_true(json_is_null(json_object_get(o, "signatures")));
    json_decref(o);
}

/* Signatures of the wrong text are shown as what they are. */
static void page__warrant__false_signature(void **state)
{
    const struct scene *s = *state;
    CLEANUP_FREE char *note = mem_string(s->f->warrants[0].note);
    CLEANUP(warrant_free_cleanup) struct warrant *w = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(PAGE_MAX);
    struct page_context c = {.net = s->f->network};
    *strstr(note, "North") = 'S';
    assert_int_equal(warrant_open_unsigned(FIXTURE_DOMAIN, note, strlen(note), &w, NULL), 0);
    page_warrant(&b, &c, w);
    assert_says(buf_text(&b), "[!] FALSE       custodian-1\n");
    assert_says(buf_text(&b), "0 have. It is not valid yet.");
    json_t *o = page_warrant_json(&c, w), *x = json_object_get(o, "signatures");
    assert_int_equal(json_array_size(json_object_get(x, "false")), 2);
    assert_false(json_is_true(json_object_get(x, "enough")));
    json_decref(o);
}

static void page__proposal__warrant_and_policy(void **state)
{
    const struct scene *s = *state;
    CLEANUP(proposal_free_cleanup) struct proposal *p = scene_propose(s, "proposal");
    CLEANUP_BUF struct buf b = BUF_INIT(PAGE_MAX);
    page_proposal(&b, p, NULL);
    const char *page = buf_text(&b);
    assert_says(page, "WARRANT 2020-0001");
    assert_says(page, "which follows policy 1");
    assert_says(page, "WHAT CHANGES\n  - warrant 2020-0001 came into force\n\n");
    assert_says(page, "Warrants        2019-0147\n                2020-0001\n");
    assert_says(page, "0 have. It is not valid yet.");
    assert_fits(page);
    json_t *o = page_proposal_json(p, "anna");
    json_t *policy = json_object_get(o, "policy");
    assert_int_equal(json_integer_value(json_object_get(policy, "serial")), 2);
    assert_int_equal(json_array_size(json_object_get(policy, "changes")), 1);
    assert_int_equal(json_array_size(json_object_get(o, "warrants")), 1);
    json_decref(o);
}

/* Those of earlier policies, too, which this one leaves as they are. */
static void page__policy__all_revocations(void **state)
{
    const struct scene *s = *state;
    struct diag d = {""};
    const uint8_t hash[HASH_BYTES] = {0xab};
    char before[2 * HASH_BYTES + 1];
    CLEANUP(proposal_free_cleanup) struct proposal *p = NULL, *q = NULL;
    CLEANUP(published_free_cleanup) struct published *x = NULL, *y = NULL;
    CLEANUP(draft_free_cleanup) struct draft *t = NULL, *u = NULL;
    CLEANUP_FREE char *second = file_join(s->root, "second");
    CLEANUP_BUF struct buf b = BUF_INIT(PAGE_MAX);
    assert_int_equal(published_open(s->dir, &x, &d), 0);
    assert_int_equal(draft_new(x, SCENE_NOW, &t, &d), 0);
    assert_int_equal(draft_revoke_warrant(t, "2019-0147", &d), 0);
    assert_int_equal(draft_revoke_certificate(t, hash, &d), 0);
    assert_int_equal(draft_revoke_bot_key(t, hash, &d), 0);
    assert_int_equal(draft_write(t, s->proposal, &p, &d), 0);
    for (size_t i = 0; i < 2; i++) {
        CLEANUP_SECRET struct signing_key *k = scene_key(&s->f->custodians[i]);
        assert_int_equal(proposal_sign(p, k, &d), 0);
    }
    assert_int_equal(published_add(s->dir, p, &d), 0);
    assert_int_equal(published_open(s->dir, &y, &d), 0);
    assert_int_equal(draft_new(y, SCENE_NOW, &u, &d), 0);
    assert_int_equal(draft_notice(u, "Another notice.", &d), 0);
    assert_int_equal(draft_write(u, second, &q, &d), 0);
    page_proposal(&b, q, NULL);
    const char *page = buf_text(&b);
    encode_hex(p->policy->document.hash, HASH_BYTES, before);
    assert_says(page, "WHAT CHANGES\n  - the notice changed\n\n");
    assert_says(page, "Follows         policy 2 with the text\n");
    assert_says(page, before);
    assert_says(page, "Revoked         warrant 2019-0147 from 2021-06-07T10:11:12.123Z on\n");
    assert_says(page, "certificate\n                "
                      "ab00000000000000000000000000000000000000000000000000000000000000\n");
    assert_says(page, "bot key qwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= from\n");
    assert_fits(page);
    json_t *o = page_proposal_json(q, NULL), *policy = json_object_get(o, "policy");
    assert_int_equal(json_array_size(json_object_get(policy, "revoked")), 3);
    assert_string_equal(json_string_value(json_object_get(policy, "previous")), before);
    json_decref(o);
    buf_reset(&b);
    struct page_context c = {.net = s->f->network};
    page_policy(&b, &c, published_policy(x), NULL);
    assert_says(buf_text(&b), "Follows         none: it is the first one\n");
    assert_says(buf_text(&b), "Revoked         nothing\n");
    o = page_policy_json(&c, published_policy(x), NULL);
    assert_true(json_is_null(json_object_get(o, "previous")));
    json_decref(o);
}

/* Whose are devices of which no country is known? Nothing is said where there is one bot. */
static void page__policy__without_place(void **state)
{
    const struct scene *s = *state;
    static const struct {
        bool second;
        const char *place, *says, *word;
    } cases[] = {
        {false, NULL, NULL, NULL},
        {true, NULL,
         "No country      nothing is delivered from devices whose country is not known\n", "stop"},
        {true, "default",
         "No country      devices whose country is not known have bot " FIXTURE_BOT, "default"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct page_context c = {.net = s->f->network};
        const struct fixture_policy_options o = {.place = cases[i].place};
        CLEANUP_BUF struct buf b = BUF_INIT(PAGE_MAX);
        if (cases[i].second && s->f->bot_count == 1)
            fixture_add_bot(s->f, "east.chat.example", "DE");
        CLEANUP(policy_set_free_cleanup) struct policy_set *set = fixture_policy(s->f, &o);
        page_policy(&b, &c, set->policy, NULL);
        if (cases[i].says != NULL)
            assert_says(buf_text(&b), cases[i].says);
        else
            assert_null(strstr(buf_text(&b), "No country"));
        assert_fits(buf_text(&b));
        json_t *json = page_policy_json(&c, set->policy, NULL);
        const char *word = json_string_value(json_object_get(json, "without_place"));
        assert_true(cases[i].word == NULL ? word == NULL : strcmp(word, cases[i].word) == 0);
        json_decref(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_text__wrap__words),   SCENE_TEST(page__warrant__says_all),
        SCENE_TEST(page__warrant__desks),           SCENE_TEST(page__warrant__signatures),
        SCENE_TEST(page__warrant__false_signature), SCENE_TEST(page__proposal__warrant_and_policy),
        SCENE_TEST(page__policy__all_revocations),  SCENE_TEST(page__policy__without_place),
    };
    setlocale(LC_ALL, "C.UTF-8"); /* as the command line does: widths are its table's */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
