/* What the files' own files share. */
#ifndef IRONSIDE_IBOT_FILES_INTERNAL_H
#define IRONSIDE_IBOT_FILES_INTERNAL_H

#include "ibot/files.h"

struct incoming {
    uint64_t ticket; /* 0: free */
    struct frames_file file;
    char *path;
    int fd;
    uint64_t len, synced;
    struct hash_stream *hash;
};

/* A file that a message waits for, or has found there. */
struct expected_file {
    uint64_t tag; /* link's, of the message */
    struct frames_file file;
    uint8_t account[HASH_BYTES];
    int64_t until_ms; /* monotonic */
};

struct files {
    struct files_options o;
    char *folder;
    uint64_t used; /* bytes of what is stored and what is on its way */
    struct incoming incoming[FILES_INCOMING_MAX];
    struct expected_file *expected; /* in the order in which they were expected */
    size_t expected_count;
    bool over; /* an account's quota; said once */
    bool full; /* said, until there is room again */
    int64_t next_look_ms;
    struct diag notice;
};

/* Closes and removes what is on its way. */
void files_drop_incoming(struct files *f, struct incoming *x);
/* Says to link how it stands with a ticket. ERR_LIMIT: link has failed. */
int files_answer(struct files *f, uint64_t ticket, enum frames_file_state state,
                 struct diag *d) MUST_USE;
/* Removes the bytes of a file. What can't be removed stays counted, and is noted for the person who
 * runs the bot. */
void files_unlink(struct files *f, const struct frames_file *file);

/* files_expected.c */
bool files_is_expected(const struct files *f, const struct frames_file *file);
/* Drops what was expected for too long. ERR_LIMIT: link has failed. */
int files_expire(struct files *f, int64_t now_ms, struct diag *d) MUST_USE;
void files_free_expected(struct files *f);

/* files_sweep.c: makes the folders, removes what is not to be there, adds up the rest. */
int files_sweep(struct files *f, struct diag *d) MUST_USE;

#endif
