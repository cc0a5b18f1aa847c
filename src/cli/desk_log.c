/* ironside desk log …: who has looked at what. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "cli/desk.h"
#include "cli/print.h"

struct words {
    const char *user, *passphrase_file;
    bool json;
};

static int parse(const struct verb *v, int argc, char **argv, struct words *w, const char **ret_dir)
{
    const struct option_spec options[] = {{.name = "passphrase-file", .value = &w->passphrase_file},
                                          {.name = "json", .flag = true, .set = &w->json},
                                          {.name = "user", .value = &w->user}};
    size_t count, own = v == &verb_desk_log_show ? 3 : 1;
    int r = verb_parse(v, argc, argv, options, own, ret_dir, 1, &count);
    if (r == VERB_OK && count != 1)
        r = verb_misused(v, "which desk?");
    return r;
}

struct showing {
    bool json;
    size_t count;
};

static void show_json(const struct access_entry *e, const char *at)
{
    json_t *o =
        json_pack("{sI ss ss ss ss ss ss ss ss sI sb}", "number", (json_int_t)e->number, "at", at,
                  "action", access_action_text(e->action), "user", e->user, "role", e->role,
                  "purpose", e->purpose, "case", e->case_id, "warrants", e->warrants, "what",
                  e->what, "count", (json_int_t)e->count, "hidden", e->hidden);
    print_json(o);
    json_decref(o);
}

static void put_part(struct line *l, const char *name, const char *text)
{
    if (text[0] == '\0')
        return;
    line_put(l, ", %s ", name);
    line_foreign(l, text);
}

/* What the defence asked, and why, is the auditors': the log's tree is verified over all of it. */
static struct access_entry without_hidden(const struct access_entry *e)
{
    struct access_entry shown = *e;
    if (e->hidden)
        shown.what = shown.purpose = "";
    return shown;
}

static int show_entry(void *context, const struct access_entry *entry)
{
    const struct access_entry shown = without_hidden(entry), *e = &shown;
    struct showing *x = context;
    CLEANUP_LINE struct line l = LINE_INIT;
    char at[CALENDAR_INSTANT_LEN + 1];
    calendar_format(e->at_unix_ms, at);
    x->count++;
    if (x->json) {
        show_json(e, at);
        return 0;
    }
    line_put(&l, "%" PRIu64 "  ", e->number);
    line_time(&l, at);
    line_put(&l, "  %s  ", access_action_text(e->action));
    line_foreign(&l, e->user[0] == '\0' ? "(nobody)" : e->user);
    line_put(&l, "%s%s: ", e->role[0] == '\0' ? "" : ", ", e->role);
    line_foreign(&l, e->hidden ? "(auditors read what, and why)" : e->what);
    if (e->count > 0)
        line_put(&l, ", %" PRIu64 " shown", e->count);
    put_part(&l, "purpose", e->purpose);
    put_part(&l, "case", e->case_id);
    put_part(&l, "warrants", e->warrants);
    line_end(&l, 0);
    return 0;
}

static int run_show(const struct verb *v, int argc, char **argv)
{
    struct words w = {.user = NULL};
    CLEANUP_DESK struct desk_opened x = {.passphrase = NULL};
    struct showing s = {.count = 0};
    struct diag d = {""};
    const char *dir;
    int r = parse(v, argc, argv, &w, &dir);
    if (r == VERB_OK)
        r = desk_open(v, dir, w.passphrase_file, &x);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    struct access_question q = {.limit = UINT64_MAX, .user = w.user, .action = ACCESS_ACTIONS};
    s.json = w.json;
    if (access_each(x.engine.log, &q, show_entry, &s, &d) < 0)
        return verb_fail(v, "%s", d.text);
    print_nothing(w.json, s.count, "nobody has asked anything yet");
    return VERB_OK;
}

static int run_verify(const struct verb *v, int argc, char **argv)
{
    struct words w = {.user = NULL};
    CLEANUP_DESK struct desk_opened x = {.passphrase = NULL};
    uint64_t entries, checkpoints;
    struct diag d = {""};
    const char *dir;
    int r = parse(v, argc, argv, &w, &dir);
    if (r == VERB_OK)
        r = desk_open(v, dir, w.passphrase_file, &x);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (access_verify(x.engine.log, &entries, &checkpoints, &d) < 0)
        return verb_fail(v, "%s", d.text);
    print_count(entries, "entry, under ", "entries, under ");
    print_count(checkpoints, "signed checkpoint: whole\n", "signed checkpoints: whole\n");
    return VERB_OK;
}

const struct verb verb_desk_log_show = {
    .noun = "desk",
    .name = "log show",
    .usage = "FOLDER [--user NAME] [--json] [--passphrase-file FILE]",
    .help = "who asked a desk for what, and why",
    .more = "  --user NAME   one user's alone\n"
            "  --json        for programs: one JSON object in a line each\n" DESK_PASSPHRASE_MORE,
    .run = run_show,
};

const struct verb verb_desk_log_verify = {
    .noun = "desk",
    .name = "log verify",
    .usage = "FOLDER [--passphrase-file FILE]",
    .help = "check the tree and the signatures of a desk's access log",
    .more = DESK_PASSPHRASE_MORE,
    .run = run_verify,
};
