#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/print.h"
#include "cli/verb.h"
#include "ibot/offer.h"
#include "network/layout.h"
#include "network/settings.h"

struct words {
    const char *bot, *id, *from, *until, *out;
    bool json;
};

/* Where the note goes, which must not be there yet: keys without a note would be lost days. */
static int find_path(const struct words *w, const char *dir, char **ret, struct diag *d)
{
    CLEANUP_FREE char *name = mem_format("epochs-%s", w->id), *path = NULL;
    int r = 0;
    if (w->out != NULL)
        path = mem_string(w->out);
    else
        r = layout_document(dir, name, &path, d);
    if (r == 0 && file_exists(path))
        r = diag_set(d, ERR_EXISTS, "%s is there already", path);
    if (r == 0)
        *ret = TAKE(path);
    return r;
}

static int offer(const struct verb *v, const struct words *w, const char *dir, int64_t from,
                 int64_t until)
{
    struct settings s;
    struct diag d;
    CLEANUP_BOT_FOLDER struct bot_folder f = {.network = NULL};
    CLEANUP_BUF struct buf note = BUF_INIT(VALUE_EPOCHS_MAX);
    CLEANUP_FREE char *path = NULL;
    if (settings_read(dir, &s, &d) < 0 || bot_folder_open(dir, w->bot, &f, &d) < 0 ||
        find_path(w, dir, &path, &d) < 0 ||
        offer_make(&f, s.domain, w->id, from, until, &note, &d) < 0 ||
        file_create(path, note.data, note.len, 0644, &d) < 0)
        return verb_fail(v, "%s", d.text);
    if (w->json) {
        json_t *o = json_pack("{ss ss sI ss}", "id", w->id, "bot", f.jid, "days",
                              (json_int_t)until - from + 1, "file", path);
        print_json(o);
        json_decref(o);
        return VERB_OK;
    }
    printf("%s: bot %s offers %lld days for a warrant %s. Only this bot has their keys: if it is "
           "lost, so are they. It uses them from its next start on.\n",
           path, f.jid, (long long)(until - from + 1), w->id);
    return VERB_OK;
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct words w = {.bot = "ibot"};
    const struct option_spec options[] = {
        {.name = "bot", .value = &w.bot},   {.name = "id", .value = &w.id},
        {.name = "from", .value = &w.from}, {.name = "until", .value = &w.until},
        {.name = "out", .value = &w.out},   {.name = "json", .flag = true, .set = &w.json},
    };
    const char *dir[1];
    size_t count;
    int64_t from = 0, until = 0;
    int r = verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1 || w.id == NULL)
        return verb_misused(v, count != 1 ? "which network?" : "for which warrant? --id ID");
    if (w.from == NULL || w.until == NULL || calendar_parse_day(w.from, &from) < 0 ||
        calendar_parse_day(w.until, &until) < 0)
        return verb_misused(v, "which days? --from and --until, as YYYY-MM-DD");
    return offer(v, &w, dir[0], from, until);
}

const struct verb verb_warrant_offer = {
    .noun = "warrant",
    .name = "offer",
    .usage = "DIR --id ID --from DAY --until DAY [--bot NAME] [--out FILE] [--json]",
    .help = "a bot makes day keys for a warrant, and publishes their public halves",
    .more = "  --id ID      of the warrant that is to use them\n"
            "  --from DAY   first day, UTC\n"
            "  --until DAY  last day\n"
            "  --bot NAME   which bot (ibot)\n"
            "  --out FILE   where the epochs note goes (DIR/documents/epochs-ID.note)\n"
            "  --json       for programs: one JSON object in a line\n",
    .run = run,
};
