/* Messages that are signed and continue their chain, and are refused for what is in them: each
 * consumes its n, with a verdict, and the next one is archived. */
#include "table.h"

#include "base/encode.h"
#include "wire/seal.h"

#define DAY_MS INT64_C(86400000)

/* Sealed to the day of another `at` than the message bears, under the right transcript. */
static void seal_for_tomorrow(struct scene *s, struct fixture_message *m)
{
    struct envelope *e = &m->envelope;
    int64_t at = e->at_unix_ms;
    e->at_unix_ms = at + DAY_MS;
    FIXTURE_MUST(seal_make(e, s->set, &m->cover, m->transcript, m->content) == 0);
    e->at_unix_ms = at;
}

/* Another message's seal. */
static void seal_of_another(struct scene *s, struct fixture_message *m)
{
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *x = fixture_message_new(s->f, s->set, s->dev, NULL);
    memcpy(m->envelope.enc, x->envelope.enc, HPKE_ENC_BYTES);
    m->envelope.wraps[0] = x->envelope.wraps[0];
}

static void swap_wraps(struct scene *s, struct fixture_message *m)
{
    (void)s;
    struct envelope_wrap *w = m->envelope.wraps, first = w[0];
    memcpy(w[0].wrap, w[1].wrap, ENVELOPE_WRAP_BYTES);
    memcpy(w[1].wrap, first.wrap, ENVELOPE_WRAP_BYTES);
}

static void seal_to_one(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->envelope.wrap_count = 1;
}

static void seal_to_a_stranger(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->envelope.wraps[0].warrant = "2019-0200";
}

static void seal_to_one_more(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->envelope.wraps[1] = m->envelope.wraps[0];
    m->envelope.wraps[1].warrant = "2019-0200";
    m->envelope.wrap_count = 2;
}

/* The second seal holds another key content than the first. */
static void seal_two_contents(struct scene *s, struct fixture_message *m)
{
    struct envelope other = m->envelope;
    uint8_t content[PAYLOAD_CONTENT_BYTES];
    memset(content, 1, sizeof content);
    FIXTURE_MUST(seal_make(&other, s->set, &m->cover, m->transcript, content) == 0);
    m->envelope.wraps[1] = other.wraps[1];
}

/* Under the same enc, each for its own day key; one of them holds another key content than that of
 * the payload. Devices can't make this (enc comes from the content), but nothing in HPKE forbids
 * it.
 */
static void seal_under_one_enc(struct scene *s, struct fixture_message *m, size_t wrong)
{
    static const char label[] = "ironside access 1"; /* with its NUL */
    uint8_t other[PAYLOAD_CONTENT_BYTES];
    struct hpke_keypair pair;
    memset(other, 1, sizeof other);
    hpke_generate_keypair(&pair);
    memcpy(m->envelope.enc, pair.public, HPKE_ENC_BYTES);
    for (size_t i = 0; i < 2; i++) {
        struct envelope_wrap *w = &m->envelope.wraps[i];
        CLEANUP_BUF struct buf info = BUF_INIT(256);
        const struct fixture_warrant *f = &s->f->warrants[i];
        FIXTURE_MUST(strcmp(f->id, w->warrant) == 0);
        buf_put(&info, label, sizeof label);
        buf_put_text(&info, w->warrant);
        FIXTURE_MUST(hpke_seal(&pair, fixture_day_key(f, FIXTURE_DAY)->public, info.data, info.len,
                               m->transcript, HASH_BYTES, i == wrong ? other : m->content,
                               PAYLOAD_CONTENT_BYTES, w->wrap) == 0);
    }
}

static void seal_one_enc_first_wrong(struct scene *s, struct fixture_message *m)
{
    seal_under_one_enc(s, m, 0);
}

static void seal_one_enc_second_wrong(struct scene *s, struct fixture_message *m)
{
    seal_under_one_enc(s, m, 1);
}

