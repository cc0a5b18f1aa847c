/* The verbs that show what custodians sign: warrant show and policy show. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "authority/page.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/authority.h"
#include "cli/print.h"
#include "network/layout.h"
#include "wire/document_peek.h"

struct showing {
    const struct verb *v;
    const char *what, *id, *account, *network;
    bool json;
};

static int show(const struct showing *s, struct buf *page, json_t *o)
{
    if (!s->json)
        return authority_print(s->v, page);
    print_json(o);
    return VERB_OK;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* ---- a note alone ---- */

/* The network note beside it, or that of the network in whose documents/ it lies. */
static int find_network(const struct showing *s, struct network_note **ret, struct diag *d)
{
    const char *slash = strrchr(s->what, '/');
    CLEANUP_FREE char *folder =
        slash == NULL ? mem_string(".") : mem_string_n(s->what, (size_t)(slash - s->what));
    CLEANUP_FREE char *beside = mem_format("%s/network.note", folder);
    CLEANUP_FREE char *above = mem_format("%s/../network.note", folder);
    const char *path = s->network != NULL ? s->network : file_exists(beside) ? beside : above;
    CLEANUP_FREE char *note = NULL;
    if (s->network == NULL && !file_exists(path))
        return 0;
    int r = file_read_text(path, VALUE_NOTE_MAX, &note, d);
    if (r == 0)
        r = network_note_open_unsigned(note, strlen(note), ret, d);
    return r < 0 ? diag_prefix(d, r, "%s", path) : 0;
}

static int show_note(const struct showing *s, bool policy)
{
    struct diag d = {""};
    CLEANUP_FREE char *note = NULL;
    CLEANUP(network_note_free_cleanup) struct network_note *net = NULL;
    CLEANUP(warrant_free_cleanup) struct warrant *w = NULL;
    CLEANUP(policy_free_cleanup) struct policy *p = NULL;
    CLEANUP_BUF struct buf page = BUF_INIT(PAGE_MAX);
    if (file_read_text(s->what, VALUE_EPOCHS_MAX, &note, &d) < 0 || find_network(s, &net, &d) < 0)
        return verb_fail(s->v, "%s", d.text);
    /* Of an unsigned note the network is what it says it is. */
    CLEANUP_FREE char *domain =
        net != NULL ? mem_string(net->domain) : document_peek(note, strlen(note), "network");
    const struct page_context c = {.net = net, .account = s->account};
    int r = policy ? policy_open_unsigned(domain, note, strlen(note), &p, &d)
                   : warrant_open_unsigned(domain, note, strlen(note), &w, &d);
    if (r < 0)
        return verb_fail(s->v, "%s: %s", s->what, d.text);
    if (policy)
        page_policy(&page, &c, p, NULL);
    else
        page_warrant(&page, &c, w);
    json_t *o = policy ? page_policy_json(&c, p, NULL) : page_warrant_json(&c, w);
    r = show(s, &page, o);
    json_decref(o);
    return r;
}

/* ---- a proposal ---- */

static int show_proposal(const struct showing *s, bool policy)
{
    struct diag d = {""};
    CLEANUP(proposal_free_cleanup) struct proposal *p = NULL;
    CLEANUP_BUF struct buf page = BUF_INIT(PAGE_MAX);
    if (proposal_open(s->what, &p, &d) < 0)
        return verb_fail(s->v, "%s", d.text);
    const struct page_context c = {.net = p->net, .policy = p->policy, .account = s->account};
    const struct warrant *one = NULL;
    for (size_t i = 0; s->id != NULL && i < p->warrant_count; i++)
        if (strcmp(p->warrants[i]->id, s->id) == 0)
            one = p->warrants[i];
    if (s->id != NULL && one == NULL)
        return verb_fail(s->v, "%s proposes no warrant %s", s->what, s->id);
    if (policy && p->policy == NULL)
        return verb_fail(s->v, "%s holds no policy: it founds a network", s->what);
    if (one != NULL)
        page_warrant(&page, &c, one);
    else if (policy)
        page_policy(&page, &c, p->policy, p->before);
    else
        page_proposal(&page, p, s->account);
    json_t *o = one != NULL ? page_warrant_json(&c, one)
                : policy    ? page_policy_json(&c, p->policy, p->before)
                            : page_proposal_json(p, s->account);
    int r = show(s, &page, o);
    json_decref(o);
    return r;
}

