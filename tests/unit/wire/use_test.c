/* Statements of use: each line, whose they are, and what may follow what. */
#include "wire/use.h"

#include "tamper.h"

#include "base/calendar.h"
#include "base/encode.h"

#define ROOT "4444444444444444444444444444444444444444444444444444444444444444"

static const char text[] = "ironside use 1\n"
                           "network chat.example\n"
                           "warrant 2019-0147\n"
                           "agency north\n"
                           "serial 2\n"
                           "day 2021-06-07\n"
                           "users 2\n"
                           "searches 3\n"
                           "opened 12\n"
                           "exported 4\n"
                           "passed 1\n"
                           "access 1043 " ROOT "\n";

struct scene {
    struct fixture *f;
    const struct fixture_warrant *made;
    struct warrant *w; /* from 2021-06-06 to 2021-06-08 */
};

static int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    s->f = fixture_new(NULL);
    s->made = fixture_add_warrant(s->f, &(struct fixture_warrant_options){.desk = true});
    assert_int_equal(warrant_open(s->f->network, s->made->note, strlen(s->made->note), &s->w, NULL),
                     0);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    warrant_free(s->w);
    fixture_free(s->f);
    free(s);
    return 0;
}

static int open_it(void *context, const char *note, size_t len, struct diag *d)
{
    const struct scene *s = context;
    struct use *x = NULL;
    int r = use_open(s->w, note, len, &x, d);
    assert_true((r == 0) == (x != NULL));
    if (r == 0) {
        struct buf b = BUF_INIT(1U << 20);
        use_format(&b, FIXTURE_DOMAIN, x);
        assert_written(&x->document, &b);
    }
    use_free(x);
    return r;
}

static char *sign_it(void *context, const char *t)
{
    const struct scene *s = context;
    return fixture_sign(t, &s->made->desk, 1);
}

static struct tamper tamper_of(struct scene *s)
{
    return (struct tamper){.kind = "use",
                           .text = text,
                           .open = open_it,
                           .sign = sign_it,
                           .context = s,
                           .max = VALUE_USE_MAX};
}

static void use__open__values_as_written(void **state)
{
    struct scene *s = *state;
    CLEANUP(use_free_cleanup) struct use *x = NULL;
    CLEANUP_FREE char *note = sign_it(s, text);
    assert_int_equal(use_open(s->w, note, strlen(note), &x, NULL), 0);
    assert_string_equal(x->warrant, FIXTURE_WARRANT);
    assert_string_equal(x->agency, "north");
    assert_int_equal(x->serial, 2);
    assert_int_equal(x->day, FIXTURE_DAY);
    assert_int_equal(x->counts[USE_USERS], 2);
    assert_int_equal(x->counts[USE_SEARCHES], 3);
    assert_int_equal(x->counts[USE_OPENED], 12);
    assert_int_equal(x->counts[USE_EXPORTED], 4);
    assert_int_equal(x->counts[USE_PASSED], 1);
    assert_int_equal(x->size, 1043);
    assert_int_equal(x->root[31], 0x44);
    assert_int_equal(use_left_out(s->w, x), 0);
    x->serial = 1;
    assert_int_equal(use_left_out(s->w, x), 1);
    use_free(NULL);
}

static void use__open__lines(void **state)
{
    static const struct tamper_line says[] = {
        {"'ironside' is expected here", "'network' is expected here",
         "'ironside' is expected here"},
        {"'network' is expected here", "'warrant' is expected here", "'network' is expected here"},
        {"'warrant' is expected here", "'agency' is expected here", "'warrant' is expected here"},
        {"'agency' is expected here", "'serial' is expected here", "'agency' is expected here"},
        {"'serial' is expected here", "'day' is expected here", "'serial' is expected here"},
        {"'day' is expected here", "'users' is expected here", "'day' is expected here"},
        {"'users' is expected here", "'searches' is expected here", "'users' is expected here"},
        {"'searches' is expected here", "'opened' is expected here", "'searches' is expected here"},
        {"'opened' is expected here", "'exported' is expected here", "'opened' is expected here"},
        {"'exported' is expected here", "'passed' is expected here", "'exported' is expected here"},
        {"'passed' is expected here", "'access' is expected here", "'passed' is expected here"},
        {"the line 'access' is missing at the end", "not expected here", NULL},
    };
    struct scene *s = *state;
    struct tamper t = tamper_of(s);
    tamper_lines(&t, says, COUNT(says));
    tamper_bytes(&t);
    tamper_signature(&t, &s->made->desk);
}

