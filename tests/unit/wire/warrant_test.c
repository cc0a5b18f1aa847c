#include "tamper.h"

#include "base/encode.h"

static int open_it(void *context, const char *note, size_t len, struct diag *d)
{
    const struct fixture *f = context;
    struct warrant *w = NULL;
    int r = warrant_open(f->network, note, len, &w, d);
    assert_true((r == 0) == (w != NULL));
    if (r == 0) {
        struct buf b = BUF_INIT(1U << 20);
        warrant_format(&b, w);
        assert_written(&w->document, &b);
    }
    warrant_free(w);
    return r;
}

static char *sign_it(void *context, const char *text)
{
    return fixture_sign_quorum(context, text);
}

static struct tamper tamper_of(struct fixture *f, const struct fixture_warrant *w)
{
    return (struct tamper){.kind = "warrant",
                           .text = w->text,
                           .open = open_it,
                           .sign = sign_it,
                           .context = f,
                           .max = VALUE_NOTE_MAX};
}

static struct warrant *opened(const struct fixture *f, const struct fixture_warrant *w)
{
    struct warrant *opened = NULL;
    assert_int_equal(warrant_open(f->network, w->note, strlen(w->note), &opened, NULL), 0);
    return opened;
}

static void warrant__open__scope_all(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    const struct fixture_warrant *made = fixture_add_warrant(f, NULL);
    CLEANUP(warrant_free_cleanup) struct warrant *w = opened(f, made);
    uint8_t epochs[HASH_BYTES];
    hash_sha256(made->epochs_text, strlen(made->epochs_text), epochs);
    assert_string_equal(w->network, "chat.example");
    assert_string_equal(w->id, "2019-0147");
    assert_string_equal(w->authority, "District Court, North Holland");
    assert_string_equal(w->bot, "ibot.chat.example");
    assert_memory_equal(w->epochs, epochs, HASH_BYTES);
    assert_int_equal(w->from_day, FIXTURE_DAY - 1);
    assert_int_equal(w->until_day, FIXTURE_DAY + 1);
    assert_int_equal(w->scope, WARRANT_ALL);
    assert_int_equal(w->account_count + w->country_count + w->excluded_count, 0);
    assert_int_equal(w->agency_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(w->agencies[i].name, i == 0 ? "north" : "south");
        assert_memory_equal(w->agencies[i].recipient.key, made->agencies[i].public, AGE_KEY_BYTES);
        assert_int_equal(strncmp(w->agencies[i].recipient_text, "age1", 4), 0);
    }
    assert_memory_equal(w->document.hash, made->hash, HASH_BYTES);
    warrant_free(NULL);
}

static void warrant__open__scope_accounts(void **state)
{
    (void)state;
    static const char *const handles[] = {"anna", "bert", "carla"};
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    CLEANUP_FREE char *scope = fixture_scope_accounts(FIXTURE_WARRANT, handles, 3);
    struct fixture_warrant_options o = {.scope = scope};
    CLEANUP(warrant_free_cleanup) struct warrant *w = opened(f, fixture_add_warrant(f, &o));
    assert_int_equal(w->scope, WARRANT_ACCOUNTS);
    assert_int_equal(w->account_count, 3);
    size_t found = 0;
    for (size_t i = 0; i < 9; i++) {
        uint8_t hash[HASH_BYTES];
        warrant_account_hash(FIXTURE_WARRANT, handles[i % 3], hash);
        found += memcmp(w->accounts[i / 3], hash, HASH_BYTES) == 0;
    }
    assert_int_equal(found, 3);
}

static void warrant__open__scope_countries(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct fixture_warrant_options o = {.scope = "countries BE DE NL", .exclude = "GB US"};
    CLEANUP(warrant_free_cleanup) struct warrant *w = opened(f, fixture_add_warrant(f, &o));
    assert_int_equal(w->scope, WARRANT_COUNTRIES);
    assert_int_equal(w->country_count, 3);
    assert_string_equal(w->countries[0], "BE");
    assert_string_equal(w->countries[2], "NL");
    assert_int_equal(w->excluded_count, 2);
    assert_string_equal(w->excluded[1], "US");
}

