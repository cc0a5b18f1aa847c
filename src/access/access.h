/* The access log: every search, view, bulk action and export, appended in a Merkle tree (RFC 9162)
 * with checkpoints that the desk signs, before the answer is given. Nothing here edits or removes.
 *
 * It lies in tables of a database that is the caller's, a desk's vault; an entry is one line of
 * text, whose leaf is its hash, so that the log is checked from an export and a public key alone.
 * No content of messages stands in it but what the user wrote as a query.
 *
 * What this alone does not show: that the newest entries were taken away together with the
 * checkpoints over them, or that an older copy of the database was put back. Who keeps a checkpoint
 * elsewhere sees both.
 */
#ifndef IRONSIDE_ACCESS_ACCESS_H
#define IRONSIDE_ACCESS_ACCESS_H

#include "base/buf.h"
#include "crypto/checkpoint.h"
#include "crypto/sign.h"
#include "sql/sql.h"

#define ACCESS_TEXT_MAX 65536U /* bytes of each text of an entry */

enum access_action {
    ACCESS_SIGN_IN,
    ACCESS_SIGN_OUT,
    ACCESS_REFUSED, /* a sign-in or a question that was refused */
    ACCESS_SEARCH,
    ACCESS_COUNT,
    ACCESS_VIEW,
    ACCESS_EXPORT,
    ACCESS_MARK, /* seen, tag, note, flag, assignment, case: what a reviewer adds */
    ACCESS_USER, /* users and their roles */
    ACCESS_READ_LOG,
    ACCESS_PASS,    /* on to another: a package */
    ACCESS_RECEIVE, /* a package of another's */
    ACCESS_ACTIONS
};
const char *access_action_text(enum access_action a);  /* "search" */
enum access_action access_action_of(const char *word); /* ACCESS_ACTIONS: none */

struct access_entry {
    uint64_t number; /* of its leaf; set on reading */
    int64_t at_unix_ms;
    enum access_action action;
    const char *user; /* "" before a sign-in */
    const char *role;
    const char *purpose;  /* what the user gave; may be "" where the action needs none */
    const char *case_id;  /* "" none */
    const char *warrants; /* by blanks, sorted: of what was opened */
    const char *what;     /* the query as query_put has it, or what was opened: "message 17" */
    uint64_t count;       /* of messages that the answer showed */
    bool hidden;          /* defence: shown to auditors only */
};

/* The line of an entry, without its newline: what its leaf is the hash of. Fields by tabs:
 *
 *     ironside-access-1 NUMBER AT ACTION USER ROLE PURPOSE CASE WARRANTS COUNT HIDDEN WHAT
 *
 * AT in milliseconds, HIDDEN 0 or 1; in texts `\` is `\\` and an ASCII control character `\xHH`, so
 * that no two entries have one line. `b` fails where a text is over ACCESS_TEXT_MAX or not UTF-8.
 */
void access_line(struct buf *b, const struct access_entry *e);

struct access_log;

/* Makes the tables where they lack. `name` is the checkpoints' origin and their key's name; `s`
 * stays the caller's and outlives the log. ERR_FORMAT: the name cannot stand in a note, or the
 * tree's tiles do not fit together; ERR_IO, ERR_AUTH. */
int access_open(struct sql *s, const char *name, const uint8_t seed[static SIGN_SEED_BYTES],
                struct access_log **ret, struct diag *d) MUST_USE;
void access_close(struct access_log *l);
DEFINE_CLEANUP(struct access_log, access_close)
/* Who verifies its checkpoints: the vkey of C2SP's signed notes. */
const char *access_vkey(const struct access_log *l);

const uint8_t *access_key(const struct access_log *l); /* SIGN_PUBLIC_BYTES */
/* Appends the text as a note that is signed with the log's key, under that name: what else the desk
 * says in public. */
void access_sign_note(const struct access_log *l, const char *name, const struct buf *text,
                      struct buf *ret);
/* How many entries there are up to the last one from before that moment, and the root of the tree
 * of just these: a clock may have been wrong, and one entry dated ahead hides none behind it.
 * ERR_IO.
 */
int access_at(struct access_log *l, int64_t at_unix_ms, uint64_t *ret_size,
              uint8_t ret_root[static MERKLE_BYTES], struct diag *d) MUST_USE;
/* The number of the first entry that is not from before that moment; the log's size where there is
 * none. ERR_IO. */
int access_since(struct access_log *l, int64_t at_unix_ms, uint64_t *ret_first,
                 struct diag *d) MUST_USE;

/* Appends, in the transaction under way or one of its own; durable when that commits. The entry's
 * number is not asked for. ERR_IO: the caller answers nothing then; ERR_LIMIT, ERR_FORMAT: a text
 * is too long, or not UTF-8. */
int access_append(struct access_log *l, const struct access_entry *e, struct diag *d) MUST_USE;
uint64_t access_size(const struct access_log *l);
/* Signs a checkpoint of what there is, unless the last one has that size, or nothing was ever
 * appended; in the transaction under way or one of its own. */
int access_sign(struct access_log *l, int64_t now_unix_ms, struct diag *d) MUST_USE;
/* Appends the newest checkpoint, a note. ERR_NOT_FOUND: there is none yet. */
int access_checkpoint(struct access_log *l, struct buf *ret, struct diag *d) MUST_USE;

typedef int access_fn(void *context, const struct access_entry *e);
/* Entries from number `from` on, upwards or, newest first, downwards, at most `limit`; `user`
 * (NULL: any) and `action` (ACCESS_ACTIONS: any) narrow. What the entry points at lives until the
 * callback returns; a value other than 0 ends the walk and is handed on. */
struct access_question {
    uint64_t from, limit; /* newest first, `from` may lie past the end: from the newest one on */
    bool newest_first;
    const char *user;
    enum access_action action;
};
int access_each(struct access_log *l, const struct access_question *q, access_fn *fn, void *context,
                struct diag *d) MUST_USE;

/* That every leaf is its entry's, every stored node the leaves', every checkpoint signed and of a
 * prefix of this tree; names the first that is not. Reads everything anew. ERR_AUTH, ERR_IO. */
int access_verify(struct access_log *l, uint64_t *ret_entries, uint64_t *ret_checkpoints,
                  struct diag *d) MUST_USE;

#endif
