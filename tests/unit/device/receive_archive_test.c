/* What the archive's side of a message must be: verdict, seals, place. */
#include "letter.h"

#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"

/* Verdicts. */

static void verdict_none(struct letter *l, enum stage s)
{
    if (s == LETTER_VERDICT)
        l->has_verdict = false;
}

static void verdict_refused(struct letter *l, enum stage s)
{
    if (s == LETTER_LINE) {
        l->line.state = VERDICT_REFUSED;
        l->line.reason = VERDICT_BAD_SEAL;
    }
}

static void verdict_other_digest(struct letter *l, enum stage s)
{
    if (s == LETTER_LINE)
        l->line.digest[31] ^= 1;
}

static void verdict_other_n(struct letter *l, enum stage s)
{
    if (s == LETTER_LINE)
        l->line.n++;
}

static void verdict_other_certificate(struct letter *l, enum stage s)
{
    if (s == LETTER_LINE)
        l->line.certificate[0] ^= 1;
}

static void verdict_other_key(struct letter *l, enum stage s)
{
    if (s == LETTER_LINE)
        fixture_signer_init(&l->bot.signer, l->e.bot, "forger");
}

static void verdict_path(struct letter *l, enum stage s)
{
    if (s == LETTER_VERDICT)
        l->verdict.path[1][0] ^= 1;
}

static void verdict_path_short(struct letter *l, enum stage s)
{
    if (s == LETTER_VERDICT)
        l->verdict.path_count--;
}

static void verdict_index(struct letter *l, enum stage s)
{
    if (s == LETTER_VERDICT)
        l->verdict.index ^= 1;
}

static void verdict_count(struct letter *l, enum stage s)
{
    if (s == LETTER_VERDICT)
        l->verdict.count++;
}

static void verdict_time(struct letter *l, enum stage s)
{
    if (s == LETTER_VERDICT)
        l->verdict.at_unix_ms--;
}

static void verdict_signature(struct letter *l, enum stage s)
{
    if (s == LETTER_VERDICT)
        l->verdict.signature[7] ^= 1;
}

static void receive__refuses__verdict(void **state)
{
    (void)state;
    static const struct letter_row rows[] = {
        {"none", verdict_none, "carries no verdict", false},
        {"refused", verdict_refused, "not that it was archived", false},
        {"other-digest", verdict_other_digest, "not that it was archived", false},
        {"other-n", verdict_other_n, "not that it was archived", false},
        {"other-certificate", verdict_other_certificate, "not signed by the bot", false},
        {"other-key", verdict_other_key, "not signed by the bot", false},
        {"path", verdict_path, "not signed by the bot", false},
        {"path-short", verdict_path_short, "not signed by the bot", false},
        {"index", verdict_index, "not signed by the bot", false},
        {"count", verdict_count, "not signed by the bot", false},
        {"time", verdict_time, "not signed by the bot", false},
        {"signature", verdict_signature, "not signed by the bot", false},
    };
    CLEANUP_WORLD struct world *w = world_new(NULL);
    letter_acquaint(w);
    letter_refused(w, rows, COUNT(rows));
}

/* Seals, under two warrants. */

static void seal_order(struct letter *l, enum stage s)
{
    if (s == LETTER_SEALED) {
        struct envelope_wrap first = l->e.wraps[0];
        l->e.wraps[0] = l->e.wraps[1];
        l->e.wraps[1] = first;
    }
}

static void seal_missing(struct letter *l, enum stage s)
{
    if (s == LETTER_SEALED)
        l->e.wrap_count--;
}

static void seal_extra(struct letter *l, enum stage s)
{
    if (s == LETTER_SEALED) {
        l->e.wraps[2] = l->e.wraps[1];
        l->e.wraps[2].warrant = "2021-0003";
        l->e.wrap_count = 3;
    }
}

static void seal_other_warrant(struct letter *l, enum stage s)
{
    if (s == LETTER_SEALED)
        l->e.wraps[0].warrant = "2019-0146";
}

static void seal_none(struct letter *l, enum stage s)
{
    if (s == LETTER_SEALED) {
        memset(l->e.enc, 0, sizeof l->e.enc);
        memset(l->e.prev, 0, sizeof l->e.prev);
        l->e.n = 0;
        l->e.wrap_count = 0;
        l->has_verdict = false;
    }
}

static void seal_none_with_verdict(struct letter *l, enum stage s)
{
    seal_none(l, s);
    l->has_verdict = s >= LETTER_SEALED;
    if (s == LETTER_LINE)
        l->line.n = 1;
}

static void seal_other_content(struct letter *l, enum stage s)
{
    if (s == LETTER_FIELDS)
        l->sealed_content[0] ^= 1;
}

static void seal_second_wrap(struct letter *l, enum stage s)
{
    if (s == LETTER_SEALED)
        l->e.wraps[1].wrap[0] ^= 1;
}

static void seal_enc(struct letter *l, enum stage s)
{
    if (s == LETTER_SEALED)
        l->e.enc[0] ^= 1;
}

static void seal_key_differs(struct letter *l, enum stage s)
{
    if (s == LETTER_FIELDS)
        l->encrypted_content[0] ^= 1;
}

static void text_not_utf8(struct letter *l, enum stage s)
{
    if (s != LETTER_FIELDS)
        return;
    l->e.payload_len = 2;
    payload_encrypt("\xc3\x28", 2, l->e.iv, l->cipher, l->content);
    memcpy(l->sealed_content, l->content, sizeof l->content);
    memcpy(l->encrypted_content, l->content, sizeof l->content);
}