static void use__open__values(void **state)
{
    static const struct tamper_value cases[] = {
        {"use 1", "use 2", "not this kind of document, or another version"},
        {"network chat.example", "network other.example", "belongs to another network"},
        {"2019-0147", "2019/0147", "not a warrant's id"},
        {"2019-0147", "2019-0148", "of warrant 2019-0148, not of 2019-0147"},
        {"agency north", "agency North", "not an agency's name"},
        {"agency north", "agency south", "warrant 2019-0147 names no desk of south"},
        {"agency north", "agency west", "warrant 2019-0147 names no desk of west"},
        {"serial 2", "serial 0", "its serial 0 is not one of the 2 days"},
        {"serial 2", "serial 1", NULL},
        {"serial 2", "serial 3", "its serial 3 is not one of the 2 days of warrant 2019-0147"},
        {"serial 2", "serial 02", "not a number in its range"},
        {"serial 2", "serial 9223372036854775808", "not a number in its range"},
        {"2021-06-07", "2021-6-07", "not a day as YYYY-MM-DD"},
        {"2021-06-07", "2021-06-05", "its day is none of warrant 2019-0147"},
        {"2021-06-07", "2021-06-06", "its serial 2 is not one of the 1 days"},
        {"2021-06-07", "2021-06-08", NULL},
        {"2021-06-07", "2021-06-15", NULL}, /* a week after the last */
        {"2021-06-07", "2021-06-16", "its day is none of warrant 2019-0147"},
        {"users 2", "users -2", "not a number in its range"},
        {"users 2", "users 0", NULL},
        {"searches 3", "searches 9223372036854775807", NULL},
        {"opened 12", "opened 9223372036854775808", "not a number in its range"},
        {"exported 4", "exported", "'exported' is expected here"},
        {"passed 1", "passed 1 2", "not a number in its range"},
        {"access 1043", "access 0", NULL},
        {"access 1043", "access 01043", "not a size and a root in hexadecimal"},
        {"access 1043 4", "access 1043 44", "not a size and a root in hexadecimal"},
        {"access 1043", "access", "not a size and a root in hexadecimal"},
    };
    struct tamper t = tamper_of(*state);
    tamper_values(&t, cases, COUNT(cases));
}

/* Another agency's desk, and one that bears the name and has another key. */
static void use__open__another_desk(void **state)
{
    struct scene *s = *state;
    struct fixture_signer other;
    struct diag d = {""};
    struct use *x = NULL;
    fixture_signer_init(&other, "north", "another desk");
    CLEANUP_FREE char *note = fixture_sign(text, &other, 1);
    assert_int_equal(use_open(s->w, note, strlen(note), &x, &d), ERR_AUTH);
    assert_non_null(strstr(d.text, "use: not signed by north"));
    fixture_signer_init(&other, "south", "desk north");
    CLEANUP_FREE char *renamed = fixture_sign(text, &other, 1);
    assert_int_equal(use_open(s->w, renamed, strlen(renamed), &x, &d), ERR_AUTH);
    assert_null(x);
}

