/* The registrar's daily count of exempt devices. */
#include "tamper.h"

#include "wire/exemptions.h"

#define TEXT                                                                                       \
    "ironside exemptions 1\nnetwork chat.example\nday 2021-06-07\nexempt DE 2\nexempt NL 31\n"

static int open_exemptions(void *context, const char *note, size_t len, struct diag *d)
{
    const struct fixture *f = context;
    struct exemptions *x = NULL;
    int r = exemptions_open(f->network, note, len, &x, d);
    assert_true((r == 0) == (x != NULL));
    if (r == 0) {
        struct buf b = BUF_INIT(1U << 20);
        exemptions_format(&b, FIXTURE_DOMAIN, x);
        assert_written(&x->document, &b);
    }
    exemptions_free(x);
    return r;
}

static char *sign_by_registrar(void *context, const char *text)
{
    const struct fixture *f = context;
    return fixture_sign(text, &f->registrar, 1);
}

static struct tamper tamper_of(struct fixture *f)
{
    return (struct tamper){.kind = "exemptions",
                           .text = TEXT,
                           .open = open_exemptions,
                           .sign = sign_by_registrar,
                           .context = f,
                           .max = VALUE_NOTE_MAX};
}

static void exemptions__open__fields(void **state)
{
    struct fixture *f = *state;
    CLEANUP_FREE char *note = sign_by_registrar(f, TEXT);
    CLEANUP(exemptions_free_cleanup) struct exemptions *x = NULL;
    assert_int_equal(exemptions_open(f->network, note, strlen(note), &x, NULL), 0);
    assert_true(x->day == FIXTURE_DAY);
    assert_int_equal(x->count, 2);
    assert_string_equal(x->list[0].country, "DE");
    assert_int_equal(x->list[0].devices, 2);
    assert_string_equal(x->list[1].country, "NL");
    assert_int_equal(x->list[1].devices, 31);
    exemptions_free(NULL);
}

static void exemptions__open__lines(void **state)
{
    const struct tamper t = tamper_of(*state);
    static const struct tamper_line says[] = {
        {"'ironside' is expected here", "line 'ironside exemptions 1': 'network' is expected here",
         "'ironside' is expected here"},
        {"'network' is expected here", "'day' is expected here", "'network' is expected here"},
        {"line 'exempt DE 2': 'day' is expected here", "line 'day 2021-06-07': not expected here",
         "'day' is expected here"},
        {NULL, "line 'exempt DE 2': not in ascending order",
         "line 'exempt DE 2': not in ascending order"},
        {NULL, "line 'exempt NL 31': not in ascending order", NULL},
    };
    tamper_lines(&t, says, COUNT(says));
    tamper_bytes(&t);
}

static void exemptions__open__values(void **state)
{
    const struct tamper t = tamper_of(*state);
    static const struct tamper_value cases[] = {
        {"exemptions 1", "exemptions 2", "not this kind of document, or another version"},
        {"chat.example", "other.example",
         "line 'network other.example': belongs to another network"},
        {"day 2021-06-07", "day 2021-6-7", "line 'day 2021-6-7': not a day as YYYY-MM-DD"},
        {"exempt DE 2\nexempt NL 31\n", "", NULL}, /* a day without */
        {"DE 2", "de 2", "line 'exempt de 2': not COUNTRY COUNT"},
        {"DE 2", "DEU 2", "not COUNTRY COUNT"},
        {"DE 2", "DE 0", "line 'exempt DE 0': not COUNTRY COUNT"},
        {"DE 2", "DE 02", "not COUNTRY COUNT"},
        {"DE 2", "DE -2", "not COUNTRY COUNT"},
        {"DE 2", "DE", "not COUNTRY COUNT"},
        {"DE 2", "DE 2 3", "too many words"},
        {"DE 2", "DE 4294967295", NULL},
        {"DE 2", "DE 4294967296", "not COUNTRY COUNT"},
        {"exempt DE", "exempt NZ", "line 'exempt NL 31': not in ascending order"},
    };
    tamper_values(&t, cases, COUNT(cases));
}

static void exemptions__open__signature(void **state)
{
    struct fixture *f = *state;
    const struct tamper t = tamper_of(f);
    tamper_signature(&t, &f->registrar);
    /* Neither custodians nor a bot stand for the registrar. */
    CLEANUP_FREE char *by_custodians = fixture_sign(TEXT, f->custodians, 3);
    CLEANUP_FREE char *by_bot = fixture_sign(TEXT, &f->bots[0].signer, 1);
    struct diag d;
    assert_int_equal(open_exemptions(f, by_custodians, strlen(by_custodians), &d), ERR_AUTH);
    assert_string_equal(d.text, "exemptions: not signed by registrar.chat.example");
    assert_int_equal(open_exemptions(f, by_bot, strlen(by_bot), &d), ERR_AUTH);
}

/* AA to JZ are 260 codes; one more is too many. */
static void exemptions__open__countries(void **state)
{
    struct fixture *f = *state;
    const struct tamper t = tamper_of(f);
    for (unsigned over = 0; over < 2; over++) {
        CLEANUP_BUF struct buf b = BUF_INIT(65536);
        buf_put_text(&b, "ironside exemptions 1\nnetwork chat.example\nday 2021-06-07\n");
        for (unsigned i = 0; i < EXEMPTIONS_COUNTRIES_MAX + over; i++)
            buf_format(&b, "exempt %c%c 1\n", (char)('A' + i / 26), (char)('A' + i % 26));
        tamper_check(&t, buf_text(&b), over == 0 ? NULL : "line 'exempt KA 1': too many of them");
    }
}

static int set_up(void **state)
{
    *state = fixture_new(NULL);
    return 0;
}

static int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

#define FIXTURE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(exemptions__open__fields),    FIXTURE_TEST(exemptions__open__lines),
        FIXTURE_TEST(exemptions__open__values),    FIXTURE_TEST(exemptions__open__signature),
        FIXTURE_TEST(exemptions__open__countries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