/* The control: it is the content that is refused, not how it was sealed. */
static void seal_one_enc_none_wrong(struct scene *s, struct fixture_message *m)
{
    seal_under_one_enc(s, m, 2);
}

/* Both seals hold a key content that the payload is not under. */
static void seal_wrong_content(struct scene *s, struct fixture_message *m)
{
    uint8_t content[PAYLOAD_CONTENT_BYTES];
    memset(content, 1, sizeof content);
    FIXTURE_MUST(seal_make(&m->envelope, s->set, &m->cover, m->transcript, content) == 0);
}

static void change_payload(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->payload[0] ^= 1;
}

static void low_order_enc(struct scene *s, struct fixture_message *m)
{
    (void)s;
    memset(m->envelope.enc, 0, HPKE_ENC_BYTES);
}

static void random_wrap(struct scene *s, struct fixture_message *m)
{
    (void)s;
    memset(m->envelope.wraps[0].wrap, 0xA5, ENVELOPE_WRAP_BYTES);
}

static void seal_none_but_n(struct scene *s, struct fixture_message *m)
{
    /* The warrant does not cover this device's country: it seals all the same. */
    m->envelope.n = s->dev->n + 1;
    memcpy(m->envelope.prev, s->dev->prev, HASH_BYTES);
    m->cover = (struct coverage){.count = 1};
}

static void old_policy(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->envelope.policy = SCENE_POLICY - 1;
}

static void at_the_limit(struct scene *s)
{
    s->options.at_unix_ms = FIXTURE_AT + VALUE_AHEAD_MAX_MS;
}

static void over_the_limit(struct scene *s)
{
    s->options.at_unix_ms = FIXTURE_AT + VALUE_AHEAD_MAX_MS + 1;
}

static void yesterday(struct scene *s)
{
    s->options.at_unix_ms = FIXTURE_AT - DAY_MS;
}

/* Before any warrant, so that nothing would cover it. */
static void before_the_first_day(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->envelope.at_unix_ms = FIXTURE_AT - 2 * DAY_MS;
}

/* Token kept until the scene ends. */
static void use_place(struct scene *s, char *token)
{
    free(s->place);
    s->place = token;
    s->options.place = token;
}

static void place_of_another(struct scene *s)
{
    use_place(s, fixture_place(s->f, s->other, "DE", FIXTURE_AT));
}

static void place_expired(struct scene *s)
{
    use_place(s, fixture_place(s->f, s->dev, "DE", FIXTURE_AT - 2 * DAY_MS));
}

static void place_ahead(struct scene *s)
{
    use_place(s, fixture_place(s->f, s->dev, "DE", FIXTURE_AT + 2 * DAY_MS));
}

static void place_garbage(struct scene *s)
{
    use_place(s, mem_string("a place\n"));
}

/* Signed by a custodian, who does not give them out. */
static void place_forged(struct scene *s)
{
    CLEANUP_FREE char *good = fixture_place(s->f, s->dev, "DE", FIXTURE_AT);
    CLEANUP_FREE char *text = mem_string_n(good, (size_t)(strstr(good, "\n\n") + 1 - good));
    use_place(s, fixture_sign(text, s->f->custodians, 1));
}

/* jbot serves NL; the device there must not go on with the default one. */
static void place_of_another_bot(struct scene *s)
{
    use_place(s, fixture_place(s->f, s->dev, "NL", FIXTURE_AT));
}

#define NO(why) .expected = REFUSED, .refused = VERDICT_##why

