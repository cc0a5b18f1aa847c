/* ironside archive verify: is all there, and is it what it says? */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/verify.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/file.h"
#include "cli/archive.h"
#include "cli/print.h"
#include "network/layout.h"

struct verifying {
    const struct verb *verb;
    const struct archive *archive;
    struct public_log *log; /* of before the journal was opened */
    int64_t now_unix_ms;    /* of before, too: no round of the journal's moment is older by it */
    struct verify_held held[ARCHIVE_CHECKPOINTS_MAX];
    char *notes[ARCHIVE_CHECKPOINTS_MAX];
    size_t held_count;
    struct verify_counts counts;
    uint64_t count, wrong; /* messages */
};

static void clear(struct verifying *x)
{
    public_log_close(x->log);
    for (size_t i = 0; i < x->held_count; i++)
        free(x->notes[i]);
}

static int check_message(void *context, const struct reader_message *m)
{
    struct verifying *x = context;
    x->count++;
    if (m->verified)
        return 0;
    x->wrong++;
    (void)verb_fail(x->verb, "leaf %" PRIu64 ", message %s of %s: %s", m->leaf,
                    m->record->envelope.id, m->record->envelope.from, m->wrong);
    return 0;
}

static int open_log(const struct archive_words *w, struct public_log **ret, struct diag *d)
{
    CLEANUP_FREE char *path = layout_path(w->dir, LAYOUT_LOG_DATABASE);
    return public_log_open(path, false, ret, d);
}

static int read_held(const struct archive_words *w, struct verifying *x, struct diag *d)
{
    for (size_t i = 0; w->checkpoints[i] != NULL; i++) {
        int r = file_read_text(w->checkpoints[i], CHECKPOINT_MAX_BYTES, &x->notes[i], d);
        if (r < 0)
            return r;
        x->held[i] = (struct verify_held){w->checkpoints[i], x->notes[i]};
        x->held_count++;
    }
    return 0;
}

static int verify(const struct archive_words *w, struct verifying *x, struct diag *d)
{
    const struct archive *a = x->archive;
    const uint8_t *key = library_bot_key(a->library, a->bot.jid);
    if (key == NULL)
        return diag_set(d, ERR_NOT_FOUND, "no policy in the documents names %s", a->bot.jid);
    CLEANUP_FREE char *store = bot_folder_file(&a->bot, "files");
    CLEANUP(public_log_close_cleanup) struct public_log *after = NULL;
    int r = open_log(w, &after, d);
    if (r < 0)
        return r;
    struct verify_options o = {.audit = {.journal = a->journal,
                                         .domain = a->net->domain,
                                         .bot = a->bot.jid,
                                         .bot_key = key,
                                         .library = a->library,
                                         .now_unix_ms = a->net->replay ? 0 : x->now_unix_ms},
                               .files = store,
                               .log = {.before = x->log, .after = after},
                               .held = x->held,
                               .held_count = x->held_count,
                               .reader = {.net = a->net},
                               .fn = check_message,
                               .context = x};
    if (a->identities != NULL) {
        o.reader.identities = a->identities->list;
        o.reader.identity_count = a->identities->count;
    }
    return verify_archive(&o, &x->counts, d);
}

static void print_verified(const struct verifying *x)
{
    const struct audit_counts *c = &x->counts.audit;
    fputs("verified: ", stdout);
    print_count(c->leaves, "leaf, ", "leaves, ");
    print_count(c->rounds, "round, ", "rounds, ");
    print_count(c->batches, "batch, ", "batches, ");
    print_count(c->chains, "chain, ", "chains, ");
    print_count(c->checkpoints, "checkpoint, ", "checkpoints, ");
    print_count(c->reports, "report\n", "reports\n");
    if (c->files > 0) {
        fputs("files:    ", stdout);
        print_count(x->counts.stored.files, "file of ", "files of ");
        print_count(x->counts.stored.bytes, "byte, ", "bytes, ");
        printf("each with its leaf and hash; %" PRIu64 " removed by retention\n",
               x->counts.stored.removed);
    }
    if (x->held_count > 0) {
        fputs("held:     ", stdout);
        print_count(x->held_count, "checkpoint", "checkpoints");
        puts(", each of this tree");
    }
    if (x->archive->identities == NULL)
        return;
    fputs("opened:   ", stdout);
    print_count(x->count, "message", "messages");
    puts(", each with its signature, seal and chain");
}