static void use__follows__each_difference(void **state)
{
    (void)state;
    const struct use before = {.serial = 4, .day = 100, .size = 50, .root = {1}};
    static const struct {
        uint64_t serial;
        int64_t day;
        uint64_t size;
        uint8_t root;
        const char *later, *follows; /* what is said; NULL: it is */
    } rows[] = {
        {5, 101, 51, 2, NULL, NULL},
        {5, 103, 51, 2, NULL, NULL}, /* two days were left out */
        {5, 101, 50, 1, NULL, NULL}, /* nobody used it */
        {4, 101, 51, 2, "statement 4 comes after statement 4",
         "statement 4, and 5 is the next one"},
        {3, 101, 51, 2, "statement 3 comes after statement 4",
         "statement 3, and 5 is the next one"},
        {6, 102, 51, 2, NULL, "statement 6, and 5 is the next one"},
        {6, 101, 51, 2, "a day has one statement, and the days until 1970-04-11 are stated",
         "statement 6, and 5 is the next one"},
        {5, 100, 51, 2, "a day has one statement, and the days until 1970-04-11 are stated",
         "a day has one statement, and the days until 1970-04-11 are stated"},
        {5, 99, 51, 2, "a day has one statement", "a day has one statement"},
        {5, 101, 49, 2, "the access log has shrunk: 49 entries, and 50 on 1970-04-11",
         "the access log has shrunk"},
        {5, 101, 50, 2, "another one than on 1970-04-11, of the same size", "another one"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct use x = {.serial = rows[i].serial,
                        .day = rows[i].day,
                        .size = rows[i].size,
                        .root = {rows[i].root}};
        struct diag d = {""};
        assert_int_equal(use_is_later(&before, &x, &d),
                         rows[i].later == NULL ? 0 : ERR_INVALID_STATE);
        assert_true(rows[i].later == NULL || strstr(d.text, rows[i].later) != NULL);
        assert_int_equal(use_follows(&before, &x, &d),
                         rows[i].follows == NULL ? 0 : ERR_INVALID_STATE);
        assert_true(rows[i].follows == NULL || strstr(d.text, rows[i].follows) != NULL);
    }
    struct use first = {.serial = 1};
    struct diag d = {""};
    assert_int_equal(use_follows(NULL, &first, &d), 0);
    first.serial = 2;
    assert_int_equal(use_follows(NULL, &first, &d), ERR_INVALID_STATE);
    assert_non_null(strstr(d.text, "statement 2, and 1 is the next one"));
}

static void use__in_force__until_a_week_after_the_policy(void **state)
{
    struct scene *s = *state;
    const int64_t day_ms = INT64_C(86400000), next = FIXTURE_DAY * day_ms + 5;
    CLEANUP(policy_set_free_cleanup) struct policy_set *set = fixture_policy(s->f, NULL);
    assert_true(use_in_force(set->policy, INT64_MAX, s->w, FIXTURE_DAY + 99));
    assert_true(use_in_force(set->policy, next, s->w, FIXTURE_DAY));
    assert_true(use_in_force(set->policy, next, s->w, FIXTURE_DAY + USE_DAYS_AFTER));
    assert_false(use_in_force(set->policy, next, s->w, FIXTURE_DAY + USE_DAYS_AFTER + 1));
    s->w->document.hash[0] ^= 1; /* another text of that name */
    assert_false(use_in_force(set->policy, INT64_MAX, s->w, FIXTURE_DAY));
}

static void use__tag__by_warrant_and_agency(void **state)
{
    (void)state;
    char desk[USE_DESK_MAX + 1], hex[2 * HASH_BYTES + 1];
    uint8_t tag[HASH_BYTES], other[HASH_BYTES];
    use_desk("2019-0147", "north", desk);
    assert_string_equal(desk, "2019-0147 north");
    use_tag(desk, tag);
    encode_hex(tag, sizeof tag, hex);
    /* printf 'ironside log use 1\0002019-0147 north' | sha256sum */
    assert_string_equal(hex, "87c10b70081ffb1b428b7a79e338f7de43d7c9157bf333a54fb0ec153f051294");
    use_desk("2019-0147", "south", desk);
    use_tag(desk, other);
    assert_memory_not_equal(tag, other, sizeof tag);
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(use__open__values_as_written),
        SCENE_TEST(use__open__lines),
        SCENE_TEST(use__open__values),
        SCENE_TEST(use__open__another_desk),
        cmocka_unit_test(use__follows__each_difference),
        SCENE_TEST(use__in_force__until_a_week_after_the_policy),
        cmocka_unit_test(use__tag__by_warrant_and_agency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
