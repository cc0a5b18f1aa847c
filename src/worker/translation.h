/* A text that a program translates: the form of a job and of what came of it. The program is not
 * ours and has read a foreign text: what it says is foreign, too, and bounded.
 */
#ifndef IRONSIDE_WORKER_TRANSLATION_H
#define IRONSIDE_WORKER_TRANSLATION_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/error.h"

#define TRANSLATION_TEXT_MAX 16384U        /* bytes of what is translated */
#define TRANSLATION_MAX (4U * 16384U)      /* … and of what comes of it */
#define TRANSLATION_LANGUAGE_MAX 8U        /* characters of a language's code */
#define TRANSLATION_FRAME_MAX (80U * 1024) /* bytes */
#define TRANSLATIONS_AT_ONCE 2U
#define TRANSLATIONS_WAITING_MAX 16U /* with those under way */

enum translation_frame {
    TRANSLATION_JOB = 1, /* to translators */
    TRANSLATION_DONE,    /* from them: how it ended, the text */
};

/* How it ended. */
enum translation_outcome {
    TRANSLATED,
    TRANSLATION_MISSING,  /* no such program */
    TRANSLATION_BUSY,     /* too many texts wait */
    TRANSLATION_FAILED,   /* it ended with an error, or crashed */
    TRANSLATION_SLOW,     /* its time was up */
    TRANSLATION_LONG,     /* it said more than is taken */
    TRANSLATION_EMPTY,    /* it said nothing */
    TRANSLATION_NONSENSE, /* what it said is no text */
    TRANSLATION_OUTCOMES
};
/* "the program's time was up"; of TRANSLATED "". */
const char *translation_outcome_text(enum translation_outcome o);

struct translation_job {
    uint64_t number;
    const char *from, *to; /* ISO 639-1, as its adapter names them */
    const char *text;      /* UTF-8, of 1 to TRANSLATION_TEXT_MAX bytes */
};
struct translation_result {
    uint64_t number;
    enum translation_outcome outcome;
    const char *text; /* "" but of TRANSLATED */
};

/* As a frame's body and back; strings lie in the arena. ERR_FORMAT. */
void translation_job_put(struct buf *b, const struct translation_job *j);
int translation_job_get(struct cursor *c, struct arena *a, struct translation_job *ret) MUST_USE;
void translation_result_put(struct buf *b, const struct translation_result *r);
/* A text is UTF-8 without control characters but tabs and line ends, and not of blanks alone. */
int translation_result_get(struct cursor *c, struct arena *a,
                           struct translation_result *ret) MUST_USE;

/* What a program has said, without blanks at its ends: TRANSLATED, TRANSLATION_EMPTY or
 * TRANSLATION_NONSENSE. */
enum translation_outcome translation_judge(const char *text, size_t len, const char **ret,
                                           size_t *ret_len);

#endif
