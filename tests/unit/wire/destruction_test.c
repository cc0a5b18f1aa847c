#include "wire/destruction.h"

#include "tamper.h"

#define HEAD                                                                                       \
    "ironside destruction 1\nnetwork chat.example\nbot ibot.chat.example\n"                        \
    "at 2001-05-17T00:00:01.500Z\n"

static const char text[] = HEAD "destroyed 2001-0002 2001-05-13\n"
                                "destroyed 2001-0002 2001-05-14\n"
                                "destroyed 2001-0010 2001-05-14\n";

static int open_it(void *context, const char *note, size_t len, struct diag *d)
{
    const struct fixture *f = context;
    struct destruction *x = NULL;
    int r = destruction_open(f->domain, FIXTURE_BOT, f->bots[0].signer.key.key, note, len, &x, d);
    assert_true((r == 0) == (x != NULL));
    if (r == 0) {
        struct buf b = BUF_INIT(1U << 20);
        destruction_format(&b, FIXTURE_DOMAIN, x);
        assert_written(&x->document, &b);
    }
    destruction_free(x);
    return r;
}

static char *sign_it(void *context, const char *t)
{
    const struct fixture *f = context;
    return fixture_sign(t, &f->bots[0].signer, 1);
}

static struct tamper tamper_of(struct fixture *f)
{
    return (struct tamper){.kind = "destruction",
                           .text = text,
                           .open = open_it,
                           .sign = sign_it,
                           .context = f,
                           .max = VALUE_EPOCHS_MAX};
}

static void destruction__open__values_as_written(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    CLEANUP(destruction_free_cleanup) struct destruction *x = NULL;
    CLEANUP_FREE char *note = sign_it(f, text);
    assert_int_equal(destruction_open(f->domain, FIXTURE_BOT, f->bots[0].signer.key.key, note,
                                      strlen(note), &x, NULL),
                     0);
    assert_string_equal(x->bot, FIXTURE_BOT);
    assert_int_equal(x->at_unix_ms, INT64_C(990057601500));
    assert_int_equal(x->count, 3);
    assert_string_equal(x->keys[2].warrant, "2001-0010");
    assert_int_equal(x->keys[0].day, 11455);
    assert_int_equal(x->keys[2].day, 11456);
    destruction_free(NULL);
}

static void destruction__open__lines(void **state)
{
    (void)state;
    static const struct tamper_line says[] = {
        {"'ironside' is expected here", "'network' is expected here",
         "'ironside' is expected here"},
        {"'network' is expected here", "'bot' is expected here", "'network' is expected here"},
        {"'bot' is expected here", "'at' is expected here", "'bot' is expected here"},
        {"'at' is expected here", "'destroyed' is expected here", "'at' is expected here"},
        {NULL, "not in ascending order", "not in ascending order"},
        {NULL, "not in ascending order", "not in ascending order"},
        {NULL, "not in ascending order", NULL},
    };
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct tamper t = tamper_of(f);
    tamper_lines(&t, says, COUNT(says));
    tamper_bytes(&t);
    tamper_signature(&t, &f->bots[0].signer);
    tamper_check(&t, HEAD, "the line 'destroyed' is missing at the end");
}

static void destruction__open__values(void **state)
{
    (void)state;
    static const struct tamper_value cases[] = {
        {"destruction 1", "destruction 2", "not this kind of document, or another version"},
        {"network chat.example", "network other.example", "belongs to another network"},
        {"bot ibot.chat.example", "bot ibot.chat.example.", "not a component's address"},
        {"bot ibot.chat.example", "bot other.chat.example",
         "made by other.chat.example, not by ibot.chat.example"},
        {"at 2001-05-17T", "at 2001-05-17 ", "not an instant"},
        {"2001-0002 2001-05-13", "2001-0002 2001-05-32", "not a warrant's id and a day"},
        {"2001-0002 2001-05-13", "2001-0002", "not a warrant's id and a day"},
        {"2001-0002 2001-05-13", "2001-0002 2001-05-13 1", "too many words"},
        {"2001-0002 2001-05-13", ".2001-0002 2001-05-13", "not a warrant's id and a day"},
        {"2001-0002 2001-05-13", "2001-0002 2001-05-12", NULL},
        {"2001-0002 2001-05-13", "2001-0003 2001-05-13", "not in ascending order"},
    };
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct tamper t = tamper_of(f);
    tamper_values(&t, cases, COUNT(cases));
}

static char *with_keys(size_t count)
{
    struct buf b = BUF_INIT(1U << 20);
    buf_put_text(&b, HEAD);
    for (size_t i = 0; i < count; i++)
        buf_format(&b, "destroyed W%04zu 2001-05-14\n", i);
    return buf_take_text(&b);
}

static void destruction__open__caps(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct tamper t = tamper_of(f);
    CLEANUP_FREE char *most = with_keys(DESTRUCTION_MAX), *more = with_keys(DESTRUCTION_MAX + 1);
    tamper_check(&t, most, NULL);
    tamper_check(&t, more, "too many keys");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(destruction__open__values_as_written),
        cmocka_unit_test(destruction__open__lines),
        cmocka_unit_test(destruction__open__values),
        cmocka_unit_test(destruction__open__caps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
