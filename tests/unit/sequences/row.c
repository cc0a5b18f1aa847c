#include "row.h"

#include <stdio.h>

static const char *const rules_text[] = {
    [RULES_OPEN] = "open",
    [RULES_A] = "A",
    [RULES_A_B] = "A, B",
    [RULES_A_B_TODAY] = "A, B from today on",
    [RULES_EAST] = "A, east",
    [RULES_EAST_DEFAULT] = "A, east, `without-place default`",
    [RULES_EAST_OPEN] = "open, east",
    [RULES_KEY_REVOKED] = "A, ibot's key revoked",
    [RULES_SENDER_REVOKED] = "A, the sender revoked",
};
_Static_assert(sizeof rules_text / sizeof *rules_text == RULES_COUNT, "each has a text");

static const char *const flaw_text[] = {
    [FLAW_NONE] = "",
    [FLAW_SKIPS] = ", a serial too high",
    [FLAW_ASTRAY] = ", which follows an older one",
    [FLAW_EARLY] = ", dated before the last one",
    [FLAW_AHEAD] = ", dated in an hour",
};
_Static_assert(sizeof flaw_text / sizeof *flaw_text == FLAW_COUNT, "each has a text");

static const char *const place_text[] = {
    [PLACE_NONE] = ", no place token",
    [PLACE_NL] = ", place NL",
    [PLACE_DE] = ", place DE",
    [PLACE_ANOTHERS] = ", another device's token for NL",
    [PLACE_ENDED] = ", a token that has ended",
};
_Static_assert(sizeof place_text / sizeof *place_text == PLACE_COUNT, "each has a text");

static const char *const seal_text[] = {
    [SEAL_DUE] = "", [SEAL_NONE] = ", no seal", [SEAL_FALSE] = ", a seal of another key"};
_Static_assert(sizeof seal_text / sizeof *seal_text == SEAL_COUNT, "each has a text");

static const char *const helper_text[] = {
    [HELP_NONE] = "nobody",
    [SERVER_HOLDS_BOT] = "server: gives the bot no new policy",
    [SERVER_HOLDS_RECIPIENT] = "server: gives the recipient no new policy",
    [SERVER_HOLDS_BOTH] = "server: gives bot and recipient no new policy",
    [SERVER_STAMPS] = "server: says that it stored it at its time",
    [SERVER_KEEPS_VERDICT] = "server: keeps the verdict",
    [SERVER_SAYS_LATER] = "server: keeps the verdict, says `slow-down`",
    [SERVER_SAYS_MALFORMED] = "server: keeps the verdict, says `malformed`",
    [SERVER_SAYS_GAP] = "server: keeps the verdict, says `gap`",
    [SERVER_SAYS_CONFLICT] = "server: keeps the verdict, makes up a `conflict`",
    [REGISTRAR_SILENT] = "registrar: answers nothing",
    [REGISTRAR_OLD] = "registrar: gives out policy 5 alone",
    [REGISTRAR_TAKES] = "registrar: takes it and logs it",
    [REGISTRAR_PLACE] = "registrar: signs that it is in NL",
    [BOT_SIGNS] = "bot: signs what it gets",
    [BOT_CONFLICT] = "bot: signs a `conflict`",
    [BOT_BACKDATES] = "bot: signs it as of the message's time",
};
_Static_assert(sizeof helper_text / sizeof *helper_text == HELPER_COUNT, "each has a text");

static const char *const who_text[] = {
    [WHO_CUSTODIANS] = "custodians", [WHO_REGISTRAR] = "registrar", [WHO_BOT] = "bot",
    [WHO_SENDER] = "sender",         [WHO_RECIPIENT] = "recipient",
};
_Static_assert(sizeof who_text / sizeof *who_text == WHO_COUNT, "each has a text");

static const char *const outcome_text[] = {
    [NOT_SHOWN] = "not shown", [SHOWN] = "**shown**", [SHOWN_AFTERWARDS] = "shown once that ends"};
_Static_assert(sizeof outcome_text / sizeof *outcome_text == OUTCOME_COUNT, "each has a text");

static void put_ago(struct buf *b, int minutes)
{
    if (minutes == 0)
        buf_put_text(b, "now");
    else if (minutes % 60 == 0)
        buf_format(b, "%d h ago", minutes / 60);
    else
        buf_format(b, "%d min ago", minutes);
}

static bool has_east(enum rules r)
{
    return r == RULES_EAST || r == RULES_EAST_DEFAULT || r == RULES_EAST_OPEN;
}

static void put_policies(struct buf *b, const struct row *r)
{
    buf_format(b, "%d: %s", ROW_FIRST, rules_text[r->first]);
    for (size_t i = 0; i < r->change_count; i++) {
        const struct change *c = &r->changes[i];
        buf_format(b, "; %zu: %s%s", ROW_FIRST + 1 + i, rules_text[c->rules], flaw_text[c->flaw]);
        if (c->flaw == FLAW_NONE) {
            buf_put_text(b, ", ");
            put_ago(b, c->ago);
        }
    }
}

static void put_claim(struct buf *b, const struct row *r)
{
    const struct claim *c = &r->claim;
    bool several = false;
    for (size_t i = 0; i < r->change_count; i++)
        several = several || has_east(r->changes[i].rules);
    if (c->policy == 0)
        buf_put_text(b, "the truth");
    else
        buf_format(b, "policy %u, ", c->policy);
    if (c->policy != 0)
        put_ago(b, c->ago);
    if (several || c->place != PLACE_NONE)
        buf_put_text(b, place_text[c->place]);
    if (c->east)
        buf_put_text(b, ", to east");
    buf_put_text(b, seal_text[c->seal]);
    if (c->gap)
        buf_put_text(b, ", a number left out");
}

static void put_outcome(struct buf *b, const struct row *r)
{
    bool said = false;
    buf_put_text(b, outcome_text[r->outcome]);
    for (size_t i = 0; i < WHO_COUNT; i++) {
        if (r->says[i] == NULL)
            continue;
        buf_format(b, "; %s: %s%s%s", who_text[i], i == WHO_BOT ? "`" : "“", r->says[i],
                   i == WHO_BOT ? "`" : "”");
        said = true;
    }
    if (!said)
        buf_put_text(b, "; nobody says a word");
}

const char *row_head(void)
{
    return "| about | policies | the sender claims | who helps | what comes of it, and who says so "
           "|\n"
           "|---|---|---|---|---|\n";
}

void row_put(struct buf *b, const struct row *r)
{
    buf_format(b, "| %s | ", r->topic);
    put_policies(b, r);
    buf_put_text(b, " | ");
    put_claim(b, r);
    buf_format(b, " | %s | ", helper_text[r->helper]);
    put_outcome(b, r);
    buf_put_text(b, " |");
}
