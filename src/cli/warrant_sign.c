#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "authority/page.h"
#include "base/file.h"
#include "cli/authority.h"
#include "cli/print.h"

struct words {
    const char *key, *network;
    bool yes, json;
};

/* The custodian's own copy of the network note: that the proposal is for that network. */
static int check_network(const struct verb *v, const struct words *w, const struct proposal *p)
{
    struct diag d = {""};
    CLEANUP_FREE char *note = NULL;
    CLEANUP(network_note_free_cleanup) struct network_note *own = NULL;
    if (w->network == NULL)
        return VERB_OK;
    if (file_read_text(w->network, VALUE_NOTE_MAX, &note, &d) < 0 ||
        network_note_open(note, strlen(note), &own, &d) < 0)
        return verb_fail(v, "%s: %s", w->network, d.text);
    if (memcmp(own->document.hash, p->net->document.hash, HASH_BYTES) != 0)
        return verb_fail(v, "%s is for another network than %s: do not sign it", p->path,
                         w->network);
    return VERB_OK;
}

static int ask(const struct verb *v, const struct proposal *p, const struct signing_key *key)
{
    char line[16] = "";
    printf("\nSign all of this as %s? It can't be taken back. Type yes: ", key->name);
    int r = verb_shown(v);
    if (r != VERB_OK)
        return r;
    if (fgets(line, sizeof line, stdin) == NULL || strcmp(line, "yes\n") != 0)
        return verb_fail(v, "%s was not signed", p->path);
    return VERB_OK;
}

static int confirm(const struct verb *v, const struct words *w, const struct proposal *p,
                   const struct signing_key *key)
{
    CLEANUP_BUF struct buf page = BUF_INIT(PAGE_MAX);
    if (!w->json) {
        page_proposal(&page, p, NULL);
        int r = authority_print(v, &page);
        if (r == VERB_OK)
            r = verb_shown(v);
        if (r != VERB_OK)
            return r;
    }
    if (w->yes)
        return VERB_OK;
    return w->json || !isatty(STDIN_FILENO)
               ? verb_fail(v, "%s was not signed: say --yes when you have read it", p->path)
               : ask(v, p, key);
}

static int say_signed(const struct words *w, const struct proposal *p,
                      const struct signing_key *key)
{
    struct paper papers[PROPOSAL_PAPERS_MAX];
    size_t count = proposal_papers(p, papers);
    json_t *have = json_array(), *missing = json_array();
    for (size_t i = 0; i < p->net->custodian_count; i++) {
        bool all = true;
        for (size_t k = 0; k < count; k++)
            all = all && proposal_signed(p, &papers[k], i);
        json_array_append_new(all ? have : missing, json_string(p->net->custodians[i].name));
    }
    bool enough = json_array_size(have) >= p->net->quorum;
    json_t *o =
        json_pack("{ss ss sO sO sI sb}", "proposal", p->path, "signer", key->name, "signed", have,
                  "missing", missing, "needed", (json_int_t)p->net->quorum, "enough", enough);
    if (w->json) {
        print_json(o);
    } else {
        CLEANUP_LINE struct line l = LINE_INIT;
        putchar('\n');
        line_foreign(&l, p->path);
        line_put(&l,
                 " is signed by %s. It has %zu of the %zu signatures that it needs: ", key->name,
                 json_array_size(have), p->net->quorum);
        print_list(&l, have, ", ");
        line_put(&l, ".");
        line_end(&l, 0);
        puts(enough ? "It can be published: ironside warrant publish DIR PROPOSAL"
                    : "Another custodian signs it, or a copy of it.");
    }
    json_decref(o);
    json_decref(have);
    json_decref(missing);
    return VERB_OK;
}

static int sign(const struct verb *v, const struct words *w, const char *path)
{
    struct diag d = {""};
    CLEANUP(proposal_free_cleanup) struct proposal *p = NULL;
    CLEANUP_SECRET struct signing_key *key = NULL;
    if (proposal_open(path, &p, &d) < 0 || keys_signing_read(w->key, &key, &d) < 0)
        return verb_fail(v, "%s", d.text);
    int r = check_network(v, w, p);
    if (r == VERB_OK)
        r = confirm(v, w, p, key);
    if (r != VERB_OK)
        return r;
    if (proposal_sign(p, key, &d) < 0)
        return verb_fail(v, "%s", d.text);
    return say_signed(w, p, key);
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct words w = {.key = NULL};
    const struct option_spec options[] = {
        {.name = "key", .value = &w.key},
        {.name = "network", .value = &w.network},
        {.name = "yes", .flag = true, .set = &w.yes},
        {.name = "json", .flag = true, .set = &w.json},
    };
    const char *path[1];
    size_t count;
    int r = verb_parse(v, argc, argv, options, 4, path, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1 || w.key == NULL)
        return verb_misused(v, count != 1 ? "which proposal?" : "with which key? --key FILE");
    return sign(v, &w, path[0]);
}

const struct verb verb_warrant_sign = {
    .noun = "warrant",
    .name = "sign",
    .usage = "PROPOSAL --key FILE [--network FILE] [--yes] [--json]",
    .help = "sign a proposal as a custodian, from files alone",
    .more = "  --key FILE      the custodian's key, from 'ironside custodian new'\n"
            "  --network FILE  a network note of your own, which the proposal's must be\n"
            "  --yes           do not ask\n"
            "  --json          for programs: one JSON object in a line, and no page\n",
    .run = run,
};
