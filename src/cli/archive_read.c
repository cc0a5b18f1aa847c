/* ironside archive read: what an agency's key opens. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/stored.h"
#include "base/file.h"
#include "cli/archive.h"
#include "cli/print.h"
#include "wire/content_json.h"
#include "wire/json.h"

#define STATUS_INDENT 4U

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
    json_t *o = json_pack("{sI so ss so ss}", "leaf", (json_int_t)m->leaf, "at",
                          json_of_instant(e->at_unix_ms), "from", e->from, "to",
                          json_of_words(e->to, e->to_count), "id", e->id);
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

static void print_record(const json_t *o, const struct reader_message *m, const char *written)
{
    const json_t *text = json_object_get(o, "text");
    CLEANUP_LINE struct line l = LINE_INIT;
    print_header(o, "");
    if (!print_is_file(o))
        line_block(text == NULL ? m->body : json_string_value(text),
                   text == NULL ? m->body_len : json_string_length(text));
    print_content(o);
    if (written != NULL) {
        line_put(&l, "written to ");
        line_foreign(&l, written);
        line_end(&l, STATUS_INDENT);
    }
    line_put(&l, "[leaf %" PRIu64 ", warrant %s, %s", m->leaf, m->record->warrant,
             m->verified ? "verified" : "NOT VERIFIED: ");
    line_foreign(&l, m->wrong);
    line_put(&l, "]");
    line_end(&l, STATUS_INDENT);
}

struct reading {
    const struct verb *verb;
    const struct archive *archive;
    bool json;
    const char *files; /* folder to write files to; NULL: none */
    const char *store;
    uint64_t count, unverified, no_file;
};

/* The message's file into the folder; its name there, or NULL. Goes on when one is not to be had.
 */
static char *write_file(struct reading *r, const struct reader_message *m)
{
    struct diag d = {""};
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
    json_t *o = message_json(m, name);
    if (r->json)
        print_json(o);
    else
        print_record(o, m, name);
    json_decref(o);
    return 0;
}

static int finish(const struct verb *v, const struct reading *r, bool json)
{
    if (r->unverified > 0)
        return verb_fail(v, "%" PRIu64 " of %" PRIu64 " messages could not be verified",
                         r->unverified, r->count);
    if (r->no_file > 0)
        return verb_fail(v, "%" PRIu64 " files could not be written out", r->no_file);
    if (r->count == 0)
        print_nothing(json, 0, "the archive has no message that this identity opens");
    return VERB_OK;
}

static int run_read(const struct verb *v, int argc, char **argv)
{
    struct archive_words w;
    CLEANUP_ARCHIVE struct archive a = {.net = NULL};
    struct reading reading = {.verb = v, .archive = &a};
    struct diag d = {""};
    int r = archive_parse(v, argc, argv, &w);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (w.identity == NULL)
        return verb_misused(v, "with which key? Name the agency's --identity FILE");
    if (w.files != NULL && file_make_folder(w.files, 0700, &d) < 0)
        return verb_fail(v, "%s", d.text);
    r = archive_open(v, &w, &a);
    if (r != VERB_OK)
        return r;
    CLEANUP_FREE char *store = bot_folder_file(&a.bot, "files");
    reading.json = w.json;
    reading.files = w.files;
    reading.store = store;
    r = archive_each(v, &a, show_message, &reading);
    return r == VERB_OK ? finish(v, &reading, w.json) : r;
}

const struct verb verb_archive_read = {
    .noun = "archive",
    .name = "read",
    .usage = "DIR --identity FILE [--bot NAME] [--files FOLDER] [--json]",
    .help = "open what an agency's key opens, each message checked",
    .more = ARCHIVE_IDENTITY_MORE ARCHIVE_BOT_MORE
    "  --files FOLDER   write the messages' files there, opened, as LEAF-NAME\n" ARCHIVE_JSON_MORE,
    .run = run_read,
};