/* Against HMAC-SHA256(SHA-256("2019-0147"), "anna"), made with openssl(1). */
static void warrant__account_hash__known_answer(void **state)
{
    (void)state;
    uint8_t hash[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    warrant_account_hash("2019-0147", "anna", hash);
    encode_hex(hash, sizeof hash, hex);
    assert_string_equal(hex, "8399b219919c0c24608428d57920c7bdf0e2507f33f7d656bb9c8c170a79081e");
    warrant_account_hash("2019-0148", "anna", hash);
    CLEANUP_FREE char *first = mem_string(hex);
    encode_hex(hash, sizeof hash, hex);
    assert_string_not_equal(hex, first);
}

static void warrant__open__lines(void **state)
{
    (void)state;
    static const struct tamper_line says[] = {
        {"'ironside' is expected here", "line 'ironside warrant 1': 'network' is expected here",
         "'ironside' is expected here"},
        {"line 'id 2019-0147': 'network' is expected here",
         "line 'network chat.example': 'id' is expected here",
         "line 'id 2019-0147': 'network' is expected here"},
        {"'id' is expected here", "line 'id 2019-0147': 'authority' is expected here",
         "'id' is expected here"},
        {"'authority' is expected here", "'bot' is expected here", "'authority' is expected here"},
        {"'bot' is expected here", "line 'bot ibot.chat.example': 'epochs' is expected here",
         "'bot' is expected here"},
        {"'epochs' is expected here", "'from' is expected here", "'epochs' is expected here"},
        {"'from' is expected here", "line 'from 2021-06-06': 'until' is expected here",
         "line 'until 2021-06-08': 'from' is expected here"},
        {"line 'scope all': 'until' is expected here",
         "line 'until 2021-06-08': 'scope' is expected here",
         "line 'scope all': 'until' is expected here"},
        {"line 'exclude GB US': 'scope' is expected here",
         "line 'scope all': 'agency' is expected here",
         "line 'exclude GB US': 'scope' is expected here"},
        {NULL, "line 'exclude GB US': 'agency' is expected here",
         "line 'exclude GB US': not expected here"},
        {NULL, "the same agency twice", NULL},
        {NULL, "the same agency twice", NULL},
    };
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct fixture_warrant_options o = {.exclude = "GB US"};
    struct tamper t = tamper_of(f, fixture_add_warrant(f, &o));
    tamper_lines(&t, says, COUNT(says));
    tamper_bytes(&t);
    CLEANUP_FREE char *none = mem_string_n(t.text, (size_t)(strstr(t.text, "agency") - t.text));
    tamper_check(&t, none, "the line 'agency' is missing at the end");
}

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void warrant__open__values(void **state)
{
    (void)state;
    static const struct tamper_value cases[] = {
        {"warrant 1", "warrant 2", "not this kind of document, or another version"},
        {"warrant 1", "policy 1", "not this kind of document"},
        {"network chat.example", "network other.example", "belongs to another network"},
        {"id 2019-0147", "id 2019/0147", "not letters, digits, '.', '_', '-'"},
        {"id 2019-0147", "id -1", "not letters, digits, '.', '_', '-'"},
        {"District Court",
         "District\xc2\x85"
         "Court",
         "not a line of text"},
        {"District Court",
         "District\x7f"
         "Court",
         "not a line of text"},
        {"District Court", "Gericht f\xc3\xbc\xc3\xbcr", NULL},
        {"bot ibot.chat.example", "bot ibot@chat.example", "not a component's address"},
        {"epochs ", "epochs F", "not a SHA-256 in hexadecimal"},
        {"from 2021-06-06", "from 2021-6-6", "not a day as YYYY-MM-DD"},
        {"from 2021-06-06", "from 2021-06-08", NULL},
        {"from 2021-06-06", "from 2021-06-09", "line 'until': before 'from', or more than ten"},
        {"from 2021-06-06", "from 2011-06-02", NULL}, /* 3660 days */
        {"from 2021-06-06", "from 2011-06-01", "before 'from', or more than ten years after it"},
        {"until 2021-06-08", "until tomorrow", "not a day as YYYY-MM-DD"},
        {"scope all", "scope ALL", "neither all nor accounts nor countries"},
        {"scope all", "scope all all", "neither all nor accounts nor countries"},
        {"scope all", "scope accounts", "neither all nor accounts nor countries"},
        {"scope all", "scope accounts ", "an empty word"},
        {"scope all", "scope accounts anna", "not account hashes in ascending order"},
        {"scope all", "scope accounts " HASH_A, NULL},
        {"scope all", "scope accounts " HASH_A " " HASH_B, NULL},
        {"scope all", "scope accounts " HASH_B " " HASH_A, "not account hashes in ascending order"},
        {"scope all", "scope accounts " HASH_A " " HASH_A, "not account hashes in ascending order"},
        {"scope all", "scope accounts " HASH_A "  " HASH_B, "an empty word"},
        {"scope all", "scope accounts " HASH_A "A", "not account hashes in ascending order"},
        {"scope all", "scope countries", "neither all nor accounts nor countries"},
        {"scope all", "scope countries NL", NULL},
        {"scope all", "scope countries NL BE", "line 'scope BE': not country codes in ascending"},
        {"scope all", "scope countries NL NL", "not country codes in ascending order"},
        {"scope all", "scope countries nl", "not country codes in ascending order"},
        {"scope all", "scope countries NL,US", "not country codes in ascending order"},
        {"exclude GB US", "exclude US GB", "line 'exclude GB': not country codes in ascending"},
        {"exclude GB US", "exclude GB GB", "not country codes in ascending order"},
        {"exclude GB US", "exclude all", "not country codes in ascending order"},
        {"exclude GB US", "exclude ", "'agency' is expected here"},
        {"agency north", "agency North", "not NAME and an age recipient"},
        {"agency north", "agency", "not NAME and an age recipient"},
        {"agency north", "agency north x", "too many words"},
        {"agency north", "agency south", "the same agency twice"},
        {"agency north age1", "agency north AGE1", "not NAME and an age recipient"},
        {"agency north age1", "agency north age1q", "not NAME and an age recipient"},
    };
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct fixture_warrant_options o = {.exclude = "GB US"};
    struct tamper t = tamper_of(f, fixture_add_warrant(f, &o));
    tamper_values(&t, cases, COUNT(cases));
    /* An agency's key of low order. */
    char low[AGE_RECIPIENT_LEN + 1];
    struct age_recipient zero = {{0}};
    age_recipient_format(&zero, low);
    CLEANUP_FREE char *weak =
        mem_format("%.*sagency north %s\n", (int)(strstr(t.text, "agency") - t.text), t.text, low);
    tamper_check(&t, weak, "not NAME and an age recipient (age1");
}

static void warrant__open__desk(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct fixture_warrant_options o = {.desk = true};
    const struct fixture_warrant *made = fixture_add_warrant(f, &o);
    CLEANUP(warrant_free_cleanup) struct warrant *w = opened(f, made);
    const struct warrant_agency *north = warrant_agency(w, "north");
    const struct warrant_agency *south = warrant_agency(w, "south");
    assert_ptr_equal(north, &w->agencies[0]);
    assert_true(north->has_desk);
    assert_memory_equal(north->desk, made->desk.key.key, SIGN_PUBLIC_BYTES);
    assert_ptr_equal(south, &w->agencies[1]);
    assert_false(south->has_desk);
    assert_null(warrant_agency(w, "west"));
}

#define DESK "desk qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo="

static void warrant__open__desk_lines(void **state)
{
    (void)state;
    static const struct tamper_value cases[] = {
        {"desk ", "desk x", "not a key of 32 bytes in base64"},
        {"desk ", "desk north ", "not a key of 32 bytes in base64"},
        {"desk ", "desk", "not expected here"},
        {"desk ", DESK "\ndesk ", "not expected here"},
        {"agency south", DESK "\nagency south", "line '" DESK "': not expected here"},
        {"scope all\n", "scope all\n" DESK "\n", "line '" DESK "': 'agency' is expected here"},
        {"desk ", "board ", "not expected here"},
    };
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct fixture_warrant_options o = {.desk = true};
    struct tamper t = tamper_of(f, fixture_add_warrant(f, &o));
    tamper_values(&t, cases, COUNT(cases));
    tamper_bytes(&t);
    /* Each agency's own one, and the same one for both. */
    CLEANUP_FREE char *both = mem_format("%s" DESK "\n", t.text);
    tamper_check(&t, both, NULL);
    const char *desk = strstr(t.text, "desk ");
    CLEANUP_FREE char *line = mem_string_n(desk, (size_t)(strchr(desk, '\n') + 1 - desk));
    CLEANUP_FREE char *same = mem_format("%s%s", t.text, line);
    tamper_check(&t, same, "the desk of two agencies");
}

static void put_hashes(struct buf *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_format(b, " %064zx", i);
}

static void put_countries(struct buf *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_format(b, " %c%c", (char)('A' + i / 26), (char)('A' + i % 26));
}

/* The warrant's text with "all" and "north …" replaced by lists of these lengths. */
static void check_counts(const struct tamper *t, size_t accounts, size_t countries, size_t agencies,
                         const char *says)
{
    struct buf b = BUF_INIT(1U << 20);
    buf_put_text(&b, accounts > 0    ? "scope accounts"
                     : countries > 0 ? "scope countries"
                                     : "scope all");
    put_hashes(&b, accounts);
    put_countries(&b, countries);
    CLEANUP_FREE char *scoped = replace(t->text, "scope all", buf_text(&b));
    char *agency = strstr(scoped, "agency north ");
    const char *recipient = strrchr(scoped, ' ');
    buf_reset(&b);
    buf_put(&b, scoped, (size_t)(agency - scoped));
    for (size_t i = 0; i < agencies; i++)
        buf_format(&b, "agency a%zu%s", i, recipient);
    tamper_check(t, buf_text(&b), says);
    buf_clear(&b);
}

static void warrant__open__caps(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct tamper t = tamper_of(f, fixture_add_warrant(f, NULL));
    check_counts(&t, WARRANT_ACCOUNTS_MAX, 0, 1, NULL);
    check_counts(&t, WARRANT_ACCOUNTS_MAX + 1, 0, 1, "too many words");
    check_counts(&t, 1100, 0, 1, ": larger than 65536 bytes");
    check_counts(&t, 0, WARRANT_COUNTRIES_MAX, 1, NULL);
    check_counts(&t, 0, WARRANT_COUNTRIES_MAX + 1, 1, "too many words");
    check_counts(&t, 0, 0, WARRANT_AGENCIES_MAX, NULL);
    check_counts(&t, 0, 0, WARRANT_AGENCIES_MAX + 1, "more than 16 agencies");
    CLEANUP_FREE char *long_name = repeat('x', 1024 - strlen("District Court, North Holland"));
    CLEANUP_FREE char *at = mem_format("authority %s", long_name);
    CLEANUP_FREE char *over = mem_format("authority x%s", long_name);
    CLEANUP_FREE char *text = replace(t.text, "authority ", at);
    CLEANUP_FREE char *longer = replace(t.text, "authority ", over);
    tamper_check(&t, text, NULL);
    tamper_check(&t, longer, "not a line of text");
}

static void warrant__open__signatures(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct tamper t = tamper_of(f, fixture_add_warrant(f, NULL));
    tamper_quorum(&t, f);
}

static void warrant__open_unsigned__draft(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    const struct fixture_warrant *made = fixture_add_warrant(f, NULL);
    CLEANUP_FREE char *note = fixture_sign(made->text, f->custodians, 1);
    struct warrant *w = NULL;
    struct diag d;
    assert_int_equal(warrant_open(f->network, note, strlen(note), &w, &d), ERR_AUTH);
    assert_int_equal(warrant_open_unsigned("other.example", note, strlen(note), &w, &d),
                     ERR_FORMAT);
    assert_says(d.text, "belongs to another network");
    assert_int_equal(warrant_open_unsigned("chat.example", note, strlen(note), &w, &d), 0);
    assert_string_equal(w->id, FIXTURE_WARRANT);
    warrant_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(warrant__open__scope_all),
        cmocka_unit_test(warrant__open__scope_accounts),
        cmocka_unit_test(warrant__open__scope_countries),
        cmocka_unit_test(warrant__account_hash__known_answer),
        cmocka_unit_test(warrant__open__lines),
        cmocka_unit_test(warrant__open__values),
        cmocka_unit_test(warrant__open__desk),
        cmocka_unit_test(warrant__open__desk_lines),
        cmocka_unit_test(warrant__open__caps),
        cmocka_unit_test(warrant__open__signatures),
        cmocka_unit_test(warrant__open_unsigned__draft),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
