/* One journal of a follower's. */
#ifndef IRONSIDE_FOLLOWER_FOLLOWER_INTERNAL_H
#define IRONSIDE_FOLLOWER_FOLLOWER_INTERNAL_H

#include <sys/stat.h>

#include "archive/reader.h"
#include "follower/follower.h"

/* How a journal's files looked. */
struct follower_stamp {
    struct {
        ino_t inode;
        off_t size;
        struct timespec written;
    } files[2];   /* the database and its log */
    bool settled; /* nothing was written just before: what comes shows as a change */
};

struct follower_journal {
    char *bot, *path;
    struct follower_state state;
    struct follower_stamp seen; /* before the last look */
    bool more;                  /* the last look ended before the end */
    bool for_good;              /* stopped by a fault that no waiting mends */
    int64_t again_ms;           /* stopped: looked at again from then on */
    /* The tree at the last look, which every later one must continue. */
    uint64_t size;
    uint8_t root[MERKLE_BYTES];
    uint64_t covered; /* by the last checkpoint that was checked */
    int64_t round;    /* the last one whose signature was checked */
    int64_t clock_ms; /* journal_clock */
};

struct follower {
    struct follower_options o;
    char *documents, *log; /* of the options */
    struct library *library;
    struct timespec shelved; /* the folder of documents when it was read */
    struct {
        struct validities *now;     /* NULL: not looked at yet */
        struct timespec shelved;    /* the documents that they are of */
        struct follower_stamp seen; /* … and the log */
    } validity;
    struct follower_journal journals[FOLLOWER_BOTS_MAX];
    size_t count;
    size_t turn;     /* the journal that is looked at first next time */
    struct buf held; /* the messages of a batch until it is whole */
    struct arena arena;
};

/* One look at a journal. */
struct follower_look {
    struct follower *f;
    struct follower_journal *x;
    struct journal *j;
    struct reader *reader;
    const struct follower_sink *sink;
    const uint8_t *key;  /* the bot's, as a policy names it */
    unsigned max, count; /* of batches */
    int told;            /* by the sink: other than 0 */
    bool mends;          /* what fails now, waiting may mend */
    struct diag *d;
};

/* How a database looks now; has it changed since? What was written just before counts as changed.
 */
struct follower_stamp follower_stamp(const char *path);
bool follower_stamp_changed(const struct follower_stamp *seen, const char *path);
/* Is there anything that was not looked at? */
bool follower_journal_due(struct follower_journal *x);
/* Reads at most `max` batches of it. 0 and how many; what the sink returned. A fault is in its
 * state. */
int follower_journal_look(struct follower *f, struct follower_journal *x, unsigned max,
                          const struct follower_sink *sink, unsigned *ret_count) MUST_USE;
/* A journal_batch_fn over the look: the next batch, checked, opened and handed on. */
int follower_batch(void *context, const struct journal_batch_row *row);
/* The documents as they are now, where the folder has changed. ERR_IO, ERR_FORMAT, ERR_AUTH. */
int follower_shelve(struct follower *f, struct diag *d) MUST_USE;

#endif
