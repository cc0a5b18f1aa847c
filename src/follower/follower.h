/* Following bots' journals with an agency's identity: batch by batch from where it stopped, each
 * record checked (archive/reader.h), every journal by itself, so that one that does not verify
 * stops alone, with a line that says which batch. Reads only; knows no index.
 */
#ifndef IRONSIDE_FOLLOWER_FOLLOWER_H
#define IRONSIDE_FOLLOWER_FOLLOWER_H

#include "archive/validity.h"
#include "follower/message.h"

#define FOLLOWER_BOTS_MAX 16U
#define FOLLOWER_LINE_MAX 256U

struct follower;

struct follower_options {
    const struct network_note *net;
    const char *documents; /* folder of public notes, read again when they lack one */
    const char *log;       /* the public log; NULL, or no such file: there is none */
    const struct age_identity *identities; /* in secret memory, the caller's */
    size_t identity_count;
    int again_ms; /* what waits is looked at again after so long; 0: a second */
};

int follower_new(const struct follower_options *o, struct follower **ret, struct diag *d) MUST_USE;
void follower_free(struct follower *f);
DEFINE_CLEANUP(struct follower, follower_free)
/* The journal at `path`, of the bot `bot` (its address), from batch `next` on; its tree had `size`
 * leaves before: one with fewer has lost some. A journal that is not there yet is waited for.
 * ERR_LIMIT. */
int follower_add(struct follower *f, const char *bot, const char *path, int64_t next, uint64_t size,
                 struct diag *d) MUST_USE;

/* The documents as its folder has them now; they live until the next call, or the next poll.
 * ERR_IO, ERR_FORMAT, ERR_AUTH. */
int follower_documents(struct follower *f, const struct library **ret, struct diag *d) MUST_USE;

/* How the warrants that name the agency stand, by the documents and the public log as they are now;
 * until the next call. A log that cannot be read is as none, and `d` says why. 1: other than at the
 * last call, 0: the same. ERR_IO, ERR_FORMAT, ERR_AUTH: the documents cannot be read. */
int follower_validities(struct follower *f, const struct validities **ret, struct diag *d) MUST_USE;
/* How far the network's clock had come by the journals that were looked at (journal_clock). */
int64_t follower_clock(const struct follower *f);

/* What the tree has, whoever may read it: how far the journal reached at the last look. */
struct follower_state {
    const char *bot;
    int64_t next;     /* the batch that comes next */
    uint64_t size;    /* leaves of the tree when last looked at */
    uint64_t covered; /* of them, under a checkpoint of the bot's; 0: not looked at yet */
    uint64_t records,
        foreign; /* of warrants that name the agency: handed on; batches passed over */
    char stopped[FOLLOWER_LINE_MAX]; /* why it stands still; "" it does not */
};

/* A batch has been read whole, and nothing is wrong with it: its messages are handed to `message`,
 * then this. A value other than
 * 0 of either ends the round and is handed on; the batch is then read again. `state` is of its bot.
 */
struct follower_sink {
    int (*message)(void *context, const char *bot, const struct follower_message *m);
    int (*batch_end)(void *context, const struct follower_state *state);
    void *context;
};
/* Reads at most `max_batches` of what is new, the journals in turn. Returns how many batches there
 * were, 0 when nothing is new, or what the sink returned. A fault of a journal goes to its state:
 * what may mend itself (a document that is not there yet, a file that can't be opened) is looked at
 * again after a while; a batch, tree or checkpoint that does not verify stops it for good, which a
 * new follower would only find again. */
int follower_poll(struct follower *f, unsigned max_batches, const struct follower_sink *sink);
size_t follower_states(const struct follower *f,
                       struct follower_state ret[static FOLLOWER_BOTS_MAX]);

#endif
