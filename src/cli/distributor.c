/* The verbs around activation bundles: distributor add, list, provision. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/print.h"
#include "cli/verb.h"
#include "network/control.h"
#include "wire/bundle.h"
#include "wire/value.h"

/* Asks the running registrar. */
static int ask(const struct verb *v, const char *dir, json_t *request, json_t **ret)
{
    struct diag d = {""};
    return control_ask(dir, request, ret, &d) < 0 ? verb_fail(v, "%s", d.text) : VERB_OK;
}

static int run_add(const struct verb *v, int argc, char **argv)
{
    const char *quota = NULL, *words[2];
    const struct option_spec options[] = {{.name = "quota", .value = &quota}};
    size_t count;
    uint64_t number = 0;
    json_t *answer = NULL;
    int r = verb_parse(v, argc, argv, options, 1, words, 2, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 2)
        return verb_misused(v, "which network, and what is the distributor's name?");
    if (quota != NULL && value_parse_u64(quota, INT32_MAX, &number) < 0)
        return verb_misused(v, "--quota '%s' is not a number of accounts", quota);
    json_t *request = json_pack("{ss ss}", "do", "distributor-add", "name", words[1]);
    if (quota != NULL)
        json_object_set_new(request, "quota", json_integer((json_int_t)number));
    r = ask(v, words[0], request, &answer);
    if (r == VERB_OK)
        printf("distributor %s may hand out %s account%s\n", words[1],
               quota == NULL ? "any number of" : quota, quota != NULL && number == 1 ? "" : "s");
    json_decref(answer);
    return r;
}

static int run_list(const struct verb *v, int argc, char **argv)
{
    bool json = false;
    const struct option_spec options[] = {{.name = "json", .flag = true, .set = &json}};
    const char *dir[1];
    size_t count, i;
    json_t *answer = NULL, *x;
    int r = verb_parse(v, argc, argv, options, 1, dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1)
        return verb_misused(v, "which network?");
    r = ask(v, dir[0], json_pack("{ss}", "do", "distributors"), &answer);
    json_array_foreach(json_object_get(answer, "distributors"), i, x)
    {
        const json_t *quota = json_object_get(x, "quota");
        if (json) {
            print_json(x);
        } else {
            json_int_t used = json_integer_value(json_object_get(x, "used"));
            printf("%-24s %lld", json_string_value(json_object_get(x, "name")), (long long)used);
            if (json_is_integer(quota))
                printf(" of %lld accounts\n", (long long)json_integer_value(quota));
            else
                printf(" account%s, no limit\n", used == 1 ? "" : "s");
        }
    }
    json_decref(answer);
    return r;
}

static int run_provision(const struct verb *v, int argc, char **argv)
{
    const char *out = NULL, *distributor = NULL, *words[2];
    bool replace = false;
    const struct option_spec options[] = {{.name = "out", .value = &out},
                                          {.name = "distributor", .value = &distributor},
                                          {.name = "replace", .flag = true, .set = &replace}};
    struct diag d = {""};
    size_t count;
    json_t *answer = NULL;
    int r = verb_parse(v, argc, argv, options, 3, words, 2, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 2)
        return verb_misused(v, "which network, and which handle?");
    if (!value_handle_valid(words[1]))
        return verb_fail(v, "'%s' is not a handle: a-z, 0-9, '.', '_', '-', at most 64", words[1]);
    CLEANUP_FREE char *path = out != NULL ? mem_string(out) : mem_format("%s.bundle", words[1]);
    if (file_check_new(path, BUNDLE_MAX, &d) < 0) /* the registrar gives the bundle out once */
        return verb_fail(v, "%s: name another file with --out", d.text);
    json_t *request =
        json_pack("{ss ss}", "do", replace ? "replace" : "provision", "handle", words[1]);
    if (distributor != NULL)
        json_object_set_new(request, "distributor", json_string(distributor));
    r = ask(v, words[0], request, &answer);
    if (r == VERB_OK) {
        const json_t *bundle = json_object_get(answer, "bundle");
        if (file_create(path, json_string_value(bundle), json_string_length(bundle), 0600, &d) < 0)
            r = verb_fail(v, "%s; the account is made, and --replace gives it another bundle",
                          d.text);
        else
            printf("%s: an activation bundle for %s.\n"
                   "Whoever has it can activate the device: hand it over as you would a key.\n",
                   path, json_string_value(json_object_get(answer, "account")));
    }
    json_decref(answer);
    return r;
}

const struct verb verb_distributor_add = {
    .noun = "distributor",
    .name = "add",
    .usage = "DIR NAME [--quota N]",
    .help = "add a distributor, or change how many accounts it may hand out",
    .more = "  --quota N  accounts that it may hand out in all (without: any number)\n",
    .run = run_add,
};
const struct verb verb_distributor_list = {
    .noun = "distributor",
    .name = "list",
    .usage = "DIR [--json]",
    .help = "list the distributors",
    .more = "  --json  for programs: one JSON object in a line each\n",
    .run = run_list,
};
const struct verb verb_distributor_provision = {
    .noun = "distributor",
    .name = "provision",
    .usage = "DIR HANDLE [--out FILE] [--distributor NAME] [--replace]",
    .help = "make an account and its activation bundle",
    .more = "  --out FILE          where to write the bundle (HANDLE.bundle)\n"
            "  --distributor NAME  on whose account (main)\n"
            "  --replace           a new device for an account that exists; the old one ends\n",
    .run = run_provision,
};
