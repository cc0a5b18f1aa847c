/* Frames between the bot's processes (base/channel.h carries them). Both ends are our own, yet a
 * frame is parsed as strictly as a peer's stanza: a process that was taken over must not take the
 * next one with it.
 */
#ifndef IRONSIDE_IBOT_FRAMES_H
#define IRONSIDE_IBOT_FRAMES_H

#include "wire/document.h"
#include "wire/envelope.h"
#include "wire/verdict.h"

#define FRAMES_REQUEST_MAX (192U * 1024)
#define FRAMES_DOCUMENT_MAX (VALUE_EPOCHS_MAX + 64U)
#define FRAMES_ROUND_MAX (12U * 1024 * 1024) /* of a round's frame */

enum frame_type {
    /* link to opener */
    FRAME_REQUEST = 1, /* tag, envelope */
    FRAME_DOCUMENT,    /* kind, note: policy, then its warrants and epochs; certificates */
    /* opener to link */
    FRAME_LATER, /* tag, reason, seconds */
    /* opener to keeper */
    FRAME_ROUND,
    FRAME_REPEAT, /* tag, certificate, n, digest: what was the verdict? */
    /* keeper to opener */
    FRAME_HEADS,      /* certificate, n, digest, any number */
    FRAME_HEADS_END,  /* lowest policy serial that the bot may take */
    FRAME_NOT_REPEAT, /* the body of FRAME_REPEAT: n has another digest */
    FRAME_COMMITTED,  /* one more round is durable */
    /* keeper to link */
    FRAME_VERDICT,  /* tag, verdict */
    FRAME_INCLUDED, /* tag, proof */
    /* link to keeper */
    FRAME_INCLUSION, /* tag, root, count, old size */
    /* opener to keeper */
    FRAME_DESTROYED, /* warrant, day, any number: day keys that are no more */
    /* keeper to link */
    FRAME_REPORT, /* kind, note: a statement or destruction for the registrar */
    /* link to keeper */
    FRAME_SUBMITTED, /* hash, and whether the registrar took it */
    /* files: link and keeper, and from link to opener (frames_files.h) */
    FRAME_FILE_ASK = 32, /* ticket, sha256, size: is it stored? */
    FRAME_FILE_DATA,     /* ticket, bytes */
    FRAME_FILE_END,      /* ticket, whole (1) or given up (0) */
    FRAME_FILE_STATE,    /* ticket, state: keeper's answer */
    FRAME_NO_FILE,       /* a FRAME_REQUEST whose files are not what it says */
    FRAME_FILES_STORED,  /* a FRAME_REQUEST whose files the keeper has */
    FRAME_EXPECT,        /* opener to keeper: tag, account, files of a message that is good */
    FRAME_FORGET,        /* opener and link to keeper: tag, of a message that is not archived */
    FRAME_FETCH,         /* keeper to link: tag, and whether its files may be fetched */
};

void frames_put_request(struct buf *b, uint64_t tag, const struct envelope *e);
int frames_get_request(const uint8_t *body, size_t len, struct arena *a, uint64_t *ret_tag,
                       struct envelope *ret) MUST_USE;

void frames_put_document(struct buf *b, enum document_kind kind, const char *note, size_t len);
/* The note lies inside the frame, without a NUL; it is not empty, and not checked. */
int frames_get_document(const uint8_t *body, size_t len, enum document_kind *ret_kind,
                        const char **ret_note, size_t *ret_len) MUST_USE;

void frames_put_later(struct buf *b, uint64_t tag, const struct later *l);
int frames_get_later(const uint8_t *body, size_t len, uint64_t *ret_tag,
                     struct later *ret) MUST_USE;

struct frames_position { /* a place in a chain */
    uint8_t certificate[HASH_BYTES];
    uint64_t n;
    uint8_t digest[HASH_BYTES];
};
#define FRAMES_POSITION_BYTES 72
void frames_put_position(struct buf *b, const struct frames_position *p);
/* Takes one off the cursor; false when it is at its end or has failed: also for an n that no chain
 * has. */
bool frames_next_position(struct cursor *c, struct frames_position *ret);

void frames_put_repeat(struct buf *b, uint64_t tag, const struct frames_position *p);
int frames_get_repeat(const uint8_t *body, size_t len, uint64_t *ret_tag,
                      struct frames_position *ret) MUST_USE;

void frames_put_verdict(struct buf *b, uint64_t tag, const struct verdict *v);
int frames_get_verdict(const uint8_t *body, size_t len, uint64_t *ret_tag,
                       struct verdict *ret) MUST_USE;

/* A round. The opener fills a struct frames_round and puts it; the keeper gets a view into the
 * frame. */
struct frames_batch {
    char warrant[VALUE_WARRANT_MAX + 1];
    const uint8_t (*leaves)[MERKLE_BYTES];
    const uint8_t *positions; /* of its records' lines, VERDICT_POSITION_BYTES each */
    uint32_t count;
    const uint8_t *sealed;
    size_t sealed_len;
};
struct frames_file {
    uint8_t sha256[HASH_BYTES];
    uint64_t size;
};
#define FRAMES_ROUND_FILES_MAX (VERDICT_ROUND_MAX * VALUE_FILES_MAX)
struct frames_round {
    uint32_t policy; /* the serial in force */
    struct frames_batch batches[VALUE_WRAPS_MAX];
    size_t batch_count;
    const uint8_t (*lines)[VERDICT_LINE_BYTES];
    const uint8_t *tags; /* 8 bytes each, as link gave them */
    uint32_t line_count;
    const uint8_t *files; /* of its archived messages: 40 bytes each, frames_round_file */
    uint32_t file_count;
};
#define FRAMES_FILE_BYTES 40
void frames_put_file(struct buf *b, const uint8_t sha256[static HASH_BYTES], uint64_t size);
struct frames_file frames_round_file(const struct frames_round *r, uint32_t file);
void frames_put_round(struct buf *b, const struct frames_round *r);
int frames_get_round(const uint8_t *body, size_t len, struct frames_round *ret) MUST_USE;
uint64_t frames_round_tag(const struct frames_round *r, uint32_t line);

/* Takes one off the cursor; false when it is at its end or has failed. */
void frames_put_destroyed(struct buf *b, const char *warrant, int64_t day);
bool frames_next_destroyed(struct cursor *c, char ret_warrant[static VALUE_WARRANT_MAX + 1],
                           int64_t *ret_day);

void frames_put_report(struct buf *b, enum document_kind kind, const char *note, size_t len);
/* The note lies inside the frame, without a NUL; it is not empty, and not checked. */
int frames_get_report(const uint8_t *body, size_t len, enum document_kind *ret_kind,
                      const char **ret_note, size_t *ret_len) MUST_USE;

void frames_put_submitted(struct buf *b, const uint8_t hash[static HASH_BYTES], bool taken);
int frames_get_submitted(const uint8_t *body, size_t len, uint8_t ret_hash[static HASH_BYTES],
                         bool *ret_taken) MUST_USE;

#endif
