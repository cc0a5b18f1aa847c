/* What archive read, verify and stats share. */
#include "cli/archive.h"

#include <inttypes.h>
#include <string.h>

#include "archive/identity.h"
#include "base/file.h"
#include "base/secret.h"
#include "network/layout.h"

void archive_clear(struct archive *a)
{
    journal_close(a->journal);
    library_free(a->library);
    network_note_free(a->net);
    bot_folder_clear(&a->bot);
    secret_free(a->identities);
}

int archive_parse(const struct verb *v, int argc, char **argv, struct archive_words *ret)
{
    const struct option_spec files = {.name = "files", .value = &ret->files};
    const struct option_spec held = {
        .name = "checkpoint", .list = ret->checkpoints, .list_max = ARCHIVE_CHECKPOINTS_MAX};
    const struct option_spec options[] = {{.name = "bot", .value = &ret->bot},
                                          {.name = "json", .flag = true, .set = &ret->json},
                                          {.name = "identity", .value = &ret->identity},
                                          v == &verb_archive_verify ? held : files};
    size_t count, own = v == &verb_archive_read || v == &verb_archive_verify ? 4 : 2;
    *ret = (struct archive_words){.bot = "ibot"};
    int r = verb_parse(v, argc, argv, options, own, &ret->dir, 1, &count);
    if (r == VERB_OK && count != 1)
        r = verb_misused(v, "which network?");
    return r;
}

int archive_open(const struct verb *v, const struct archive_words *w, struct archive *ret)
{
    struct diag d = {""};
    *ret = (struct archive){.net = NULL};
    CLEANUP_FREE char *note_path = layout_path(w->dir, LAYOUT_NETWORK_NOTE);
    CLEANUP_FREE char *documents = layout_path(w->dir, LAYOUT_DOCUMENTS);
    CLEANUP_FREE char *note = NULL;
    int r = file_read_text(note_path, VALUE_NOTE_MAX, &note, &d);
    if (r == 0)
        r = network_note_open(note, strlen(note), &ret->net, &d);
    if (r == 0)
        r = library_open(ret->net, documents, &ret->library, &d);
    if (r == 0)
        r = bot_folder_open(w->dir, w->bot, &ret->bot, &d);
    if (r == 0) {
        CLEANUP_FREE char *path = bot_folder_journal(&ret->bot);
        r = journal_open(path, false, &ret->journal, &d);
    }
    if (r == 0)
        r = journal_snapshot(ret->journal, &d);
    if (r == 0 && w->identity != NULL)
        r = identity_read(w->identity, &ret->identities, &d);
    return r < 0 ? verb_fail(v, "%s", d.text) : VERB_OK;
}

int archive_named(const struct verb *v, const struct archive *a, const struct reader_counts *c)
{
    if (c->batches > 0 || library_names_any(a->library, a->identities->list, a->identities->count))
        return VERB_OK;
    return verb_fail(v,
                     "this identity opens nothing: no warrant in the documents names it, and none "
                     "of the archive's %" PRIu64 " batches opens with it",
                     c->foreign);
}

int archive_each(const struct verb *v, const struct archive *a, reader_fn *fn, void *context)
{
    struct reader_options o = {.journal = a->journal,
                               .net = a->net,
                               .library = a->library,
                               .identities = a->identities->list,
                               .identity_count = a->identities->count};
    CLEANUP(reader_free_cleanup) struct reader *reader = reader_new(&o);
    struct reader_counts counts;
    struct diag d = {""};
    if (reader_run(reader, 0, fn, context, &counts, &d) < 0)
        return verb_fail(v, "%s", d.text);
    return archive_named(v, a, &counts);
}
