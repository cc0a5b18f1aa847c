#include "tamper.h"

#include "base/encode.h"

static const uint8_t *bot_key(const struct fixture *f)
{
    return f->bots[0].signer.key.key;
}

static int open_it(void *context, const char *note, size_t len, struct diag *d)
{
    const struct fixture *f = context;
    struct epochs *e = NULL;
    int r = epochs_open_offer(f->domain, FIXTURE_BOT, bot_key(f), note, len, &e, d);
    assert_true((r == 0) == (e != NULL));
    if (r == 0) {
        struct buf b = BUF_INIT(1U << 20);
        epochs_format(&b, FIXTURE_DOMAIN, e);
        assert_written(&e->document, &b);
    }
    epochs_free(e);
    return r;
}

static char *sign_it(void *context, const char *text)
{
    const struct fixture *f = context;
    return fixture_sign(text, &f->bots[0].signer, 1);
}

static struct tamper tamper_of(struct fixture *f, const struct fixture_warrant *w)
{
    return (struct tamper){.kind = "epochs",
                           .text = w->epochs_text,
                           .open = open_it,
                           .sign = sign_it,
                           .context = f,
                           .max = VALUE_EPOCHS_MAX};
}

static struct warrant *opened(const struct fixture *f, const struct fixture_warrant *w)
{
    struct warrant *opened = NULL;
    assert_int_equal(warrant_open(f->network, w->note, strlen(w->note), &opened, NULL), 0);
    return opened;
}

static int open_for(const struct fixture *f, const struct warrant *w, const char *note,
                    struct epochs **ret, struct diag *d)
{
    return epochs_open(w, bot_key(f), note, strlen(note), ret, d);
}

static void epochs__open__days(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct fixture_warrant_options o = {.keys_from = FIXTURE_DAY - 3,
                                        .keys_until = FIXTURE_DAY + 5};
    const struct fixture_warrant *made = fixture_add_warrant(f, &o);
    CLEANUP(warrant_free_cleanup) struct warrant *w = opened(f, made);
    CLEANUP(epochs_free_cleanup) struct epochs *e = NULL;
    assert_int_equal(open_for(f, w, made->epochs_note, &e, NULL), 0);
    assert_string_equal(e->warrant, FIXTURE_WARRANT);
    assert_string_equal(e->bot, FIXTURE_BOT);
    assert_int_equal(e->count, 9);
    for (int64_t day = FIXTURE_DAY - 3; day <= FIXTURE_DAY + 5; day++)
        assert_memory_equal(epochs_key(e, day), fixture_day_key(made, day)->public,
                            HPKE_PUBLIC_BYTES);
    assert_null(epochs_key(e, FIXTURE_DAY - 4));
    assert_null(epochs_key(e, FIXTURE_DAY + 6));
    assert_null(epochs_key(e, -1));
    assert_null(epochs_key(e, INT64_MAX));
    epochs_free(NULL);
}

