/* Files that are fetched, and the messages that wait for them: between link's files. */
#ifndef IRONSIDE_IBOT_LINK_FETCH_H
#define IRONSIDE_IBOT_LINK_FETCH_H

#include "ibot/frames_files.h"
#include "ibot/link_files.h"

#define HEAD_MAX 8192U

enum fetch_state {
    GET_ASKED,  /* the keeper: is it stored? */
    GET_QUEUED, /* wanted; waits for its turn */
    GET_HEAD,   /* the request is sent; the answer's head comes */
    GET_BODY,
    GET_STORING, /* all is with the keeper */
};

enum outcome { OUTCOME_STORED, OUTCOME_NONE, OUTCOME_LATER };

struct get {
    struct get *next;
    uint64_t ticket;
    struct frames_file file;
    char path[VALUE_PATH_MAX + 1];
    enum fetch_state state;
    int fd; /* -1: none */
    uint64_t len;
    int64_t deadline_ms;
    struct buf head;
    bool over; /* settled: removed at the next turn */
};

/* A message that waits for its files. */
struct asking {
    struct asking *next;
    uint64_t tag;
    uint8_t certificate[HASH_BYTES];
    uint64_t tickets[VALUE_FILES_MAX]; /* 0: there */
    size_t count;
    size_t len;
    uint8_t body[];
};

struct link_files {
    struct link *link;
    struct get *gets, **gets_end; /* in the order in which they were asked for */
    struct asking *askings;
    size_t get_count, asking_count;
    uint64_t next_ticket;
    bool away; /* said, until it answers again */
};

/* link_fetch.c */
bool link_fetch_runs(const struct get *g);
/* Asks the upload host for those whose turn it is. */
void link_fetch_start(struct link_files *f);
/* Takes what has come of it. */
void link_fetch_read(struct link_files *f, struct get *g);

/* link_files.c: ends the frame to the keeper that was begun. */
void link_files_end_frame(struct link_files *f);
/* Breaks off what the keeper has begun to store. */
void link_files_give_up(struct link_files *f, struct get *g, enum outcome how);

#endif