/* ---- what is published ---- */

static int show_warrants(const struct showing *s, const struct published *x)
{
    const struct page_context c = {
        .net = x->net, .policy = published_policy(x), .account = s->account};
    CLEANUP_BUF struct buf page = BUF_INIT(PAGE_MAX);
    json_t *list = json_array();
    for (size_t i = 0; i < c.policy->warrant_count; i++) {
        const struct warrant *w = x->set->warrants[i];
        if (s->id != NULL && strcmp(s->id, w->id) != 0)
            continue;
        if (page.len > 0)
            buf_put_text(&page, "\n\n");
        page_warrant(&page, &c, w);
        json_array_append_new(list, page_warrant_json(&c, w));
    }
    int r = VERB_OK;
    if (json_array_size(list) > 0)
        r = show(s, &page, s->id != NULL ? json_array_get(list, 0) : list);
    else if (s->id != NULL)
        r = verb_fail(s->v, "warrant %s is not in force: policy %u does not name it", s->id,
                      c.policy->serial);
    else if (s->json)
        print_json(list);
    else
        printf("No warrant is in force: policy %u names none.\n", c.policy->serial);
    json_decref(list);
    return r;
}

static int show_policy(const struct showing *s, const struct published *x)
{
    const struct page_context c = {.net = x->net};
    CLEANUP_BUF struct buf page = BUF_INIT(PAGE_MAX);
    page_policy(&page, &c, published_policy(x), NULL);
    json_t *o = page_policy_json(&c, published_policy(x), NULL);
    int r = show(s, &page, o);
    json_decref(o);
    return r;
}

static int show_published(const struct showing *s, bool policy)
{
    struct diag d = {""};
    CLEANUP(published_free_cleanup) struct published *x = NULL;
    if (published_open(s->what, &x, &d) < 0)
        return verb_fail(s->v, "%s", d.text);
    for (size_t i = 0; i < x->problem_count; i++)
        print_aside("left out", x->problems[i]);
    if (x->set == NULL)
        return verb_fail(s->v, "%s has no policy yet", s->what);
    return policy ? show_policy(s, x) : show_warrants(s, x);
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct showing s = {.v = v};
    const struct option_spec options[] = {
        {.name = "account", .value = &s.account},
        {.name = "network", .value = &s.network},
        {.name = "json", .flag = true, .set = &s.json},
    };
    bool policy = v == &verb_policy_show;
    const char *words[2];
    size_t count;
    int r = verb_parse(v, argc, argv, policy ? options + 1 : options, policy ? 2 : 3, words,
                       policy ? 1 : 2, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count == 0)
        return verb_misused(v, "which one? A note, a proposal or a network");
    s.what = words[0];
    s.id = count == 2 ? words[1] : NULL;
    if (s.account != NULL && !value_handle_valid(s.account))
        return verb_misused(v, "--account '%s' is not a handle", s.account);
    if (!is_folder(s.what))
        return show_note(&s, policy);
    CLEANUP_FREE char *documents = layout_path(s.what, LAYOUT_DOCUMENTS);
    return is_folder(documents) ? show_published(&s, policy) : show_proposal(&s, policy);
}

const struct verb verb_warrant_show = {
    .noun = "warrant",
    .name = "show",
    .usage = "FILE|PROPOSAL|DIR [ID] [--account HANDLE] [--network FILE] [--json]",
    .help = "a warrant as a page, with who has signed it",
    .more = "  --account HANDLE  say whether the warrant names this account\n"
            "  --network FILE    the network note that names the custodians, for a note alone\n"
            "  --json            for programs: one JSON object in a line\n",
    .run = run,
};
const struct verb verb_policy_show = {
    .noun = "policy",
    .name = "show",
    .usage = "FILE|PROPOSAL|DIR [--network FILE] [--json]",
    .help = "a policy as a page: what it changes, and who has signed it",
    .more = "  --network FILE  the network note that names the custodians, for a note alone\n"
            "  --json          for programs: one JSON object in a line\n",
    .run = run,
};
