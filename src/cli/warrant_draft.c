#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/authority.h"
#include "network/layout.h"
#include "wire/document_peek.h"

struct words {
    const char *offer, *from, *until, *scope, *exclude, *authority, *notice, *out, *at;
    const char *agencies[WARRANT_AGENCIES_MAX + 1], *desks[WARRANT_AGENCIES_MAX + 1];
    bool json;
};

/* What the words point into. */
struct parsed {
    char *scope, *exclude;
    char *agencies[WARRANT_AGENCIES_MAX];
    const char *members[AUTHORITY_LIST_MAX], *excluded[AUTHORITY_LIST_MAX];
    struct warrant_agency agency[WARRANT_AGENCIES_MAX];
};

static void parsed_clear(struct parsed *p)
{
    free(p->scope);
    free(p->exclude);
    for (size_t i = 0; i < WARRANT_AGENCIES_MAX; i++)
        free(p->agencies[i]);
}

static int parse_day(const struct verb *v, const char *name, const char *text, int64_t *ret)
{
    *ret = DRAFT_DAY_OF_OFFER;
    return text == NULL ? VERB_OK : verb_day(v, name, text, ret);
}

static int parse_scope(const struct verb *v, const struct words *w, struct parsed *p,
                       struct warrant_terms *t)
{
    static const char *const kinds[] = {
        [WARRANT_ACCOUNTS] = "accounts:", [WARRANT_COUNTRIES] = "countries:"};
    t->scope = WARRANT_ALL;
    t->members = p->members;
    if (w->scope != NULL && strcmp(w->scope, "all") == 0)
        return VERB_OK;
    for (enum warrant_scope s = WARRANT_ACCOUNTS; w->scope != NULL && s <= WARRANT_COUNTRIES; s++) {
        size_t len = strlen(kinds[s]);
        if (strncmp(w->scope, kinds[s], len) != 0)
            continue;
        t->scope = s;
        p->scope = mem_string(w->scope + len);
        if (authority_split(p->scope, p->members, AUTHORITY_LIST_MAX, &t->member_count))
            return VERB_OK;
    }
    return verb_misused(v, "--scope is all, accounts:anna,ben or countries:DE,NL");
}

static int parse_agencies(const struct verb *v, const struct words *w, struct parsed *p,
                          struct warrant_terms *t)
{
    t->agencies = p->agency;
    for (size_t i = 0; w->agencies[i] != NULL; i++) {
        p->agencies[i] = mem_string(w->agencies[i]);
        char *equals = strchr(p->agencies[i], '=');
        if (equals == NULL)
            return verb_misused(v, "--agency '%s' is not NAME=age1...", w->agencies[i]);
        *equals = '\0';
        p->agency[t->agency_count++] =
            (struct warrant_agency){.name = p->agencies[i], .recipient_text = equals + 1};
    }
    return t->agency_count > 0 ? VERB_OK : verb_misused(v, "who may read? --agency NAME=age1...");
}

static struct warrant_agency *agency_of(struct parsed *p, size_t count, const char *name,
                                        size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(p->agency[i].name) == len && memcmp(p->agency[i].name, name, len) == 0)
            return &p->agency[i];
    return NULL;
}

/* Of agencies that are named, each once. */
static int parse_desks(const struct verb *v, const struct words *w, struct parsed *p,
                       const struct warrant_terms *t)
{
    for (size_t i = 0; w->desks[i] != NULL; i++) {
        const char *name = w->desks[i], *equals = strchr(name, '=');
        if (equals == NULL)
            return verb_misused(v, "--desk '%s' is not NAME=KEY", name);
        struct warrant_agency *a = agency_of(p, t->agency_count, name, (size_t)(equals - name));
        if (a == NULL || a->has_desk)
            return verb_misused(v, "--desk '%s': %s", name,
                                a == NULL ? "no --agency has this name"
                                          : "this agency has a desk already");
        if (decode_base64_exact(equals + 1, strlen(equals + 1), a->desk, sizeof a->desk) < 0)
            return verb_misused(v, "--desk '%s' has no key of 32 bytes in base64", name);
        a->has_desk = true;
    }
    return VERB_OK;
}

static int parse_terms(const struct verb *v, const struct words *w, struct parsed *p,
                       struct warrant_terms *t)
{
    if (w->offer == NULL || w->authority == NULL)
        return verb_misused(v, w->offer == NULL ? "which days? --offer ID or FILE"
                                                : "who issues it? --authority TEXT");
    t->authority = w->authority;
    t->excluded = p->excluded;
    p->exclude = mem_string(w->exclude == NULL ? "" : w->exclude);
    if (w->exclude != NULL &&
        !authority_split(p->exclude, p->excluded, AUTHORITY_LIST_MAX, &t->excluded_count))
        return verb_misused(v, "--exclude '%s' is not a list such as GB,US", w->exclude);
    int r = parse_day(v, "from", w->from, &t->from_day);
    if (r == VERB_OK)
        r = parse_day(v, "until", w->until, &t->until_day);
    if (r == VERB_OK)
        r = parse_scope(v, w, p, t);
    if (r == VERB_OK)
        r = parse_agencies(v, w, p, t);
    return r == VERB_OK ? parse_desks(v, w, p, t) : r;
}

