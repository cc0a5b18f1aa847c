/* The verbs of those who may read, and of those who only check: archive read, verify, stats. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/audit.h"
#include "archive/logged.h"
#include "archive/reader.h"
#include "archive/stored.h"
#include "base/calendar.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/secret.h"
#include "cli/print.h"
#include "cli/verb.h"
#include "ibot/folder.h"
#include "network/layout.h"
#include "wire/content_json.h"

#define IDENTITY_FILE_MAX 65536U

struct words {
    const char *dir, *bot, *identity, *files;
    bool json;
};

/* A bot's journal with the documents that go with it. */
struct archive {
    struct network_note *net;
    struct library *library;
    struct bot_folder bot;
    struct journal *journal;
    struct age_identity *identity; /* secret memory; NULL: none was named */
};

static void archive_clear(struct archive *a)
{
    journal_close(a->journal);
    library_free(a->library);
    network_note_free(a->net);
    bot_folder_clear(&a->bot);
    secret_free(a->identity);
}

static int parse(const struct verb *v, int argc, char **argv, struct words *w)
{
    const struct option_spec options[] = {{.name = "bot", .value = &w->bot},
                                          {.name = "json", .flag = true, .set = &w->json},
                                          {.name = "identity", .value = &w->identity},
                                          {.name = "files", .value = &w->files}};
    size_t count, own = v == &verb_archive_stats ? 2 : v == &verb_archive_verify ? 3 : 4;
    int r = verb_parse(v, argc, argv, options, own, &w->dir, 1, &count);
    if (r == VERB_OK && count != 1)
        r = verb_misused(v, "which network?");
    return r;
}

static int read_identity(const char *path, struct archive *a, struct diag *d)
{
    CLEANUP_FREE char *text = NULL;
    int r = file_read_text(path, IDENTITY_FILE_MAX, &text, d);
    if (r < 0)
        return r;
    a->identity = secret_new(sizeof *a->identity);
    r = age_identity_file_parse(text, a->identity);
    secret_wipe(text, strlen(text));
    return r < 0 ? diag_set(d, r, "%s holds no age identity (AGE-SECRET-KEY-1…)", path) : 0;
}

static int open_archive(const struct verb *v, const struct words *w, struct archive *a)
{
    struct diag d;
    CLEANUP_FREE char *note_path = layout_path(w->dir, LAYOUT_NETWORK_NOTE);
    CLEANUP_FREE char *documents = layout_path(w->dir, LAYOUT_DOCUMENTS);
    CLEANUP_FREE char *note = NULL;
    int r = file_read_text(note_path, VALUE_NOTE_MAX, &note, &d);
    if (r == 0)
        r = network_note_open(note, strlen(note), &a->net, &d);
    if (r == 0)
        r = library_open(a->net, documents, &a->library, &d);
    if (r == 0)
        r = bot_folder_open(w->dir, w->bot, &a->bot, &d);
    if (r == 0) {
        CLEANUP_FREE char *path = bot_folder_journal(&a->bot);
        r = journal_open(path, false, &a->journal, &d);
    }
    if (r == 0)
        r = journal_snapshot(a->journal, &d);
    if (r == 0 && w->identity != NULL)
        r = read_identity(w->identity, a, &d);
    return r < 0 ? verb_fail(v, "%s", d.text) : VERB_OK;
}

/* "text" is what was meant, "body" every byte that was said. */
static void put_content(json_t *o, const struct reader_message *m)
{
    struct arena arena = ARENA_INIT(2 * CONTENT_ARENA_BYTES);
    struct content c;
    if (content_read(&arena, m->body, m->body_len, &c) == 0) {
        content_put_json(o, &c, m->record->envelope.from);
        json_object_set_new(o, "text", json_stringn(c.text, c.text_len));
    }
    arena_clear(&arena);
}

