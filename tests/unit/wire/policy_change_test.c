#include "test.h"
#include "wire/policy_change.h"

#define HASH_A "1111111111111111111111111111111111111111111111111111111111111111"
#define KEY_A "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define SINCE "2021-06-07T10:00:00.000Z"

static void add_line(void *context, const char *line)
{
    buf_format(context, "%s\n", line);
}

static struct policy *policy_of(const struct fixture *f, const char *text)
{
    struct policy *p = NULL;
    CLEANUP_FREE char *note = fixture_sign_quorum(f, text);
    assert_int_equal(policy_open(f->network, note, strlen(note), &p, NULL), 0);
    return p;
}

static void check(const struct policy *old, const struct policy *fresh, const char *says)
{
    CLEANUP_BUF struct buf b = BUF_INIT(65536);
    policy_change_each(old, fresh, add_line, &b);
    assert_string_equal(buf_text(&b), says);
}

static struct fixture *two_bots(void)
{
    struct fixture *f = fixture_new(NULL);
    fixture_add_bot(f, "east.chat.example", "NL US");
    fixture_add_warrant(f, NULL);
    return f;
}

static void policy_change__each__first(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = two_bots();
    CLEANUP_FREE char *text = fixture_policy_text(f, NULL);
    CLEANUP(policy_free_cleanup) struct policy *p = policy_of(f, text);
    check(NULL, p,
          "warrant 2019-0147 came into force\n"
          "bot ibot.chat.example archives for all devices that no other bot has\n"
          "bot east.chat.example archives for devices in NL US\n"
          "from devices whose country is not known nothing is delivered\n"
          "without a warrant the network rests\n");
    check(p, p, "");
}

/* Opens the text of policy 2, in which `old` is replaced by `new`, and tells what changed. */
static void after(struct fixture *f, const char *old, const char *new, const char *says)
{
    struct fixture_policy_options o = {.serial = 2};
    CLEANUP_FREE char *first = fixture_policy_text(f, NULL);
    CLEANUP_FREE char *same = fixture_policy_text(f, &o);
    CLEANUP_FREE char *text = replace(same, old, new);
    CLEANUP(policy_free_cleanup) struct policy *p = policy_of(f, first);
    CLEANUP(policy_free_cleanup) struct policy *q = policy_of(f, text);
    check(p, q, says);
}

static void policy_change__each__bots_and_rest(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = two_bots();
    CLEANUP_FREE char *text = fixture_policy_text(f, NULL);
    CLEANUP_FREE char *east =
        mem_format("bot east.chat.example %.44s", strstr(text, "east.chat.example ") + 18);
    CLEANUP_FREE char *east_line = mem_format("%s countries NL US\n", east);
    after(f, "countries NL US", "countries NL",
          "bot east.chat.example now archives for devices in NL\n");
    after(f, east, "bot east.chat.example " KEY_A, "bot east.chat.example has a new key\n");
    after(f, east_line, "",
          "bot east.chat.example archives no more\n"
          "devices whose country is not known have bot ibot.chat.example\n");
    after(f, "\nnotice ", "\nwithout-place default\nnotice ",
          "devices whose country is not known have bot ibot.chat.example\n");
    after(f, "without-warrant stop", "without-warrant open",
          "without a warrant messages are delivered and not archived\n");
    after(f, "\nnotice ", "\nnotice Look: ", "the notice changed\n");
}

static void policy_change__each__warrants(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = two_bots();
    CLEANUP_FREE char *text = fixture_policy_text(f, NULL);
    const char *at = strstr(text, "warrant 2019-0147 ");
    CLEANUP_FREE char *line = mem_string_n(at, strcspn(at, "\n") + 1);
    after(f, line, "", "warrant 2019-0147 ended\n");
    after(f, line, "warrant 2019-0147 " HASH_A "\n", "warrant 2019-0147 has another text\n");
    CLEANUP_FREE char *more = mem_format("%swarrant 2020-0001 " HASH_A "\n", line);
    after(f, line, more, "warrant 2020-0001 came into force\n");
    /* Revoked is more than ended, and is said once. */
    after(f, line, "revoked warrant 2019-0147 " SINCE "\n",
          "warrant 2019-0147 was revoked, from " SINCE " on\n");
}

static void policy_change__each__revocations(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = two_bots();
    struct fixture_policy_options o = {.revoked = "revoked certificate " HASH_A " " SINCE "\n"
                                                  "revoked bot-key " KEY_A " " SINCE "\n"};
    CLEANUP_FREE char *none = fixture_policy_text(f, NULL);
    CLEANUP_FREE char *some = fixture_policy_text(f, &o);
    CLEANUP(policy_free_cleanup) struct policy *p = policy_of(f, none);
    CLEANUP(policy_free_cleanup) struct policy *q = policy_of(f, some);
    check(p, q,
          "the device certificate " HASH_A " was revoked, from " SINCE " on\n"
          "the bot key " KEY_A " was revoked, from " SINCE " on\n");
    check(q, p,
          "the device certificate " HASH_A " is no longer revoked; it was from " SINCE " on\n"
          "the bot key " KEY_A " is no longer revoked; it was from " SINCE " on\n");
    check(q, q, "");
    assert_null(policy_warrant_revoked(q, "2019-0147"));
    assert_null(policy_warrant_revoked(NULL, "2019-0147"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy_change__each__first),
        cmocka_unit_test(policy_change__each__bots_and_rest),
        cmocka_unit_test(policy_change__each__warrants),
        cmocka_unit_test(policy_change__each__revocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