static void print_json_verified(const struct verifying *x)
{
    const struct audit_counts *c = &x->counts.audit;
    json_t *o = json_pack(
        "{sb sI sI sI sI sI sI sI sI sI sI sI}", "verified", 1, "leaves", (json_int_t)c->leaves,
        "rounds", (json_int_t)c->rounds, "batches", (json_int_t)c->batches, "chains",
        (json_int_t)c->chains, "checkpoints", (json_int_t)c->checkpoints, "uncovered",
        (json_int_t)c->uncovered, "reports", (json_int_t)c->reports, "held",
        (json_int_t)x->held_count, "opened", (json_int_t)x->count, "files",
        (json_int_t)x->counts.stored.files, "removed", (json_int_t)x->counts.stored.removed);
    print_json(o);
    json_decref(o);
}

/* Beside the journal's own truth: were these devices certified openly? And what no signed word
 * holds fast yet. */
static void warn(const struct verifying *x)
{
    uint8_t first[HASH_BYTES] = {0};
    char hex[2 * HASH_BYTES + 1];
    uint64_t missing = 0;
    struct diag d = {""};
    int r = logged_missing(x->archive->journal, x->log, &missing, first, &d);
    encode_hex(first, sizeof first, hex);
    if (r < 0)
        print_aside("warning: the public log was not looked at for certificates", d.text);
    else if (missing > 0)
        fprintf(stderr,
                "warning: the public log lacks %" PRIu64
                " certificates under which messages were archived; the first: %s\n",
                missing, hex);
    if (x->archive->net->replay && x->counts.audit.uncovered > 0)
        fprintf(stderr,
                "warning: the last %" PRIu64
                " rounds are under no checkpoint; the bot of a replay signs one each minute\n",
                x->counts.audit.uncovered);
}

static int run_verify(const struct verb *v, int argc, char **argv)
{
    struct archive_words w;
    CLEANUP_ARCHIVE struct archive a = {.net = NULL};
    CLEANUP(clear) struct verifying x = {.verb = v, .archive = &a};
    struct diag d = {""};
    int r = archive_parse(v, argc, argv, &w);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    const struct clock clock = clock_live();
    x.now_unix_ms = clock_now_ms(&clock);
    int log = open_log(&w, &x.log, &d);
    struct diag log_line = d;
    r = archive_open(v, &w, &a);
    if (r == VERB_OK && log < 0)
        return verb_fail(v, "%s", log_line.text);
    if (r == VERB_OK && (read_held(&w, &x, &d) < 0 || verify(&w, &x, &d) < 0))
        r = verb_fail(v, "%s", d.text);
    if (r == VERB_OK && a.identities != NULL)
        r = archive_named(v, &a, &x.counts.reader);
    if (r == VERB_OK && x.wrong > 0)
        r = VERB_FAILED;
    if (r != VERB_OK)
        return r;
    warn(&x);
    if (w.json)
        print_json_verified(&x);
    else
        print_verified(&x);
    return VERB_OK;
}

const struct verb verb_archive_verify = {
    .noun = "archive",
    .name = "verify",
    .usage = "DIR [--identity FILE] [--checkpoint FILE...] [--bot NAME] [--json]",
    .help = "check every leaf, batch, checkpoint, report, seal, signature and chain",
    .more = "Without an identity what can be checked without a key is checked. What came last and "
            "was cut\noff shows against the public log, by days, and against checkpoints that "
            "others hold.\n\n" ARCHIVE_IDENTITY_MORE
            "  --checkpoint FILE  one of the bot's that is held elsewhere; may be given several "
            "times\n" ARCHIVE_BOT_MORE ARCHIVE_JSON_MORE,
    .run = run_verify,
};
