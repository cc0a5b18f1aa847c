#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/authority.h"
#include "cli/print.h"
#include "network/control.h"

#define COPIES_MAX 16U

static int merge(const struct verb *v, struct proposal *p, const char *const *copies, size_t count)
{
    struct diag d = {""};
    for (size_t i = 0; i < count; i++) {
        CLEANUP(proposal_free_cleanup) struct proposal *copy = NULL;
        if (proposal_open(copies[i], &copy, &d) < 0 || proposal_merge(p, copy, &d) < 0)
            return verb_fail(v, "%s", d.text);
    }
    return VERB_OK;
}

/* The registrar takes what is in the folder, and says what it did not take. */
static int bring_into_force(const struct verb *v, const char *dir, uint32_t serial, bool *ret)
{
    struct diag d = {""};
    json_t *answer = NULL, *problem;
    size_t i;
    *ret = false;
    int r = control_ask(dir, json_pack("{ss}", "do", "import"), &answer, &d);
    if (r == ERR_NOT_FOUND)
        return VERB_OK;
    if (r < 0)
        return verb_fail(v, "the notes are in %s/documents, and the registrar says: %s", dir,
                         d.text);
    json_array_foreach(json_object_get(answer, "problems"), i, problem)
        print_aside("the registrar left out", json_string_value(problem));
    json_int_t newest = json_integer_value(json_object_get(answer, "policy"));
    json_decref(answer);
    *ret = newest == (json_int_t)serial;
    return *ret ? VERB_OK
                : verb_fail(v, "policy %" PRIu32 " was not taken: the registrar has policy %lld",
                            serial, (long long)newest);
}

static void say(bool json, const char *dir, const struct proposal *p, bool in_force)
{
    uint32_t serial = p->policy == NULL ? 0 : p->policy->serial;
    if (json) {
        json_t *ids = json_array();
        for (size_t i = 0; i < p->warrant_count; i++)
            json_array_append_new(ids, json_string(p->warrants[i]->id));
        json_t *o = json_pack("{ss sI so sb}", "network", p->net->domain, "policy",
                              (json_int_t)serial, "warrants", ids, "in_force", in_force);
        print_json(o);
        json_decref(o);
        return;
    }
    if (p->founding)
        printf("The network %s is founded.\n", p->net->domain);
    if (serial > 0)
        printf("Policy %" PRIu32 " is published. %s\n", serial,
               in_force ? "The registrar has it and tells every bot and device."
                        : "It comes into force when the network starts.");
    else
        printf("Next: ironside warrant draft %s, for its first policy\n", dir);
}

static int run(const struct verb *v, int argc, char **argv)
{
    const char *words[2 + COPIES_MAX];
    bool json = false, in_force = false;
    const struct option_spec options[] = {{.name = "json", .flag = true, .set = &json}};
    struct diag d = {""};
    size_t count;
    CLEANUP(proposal_free_cleanup) struct proposal *p = NULL;
    int r = verb_parse(v, argc, argv, options, 1, words, 2 + COPIES_MAX, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count < 2)
        return verb_misused(v, "which network, and which proposal?");
    if (proposal_open(words[1], &p, &d) < 0)
        return verb_fail(v, "%s", d.text);
    r = merge(v, p, words + 2, count - 2);
    if (r != VERB_OK)
        return r;
    if (published_add(words[0], p, &d) < 0)
        return verb_fail(v, "%s", d.text);
    if (p->policy != NULL)
        r = bring_into_force(v, words[0], p->policy->serial, &in_force);
    if (r == VERB_OK)
        say(json, words[0], p, in_force);
    return r;
}

const struct verb verb_warrant_publish = {
    .noun = "warrant",
    .name = "publish",
    .usage = "DIR PROPOSAL [COPY...] [--json]",
    .help = "put a signed proposal into force, with the signatures of its copies",
    .more = "  --json  for programs: one JSON object in a line\n",
    .run = run,
};
