/* What the verbs of an archive share: their options, and a bot's journal with the documents that go
 * with it.
 */
#ifndef IRONSIDE_CLI_ARCHIVE_H
#define IRONSIDE_CLI_ARCHIVE_H

#include "archive/reader.h"
#include "cli/verb.h"
#include "daykeys/folder.h"

#define ARCHIVE_CHECKPOINTS_MAX 64U

struct archive_words {
    const char *dir, *bot, *identity, *files;
    const char *checkpoints[ARCHIVE_CHECKPOINTS_MAX + 1]; /* files; NULL-ended */
    bool json;
};
/* "ibot" when no bot is named. Returns as verb_parse does. */
int archive_parse(const struct verb *v, int argc, char **argv, struct archive_words *ret);

struct archive {
    struct network_note *net;
    struct library *library;
    struct bot_folder bot;
    struct journal *journal;           /* with a snapshot */
    struct age_identities *identities; /* secret memory; NULL: none was named */
};
/* Prints what is wrong. VERB_OK or VERB_FAILED; clear it in any case. */
int archive_open(const struct verb *v, const struct archive_words *w, struct archive *ret);
void archive_clear(struct archive *a);
#define CLEANUP_ARCHIVE CLEANUP(archive_clear)

/* Does a warrant name one of the identities, or has a batch opened with one? Else that is printed.
 */
int archive_named(const struct verb *v, const struct archive *a, const struct reader_counts *c);
/* Reads every message that the identities open. VERB_OK; VERB_FAILED, with what is wrong printed:
 * also where no warrant names one of them. */
int archive_each(const struct verb *v, const struct archive *a, reader_fn *fn, void *context);

#define ARCHIVE_IDENTITY_MORE "  --identity FILE  the agency's age identities, each is tried\n"
#define ARCHIVE_BOT_MORE "  --bot NAME       which bot's archive (ibot)\n"
#define ARCHIVE_JSON_MORE "  --json           for programs: one JSON object in a line each\n"

#endif
