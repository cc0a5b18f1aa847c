#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority/draft_internal.h"
#include "base/calendar.h"
#include "base/file.h"
#include "base/memory.h"
#include "wire/policy_change.h"

#define ARENA_MAX (4U * 1024 * 1024)

static const char usual_notice[] =
    "Messages on this network are archived. Who can read them, under which warrant and until when "
    "stands on this device's policy page.";

int draft_new(const struct published *x, int64_t at_unix_ms, struct draft **ret, struct diag *d)
{
    char at[CALENDAR_INSTANT_LEN + 1];
    const struct policy *p = published_policy(x);
    if (p != NULL && p->serial == UINT32_MAX)
        return diag_set(d, ERR_LIMIT, "policy %" PRIu32 " is the last one there can be", p->serial);
    if (p != NULL && at_unix_ms < p->issued_unix_ms) {
        calendar_format(p->issued_unix_ms, at);
        return diag_set(d, ERR_INVALID_STATE,
                        "policy %" PRIu32 " was issued at %s: the next one can't be earlier",
                        p->serial, at);
    }
    struct draft *t = mem_new(sizeof *t);
    t->x = x;
    t->at_unix_ms = at_unix_ms;
    t->arena = (struct arena)ARENA_INIT(ARENA_MAX);
    t->next = (struct policy){.stop_without_warrant = true, .notice = usual_notice};
    if (p != NULL) {
        t->next = *p;
        memcpy(t->revoked, p->revoked, p->revoked_count * sizeof *p->revoked);
    }
    t->next.document = (struct document){.note = NULL};
    t->next.revoked = t->revoked;
    t->next.serial = p == NULL ? 1 : p->serial + 1;
    t->next.issued_unix_ms = at_unix_ms;
    if (p != NULL)
        memcpy(t->next.previous, p->document.hash, HASH_BYTES);
    *ret = t;
    return 0;
}

void draft_free(struct draft *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->warrant_count; i++) {
        warrant_free(t->warrants[i]);
        epochs_free(t->epochs[i]);
    }
    for (size_t i = 0; i < t->warning_count; i++)
        free(t->warnings[i]);
    arena_clear(&t->arena);
    free(t);
}

void draft_warn(struct draft *t, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (t->warning_count < DRAFT_WARNINGS_MAX)
        t->warnings[t->warning_count++] = mem_string(text);
}

size_t draft_warnings(const struct draft *t, const char *const **ret)
{
    *ret = (const char *const *)t->warnings;
    return t->warning_count;
}

static int by_word(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int draft_countries(struct draft *t, const char *const *words, size_t count, const char ***ret,
                    size_t *ret_count, struct diag *d)
{
    const char **sorted = arena_array(&t->arena, count + 1, sizeof *sorted);
    size_t kept = 0;
    if (sorted == NULL || count > WARRANT_COUNTRIES_MAX)
        return diag_set(d, ERR_LIMIT, "more than %u countries", WARRANT_COUNTRIES_MAX);
    for (size_t i = 0; i < count; i++) {
        if (!value_country_valid(words[i]))
            return diag_set(d, ERR_FORMAT, "'%s' is not a country code such as NL", words[i]);
        sorted[i] = arena_string(&t->arena, words[i]);
    }
    qsort(sorted, count, sizeof *sorted, by_word);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || strcmp(sorted[kept - 1], sorted[i]) != 0)
            sorted[kept++] = sorted[i];
    *ret = sorted;
    *ret_count = kept;
    return 0;
}

/* ---- the rest of a policy ---- */

int draft_without_warrant(struct draft *t, const char *word, struct diag *d)
{
    bool stop = strcmp(word, "stop") == 0;
    if (!stop && strcmp(word, "open") != 0)
        return diag_set(d, ERR_FORMAT, "'%s' is neither stop nor open", word);
    if (!stop && t->next.stop_without_warrant)
        draft_warn(t, "messages that no warrant covers will be delivered and not archived");
    t->next.stop_without_warrant = stop;
    return 0;
}

int draft_without_place(struct draft *t, const char *word, struct diag *d)
{
    bool stop = strcmp(word, "stop") == 0;
    if (!stop && strcmp(word, "default") != 0)
        return diag_set(d, ERR_FORMAT, "'%s' is neither stop nor default", word);
    if (t->next.bot_count < 2)
        return diag_set(d, ERR_INVALID_STATE,
                        "the policy has one bot, which all devices have: what happens without a "
                        "place token is said where there are several");
    if (!stop && !t->next.default_without_place)
        draft_warn(t, "whoever leaves out the place token chooses the default bot, and leaves the "
                      "warrants of the country's own bot");
    t->next.default_without_place = !stop;
    return 0;
}

int draft_notice(struct draft *t, const char *text, struct diag *d)
{
    if (!value_line_valid(text, POLICY_NOTICE_MAX))
        return diag_set(d, ERR_FORMAT, "the notice is not a line of 1 to %u bytes of text",
                        POLICY_NOTICE_MAX);
    t->next.notice = arena_string(&t->arena, text);
    return t->next.notice == NULL ? diag_set(d, ERR_LIMIT, "too large") : 0;
}

