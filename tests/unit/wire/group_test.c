/* Group documents. */
#include "tamper.h"

#include "wire/group.h"

#define ID "00112233445566778899aabbccddeeff"
#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char first[] = "ironside group 1\nnetwork chat.example\nid " ID
                            "\nserial 1\nname Skat on Fridays\nmember anna@chat.example\n"
                            "member ben@chat.example\nchanged-by anna@chat.example\n";
static const char second[] =
    "ironside group 1\nnetwork chat.example\nid " ID
    "\nserial 2\nname Skat\nmember ben@chat.example\n"
    "member cara@chat.example\nchanged-by anna@chat.example\nprevious " HASH "\n";

struct scene {
    struct fixture_signer anna;
    struct tamper tamper;
};

static int open_group(void *context, const char *note, size_t len, struct diag *d)
{
    const struct scene *s = context;
    struct group *g = NULL;
    int r = group_open(FIXTURE_DOMAIN, note, len, s->anna.key.key, &g, d);
    assert_true((r == 0) == (g != NULL));
    if (r == 0) {
        struct buf b = BUF_INIT(1U << 20);
        group_format(&b, FIXTURE_DOMAIN, g);
        assert_written(&g->document, &b);
    }
    group_free(g);
    return r;
}

static char *sign_by_anna(void *context, const char *text)
{
    const struct scene *s = context;
    return fixture_sign(text, &s->anna, 1);
}

static int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    fixture_signer_init(&s->anna, "anna@chat.example", "anna's device");
    s->tamper = (struct tamper){.kind = "group",
                                .text = second,
                                .open = open_group,
                                .sign = sign_by_anna,
                                .context = s,
                                .max = CONTENT_NOTE_MAX};
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

static void group__open__both_forms(void **state)
{
    struct scene *s = *state;
    tamper_check(&s->tamper, first, NULL);
    tamper_check(&s->tamper, second, NULL);
    CLEANUP_FREE char *note = sign_by_anna(s, second);
    struct group *g = NULL;
    assert_int_equal(group_open(FIXTURE_DOMAIN, note, strlen(note), s->anna.key.key, &g, NULL), 0);
    assert_int_equal(g->serial, 2);
    assert_string_equal(g->name, "Skat");
    assert_int_equal(g->member_count, 2);
    assert_true(group_has_member(g, "cara@chat.example"));
    assert_false(group_has_member(g, "anna@chat.example")); /* has left */
    assert_int_equal(g->previous[1], 0x23);
    group_free(g);
}

static void group__open__values(void **state)
{
    static const struct tamper_value cases[] = {
        {"network chat.example", "network other.example", "network"},
        {"id 0", "id g", "not 32 hexadecimal digits"},
        {"id 0", "id ", "not 32 hexadecimal digits"},
        {"serial 2", "serial 0", "serials start at 1"},
        {"serial 2", "serial 02", "serial"},
        {"serial 2", "serial 4294967296", "serial"},
        {"serial 2", "serial 1", "not a member"},
        {"name Skat", "name \xc2\x85", "not a line"},
        {"name Skat", "name 0123456789abcdef0123456789ABCDEF", "in the form of an id"},
        {"member ben@chat.example", "member ben@other.example", "not handle@domain"},
        {"member ben@chat.example", "member dora@chat.example", "not in ascending order"},
        {"member ben@chat.example", "member cara@chat.example", "not in ascending order"},
        {"member ben@chat.example\n", "", "at least two members"},
        {"changed-by anna@chat.example", "changed-by anna", "not handle@domain"},
        {"changed-by anna@chat.example", "changed-by ben@chat.example", "not signed by"},
        {"previous 0", "previous G", "previous"},
    };
    struct scene *s = *state;
    tamper_values(&s->tamper, cases, COUNT(cases));
}

static void group__open__bytes_and_signatures(void **state)
{
    struct scene *s = *state;
    tamper_bytes(&s->tamper);
    tamper_signature(&s->tamper, &s->anna);
}

/* `count` members named m00@, m01@ … */
static char *text_of(unsigned count)
{
    CLEANUP_BUF struct buf b = BUF_INIT(65536);
    buf_put_text(&b, "ironside group 1\nnetwork chat.example\nid " ID "\nserial 1\nname x\n");
    for (unsigned i = 0; i < count; i++)
        buf_format(&b, "member m%02u@chat.example\n", i);
    buf_put_text(&b, "changed-by anna@chat.example\n");
    CLEANUP_FREE char *text = buf_take_text(&b);
    return replace(text, "member m00@", "member anna@");
}

static void group__open__two_to_fifty_members(void **state)
{
    struct scene *s = *state;
    CLEANUP_FREE char *one = text_of(1), *two = text_of(2), *fifty = text_of(50),
                      *more = text_of(51);
    tamper_check(&s->tamper, one, "at least two members");
    tamper_check(&s->tamper, two, NULL);
    tamper_check(&s->tamper, fifty, NULL);
    tamper_check(&s->tamper, more, "more than 50");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(group__open__both_forms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(group__open__values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(group__open__bytes_and_signatures, set_up, tear_down),
        cmocka_unit_test_setup_teardown(group__open__two_to_fifty_members, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