static void receive__refuses__seal(void **state)
{
    (void)state;
    static const struct letter_row rows[] = {
        {"order", seal_order, "not ordered by id", false},
        {"missing", seal_missing, "sealed for other warrants", false},
        {"extra", seal_extra, "sealed for other warrants", false},
        {"other-warrant", seal_other_warrant, "sealed for other warrants", false},
        {"none", seal_none, "not sealed for the archive", false},
        {"none-with-verdict", seal_none_with_verdict, "not sealed for the archive", false},
        {"other-content", seal_other_content, "its seal for the archive is not under its key",
         true},
        {"second-wrap", seal_second_wrap, "its seal for the archive is not under its key", true},
        {"enc", seal_enc, "its seal for the archive is not under its key", true},
        {"key-differs", seal_key_differs, "its text is not under its key", true},
        {"not-utf8", text_not_utf8, "its text is not UTF-8", true},
    };
    CLEANUP_WORLD struct world *w = world_new(&(struct world_options){.two_warrants = true});
    letter_acquaint(w);
    letter_refused(w, rows, COUNT(rows));
}

/* Place tokens. */

static char *make_place(struct letter *l, const struct party *p, int64_t issued_ms)
{
    struct place x = {
        .country = "NL", .issued_unix_ms = issued_ms, .until_unix_ms = issued_ms + 3600000};
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_PLACE_MAX);
    memcpy(x.certificate, p->device->certificate->document.hash, HASH_BYTES);
    place_format(&text, l->w->f->domain, &x);
    return fixture_sign(buf_text(&text), &l->w->f->registrar, 1);
}

static void put_place(struct letter *l, enum stage s, char *note)
{
    if (s == LETTER_FIELDS)
        l->e.place = note;
    else if (s == LETTER_TEXT)
        free((char *)l->e.place);
}

static void place_good(struct letter *l, enum stage s)
{
    put_place(l, s, s == LETTER_FIELDS ? make_place(l, l->from, l->verdict_ms - 60000) : NULL);
}

static void place_of_another(struct letter *l, enum stage s)
{
    put_place(l, s, s == LETTER_FIELDS ? make_place(l, cara(l->w), l->verdict_ms - 60000) : NULL);
}

/* In force when the message says that it was written, but not when the bot took it. */
static void place_expired(struct letter *l, enum stage s)
{
    put_place(l, s, s == LETTER_FIELDS ? make_place(l, l->from, l->verdict_ms - DAY_MS) : NULL);
    if (s == LETTER_FIELDS)
        l->e.at_unix_ms = l->verdict_ms - DAY_MS + 60000;
}

static void place_garbage(struct letter *l, enum stage s)
{
    put_place(l, s, s == LETTER_FIELDS ? mem_string("here") : NULL);
}

static void receive__refuses__place(void **state)
{
    (void)state;
    static const struct letter_row rows[] = {
        {"of-another", place_of_another, "its place token is another device's", false},
        {"expired", place_expired, "its place token was not in force when it was sent", false},
        {"garbage", place_garbage, "its place token is not to be trusted", false},
    };
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct letter l;
    letter_acquaint(w);
    letter_refused(w, rows, COUNT(rows));
    letter_write(&l, w, place_good, "placed");
    party_take(bert(w), l.text);
    assert_int_equal(party_count_shown(bert(w), l.body), 1);
    free(l.text);
}

/* Whatever the bot let through: leaving the token out would be choosing the bot. */
static void receive__refuses__no_place_where_one_is_demanded(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct letter l;
    letter_acquaint(w);
    fixture_add_bot(w->f, "east.chat.example", "DE");
    world_new_policy(w, &(struct fixture_policy_options){.serial = 6});
    world_announce(w, bert(w));
    letter_write(&l, w, NULL, "placeless");
    letter_take(w, &l, false, "it has no place token");
    letter_write(&l, w, place_good, "placed");
    letter_take(w, &l, true, "");
    world_new_policy(w, &(struct fixture_policy_options){.serial = 7, .place = "default"});
    world_announce(w, bert(w));
    letter_write(&l, w, NULL, "by-default");
    letter_take(w, &l, true, "");
}

/* Without a warrant nobody else would see it. */
static void receive__refuses__open_message_without_place(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w =
        world_new(&(struct world_options){.no_warrant = true, .without = "open"});
    const int64_t today = calendar_day_of(world_now());
    struct letter l;
    letter_acquaint(w);
    fixture_add_bot(w->f, "east.chat.example", "NL");
    fixture_add_warrant(w->f, &(struct fixture_warrant_options){.bot = "east.chat.example",
                                                                .from_day = today - 2,
                                                                .until_day = today + 2});
    world_new_policy(w, &(struct fixture_policy_options){.serial = 6, .without = "open"});
    world_announce(w, bert(w));
    letter_write(&l, w, NULL, "placeless");
    letter_take(w, &l, false, "it has no place token");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receive__refuses__verdict),
        cmocka_unit_test(receive__refuses__seal),
        cmocka_unit_test(receive__refuses__place),
        cmocka_unit_test(receive__refuses__no_place_where_one_is_demanded),
        cmocka_unit_test(receive__refuses__open_message_without_place),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
