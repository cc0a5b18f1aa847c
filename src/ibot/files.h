/* The keeper's store of files: ciphertexts that archived messages name, each once under its
 * SHA-256, in the bot's folder files/. Nobody holds a key of theirs but who opens the messages.
 *
 *     files/ab/abcd…64      whole, synced, and named by the journal once the round is committed
 *     files/incoming/N      on their way; removed when a generation starts
 *
 * Only what an opener expects is taken: files of a message that it has judged and would archive.
 * Each message expects its own, by link's tag for it, also those that are there: none loses what it
 * waits for because another is given up. Room is kept on the disk for the journal. Without room, or
 * past a quota, the store's or the account's, nothing is lost: the messages wait at their devices.
 * What no message names is removed when all that expected it were given up, when none has named it
 * for long, and when a generation starts; after the retention's days the bytes of a file are,
 * unless they are expected again, and its leaf stays.
 */
#ifndef IRONSIDE_IBOT_FILES_H
#define IRONSIDE_IBOT_FILES_H

#include "base/channel.h"
#include "base/clock.h"
#include "ibot/frames_files.h"
#include "journal/files.h"

#define FILES_INCOMING_MAX 16
#define FILES_RESERVE_BYTES (16U * 1024 * 1024) /* of the disk, left to the journal */
#define FILES_EXPECTED_MAX 4096
#define FILES_EXPECTED_OF_ONE_MAX 64 /* an account does not crowd out the others */
#define FILES_EXPECTED_MS 900000     /* much longer than a fetch and a round take */
#define FILES_EXPIRE_LOOK_MS 60000
#define FILES_RETENTION_LOOK_MS 60000

struct files;

struct files_options {
    const char *folder;      /* made, if it is not there */
    struct journal *journal; /* the caller's; its writer */
    struct clock clock;
    uint64_t quota_bytes;         /* 0: the disk is the limit */
    uint64_t account_quota_bytes; /* of what one account is the first to name; 0: no limit */
    uint32_t retention_days;      /* 0: for ever */
    struct channel *link;         /* states are appended here; the caller flushes */
};

/* ERR_IO. */
int files_open(const struct files_options *o, struct files **ret, struct diag *d) MUST_USE;
void files_free(struct files *f);
DEFINE_CLEANUP(struct files, files_free)

/* A frame from link. ERR_FORMAT, ERR_LIMIT: link has failed. */
int files_take(struct files *f, const struct frame *frame, struct diag *d) MUST_USE;
/* A FRAME_EXPECT from an opener: says to link whether the message's files may be fetched.
 * ERR_FORMAT, ERR_LIMIT: opener or link has failed. */
int files_expect(struct files *f, const struct frame *frame, struct diag *d) MUST_USE;
/* A FRAME_FORGET from an opener or link: the message expects nothing any more. What nobody expects
 * then, and nothing names, is removed, and link hears of what was on its way. The same errors. */
int files_forget(struct files *f, const struct frame *frame, struct diag *d) MUST_USE;
/* Of the first account that expects it; zeros: nobody does. */
void files_account_of(struct files *f, const struct frames_file *file,
                      uint8_t ret[static HASH_BYTES]);
/* The round with the message's verdict is committed: it expects nothing any more. ERR_LIMIT. */
int files_named(struct files *f, uint64_t tag, struct diag *d) MUST_USE;
/* Is that file there? Asked before a round that names it is committed. */
bool files_has(const struct files *f, const struct frames_file *file);
/* Removes what was expected for too long, and what is past its retention. ERR_IO, ERR_FORMAT: the
 * journal can't be read or written; ERR_LIMIT: link has failed. */
int files_tick(struct files *f, struct diag *d) MUST_USE;
/* In ms; -1: never. */
int files_timeout_ms(const struct files *f);
/* A line for the person who runs the bot, once; NULL when there is none. */
const char *files_take_notice(struct files *f, struct diag *ret);

#endif