static int read_offer(const char *dir, const char *offer, char **ret, struct diag *d)
{
    CLEANUP_FREE char *name = mem_format("epochs-%s", offer), *path = NULL;
    if (strchr(offer, '/') != NULL || file_exists(offer))
        return file_read_text(offer, VALUE_EPOCHS_MAX, ret, d);
    int r = layout_document(dir, name, &path, d);
    return r < 0 ? r : file_read_text(path, VALUE_EPOCHS_MAX, ret, d);
}

/* A network's first policy has no bot yet: the offer's becomes the default one. */
static int put_first_bot(struct drafting *x, const char *offer, struct diag *d)
{
    uint8_t key[SIGN_PUBLIC_BYTES];
    CLEANUP_FREE char *jid = document_peek(offer, strlen(offer), "bot");
    if (published_policy(x->from) != NULL)
        return 0;
    if (jid[0] == '\0')
        return diag_set(d, ERR_FORMAT, "the offer is not an epochs note");
    int r = authority_bot_key(x->dir, jid, key, d);
    return r < 0 ? r : draft_put_bot(x->draft, jid, key, NULL, 0, d);
}

static int add_warrant(struct drafting *x, const struct words *w, const struct warrant_terms *t)
{
    struct diag d = {""};
    CLEANUP_FREE char *offer = NULL;
    int r = read_offer(x->dir, w->offer, &offer, &d);
    if (r == 0)
        r = put_first_bot(x, offer, &d);
    if (r == 0 && w->notice != NULL)
        r = draft_notice(x->draft, w->notice, &d);
    if (r == 0)
        r = draft_add_warrant(x->draft, t, offer, strlen(offer), &d);
    return r < 0 ? verb_fail(x->verb, "%s", d.text) : VERB_OK;
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct words w = {.scope = NULL};
    const struct option_spec options[] = {
        {.name = "offer", .value = &w.offer},
        {.name = "from", .value = &w.from},
        {.name = "until", .value = &w.until},
        {.name = "scope", .value = &w.scope},
        {.name = "exclude", .value = &w.exclude},
        {.name = "agency", .list = w.agencies, .list_max = WARRANT_AGENCIES_MAX},
        {.name = "desk", .list = w.desks, .list_max = WARRANT_AGENCIES_MAX},
        {.name = "authority", .value = &w.authority},
        {.name = "notice", .value = &w.notice},
        {.name = "at", .value = &w.at},
        {.name = "out", .value = &w.out},
        {.name = "json", .flag = true, .set = &w.json},
    };
    const char *dir[1];
    size_t count;
    CLEANUP(parsed_clear) struct parsed p = {.scope = NULL};
    struct warrant_terms t = {.authority = NULL};
    int r = verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1)
        return verb_misused(v, "which network?");
    CLEANUP_DRAFTING struct drafting x = {.verb = v, .dir = dir[0], .out = w.out, .json = w.json};
    r = parse_terms(v, &w, &p, &t);
    if (r == VERB_OK)
        r = drafting_begin(&x, w.at);
    if (r == VERB_OK)
        r = add_warrant(&x, &w, &t);
    return r == VERB_OK ? drafting_end(&x) : r;
}

const struct verb verb_warrant_draft = {
    .noun = "warrant",
    .name = "draft",
    .usage = "DIR --offer ID|FILE --scope SCOPE --agency NAME=age1... --authority TEXT\n"
             "                     --out PROPOSAL [--from DAY] [--until DAY] [--exclude CC,...]\n"
             "                     [--desk NAME=KEY...] [--notice TEXT] [--at INSTANT] [--json]",
    .help = "propose a warrant, and the policy that names it, to the custodians",
    .more =
        "  --offer ID|FILE      the days that a bot has offered, or their epochs note\n"
        "  --scope SCOPE        all, accounts:anna,ben or countries:DE,NL\n"
        "  --agency NAME=age1...  who may read, with which age recipient; one to sixteen times\n"
        "  --desk NAME=KEY      the key of that agency's desk, which states each day what the "
        "archive\n"
        "                       was used for; once for each agency that has one\n"
        "  --authority TEXT     the court or office that issues it\n"
        "  --out PROPOSAL       the folder that is made for the custodians\n"
        "  --from DAY           first day, UTC (the first that was offered)\n"
        "  --until DAY          last day (the last that was offered)\n"
        "  --exclude CC,...     countries whose devices are left out: NL,US\n"
        "  --notice TEXT        what devices show from then on\n"
        "  --at INSTANT         when it is issued, in the network's time (now)\n"
        "  --json               for programs: one JSON object in a line\n",
    .run = run,
};