/* `written`: where its file is; or NULL */
static json_t *message_json(const struct reader_message *m, const char *written)
{
    const struct envelope *e = &m->record->envelope;
    char at[CALENDAR_INSTANT_LEN + 1];
    json_t *to = json_array();
    calendar_format(e->at_unix_ms, at);
    for (size_t i = 0; i < e->to_count; i++)
        json_array_append_new(to, json_string(e->to[i]));
    json_t *o = json_pack("{sI ss ss so ss}", "leaf", (json_int_t)m->leaf, "at", at, "from",
                          e->from, "to", to, "id", e->id);
    json_t *body = json_stringn(m->body, m->body_len);
    json_object_set_new(o, "body", body == NULL ? json_null() : body);
    put_content(o, m);
    json_object_set_new(o, "warrant", json_string(m->record->warrant));
    json_object_set_new(o, "verified", json_boolean(m->verified));
    if (written != NULL)
        json_object_set_new(o, "written", json_string(written));
    if (!m->verified)
        json_object_set_new(o, "wrong", json_string(m->wrong));
    return o;
}

static void print_record(const struct reader_message *m, const char *written)
{
    const struct envelope *e = &m->record->envelope;
    char at[CALENDAR_INSTANT_LEN + 1];
    calendar_format(e->at_unix_ms, at);
    printf("%.10s %.5s  %s → ", at, at + 11, e->from);
    for (size_t i = 0; i < e->to_count; i++)
        printf("%s%s", i > 0 ? ", " : "", e->to[i]);
    putchar('\n');
    json_t *content = json_object();
    put_content(content, m);
    const json_t *text = json_object_get(content, "text");
    if (!print_is_file(content))
        print_body(text == NULL ? m->body : json_string_value(text),
                   text == NULL ? m->body_len : json_string_length(text));
    print_content(content);
    json_decref(content);
    if (written != NULL)
        printf("    written to %s\n", written);
    printf("    [leaf %" PRIu64 ", warrant %s, %s%s]\n", m->leaf, m->record->warrant,
           m->verified ? "verified" : "NOT VERIFIED: ", m->wrong);
}

struct reading {
    const struct verb *verb;
    struct archive *archive;
    bool json;
    const char *files; /* folder to write files to; NULL: none */
    char *store;
    uint64_t count, unverified, no_file;
};

/* The message's file into the folder; its name there, or NULL. Goes on when one is not to be had.
 */
static char *write_file(struct reading *r, const struct reader_message *m)
{
    struct diag d;
    char *name = NULL;
    if (r->files == NULL || stored_open(r->archive->journal, r->store, m, r->files, &name, &d) == 0)
        return name;
    if (d.text[0] != '\0') {
        r->no_file++;
        (void)verb_fail(r->verb, "message %s: %s", m->record->envelope.id, d.text);
    }
    return NULL;
}

static int show_message(void *context, const struct reader_message *m)
{
    struct reading *r = context;
    r->count++;
    r->unverified += !m->verified;
    CLEANUP_FREE char *name = write_file(r, m);
    if (r->json) {
        json_t *o = message_json(m, name);
        print_json(o);
        json_decref(o);
    } else {
        print_record(m, name);
    }
    return 0;
}

