/* Warrants of a draft, for draft.h. */
#include <stdlib.h>
#include <string.h>

#include "authority/draft_internal.h"
#include "base/calendar.h"
#include "base/memory.h"
#include "wire/policy_change.h"

#define ID_MAX 48U /* "warrant-ID" and "recovery-ID-NAME" name files */

static int by_hash(const void *a, const void *b)
{
    return memcmp(a, b, HASH_BYTES);
}

static int put_accounts(struct draft *t, struct warrant *w, const struct warrant_terms *terms,
                        struct diag *d)
{
    if (terms->member_count > WARRANT_ACCOUNTS_MAX)
        return diag_set(d, ERR_LIMIT, "more than %u accounts", WARRANT_ACCOUNTS_MAX);
    w->accounts = arena_array(&t->arena, terms->member_count + 1, sizeof *w->accounts);
    for (size_t i = 0; i < terms->member_count; i++) {
        if (!value_handle_valid(terms->members[i]))
            return diag_set(d, ERR_FORMAT, "'%s' is not a handle", terms->members[i]);
        warrant_account_hash(w->id, terms->members[i], w->accounts[i]);
    }
    qsort(w->accounts, terms->member_count, sizeof *w->accounts, by_hash);
    for (size_t i = 0; i < terms->member_count; i++)
        if (w->account_count == 0 ||
            memcmp(w->accounts[w->account_count - 1], w->accounts[i], HASH_BYTES) != 0)
            memmove(w->accounts[w->account_count++], w->accounts[i], HASH_BYTES);
    return 0;
}

static int put_scope(struct draft *t, struct warrant *w, const struct warrant_terms *terms,
                     struct diag *d)
{
    int r = draft_countries(t, terms->excluded, terms->excluded_count, &w->excluded,
                            &w->excluded_count, d);
    w->scope = terms->scope;
    if (terms->scope != WARRANT_ALL && terms->member_count == 0)
        return diag_set(d, ERR_FORMAT, "the scope names nobody");
    if (r == 0 && terms->scope == WARRANT_ACCOUNTS)
        r = put_accounts(t, w, terms, d);
    if (r == 0 && terms->scope == WARRANT_COUNTRIES)
        r = draft_countries(t, terms->members, terms->member_count, &w->countries,
                            &w->country_count, d);
    return r;
}

static int put_days(struct warrant *w, const struct warrant_terms *terms, const struct epochs *e,
                    struct diag *d)
{
    char first[CALENDAR_DAY_LEN + 1], last[CALENDAR_DAY_LEN + 1];
    int64_t from = e->days[0].day, until = e->days[e->count - 1].day;
    w->from_day = terms->from_day == DRAFT_DAY_OF_OFFER ? from : terms->from_day;
    w->until_day = terms->until_day == DRAFT_DAY_OF_OFFER ? until : terms->until_day;
    calendar_format_day(from, first);
    calendar_format_day(until, last);
    if (w->until_day < w->from_day)
        return diag_set(d, ERR_FORMAT, "the warrant's last day is before its first");
    if (w->from_day < from || w->until_day > until)
        return diag_set(d, ERR_NOT_FOUND,
                        "the offer %s has day keys from %s to %s only: other days can't be in its "
                        "warrant",
                        e->warrant, first, last);
    return 0;
}

/* The offer's bot vouches for the day keys; it must be one of the policy's. */
static int open_offer(struct draft *t, const char *offer, size_t len, struct epochs **ret,
                      struct diag *d)
{
    struct diag why = {""};
    for (size_t i = 0; i < t->next.bot_count; i++) {
        const struct policy_bot *b = &t->next.bots[i];
        if (epochs_open_offer(t->x->net->domain, b->jid, b->key, offer, len, ret, &why) == 0)
            return 0;
    }
    return diag_set(d, ERR_AUTH, "the offer is not one of a bot of the policy: %s",
                    t->next.bot_count == 0 ? "it has none yet" : why.text);
}

static int check_id(const struct draft *t, const char *id, struct diag *d)
{
    if (strlen(id) > ID_MAX)
        return diag_set(d, ERR_LIMIT, "the warrant's id is longer than %u characters", ID_MAX);
    if (policy_warrant_revoked(&t->next, id) != NULL)
        return diag_set(d, ERR_INVALID_STATE,
                        "warrant %s has been revoked, which is for ever: offer new days under "
                        "another id",
                        id);
    for (size_t i = 0; i < t->next.warrant_count; i++)
        if (strcmp(t->next.warrants[i].id, id) == 0)
            return diag_set(d, ERR_EXISTS, "warrant %s is in force already", id);
    return t->next.warrant_count == POLICY_WARRANTS_MAX
               ? diag_set(d, ERR_LIMIT,
                          "the policy names %u warrants already: drop those that "
                          "have ended",
                          POLICY_WARRANTS_MAX)
               : 0;
}

/* The text as it will be signed, and what readers make of it. */
static int reread(const struct draft *t, const struct warrant *w, struct warrant **ret,
                  struct diag *d)
{
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_NOTE_MAX);
    warrant_format(&text, w);
    buf_put_u8(&text, '\n');
    if (buf_failed(&text))
        return diag_set(d, ERR_LIMIT, "the warrant would be too large");
    return warrant_open_unsigned(t->x->net->domain, buf_text(&text), text.len, ret, d);
}

/* Policies name warrants in ascending order. */
static void name_warrant(struct draft *t, const struct warrant *w)
{
    struct policy_warrant x = {.id = w->id};
    size_t at = t->next.warrant_count++;
    memcpy(x.hash, w->document.hash, HASH_BYTES);
    for (; at > 0 && strcmp(t->next.warrants[at - 1].id, x.id) > 0; at--)
        t->next.warrants[at] = t->next.warrants[at - 1];
    t->next.warrants[at] = x;
}

int draft_add_warrant(struct draft *t, const struct warrant_terms *terms, const char *offer,
                      size_t len, struct diag *d)
{
    CLEANUP(epochs_free_cleanup) struct epochs *e = NULL;
    CLEANUP(warrant_free_cleanup) struct warrant *made = NULL;
    struct warrant w = {.network = t->x->net->domain,
                        .authority = terms->authority,
                        .agency_count = terms->agency_count};
    if (terms->agency_count == 0 || terms->agency_count > WARRANT_AGENCIES_MAX)
        return diag_set(d, ERR_LIMIT, "a warrant has one to %u agencies", WARRANT_AGENCIES_MAX);
    memcpy(w.agencies, terms->agencies, terms->agency_count * sizeof *w.agencies);
    int r = open_offer(t, offer, len, &e, d);
    if (r == 0)
        r = check_id(t, e->warrant, d);
    if (r < 0)
        return r;
    w.id = e->warrant;
    w.bot = e->bot;
    memcpy(w.epochs, e->document.hash, HASH_BYTES);
    r = put_days(&w, terms, e, d);
    if (r == 0)
        r = put_scope(t, &w, terms, d);
    if (r == 0)
        r = reread(t, &w, &made, d);
    if (r < 0)
        return r;
    draft_look_at(t, made, e);
    name_warrant(t, made);
    t->warrants[t->warrant_count] = TAKE(made);
    t->epochs[t->warrant_count++] = TAKE(e);
    return 0;
}
