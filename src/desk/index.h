/* The desk's index: what an agency has read of its archives, in a vault, with what reviewers made
 * of it. It is the only place where text lies readable, and is opened by one process that has
 * neither network nor journal nor identity.
 *
 * True is what stands in the table of messages; the full-text shards are made from it and can be
 * made again. A message that several warrants archived is one message with several records.
 */
#ifndef IRONSIDE_DESK_INDEX_H
#define IRONSIDE_DESK_INDEX_H

#include "follower/message.h"
#include "sql/sql.h"
#include "text/text.h"
#include "vault/vault.h"

struct desk_index;

struct desk_index_options {
    const char *path;            /* the vault's */
    const struct vault_key *key; /* the caller's, used during the call */
    int64_t now_unix_ms;         /* 0: not known; no warrant has ended then (validity.h) */
    size_t cache_bytes;          /* of SQLite; 0: 256 MiB */
    uint32_t shard_messages;     /* a shard is closed at so many, or at a hundredth of all
                                    where that is more; 0: 60,000 (tests: few) */
};

/* Opens it and what it keeps in memory; makes it where `create`. A shard of another version of the
 * tokenizer is made anew. The errors of vault_open; ERR_EXISTS. */
int desk_index_open(const struct desk_index_options *o, bool create, struct desk_index **ret,
                    struct diag *d) MUST_USE;
void desk_index_close(struct desk_index *x);
DEFINE_CLEANUP(struct desk_index, desk_index_close)

/* For the rooms that keep tables of their own in this vault (users, access log, review). */
struct sql *desk_index_sql(struct desk_index *x);

/* Taking in: messages are collected and written by desk_index_commit together with how far their
 * journals are, in one transaction; nothing of them is found before. A record that is there already
 * changes nothing; one whose bytes differ is ERR_AUTH with the line that names it. */
int desk_index_add(struct desk_index *x, const char *bot, const struct follower_message *m,
                   struct diag *d) MUST_USE;
struct desk_progress {
    const char *bot;
    int64_t next;      /* batch */
    uint64_t size;     /* leaves of the tree */
    uint64_t covered;  /* of them, under a checkpoint that the bot has signed; never fewer */
    char stopped[256]; /* why it stands still; "" */
};
/* How far a journal is read; with the next commit. */
int desk_index_progress(struct desk_index *x, const struct desk_progress *p,
                        struct diag *d) MUST_USE;
int desk_index_commit(struct desk_index *x, struct diag *d) MUST_USE;
/* The newest message's number, and how many in common sight (sight.h) came after one. */
int64_t desk_index_last(const struct desk_index *x);
size_t desk_index_came_after(const struct desk_index *x, int64_t id);
/* How many wait for the commit. */
size_t desk_index_waiting(const struct desk_index *x);
/* One journal's; ERR_NOT_FOUND: never heard of. The strings are the index's until its next call. */
int desk_index_progress_of(struct desk_index *x, const char *bot, struct desk_progress *ret,
                           struct diag *d) MUST_USE;

/* A step of work that can wait (merging shards, closing one): at most some ten milliseconds; true
 * while there is more. */
bool desk_index_tidy(struct desk_index *x);

/* Every record of a warrant and bot in the order of leaves, for `desk verify`. */
struct desk_record {
    uint64_t leaf;
    uint8_t record_leaf[HASH_BYTES];
    const char *warrant;
    int64_t message; /* its id */
};
typedef int desk_record_fn(void *context, const struct desk_record *r);
int desk_index_records(struct desk_index *x, const char *bot, desk_record_fn *fn, void *context,
                       struct diag *d) MUST_USE;
/* The leaf hash that follows from what is kept of a message cannot be made again (a record holds
 * more than a desk keeps); so each message has a digest over all that is kept of it, checked here.
 * Names the first message whose row was changed or that is in no shard, or twice: ERR_AUTH. */
int desk_index_check(struct desk_index *x, struct diag *d) MUST_USE;

#endif
