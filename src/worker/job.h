/* What is made of foreign files, by a process for each file: a photo's thumbnail, words and
 * likeness, a sound's wave form. Whoever makes them (worker.h) has the bytes of one file and a
 * socket; whoever started it (workers.h) carries frames and looks into none.
 *
 * This is the form of a job and of what was made. A worker has read foreign bytes: what it says is
 * foreign, too, and every quantity in it has a bound.
 */
#ifndef IRONSIDE_WORKER_JOB_H
#define IRONSIDE_WORKER_JOB_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/error.h"

#define WORKER_FILE_MAX (50U * 1024 * 1024)
#define WORKER_PIECE_MAX (256U * 1024)    /* bytes of a frame */
#define WORKER_THUMBNAIL_MAX (64U * 1024) /* bytes of the JPEG */
#define WORKER_WORDS_MAX 16384U           /* bytes */
#define WORKER_WAVE_MAX 240U              /* loudness at so many places */
#define WORKER_SIDE_MAX 65535U            /* of a photo */
#define WORKER_MADE_MAX (WORKER_THUMBNAIL_MAX + WORKER_WORDS_MAX + 4096U)
#define WORKERS_AT_ONCE 2U

enum worker_kind { WORKER_PHOTO, WORKER_SOUND, WORKER_KINDS };

enum worker_frame {
    WORKER_JOB = 1, /* to workers: a file comes */
    WORKER_BYTES,   /* to workers, and on to a worker: number, the next bytes of it */
    WORKER_MADE,    /* from a worker, and on: number, how it ended, what was made */
    WORKER_HASH,    /* to workers: a password (hash.h) */
    WORKER_HASHED,  /* from a worker, and on: number, how it ended, the hash */
};

/* How it ended. */
enum worker_outcome {
    WORKER_DONE,
    WORKER_UNKNOWN,    /* the file is in no format that is read */
    WORKER_LARGE,      /* it has more than is read */
    WORKER_UNREADABLE, /* it is damaged */
    WORKER_CRASHED,
    WORKER_SLOW,     /* its time was up */
    WORKER_NONSENSE, /* what it said has no form */
    WORKER_OUTCOMES
};
/* "its time was up"; of WORKER_DONE "". */
const char *worker_outcome_text(enum worker_outcome o);

struct worker_job {
    uint64_t number;
    enum worker_kind kind;
    uint32_t size; /* bytes */
};
struct worker_made {
    uint32_t width, height;   /* of the upright photo */
    const uint8_t *thumbnail; /* a JPEG */
    size_t thumbnail_len;     /* 0: none */
    uint64_t likeness;        /* a difference hash (dhash.h) */
    const char *words;        /* that a machine has read in it; "" none */
    uint32_t milliseconds;    /* of a sound */
    const uint8_t *wave;
    size_t wave_len;
};
struct worker_result {
    uint64_t number;
    enum worker_outcome outcome;
    const uint8_t *made; /* of WORKER_DONE: for worker_made_get */
    size_t made_len;
};

/* As a frame's body and back; bytes lie in the frame, words in the arena. ERR_FORMAT. */
void worker_job_put(struct buf *b, const struct worker_job *j);
int worker_job_get(struct cursor *c, struct worker_job *ret) MUST_USE;
void worker_result_put(struct buf *b, const struct worker_result *r);
int worker_result_get(struct cursor *c, struct worker_result *ret) MUST_USE;
void worker_made_put(struct buf *b, const struct worker_made *m);
/* Of a job of that kind. A thumbnail begins and ends as a JPEG does; words are UTF-8 without
 * control characters but line ends. */
int worker_made_get(struct cursor *c, struct arena *a, enum worker_kind kind,
                    struct worker_made *ret) MUST_USE;

#endif