/* The warrant's days must all have keys. */
static void epochs__open__days_without_key(void **state)
{
    (void)state;
    static const struct {
        int64_t from, until;
        bool enough;
    } cases[] = {
        {FIXTURE_DAY - 1, FIXTURE_DAY + 1, true},
        {FIXTURE_DAY, FIXTURE_DAY + 1, false},
        {FIXTURE_DAY - 1, FIXTURE_DAY, false},
        {FIXTURE_DAY + 10, FIXTURE_DAY + 20, false},
        {1, 2, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
        struct fixture_warrant_options o = {.keys_from = cases[i].from,
                                            .keys_until = cases[i].until};
        const struct fixture_warrant *made = fixture_add_warrant(f, &o);
        CLEANUP(warrant_free_cleanup) struct warrant *w = opened(f, made);
        struct epochs *e = NULL;
        struct diag d;
        int r = open_for(f, w, made->epochs_note, &e, &d);
        assert_int_equal(r, cases[i].enough ? 0 : ERR_FORMAT);
        if (!cases[i].enough)
            assert_string_equal(d.text, "epochs: warrant 2019-0147 has days without a key");
        epochs_free(e);
    }
}

static void epochs__open__another_text(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    const struct fixture_warrant *made = fixture_add_warrant(f, NULL);
    struct fixture_warrant_options o = {.id = "2019-0148"};
    const struct fixture_warrant *second = fixture_add_warrant(f, &o);
    CLEANUP(warrant_free_cleanup) struct warrant *w = opened(f, made);
    struct epochs *e = NULL;
    struct diag d;
    assert_int_equal(open_for(f, w, second->epochs_note, &e, &d), ERR_AUTH);
    assert_string_equal(d.text, "epochs: not the text that warrant 2019-0147 names");
    /* One more day, signed by the bot too: the warrant fixes the text. */
    char key[64] = "";
    memcpy(key, strrchr(made->epochs_text, ' ') + 1, 44);
    CLEANUP_FREE char *more =
        mem_format("%s%lld %s\n", made->epochs_text, (long long)FIXTURE_DAY + 2, key);
    CLEANUP_FREE char *note = sign_it(f, more);
    assert_int_equal(open_for(f, w, note, &e, &d), ERR_AUTH);
    assert_string_equal(d.text, "epochs: not the text that warrant 2019-0147 names");
    assert_null(e);
}

static void epochs__open_offer__lines(void **state)
{
    (void)state;
    static const struct tamper_line says[] = {
        {"'ironside' is expected here", "line 'ironside epochs 1': 'network' is expected here",
         "'ironside' is expected here"},
        {"'network' is expected here", "line 'network chat.example': 'warrant' is expected here",
         "'network' is expected here"},
        {"'warrant' is expected here", "line 'warrant 2019-0147': 'bot' is expected here",
         "'warrant' is expected here"},
        {"'bot' is expected here", "line 'bot ibot.chat.example': not DAY and an X25519 key",
         "'bot' is expected here"},
        {NULL, "does not follow the day before it", "does not follow the day before it"},
        {"does not follow the day before it", "does not follow the day before it",
         "does not follow the day before it"},
        {NULL, "does not follow the day before it", NULL},
    };
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct tamper t = tamper_of(f, fixture_add_warrant(f, NULL));
    tamper_lines(&t, says, COUNT(says));
    tamper_bytes(&t);
    tamper_signature(&t, &f->bots[0].signer);
    CLEANUP_FREE char *none =
        mem_string_n(t.text, (size_t)(strstr(t.text, "\n18784") + 1 - t.text));
    tamper_check(&t, none, "line 'bot ibot.chat.example': no day follows");
}

static void epochs__open_offer__values(void **state)
{
    (void)state;
    static const struct tamper_value cases[] = {
        {"epochs 1", "epochs 2", "not this kind of document, or another version"},
        {"epochs 1", "warrant 1", "not this kind of document"},
        {"network chat.example", "network other.example", "belongs to another network"},
        {"warrant 2019-0147", "warrant 2019 0147", "not a warrant's id"},
        {"warrant 2019-0147", "warrant 2019-0148", NULL},
        {"bot ibot.chat.example", "bot IBOT.chat.example", "not a component's address"},
        {"bot ibot.chat.example", "bot other.chat.example",
         "made by other.chat.example, not by ibot.chat.example"},
        {"18784 ", "018784 ", "not DAY and an X25519 key"},
        {"18784 ", "-1 ", "not DAY and an X25519 key"},
        {"18784 ", " 18784 ", "not DAY and an X25519 key"},
        {"18784 ", "18784  ", "not DAY and an X25519 key"},
        {"18784 ", "18784\n", "line '18784': '18784' is expected here"},
        {"18784 ", "18784x ", "'18784' is expected here"},
        {"18784 ", "2147483648 ", "not DAY and an X25519 key"},
        {"18784 ", "99999999999999999999999999 ", "not DAY and an X25519 key"},
        {"18784 ", "18784", "is expected here"},
        {"18784 ", "2021-06-06 ", "'2021' is expected here"},
        {"18784 ", "18783 ", "line '18785 "},
        {"18784 ", "18785 ", "does not follow the day before it"},
        {"18785 ", "18786 ", "does not follow the day before it"},
        {"18784 ", "18784 A", "not DAY and an X25519 key"},
    };
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct tamper t = tamper_of(f, fixture_add_warrant(f, NULL));
    tamper_values(&t, cases, COUNT(cases));
}

static void epochs__open_offer__caps(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct fixture_warrant_options o = {.from_day = FIXTURE_DAY,
                                        .until_day = FIXTURE_DAY + WARRANT_DAYS_MAX - 1};
    const struct fixture_warrant *made = fixture_add_warrant(f, &o);
    struct tamper t = tamper_of(f, made);
    CLEANUP(warrant_free_cleanup) struct warrant *w = opened(f, made);
    CLEANUP(epochs_free_cleanup) struct epochs *e = NULL;
    assert_int_equal(open_for(f, w, made->epochs_note, &e, NULL), 0);
    assert_int_equal(e->count, WARRANT_DAYS_MAX);
    char key[64] = "";
    memcpy(key, strrchr(made->epochs_text, ' ') + 1, 44);
    CLEANUP_FREE char *more = mem_format("%s%lld %s\n", made->epochs_text,
                                         (long long)FIXTURE_DAY + WARRANT_DAYS_MAX, key);
    tamper_check(&t, more, "too many days");
}

static void epochs__open__signature(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    const struct fixture_warrant *made = fixture_add_warrant(f, NULL);
    CLEANUP(warrant_free_cleanup) struct warrant *w = opened(f, made);
    struct epochs *e = NULL;
    struct diag d;
    /* Neither custodians nor registrar make day keys. */
    CLEANUP_FREE char *custodians = fixture_sign_quorum(f, made->epochs_text);
    assert_int_equal(open_for(f, w, custodians, &e, &d), ERR_AUTH);
    assert_string_equal(d.text, "epochs: not signed by ibot.chat.example");
    assert_int_equal(
        epochs_open(w, f->registrar.key.key, made->epochs_note, strlen(made->epochs_note), &e, &d),
        ERR_AUTH);
    assert_null(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(epochs__open__days),
        cmocka_unit_test(epochs__open__days_without_key),
        cmocka_unit_test(epochs__open__another_text),
        cmocka_unit_test(epochs__open_offer__lines),
        cmocka_unit_test(epochs__open_offer__values),
        cmocka_unit_test(epochs__open_offer__caps),
        cmocka_unit_test(epochs__open__signature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
