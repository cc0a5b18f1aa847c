/* ironside archive checkpoint: what others hold, so that a journal cannot be cut short. */
#include <stdio.h>

#include "base/encode.h"
#include "cli/archive.h"
#include "cli/print.h"

static int run_checkpoint(const struct verb *v, int argc, char **argv)
{
    struct archive_words w;
    CLEANUP_ARCHIVE struct archive a = {.net = NULL};
    CLEANUP_FREE char *note = NULL;
    struct checkpoint c;
    int r = archive_parse(v, argc, argv, &w);
    if (r == VERB_OK)
        r = archive_open(v, &w, &a);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    int code = journal_checkpoint(a.journal, 0, &c, &note);
    if (code == ERR_NOT_FOUND)
        return verb_fail(v, "%s has signed none yet: it does a minute after its first message",
                         a.bot.jid);
    if (code < 0)
        return verb_fail(v, "the newest checkpoint of %s: %s", a.bot.jid, err_text(code));
    if (!w.json) {
        fputs(note, stdout);
        return VERB_OK;
    }
    char root[2 * MERKLE_BYTES + 1];
    encode_hex(c.root, sizeof c.root, root);
    json_t *o = json_pack("{sI ss ss}", "size", (json_int_t)c.size, "root", root, "note", note);
    print_json(o);
    json_decref(o);
    return VERB_OK;
}

const struct verb verb_archive_checkpoint = {
    .noun = "archive",
    .name = "checkpoint",
    .usage = "DIR [--bot NAME] [--json]",
    .help = "the bot's newest signed checkpoint (C2SP tlog-checkpoint), to be held elsewhere",
    .more = "archive verify --checkpoint compares it with the journal of another "
            "day.\n\n" ARCHIVE_BOT_MORE ARCHIVE_JSON_MORE,
    .run = run_checkpoint,
};
