/* What the bot says to sealed messages, by their place token. It holds no day keys here: what
 * passes every check before the seal is refused for want of a key. */
#include "tokens.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "ibot/opener_internal.h"

#define NO_KEY VERDICT_WRONG_DAY

struct scene {
    struct tokens t;
    char *folder;
    struct clock clock;
    struct daykeys *keys;
    struct opener o; /* of the default bot */
    struct device anna;
};

static int set_up(void **state)
{
    static const uint8_t credential[DAYKEYS_CREDENTIAL_BYTES] = {1};
    char folder[] = "/tmp/ironside-places.XXXXXX";
    struct scene *s = mem_new(sizeof *s);
    struct diag d = {""};
    tokens_open(&s->t);
    assert_non_null(mkdtemp(folder));
    s->folder = mem_string(folder);
    CLEANUP_FREE char *page = file_join(folder, "clock");
    CLEANUP_FREE char *file = file_join(folder, "daykeys");
    assert_int_equal(clock_page_create(page, FIXTURE_AT, &s->clock, NULL), 0);
    assert_int_equal(daykeys_create(file, &d), 0);
    CLEANUP_CLOSE int fd = open(file, O_RDWR | O_CLOEXEC);
    if (daykeys_open(fd, credential, &s->keys, &d) < 0)
        fail_msg("%s", d.text);
    s->o = (struct opener){
        .o = {.net = s->t.f->network, .bot = FIXTURE_BOT, .keys = s->keys, .clock = s->clock},
        .set = s->t.rules};
    memcpy(s->o.bot_key, s->t.f->bots[0].signer.key.key, sizeof s->o.bot_key);
    s->anna.note = s->t.anna->certificate->document.note;
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    daykeys_free(s->keys);
    clock_clear(&s->clock);
    assert_int_equal(file_remove_tree(s->folder, NULL), 0);
    tokens_close(&s->t);
    free(s->folder);
    free(s);
    return 0;
}

/* anna's message, sealed to all that covers a device in `sealed_as` (NULL: anywhere). */
static enum verdict_reason judge(struct scene *s, enum token kind, const char *country,
                                 const char *sealed_as)
{
    CLEANUP_FREE char *token = token_make(&s->t, kind, country);
    const struct fixture_message_options o = {.country = sealed_as, .place = token};
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->t.f, s->t.rules, s->t.anna, &o);
    return opener_open_request(&s->o, &m->envelope, &s->anna, m->transcript, true);
}

static void opener_open_request__takes__what_its_token_allows(void **state)
{
    assert_int_equal(judge(*state, TOKEN_NONE, "NL", NULL), NO_KEY);
    assert_int_equal(judge(*state, TOKEN_GOOD, "BE", NULL), NO_KEY);
}

static void opener_open_request__refuses__each_bad_token(void **state)
{
    static const enum token bad[] = {TOKEN_FORGED,       TOKEN_BY_CUSTODIANS, TOKEN_CHANGED,
                                     TOKEN_EXPIRED,      TOKEN_AHEAD,         TOKEN_OF_BEN,
                                     TOKEN_OTHER_NETWORK};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(judge(*state, bad[i], "BE", NULL), VERDICT_BAD_PLACE);
        assert_int_equal(judge(*state, bad[i], "NL", NULL), VERDICT_BAD_PLACE);
    }
    assert_string_equal(verdict_reason_text(VERDICT_BAD_PLACE), "bad-place");
}

/* A good token for a country where other rules hold than those that the message was made by. */
static void opener_open_request__refuses__another_country(void **state)
{
    assert_int_equal(judge(*state, TOKEN_GOOD, "DE", NULL), VERDICT_BAD_PLACE); /* another bot's */
    assert_int_equal(judge(*state, TOKEN_GOOD, "NL", NULL), VERDICT_NOT_COVERED);
    assert_int_equal(judge(*state, TOKEN_GOOD, "BE", "NL"), VERDICT_NOT_COVERED); /* unsealed */
    assert_int_equal(judge(*state, TOKEN_NONE, "NL", "NL"), VERDICT_NOT_COVERED);
}

/* Leaving it out would be choosing the bot. */
static void opener_open_request__refuses__none_where_one_is_demanded(void **state)
{
    struct scene *s = *state;
    s->o.set = s->t.demanding;
    assert_int_equal(judge(s, TOKEN_NONE, "NL", NULL), VERDICT_BAD_PLACE);
    assert_int_equal(judge(s, TOKEN_NONE, "NL", "NL"), VERDICT_BAD_PLACE);
    assert_int_equal(judge(s, TOKEN_GOOD, "BE", NULL), NO_KEY);
}

static void opener_open_request__refuses__after_its_end(void **state)
{
    struct scene *s = *state;
    clock_page_set(&s->clock, FIXTURE_AT - 60000 + PLACE_LIFE_MAX_MS);
    assert_int_equal(judge(s, TOKEN_GOOD, "BE", NULL), NO_KEY);
    clock_page_set(&s->clock, FIXTURE_AT - 60000 + PLACE_LIFE_MAX_MS + 1);
    assert_int_equal(judge(s, TOKEN_GOOD, "BE", NULL), VERDICT_BAD_PLACE);
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(opener_open_request__takes__what_its_token_allows),
        SCENE_TEST(opener_open_request__refuses__each_bad_token),
        SCENE_TEST(opener_open_request__refuses__another_country),
        SCENE_TEST(opener_open_request__refuses__none_where_one_is_demanded),
        SCENE_TEST(opener_open_request__refuses__after_its_end),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