static int run_read(const struct verb *v, int argc, char **argv)
{
    struct words w = {.bot = "ibot"};
    struct archive a = {.net = NULL};
    struct reading reading = {.verb = v, .archive = &a};
    uint64_t foreign = 0;
    struct diag d;
    int r = parse(v, argc, argv, &w);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (w.identity == NULL)
        return verb_misused(v, "with which key? Name the agency's --identity FILE");
    reading.json = w.json;
    reading.files = w.files;
    if (w.files != NULL && file_make_folder(w.files, 0700, &d) < 0)
        return verb_fail(v, "%s", d.text);
    r = open_archive(v, &w, &a);
    if (r == VERB_OK) {
        reading.store = bot_folder_file(&a.bot, "files");
        struct reader_options o = {
            .journal = a.journal, .net = a.net, .library = a.library, .identity = a.identity};
        CLEANUP(reader_free_cleanup) struct reader *reader = reader_new(&o);
        if (reader_run(reader, 0, show_message, &reading, &foreign, &d) < 0)
            r = verb_fail(v, "%s", d.text);
        else if (reading.count == 0 && foreign > 0)
            r = verb_fail(v,
                          "this identity opens none of the archive's %" PRIu64 " batches: no "
                          "warrant names it",
                          foreign);
        else if (reading.count == 0)
            print_nothing(w.json, 0, "the archive is empty");
        else if (reading.unverified > 0)
            r = verb_fail(v, "%" PRIu64 " of %" PRIu64 " messages could not be verified",
                          reading.unverified, reading.count);
        else if (reading.no_file > 0)
            r = verb_fail(v, "%" PRIu64 " files could not be written out", reading.no_file);
    }
    free(reading.store);
    archive_clear(&a);
    return r;
}

struct verifying {
    uint64_t count;
    struct stored_counts stored;
    struct diag *d;
};

static int check_message(void *context, const struct reader_message *m)
{
    struct verifying *x = context;
    x->count++;
    return m->verified ? 0
                       : diag_set(x->d, ERR_AUTH, "leaf %" PRIu64 ", message %s of %s: %s", m->leaf,
                                  m->record->envelope.id, m->record->envelope.from, m->wrong);
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
    if (r < 0 || a->identity == NULL)
        return r;
    struct reader_options o = {
        .journal = a->journal, .net = a->net, .library = a->library, .identity = a->identity};
    CLEANUP(reader_free_cleanup) struct reader *reader = reader_new(&o);
    opened->d = d;
    return reader_run(reader, 0, check_message, opened, NULL, d);
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
static void warn_unlogged(const struct words *w, const struct archive *a)
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
        fprintf(stderr, "warning: the public log was not looked at: %s\n", d.text);
    else if (missing > 0)
        fprintf(stderr,
                "warning: the public log lacks %" PRIu64
                " certificates under which messages were archived; the first: %s\n",
                missing, hex);
}

static int run_verify(const struct verb *v, int argc, char **argv)
{
    struct words w = {.bot = "ibot"};
    struct archive a = {.net = NULL};
    struct audit_counts c = {0};
    struct verifying opened = {.count = 0};
    struct diag d;
    int r = parse(v, argc, argv, &w);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    r = open_archive(v, &w, &a);
    if (r == VERB_OK && verify(&a, &c, &opened, &d) < 0)
        r = verb_fail(v, "%s", d.text);
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
    archive_clear(&a);
    return r;
}

/* Records and bytes of each warrant. */
struct stats {
    json_t *warrants;
    uint64_t batches, records, bytes;
};

static int count_batch(void *context, const struct journal_batch_row *row)
{
    struct stats *s = context;
    json_t *w = json_object_get(s->warrants, row->batch.warrant);
    if (w == NULL) {
        w = json_pack("{sI sI sI}", "records", (json_int_t)0, "batches", (json_int_t)0, "bytes",
                      (json_int_t)0);
        json_object_set_new(s->warrants, row->batch.warrant, w);
    }
    json_t *records = json_object_get(w, "records"), *batches = json_object_get(w, "batches");
    json_t *bytes = json_object_get(w, "bytes");
    json_integer_set(records, json_integer_value(records) + row->batch.count);
    json_integer_set(batches, json_integer_value(batches) + 1);
    json_integer_set(bytes, json_integer_value(bytes) + (json_int_t)row->batch.sealed_len);
    s->batches++;
    s->records += row->batch.count;
    s->bytes += row->batch.sealed_len;
    return 0;
}

static int count_round(void *context, const struct journal_round_row *row)
{
    json_t *reasons = context;
    for (uint32_t i = 0; i < row->line_count; i++) {
        struct verdict_line l;
        if (verdict_line_get(row->lines[i], &l) < 0)
            return ERR_FORMAT;
        const char *name = l.state == VERDICT_ARCHIVED ? "archived" : verdict_reason_text(l.reason);
        json_object_set_new(reasons, name,
                            json_integer(json_integer_value(json_object_get(reasons, name)) + 1));
    }
    return 0;
}

