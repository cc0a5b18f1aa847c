#include <stdio.h>
#include <string.h>

#include "cli/print.h"
#include "cli/verb.h"
#include "network/control.h"

static int run(const struct verb *v, int argc, char **argv)
{
    bool json = false;
    const char *dir[1];
    const struct option_spec options[] = {{.name = "json", .flag = true, .set = &json}};
    struct diag d = {""};
    size_t count;
    json_t *a = NULL;
    int r = verb_parse(v, argc, argv, options, 1, dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1)
        return verb_misused(v, "which network?");
    if (control_ask(dir[0], json_pack("{ss}", "do", "status"), &a, &d) < 0)
        return verb_fail(v, "%s", d.text);
    if (json) {
        print_json(a);
    } else {
        CLEANUP_LINE struct line l = LINE_INIT;
        line_put(&l, "%s (%s) is running; its clock shows ", print_text_of(a, "domain"),
                 print_text_of(a, "kind"));
        line_time(&l, print_text_of(a, "at"));
        line_end(&l, 0);
        printf("  policy    %lld\n  accounts  %lld (%lld activated)\n  server    %s\n",
               (long long)json_integer_value(json_object_get(a, "policy")),
               (long long)json_integer_value(json_object_get(a, "accounts")),
               (long long)json_integer_value(json_object_get(a, "activated")),
               json_is_true(json_object_get(a, "server")) ? "connected" : "NOT connected");
    }
    json_decref(a);
    return VERB_OK;
}

const struct verb verb_status = {
    .noun = "",
    .name = "status",
    .usage = "DIR [--json]",
    .help = "is the network running, and how large is it",
    .more = "  --json  for programs: one JSON object\n",
    .run = run,
};