static const struct row rows[] = {
    {"seal__good", .expected = ARCHIVED},
    {"seal__two_warrants_good", .scene = {.warrants = 2}, .expected = ARCHIVED},
    {"seal__sixteen_warrants_good", .scene = {.warrants = 16}, .expected = ARCHIVED},
    {"seal__for_another_day__bad_seal", .change = seal_for_tomorrow, .again = SIGNATURE,
     NO(BAD_SEAL)},
    {"seal__of_another_message__bad_seal", .change = seal_of_another, .again = SIGNATURE,
     NO(BAD_SEAL)},
    {"seal__for_another_warrant__bad_seal", .scene = {.warrants = 2}, .change = swap_wraps,
     .again = SIGNATURE, NO(BAD_SEAL)},
    {"seal__one_of_two_warrants__not_covered", .scene = {.warrants = 2}, .change = seal_to_one,
     .again = SIGNATURE, NO(NOT_COVERED)},
    {"seal__unknown_warrant__not_covered", .change = seal_to_a_stranger, .again = SIGNATURE,
     NO(NOT_COVERED)},
    {"seal__one_warrant_more__not_covered", .change = seal_to_one_more, .again = SIGNATURE,
     NO(NOT_COVERED)},
    {"seal__two_contents__bad_seal", .scene = {.warrants = 2}, .change = seal_two_contents,
     .again = SIGNATURE, NO(BAD_SEAL)},
    {"seal__one_enc_first_of_another_content__bad_seal", .scene = {.warrants = 2},
     .change = seal_one_enc_first_wrong, .again = SIGNATURE, NO(BAD_SEAL)},
    {"seal__one_enc_second_of_another_content__bad_seal", .scene = {.warrants = 2},
     .change = seal_one_enc_second_wrong, .again = SIGNATURE, NO(BAD_SEAL)},
    {"seal__one_enc_and_one_content__archived", .scene = {.warrants = 2},
     .change = seal_one_enc_none_wrong, .again = SIGNATURE, .expected = ARCHIVED},
    {"seal__other_content__bad_seal", .change = seal_wrong_content, .again = SIGNATURE,
     NO(BAD_SEAL)},
    {"seal__payload_of_another_key__bad_seal", .change = change_payload, .again = SEAL,
     NO(BAD_SEAL)},
    {"seal__enc_of_low_order__bad_seal", .change = low_order_enc, .again = SIGNATURE, NO(BAD_SEAL)},
    {"seal__wrap_of_noise__bad_seal", .change = random_wrap, .again = SIGNATURE, NO(BAD_SEAL)},
    {"cover__excluded_country__not_covered", .scene = {.exclude = "DE", .country = "DE"},
     .change = seal_none_but_n, .again = SEAL, NO(NOT_COVERED)},
    {"policy__old__old_policy", .change = old_policy, .again = SEAL, NO(OLD_POLICY)},
    {"day__ten_minutes_ahead__archived", .prepare = at_the_limit, .expected = ARCHIVED},
    {"day__a_millisecond_more__wrong_day", .prepare = over_the_limit, NO(WRONG_DAY)},
    {"day__yesterday__archived", .prepare = yesterday, .expected = ARCHIVED},
    {"day__key_destroyed__wrong_day", .scene = {.missing_day = FIXTURE_DAY - 1},
     .prepare = yesterday, NO(WRONG_DAY)},
    {"day__before_the_warrant__not_covered", .change = before_the_first_day, .again = SIGNATURE,
     NO(NOT_COVERED)},
    {"place__of_another_device__bad_place", .prepare = place_of_another, NO(BAD_PLACE)},
    {"place__expired__bad_place", .prepare = place_expired, NO(BAD_PLACE)},
    {"place__not_yet__bad_place", .prepare = place_ahead, NO(BAD_PLACE)},
    {"place__not_a_token__bad_place", .prepare = place_garbage, NO(BAD_PLACE)},
    {"place__not_the_registrars__bad_place", .prepare = place_forged, NO(BAD_PLACE)},
    {"place__of_another_bot__bad_place", .scene = {.second_bot = true, .without = "default"},
     .prepare = place_of_another_bot, NO(BAD_PLACE)},
    {"place__none_where_default__archived", .scene = {.second_bot = true, .without = "default"},
     .expected = ARCHIVED},
};

int main(void)
{
    return run_rows("opener_open", rows, COUNT(rows));
}
