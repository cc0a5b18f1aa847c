/* What the documents in the log say, for audit.h. */
#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "public_log/audit_internal.h"
#include "wire/document_peek.h"
#include "wire/exemptions.h"
#include "wire/policy_set.h"
#include "wire/registry.h"

int public_log_audit_policy(struct public_log_audit *a, const struct log_row *row)
{
    struct policy *p = NULL;
    int r = policy_open(a->net, row->document.note, row->document.note_len, &p, a->d);
    if (r < 0)
        return diag_prefix(a->d, r, "entry %" PRId64, row->number);
    r = policy_follows(a->policy_count == 0 ? NULL : a->policies[a->policy_count - 1].policy, p,
                       a->d);
    if (r < 0) {
        policy_free(p);
        return diag_prefix(a->d, ERR_AUTH, "entry %" PRId64, row->number);
    }
    a->counts.policy = p->serial;
    a->policies = mem_resize(a->policies, a->policy_count + 1, sizeof *a->policies);
    a->policies[a->policy_count].policy = p;
    a->policies[a->policy_count++].index = (uint64_t)row->number;
    return 0;
}

const struct log_known *public_log_audit_find(const struct public_log_audit *a,
                                              enum document_kind kind,
                                              const uint8_t hash[static HASH_BYTES], uint64_t index)
{
    struct log_known *k;
    uint8_t key[1 + HASH_BYTES] = {(uint8_t)kind};
    memcpy(key + 1, hash, HASH_BYTES);
    HASH_FIND(hh, a->known, key, sizeof key, k);
    return k != NULL && k->index < index ? k : NULL;
}

/* Every warrant and epochs note that it names stands before it, and they belong together. */
static int check_policy(struct public_log_audit *a, const struct log_row *row)
{
    struct policy *p = NULL;
    enum document_kind kind;
    uint8_t hash[HASH_BYTES];
    int r = policy_open(a->net, row->document.note, row->document.note_len, &p, a->d);
    if (r < 0)
        return r;
    CLEANUP(policy_set_free_cleanup) struct policy_set *set = policy_set_new(p);
    while (r == 0 && policy_set_wants(set, &kind, hash)) {
        const struct log_known *k = public_log_audit_find(a, kind, hash, (uint64_t)row->number);
        if (k == NULL)
            return diag_set(a->d, ERR_AUTH,
                            "policy %" PRIu32 ": %s that it names %s not in the "
                            "log before it",
                            p->serial,
                            kind == DOCUMENT_WARRANT ? "a warrant" : "the epochs of a warrant",
                            kind == DOCUMENT_WARRANT ? "is" : "are");
        r = policy_set_add(set, a->net, kind, k->note, strlen(k->note), a->d);
        if (r < 0)
            diag_prefix(a->d, r, "policy %" PRIu32, p->serial);
    }
    return r;
}

static int check_warrant(struct public_log_audit *a, const struct log_row *row)
{
    CLEANUP(warrant_free_cleanup) struct warrant *w = NULL;
    return warrant_open(a->net, row->document.note, row->document.note_len, &w, a->d);
}

/* An offer stands before the policy that first names its bot or its bot's key, or after it. */
static int check_epochs(struct public_log_audit *a, const struct log_row *row)
{
    int r = diag_set(a->d, ERR_AUTH, "epochs: no policy names the bot that made them");
    for (size_t i = 0; i < a->policy_count; i++)
        for (size_t b = 0; b < a->policies[i].policy->bot_count; b++) {
            const struct policy_bot *bot = &a->policies[i].policy->bots[b];
            CLEANUP(epochs_free_cleanup) struct epochs *e = NULL;
            struct diag why = {""};
            int code = epochs_open_offer(a->net->domain, bot->jid, bot->key, row->document.note,
                                         row->document.note_len, &e, &why);
            if (code == 0)
                return 0;
            if (document_peek_is(row->document.note, row->document.note_len, "bot", bot->jid))
                r = diag_set(a->d, code, "%s", why.text);
        }
    return r;
}

/* By the newest policy before the entry. */
static const struct policy_bot *bot_at(const struct public_log_audit *a, const char *jid,
                                       uint64_t index)
{
    const struct policy_bot *bot = NULL;
    for (size_t i = 0; i < a->policy_count && a->policies[i].index < index; i++) {
        const struct policy_bot *now = policy_bot(a->policies[i].policy, jid);
        bot = now != NULL ? now : bot;
    }
    return bot;
}

static int add_destroyed(struct public_log_audit *a, const char *value, uint64_t index)
{
    struct log_destroyed *x = mem_new(sizeof *x), *twice;
    snprintf(x->key, sizeof x->key, "%s", value);
    HASH_FIND_STR(a->destroyed, x->key, twice);
    if (twice != NULL) {
        free(x);
        return diag_set(a->d, ERR_AUTH, "the key '%s' was destroyed in entry %" PRIu64 " already",
                        twice->key, twice->index);
    }
    x->index = index;
    HASH_ADD_STR(a->destroyed, key, x);
    return 0;
}

/* "destroyed WARRANT DAY" lines to the end. */
static int check_destroyed(struct public_log_audit *a, struct document_reader *r, uint64_t index)
{
    const char *value;
    int e = 0;
    while (e == 0 && (value = document_optional(r, "destroyed")) != NULL)
        e = add_destroyed(a, value, index);
    return e < 0 ? e : document_end(r);
}

static int check_exemptions(struct public_log_audit *a, const struct log_row *row)
{
    CLEANUP(exemptions_free_cleanup) struct exemptions *x = NULL;
    return exemptions_open(a->net, row->document.note, row->document.note_len, &x, a->d);
}

/* Statements and destructions: whose they are, and that they signed them. */
static int check_report(struct public_log_audit *a, const struct log_row *row)
{
    CLEANUP(document_clear) struct document doc = {0};
    struct document_reader r;
    struct note view;
    enum document_kind kind = row->document.entry.kind;
    const char *word = document_kind_text(kind);
    int e = document_begin(&r, &doc, word, row->document.note, row->document.note_len,
                           VALUE_EPOCHS_MAX, &view, a->d);
    if (e < 0)
        return e;
    document_network(&r, a->net->domain);
    const char *jid = document_value(&r, "bot");
    if (r.failed < 0)
        return r.failed;
    const struct policy_bot *bot = bot_at(a, jid, (uint64_t)row->number);
    if (bot == NULL)
        return diag_set(a->d, ERR_AUTH, "%s: no policy before it names %s", word, jid);
    e = document_verify(&view, word, jid, bot->key, a->d);
    if (e < 0 || kind == DOCUMENT_STATEMENT)
        return e;
    (void)document_instant(&r, "at");
    return check_destroyed(a, &r, (uint64_t)row->number);
}

int public_log_audit_document(struct public_log_audit *a, const struct log_row *row)
{
    switch (row->document.entry.kind) {
    case DOCUMENT_POLICY:
        return check_policy(a, row);
    case DOCUMENT_WARRANT:
        return check_warrant(a, row);
    case DOCUMENT_EPOCHS:
        return check_epochs(a, row);
    case DOCUMENT_STATEMENT:
    case DOCUMENT_DESTRUCTION:
        return check_report(a, row);
    case DOCUMENT_EXEMPTIONS:
        return check_exemptions(a, row);
    case DOCUMENT_USE:
        return public_log_audit_use(a, row);
    case DOCUMENT_CERTIFICATE:
    case DOCUMENT_NETWORK:
    case DOCUMENT_PLACE:
    case DOCUMENT_KINDS:
        break;
    }
    return diag_set(a->d, ERR_FORMAT, "of a kind that is not logged");
}
