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

struct files {
    struct files_options o;
    char *folder;
    uint64_t used; /* bytes of what is stored and what is on its way */
    struct incoming incoming[FILES_INCOMING_MAX];
    bool full; /* said, until there is room again */
    int64_t next_look_ms;
    struct diag notice;
};

/* files_sweep.c: makes the folders, removes what is not to be there, adds up the rest. */
int files_sweep(struct files *f, struct diag *d) MUST_USE;

#endif
