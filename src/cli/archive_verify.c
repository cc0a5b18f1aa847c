/* ironside archive verify: is all there, and is it what it says? */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/audit.h"
#include "archive/logged.h"
#include "archive/stored.h"
#include "base/encode.h"
#include "cli/archive.h"
#include "cli/print.h"
#include "network/layout.h"

struct verifying {
    const struct verb *verb;
    uint64_t count, wrong;
    struct stored_counts stored;
};

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

/* The key of this bot by the newest policy that names it. */
static const uint8_t *key_of_bot(const struct archive *a)
{
    const struct policy_set *newest = library_newest(a->library);
    const struct policy_bot *b = newest == NULL ? NULL : policy_bot(newest->policy, a->bot.jid);
    return b == NULL ? NULL : b->key;
}

static int verify(const struct archive *a, struct audit_counts *counts, struct verifying *opened,
                  struct diag *d)
{
    const uint8_t *key = key_of_bot(a);
    if (key == NULL)
        return diag_set(d, ERR_NOT_FOUND, "no policy in the documents names %s", a->bot.jid);
    CLEANUP_FREE char *store = bot_folder_file(&a->bot, "files");
    int r = audit_journal(a->journal, key, counts, d);
    if (r == 0)
        r = stored_check(a->journal, store, &opened->stored, d);
    return r;
}

static void print_verified(const struct audit_counts *c, const struct verifying *opened,
                           bool with_key)
{
    fputs("verified: ", stdout);
    print_count(c->leaves, "leaf, ", "leaves, ");
    print_count(c->rounds, "round, ", "rounds, ");
    print_count(c->batches, "batch, ", "batches, ");
    print_count(c->chains, "chain, ", "chains, ");
    print_count(c->checkpoints, "checkpoint\n", "checkpoints\n");
    if (c->files > 0) {
        fputs("files:    ", stdout);
        print_count(opened->stored.files, "file of ", "files of ");
        print_count(opened->stored.bytes, "byte, ", "bytes, ");
        printf("each with its leaf and hash; %" PRIu64 " removed by retention\n",
               opened->stored.removed);
    }
    if (!with_key)
        return;
    fputs("opened:   ", stdout);
    print_count(opened->count, "message", "messages");
    puts(", each with its signature, seal and chain");
}

/* Beside the journal's own truth: were these devices certified openly? */
static void warn_unlogged(const struct archive_words *w, const struct archive *a)
{
    CLEANUP_FREE char *path = layout_path(w->dir, LAYOUT_LOG_DATABASE);
    CLEANUP(log_store_close_cleanup) struct log_store *log = NULL;
    uint8_t first[HASH_BYTES] = {0};
    char hex[2 * HASH_BYTES + 1];
    uint64_t missing = 0;
    struct diag d;
    int r = log_store_open(path, false, &log, &d);
    if (r == 0)
        r = logged_missing(a->journal, log, &missing, first, &d);
    encode_hex(first, sizeof first, hex);
    if (r < 0)
        print_aside("warning: the public log was not looked at", d.text);
    else if (missing > 0)
        fprintf(stderr,
                "warning: the public log lacks %" PRIu64
                " certificates under which messages were archived; the first: %s\n",
                missing, hex);
}

static int run_verify(const struct verb *v, int argc, char **argv)
{
    struct archive_words w;
    CLEANUP_ARCHIVE struct archive a = {.net = NULL};
    struct audit_counts c = {0};
    struct verifying opened = {.verb = v};
    struct diag d;
    int r = archive_parse(v, argc, argv, &w);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    r = archive_open(v, &w, &a);
    if (r == VERB_OK && verify(&a, &c, &opened, &d) < 0)
        r = verb_fail(v, "%s", d.text);
    if (r == VERB_OK && a.identities != NULL)
        r = archive_each(v, &a, check_message, &opened);
    if (r == VERB_OK && opened.wrong > 0)
        r = VERB_FAILED;
    if (r == VERB_OK)
        warn_unlogged(&w, &a);
    if (r == VERB_OK && w.json) {
        json_t *o = json_pack(
            "{sb sI sI sI sI sI sI sI sI}", "verified", 1, "leaves", (json_int_t)c.leaves, "rounds",
            (json_int_t)c.rounds, "batches", (json_int_t)c.batches, "chains", (json_int_t)c.chains,
            "checkpoints", (json_int_t)c.checkpoints, "opened", (json_int_t)opened.count, "files",
            (json_int_t)opened.stored.files, "removed", (json_int_t)opened.stored.removed);
        print_json(o);
        json_decref(o);
    } else if (r == VERB_OK) {
        print_verified(&c, &opened, w.identity != NULL);
    }
    return r;
}

const struct verb verb_archive_verify = {
    .noun = "archive",
    .name = "verify",
    .usage = "DIR [--identity FILE] [--bot NAME] [--json]",
    .help = "check every leaf, batch, checkpoint, seal, signature and chain",
    .more = "Without an identity what can be checked without a key is "
            "checked.\n\n" ARCHIVE_IDENTITY_MORE ARCHIVE_BOT_MORE ARCHIVE_JSON_MORE,
    .run = run_verify,
};