static void print_stats(const struct archive *a, const struct stats *s, const json_t *verdicts)
{
    const char *name;
    json_t *x;
    printf("%s: ", a->bot.jid);
    print_count(s->records, "record in ", "records in ");
    print_count(s->batches, "batch, ", "batches, ");
    print_count(s->bytes, "byte sealed, tree of ", "bytes sealed, tree of ");
    print_count(journal_size(a->journal), "leaf\n", "leaves\n");
    json_object_foreach(s->warrants, name, x)
    {
        int64_t records = json_integer_value(json_object_get(x, "records"));
        printf("  warrant %-16s %10" PRId64 " %-7s %12lld bytes\n", name, records,
               records == 1 ? "record" : "records",
               (long long)json_integer_value(json_object_get(x, "bytes")));
    }
    json_object_foreach((json_t *)(uintptr_t)verdicts, name, x)
        printf("  verdict %-16s %10lld\n", name, (long long)json_integer_value(x));
}

static int run_stats(const struct verb *v, int argc, char **argv)
{
    struct words w = {.bot = "ibot"};
    struct archive a = {.net = NULL};
    struct stats s = {.warrants = json_object()};
    json_t *verdicts = json_object();
    struct diag d;
    int r = parse(v, argc, argv, &w);
    if (r == VERB_OK)
        r = open_archive(v, &w, &a);
    if (r == VERB_OK && (journal_batches(a.journal, 0, count_batch, &s, &d) < 0 ||
                         journal_rounds(a.journal, 0, count_round, verdicts, &d) < 0))
        r = verb_fail(v, "%s", d.text);
    if (r == VERB_OK && w.json) {
        json_t *o = json_pack("{ss sI sI sI sI sO sO}", "bot", a.bot.jid, "records",
                              (json_int_t)s.records, "batches", (json_int_t)s.batches, "bytes",
                              (json_int_t)s.bytes, "leaves", (json_int_t)journal_size(a.journal),
                              "warrants", s.warrants, "verdicts", verdicts);
        print_json(o);
        json_decref(o);
    } else if (r == VERB_OK) {
        print_stats(&a, &s, verdicts);
    }
    json_decref(s.warrants);
    json_decref(verdicts);
    archive_clear(&a);
    return r < 0 ? VERB_OK : r;
}

#define IDENTITY_MORE "  --identity FILE  the agency's age identity\n"
#define BOT_MORE "  --bot NAME       which bot's archive (ibot)\n"
#define JSON_MORE "  --json           for programs: one JSON object in a line each\n"

const struct verb verb_archive_read = {
    .noun = "archive",
    .name = "read",
    .usage = "DIR --identity FILE [--bot NAME] [--files FOLDER] [--json]",
    .help = "open what an agency's key opens, each message checked",
    .more = IDENTITY_MORE BOT_MORE
    "  --files FOLDER   write the messages' files there, opened, as LEAF-NAME\n" JSON_MORE,
    .run = run_read,
};
const struct verb verb_archive_verify = {
    .noun = "archive",
    .name = "verify",
    .usage = "DIR [--identity FILE] [--bot NAME] [--json]",
    .help = "check every leaf, batch, checkpoint, seal, signature and chain",
    .more = "Without an identity what can be checked without a key is checked.\n\n" IDENTITY_MORE
        BOT_MORE JSON_MORE,
    .run = run_verify,
};
const struct verb verb_archive_stats = {
    .noun = "archive",
    .name = "stats",
    .usage = "DIR [--bot NAME] [--json]",
    .help = "how much lies in the archive, by warrant and by verdict",
    .more = BOT_MORE JSON_MORE,
    .run = run_stats,
};