int draft_drop_warrant(struct draft *t, const char *id, struct diag *d)
{
    for (size_t i = 0; i < t->next.warrant_count; i++) {
        struct policy_warrant *w = &t->next.warrants[i];
        if (strcmp(w->id, id) != 0)
            continue;
        memmove(w, w + 1, (--t->next.warrant_count - i) * sizeof *w);
        return 0;
    }
    return diag_set(d, ERR_NOT_FOUND, "warrant %s is not in force: the policy does not name it",
                    id);
}

static int put_revocation(struct draft *t, struct policy_revoked x, struct diag *d)
{
    if (t->next.revoked_count == POLICY_REVOKED_MAX)
        return diag_set(d, ERR_LIMIT, "the policy has %u revocations already", POLICY_REVOKED_MAX);
    for (size_t i = 0; i < t->next.revoked_count; i++) {
        const struct policy_revoked *o = &t->revoked[i];
        if (o->kind == x.kind &&
            (x.kind == POLICY_REVOKED_WARRANT ? strcmp(o->warrant, x.warrant) == 0
                                              : memcmp(o->id, x.id, sizeof x.id) == 0))
            return diag_set(d, ERR_EXISTS, "it has been revoked already");
    }
    x.since_unix_ms = t->at_unix_ms;
    t->revoked[t->next.revoked_count++] = x;
    return 0;
}

int draft_revoke_warrant(struct draft *t, const char *id, struct diag *d)
{
    struct policy_revoked x = {.kind = POLICY_REVOKED_WARRANT,
                               .warrant = arena_string(&t->arena, id)};
    int r = draft_drop_warrant(t, id, d);
    return r < 0 ? r : put_revocation(t, x, d);
}

int draft_revoke_certificate(struct draft *t, const uint8_t hash[static HASH_BYTES], struct diag *d)
{
    struct policy_revoked x = {.kind = POLICY_REVOKED_CERTIFICATE};
    memcpy(x.id, hash, sizeof x.id);
    return put_revocation(t, x, d);
}

int draft_revoke_bot_key(struct draft *t, const uint8_t key[static SIGN_PUBLIC_BYTES],
                         struct diag *d)
{
    struct policy_revoked x = {.kind = POLICY_REVOKED_BOT_KEY};
    memcpy(x.id, key, sizeof x.id);
    for (size_t i = 0; i < t->next.bot_count; i++)
        if (memcmp(t->next.bots[i].key, key, SIGN_PUBLIC_BYTES) == 0)
            draft_warn(t, "bot %s has this key: nothing that it signs is taken any more",
                       t->next.bots[i].jid);
    return put_revocation(t, x, d);
}

/* ---- writing ---- */

static void say_nothing(void *context, const char *line)
{
    (void)line;
    *(bool *)context = true;
}

static int put_notes(struct draft *t, const char *folder, struct diag *d)
{
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_NOTE_MAX);
    const struct network_note *net = t->x->net;
    const struct policy *before = published_policy(t->x);
    CLEANUP_FREE char *network = mem_format("%s/network.note", folder);
    CLEANUP_FREE char *earlier = mem_format("%s/before.note", folder);
    int r = file_create(network, net->document.note, net->document.note_len, 0644, d);
    if (r == 0 && before != NULL)
        r = file_create(earlier, before->document.note, before->document.note_len, 0644, d);
    for (size_t i = 0; r == 0 && i < t->warrant_count; i++) {
        const struct document *w = &t->warrants[i]->document, *e = &t->epochs[i]->document;
        CLEANUP_FREE char *warrant = mem_format("%s/warrant-%s.note", folder, t->warrants[i]->id);
        CLEANUP_FREE char *epochs = mem_format("%s/epochs-%s.note", folder, t->warrants[i]->id);
        r = file_create(warrant, w->note, w->note_len, 0644, d);
        if (r == 0)
            r = file_create(epochs, e->note, e->note_len, 0644, d);
    }
    policy_format(&text, net->domain, &t->next);
    return r < 0 ? r : proposal_put(folder, "policy", &text, d);
}

static void look_at_unknown_places(struct draft *t)
{
    const struct policy *before = published_policy(t->x);
    if (policy_demands_place(&t->next) && (before == NULL || !policy_demands_place(before)))
        draft_warn(t, "from devices whose country is not known nothing will be delivered: the "
                      "registrar needs a file of countries (\"places\" in network.json)");
}

int draft_write(struct draft *t, const char *folder, struct proposal **ret, struct diag *d)
{
    bool changed = published_policy(t->x) == NULL;
    if (!changed)
        policy_change_each(published_policy(t->x), &t->next, say_nothing, &changed);
    if (!changed)
        return diag_set(d, ERR_INVALID_STATE,
                        "nothing would change: say what the next policy is "
                        "to have otherwise");
    look_at_unknown_places(t);
    if (file_exists(folder))
        return diag_set(d, ERR_EXISTS, "%s is there already: choose a new folder", folder);
    int r = file_make_folder(folder, 0755, d);
    if (r < 0)
        return r;
    r = put_notes(t, folder, d);
    if (r == 0)
        r = proposal_open(folder, ret, d);
    if (r < 0)
        (void)!file_remove_tree(folder, NULL);
    return r;
}

int draft_network(const struct network_note *net, const char *folder, struct diag *d)
{
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_NOTE_MAX);
    network_note_format(&text, net);
    int r = file_make_folder(folder, 0755, d);
    return r < 0 ? r : proposal_put(folder, "network", &text, d);
}
