/* The keeper: writes the journal and signs. It sees sealed bytes, leaves and verdict lines, never a
 * message or its key. It alone owns the chains' heads: a round is committed whole or not at all,
 * and a verdict leaves only after its commit.
 */
#ifndef IRONSIDE_IBOT_KEEPER_H
#define IRONSIDE_IBOT_KEEPER_H

#include "base/channel.h"
#include "base/clock.h"
#include "daykeys/folder.h"
#include "ibot/files.h"
#include "ibot/frames.h"
#include "journal/journal.h"

#define KEEPER_CHECKPOINT_MS 60000

struct keeper;

struct keeper_options {
    struct journal *journal;
    const uint8_t *secret; /* SIGN_SECRET_BYTES of the bot's signing key, the caller's */
    const char *domain;    /* the network's */
    struct clock clock;
    struct files *files; /* the store, the caller's; NULL: messages have no files */
    struct channel *link;
    struct channel *openers[FOLDER_OPENERS_MAX];
    size_t opener_count;
};

/* Which opener serves the device with this certificate. */
size_t keeper_opener_of(const uint8_t certificate[static HASH_BYTES], size_t opener_count);

struct keeper *keeper_new(const struct keeper_options *options);
void keeper_free(struct keeper *k);

/* Tells every opener the heads of its devices' chains. ERR_IO, ERR_LIMIT. */
int keeper_start(struct keeper *k, struct diag *d) MUST_USE;
/* An error means that the process must end: ERR_FORMAT or ERR_LIMIT (the other side has failed),
 * ERR_INVALID_STATE (a round that does not continue the chains), ERR_IO (the journal can't be
 * written). Nothing of the round is kept then. */
int keeper_from_opener(struct keeper *k, size_t opener, const struct frame *f,
                       struct diag *d) MUST_USE;
int keeper_from_link(struct keeper *k, const struct frame *f, struct diag *d) MUST_USE;
/* Publishes a checkpoint, statements and destructions when they are due. */
int keeper_tick(struct keeper *k, struct diag *d) MUST_USE;
/* Milliseconds until a checkpoint is due; -1: there is nothing new. */
int keeper_timeout_ms(const struct keeper *k);
/* Milliseconds until it wants to look whether a day is over. */
int keeper_reports_timeout_ms(const struct keeper *k);
/* Publishes a checkpoint over all there is. */
int keeper_checkpoint(struct keeper *k, struct diag *d) MUST_USE;

#endif
