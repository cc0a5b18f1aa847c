/* The verbs of the public log: log show, verify, checkpoint. They need public data alone. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/log_entry.h"
#include "cli/print.h"
#include "cli/verb.h"
#include "network/layout.h"
#include "public_log/audit.h"
#include "wire/value.h"

struct opened {
    const char *dir;
    bool json;
    struct network_note *net;
    struct public_log *log;
};

static void opened_clear(struct opened *o)
{
    public_log_close(o->log);
    network_note_free(o->net);
}

static int open_log(const struct verb *v, int argc, char **argv, struct opened *o)
{
    const struct option_spec options[] = {{.name = "json", .flag = true, .set = &o->json}};
    struct diag d = {""};
    size_t count;
    int r = verb_parse(v, argc, argv, options, 1, &o->dir, 1, &count);
    if (r != VERB_OK)
        return r;
    if (count != 1)
        return verb_misused(v, "which network?");
    CLEANUP_FREE char *note_path = layout_path(o->dir, LAYOUT_NETWORK_NOTE);
    CLEANUP_FREE char *path = layout_path(o->dir, LAYOUT_LOG_DATABASE);
    CLEANUP_FREE char *note = NULL;
    int code = file_read_text(note_path, VALUE_NOTE_MAX, &note, &d);
    if (code == 0)
        code = network_note_open(note, strlen(note), &o->net, &d);
    if (code == 0)
        code = public_log_open(path, false, &o->log, &d);
    return code < 0 ? verb_fail(v, "%s", d.text) : VERB_OK;
}

/* ---- show ---- */

static int show_row(void *context, const struct log_row *row)
{
    const struct opened *o = context;
    json_t *entry = log_entry_json(o->net, row);
    if (o->json)
        print_json(entry);
    else
        log_entry_print(entry);
    json_decref(entry);
    return 0;
}

static int run_show(const struct verb *v, int argc, char **argv)
{
    CLEANUP(opened_clear) struct opened o = {.dir = NULL};
    struct diag d = {""};
    int r = open_log(v, argc, argv, &o);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    return public_log_walk(o.log, show_row, &o, &d) < 0 ? verb_fail(v, "%s", d.text) : VERB_OK;
}

/* ---- verify ---- */

static int run_verify(const struct verb *v, int argc, char **argv)
{
    CLEANUP(opened_clear) struct opened o = {.dir = NULL};
    struct public_log_audit_counts c;
    struct diag d = {""};
    int r = open_log(v, argc, argv, &o);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (public_log_audit(o.log, o.net, &c, &d) < 0)
        return verb_fail(v, "%s", d.text);
    json_t *kinds = json_object();
    for (size_t i = 1; i < DOCUMENT_KINDS; i++)
        if (log_kind_logged((enum document_kind)i))
            json_object_set_new(kinds, document_kind_text((enum document_kind)i),
                                json_integer((json_int_t)c.of_kind[i]));
    json_t *answer = json_pack("{sb sI sI sI so}", "verified", 1, "entries", (json_int_t)c.entries,
                               "checkpoints", (json_int_t)c.checkpoints, "policy",
                               (json_int_t)c.policy, "of_kind", kinds);
    if (o.json) {
        print_json(answer);
    } else {
        const char *kind;
        json_t *n;
        printf("verified: %" PRIu64 " entries under %" PRIu64 " checkpoints, policy %" PRIu32
               " the newest;",
               c.entries, c.checkpoints, c.policy);
        json_object_foreach(kinds, kind, n)
        {
            printf(" %s %lld", kind, (long long)json_integer_value(n));
        }
        putchar('\n');
    }
    json_decref(answer);
    return VERB_OK;
}

/* ---- checkpoint ---- */

static int run_checkpoint(const struct verb *v, int argc, char **argv)
{
    CLEANUP(opened_clear) struct opened o = {.dir = NULL};
    CLEANUP_FREE char *note = NULL;
    struct checkpoint c;
    struct diag d = {""};
    int r = open_log(v, argc, argv, &o);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    int code = public_log_newest(o.log, &note, &d);
    if (code == 0)
        code = log_checkpoint_open(o.net, note, strlen(note), &c, &d);
    if (code < 0)
        return verb_fail(v, "%s", d.text);
    if (o.json) {
        char root[2 * MERKLE_BYTES + 1];
        encode_hex(c.root, sizeof c.root, root);
        json_t *answer =
            json_pack("{sI ss ss}", "size", (json_int_t)c.size, "root", root, "note", note);
        print_json(answer);
        json_decref(answer);
    } else {
        fputs(note, stdout);
    }
    return VERB_OK;
}

#define PUBLIC                                                                                     \
    "It needs network.note and log/ of the network's folder alone: a copy of them will do.\n\n"
#define JSON_MORE "  --json  for programs: one JSON object in a line\n"

const struct verb verb_log_show = {
    .noun = "log",
    .name = "show",
    .usage = "DIR [--json]",
    .help = "the public log: certificates, policies, warrants, key destructions",
    .more = PUBLIC "  --json  for programs: one JSON object in a line for each entry\n",
    .run = run_show,
};
const struct verb verb_log_verify = {
    .noun = "log",
    .name = "verify",
    .usage = "DIR [--json]",
    .help = "check all of it, and name the first thing wrong",
    .more = PUBLIC JSON_MORE,
    .run = run_verify,
};
const struct verb verb_log_checkpoint = {
    .noun = "log",
    .name = "checkpoint",
    .usage = "DIR [--json]",
    .help = "its newest signed checkpoint (C2SP tlog-checkpoint), for witnesses",
    .more = PUBLIC JSON_MORE,
    .run = run_checkpoint,
};
