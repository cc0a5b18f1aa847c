/* What an agency states in public, handed to the network that runs. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/print.h"
#include "cli/verb.h"
#include "network/control.h"
#include "wire/value.h"

static void say(const json_t *answer, bool json)
{
    CLEANUP_LINE struct line l = LINE_INIT;
    json_object_del((json_t *)(uintptr_t)answer, "ok");
    if (json) {
        print_json(answer);
        return;
    }
    line_put(&l, "The statement of use of %s for warrant ", print_text_of(answer, "agency"));
    line_foreign(&l, print_text_of(answer, "warrant"));
    line_put(&l, " on %s (UTC) is in the public log, the desk's number %lld.",
             print_text_of(answer, "day"),
             (long long)json_integer_value(json_object_get(answer, "serial")));
    line_end(&l, 0);
}

static int run(const struct verb *v, int argc, char **argv)
{
    const char *words[2];
    bool json = false;
    const struct option_spec options[] = {{.name = "json", .flag = true, .set = &json}};
    struct diag d = {""};
    size_t count;
    json_t *answer = NULL;
    CLEANUP_FREE char *note = NULL;
    int r = verb_parse(v, argc, argv, options, 1, words, 2, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 2)
        return verb_misused(v, "which network, and which statement?");
    if (file_read_text(words[1], VALUE_USE_MAX, &note, &d) < 0)
        return verb_fail(v, "%s", d.text);
    if (!value_utf8_valid(note, strlen(note)))
        return verb_fail(v, "%s is not a signed note", words[1]);
    if (control_ask(words[0], json_pack("{ss ss}", "do", "use", "note", note), &answer, &d) < 0)
        return verb_fail(v, "%s", d.text);
    say(answer, json);
    json_decref(answer);
    return VERB_OK;
}

const struct verb verb_log_submit = {
    .noun = "log",
    .name = "submit",
    .usage = "DIR FILE [--json]",
    .help = "hand in a desk's statement of use, for the public log",
    .more =
        "The network must be running. FILE is a note that the desk has signed: what it used the\n"
        "archive of one warrant for, on one day.\n\n"
        "  --json  for programs: one JSON object in a line\n",
    .run = run,
};
