/* ironside archive read: what an agency's key opens. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/stored.h"
#include "base/file.h"
#include "cli/archive.h"
#include "cli/print.h"
#include "cli/print_record.h"

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
    const struct print_record shown = {.leaf = m->leaf,
                                       .record = m->record,
                                       .body = m->body,
                                       .body_len = m->body_len,
                                       .wrong = m->wrong,
                                       .written = name};
    print_record(&shown, r->json);
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
