/* A small desk in a folder of its own: a vault with a few messages, users of every role, a log. */
#ifndef IRONSIDE_TESTS_SMALL_DESK_H
#define IRONSIDE_TESTS_SMALL_DESK_H

#include "access/access.h"
#include "base/clock.h"
#include "desk/api.h"
#include "desk/model.h"

#define SMALL_DESK_NOW INT64_C(1790000000000)
#define SMALL_DESK_PASSWORD "correct horse battery"
#define SMALL_DESK_MESSAGES 40
#define SMALL_DESK_RP "localhost"
#define SMALL_DESK_ORIGIN "http://localhost:8443"

struct small_desk {
    char folder[64], path[96], clock_path[96];
    struct desk_index *index;
    struct desk_users *users;
    struct access_log *log;
    struct desk_threats *threats;
    struct text *text;
    struct clock clock;
    struct channel reader; /* the index's end */
    struct channel peer;   /* the test's, who is the reader */
    struct desk_requests *requests;
    struct channel translators, translators_peer; /* likewise */
    struct desk_adapters adapters; /* from English into German, and from Spanish into English */
    struct desk_translating *translating;
    struct channel workers, workers_peer; /* likewise, who hash passwords */
    struct desk_hashing *hashing;
    enum worker_outcome hashed;          /* how one ends: WORKER_DONE, as it should */
    enum translation_outcome translated; /* how a translation ends: TRANSLATED, into "<TEXT>" */
    int reader_code;                     /* what the reader says: 0, a proof of nothing */
    struct desk_api *api;
    struct desk_session sessions[DESK_ROLES]; /* ask.h signs in */
    char tokens[DESK_ROLES][DESK_TOKEN_CHARS + 1];
    struct diag d;
};

/* With an empty vault and nobody. Each ends the process with a line where it cannot. */
void small_desk_make(struct small_desk *s);
/* Messages 1 to SMALL_DESK_MESSAGES between anna, boris and carl, under two warrants. */
void small_desk_fill(struct small_desk *s);
/* Message SMALL_DESK_FILE: anna sends boris a file of that name and type, of `size` readable bytes.
 */
#define SMALL_DESK_FILE (SMALL_DESK_MESSAGES + 1)
void small_desk_send_file(struct small_desk *s, const char *name, const char *type, uint64_t size);
/* What a worker made of it, as if it were a photo of that likeness with these words in it. */
void small_desk_make_photo(struct small_desk *s, uint64_t likeness, const char *words);
/* A user of each role, named as the role is, and "bystander"; and the API. */
void small_desk_open(struct small_desk *s, bool purpose_of_all);
void small_desk_reopen(struct small_desk *s);                  /* its vault, as after a crash */
void small_desk_at(struct small_desk *s, int64_t now_unix_ms); /* it never goes back */
/* What the index has asked its reader, its translators and workers is answered. */
void small_desk_read(struct small_desk *s);
/* Asks, and where the question waits those answer first. */
void small_desk_answer(struct small_desk *s, const struct question *q, struct buf *body,
                       struct answer *ret);
void small_desk_clear(struct small_desk *s);

#endif
