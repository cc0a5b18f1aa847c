#include "wire/statement.h"

#include "tamper.h"

#define ROOT "4444444444444444444444444444444444444444444444444444444444444444"

static const char text[] = "ironside statement 1\n"
                           "network chat.example\n"
                           "bot ibot.chat.example\n"
                           "day 2001-05-14\n"
                           "archived 2001-0002 317\n"
                           "archived 2001-0010 12\n"
                           "refused wrong-day 2\n"
                           "refused bad-place 1\n"
                           "refused no-file 4\n"
                           "journal 1043 " ROOT "\n";

static int open_it(void *context, const char *note, size_t len, struct diag *d)
{
    const struct fixture *f = context;
    struct statement *s = NULL;
    int r = statement_open(f->domain, FIXTURE_BOT, f->bots[0].signer.key.key, note, len, &s, d);
    assert_true((r == 0) == (s != NULL));
    if (r == 0) {
        struct buf b = BUF_INIT(1U << 20);
        statement_format(&b, FIXTURE_DOMAIN, s);
        assert_written(&s->document, &b);
    }
    statement_free(s);
    return r;
}

static char *sign_it(void *context, const char *t)
{
    const struct fixture *f = context;
    return fixture_sign(t, &f->bots[0].signer, 1);
}

static struct tamper tamper_of(struct fixture *f)
{
    return (struct tamper){.kind = "statement",
                           .text = text,
                           .open = open_it,
                           .sign = sign_it,
                           .context = f,
                           .max = VALUE_NOTE_MAX};
}

static void statement__open__values_as_written(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    CLEANUP(statement_free_cleanup) struct statement *s = NULL;
    CLEANUP_FREE char *note = sign_it(f, text);
    assert_int_equal(statement_open(f->domain, FIXTURE_BOT, f->bots[0].signer.key.key, note,
                                    strlen(note), &s, NULL),
                     0);
    assert_string_equal(s->bot, FIXTURE_BOT);
    assert_int_equal(s->day, 11456);
    assert_int_equal(s->archived_count, 2);
    assert_string_equal(s->archived[1].warrant, "2001-0010");
    assert_int_equal(s->archived[0].count, 317);
    assert_int_equal(s->archived[1].count, 12);
    assert_int_equal(s->refused[VERDICT_WRONG_DAY], 2);
    assert_int_equal(s->refused[VERDICT_BAD_PLACE], 1);
    assert_int_equal(s->refused[VERDICT_CONFLICT], 0);
    assert_int_equal(s->refused[VERDICT_NO_FILE], 4);
    assert_int_equal(s->size, 1043);
    assert_int_equal(s->root[31], 0x44);
    statement_free(NULL);
}

static void statement__open__lines(void **state)
{
    (void)state;
    static const struct tamper_line says[] = {
        {"'ironside' is expected here", "'network' is expected here",
         "'ironside' is expected here"},
        {"'network' is expected here", "'bot' is expected here", "'network' is expected here"},
        {"'bot' is expected here", "'day' is expected here", "'bot' is expected here"},
        {"'day' is expected here", "line 'day 2001-05-14': 'journal' is expected here",
         "'day' is expected here"},
        {NULL, "not in ascending order", "not in ascending order"},
        {NULL, "not in ascending order",
         "line 'archived 2001-0010 12': 'journal' is expected here"},
        {NULL, "not in their order", "not in their order"},
        {NULL, "not in their order", "not in their order"},
        {NULL, "not in their order", "line 'refused no-file 4': not expected here"},
        {"the line 'journal' is missing at the end", "not expected here", NULL},
    };
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct tamper t = tamper_of(f);
    tamper_lines(&t, says, COUNT(says));
    tamper_bytes(&t);
    tamper_signature(&t, &f->bots[0].signer);
    /* A day on which nothing happened. */
    tamper_check(&t,
                 "ironside statement 1\nnetwork chat.example\nbot ibot.chat.example\n"
                 "day 2001-05-14\njournal 0 " ROOT "\n",
                 NULL);
}

static void statement__open__values(void **state)
{
    (void)state;
    static const struct tamper_value cases[] = {
        {"statement 1", "statement 2", "not this kind of document, or another version"},
        {"network chat.example", "network other.example", "belongs to another network"},
        {"bot ibot.chat.example", "bot Ibot.chat.example", "not a component's address"},
        {"bot ibot.chat.example", "bot other.chat.example",
         "made by other.chat.example, not by ibot.chat.example"},
        {"2001-05-14", "2001-5-14", "not a day as YYYY-MM-DD"},
        {"2001-05-14", "2001-02-29", "not a day as YYYY-MM-DD"},
        {"2001-05-14", "2001-05-15", NULL},
        {"2001-0002 317", "2001-0002 0", "not a word and a number"},
        {"2001-0002 317", "2001-0002 0317", "not a word and a number"},
        {"2001-0002 317", "2001-0002 -1", "not a word and a number"},
        {"2001-0002 317", "2001-0002", "not a word and a number"},
        {"2001-0002 317", "2001-0002  317", "an empty word"},
        {"2001-0002 317", "2001-0002 317 1", "too many words"},
        {"2001-0002 317", "2001/0002 317", "not a warrant's id"},
        {"2001-0002 317", "2001-0002 9223372036854775808", "not a word and a number"},
        {"2001-0002 317", "2001-0002 9223372036854775807", NULL},
        {"wrong-day 2", "wrong-day 0", "not a word and a number"},
        {"wrong-day 2", "wrongday 2", "not a reason"},
        {"wrong-day 2", "archived 2", "not a reason"},
        {"wrong-day 2", "conflict 2", "not in their order"},
        {"journal 1043", "journal 01043", "not a size and a root in hexadecimal"},
        {"journal 1043", "journal", "not a size and a root in hexadecimal"},
        {"journal 1043 4", "journal 1043 g", "not a size and a root in hexadecimal"},
        {"journal 1043 4", "journal 1043 44", "not a size and a root in hexadecimal"},
    };
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct tamper t = tamper_of(f);
    tamper_values(&t, cases, COUNT(cases));
}

static void statement__open__caps(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct tamper t = tamper_of(f);
    for (size_t extra = 0; extra < 2; extra++) {
        CLEANUP_BUF struct buf b = BUF_INIT(1U << 20);
        buf_put_text(&b, "ironside statement 1\nnetwork chat.example\nbot ibot.chat.example\n"
                         "day 2001-05-14\n");
        for (size_t i = 0; i < STATEMENT_WARRANTS_MAX + extra; i++)
            buf_format(&b, "archived W%03zu 1\n", i);
        buf_put_text(&b, "journal 1 " ROOT "\n");
        tamper_check(&t, buf_text(&b), extra == 0 ? NULL : "too many warrants");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statement__open__values_as_written),
        cmocka_unit_test(statement__open__lines),
        cmocka_unit_test(statement__open__values),
        cmocka_unit_test(statement__open__caps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
