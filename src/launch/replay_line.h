/* A line of a replay file: {"id","ts","from","to":[…],"body"[,"country":"NL"][,"kind":"edit"]};
 * other members are ignored. Addresses are free text here; each becomes a handle
 * (launch/handles.h). The country is where the message is sent from. With a kind the body has that
 * kind's form (wire/content.h); without one it is just a text. What only a device can make has no
 * body: {"kind":"file","file":"door.jpg","as":"photo"[,"group"]}, and a group's list of members,
 * which are the sender and `to`, {"kind":"group","group","name"[,"remove":[…]]}.
 */
#ifndef IRONSIDE_LAUNCH_REPLAY_LINE_H
#define IRONSIDE_LAUNCH_REPLAY_LINE_H

#include <jansson.h>

#include "base/arena.h"
#include "crypto/hash.h"
#include "wire/content.h"

#define REPLAY_LINE_MAX (256U * 1024)
#define REPLAY_ADDRESS_MAX 256U

struct replay_line {
    const char *id;
    int64_t at_unix_ms;
    const char *from;
    const char *to[VALUE_RECIPIENTS_MAX]; /* without `from`, each once, in the file's order */
    size_t to_count;
    const char *body; /* UTF-8; may hold control characters, but no NUL */
    size_t body_len;
    const char *country;    /* NULL: not said */
    bool content;           /* the body has the form of its kind */
    enum content_kind kind; /* CONTENT_TEXT where none is named */
    const char *file;       /* kind file: its path, from the replay file's folder */
    const char *file_as;    /* "file", "photo" or "voice" */
    const char *group;      /* kind group: its id; kind file: to which it is said, or NULL */
    const char *name;       /* kind group */
    const char *removed[VALUE_RECIPIENTS_MAX]; /* kind group: those of `to` who leave it */
    size_t removed_count;
};

/* Strings live in the arena. ERR_FORMAT with the member that is wrong, or why the line is no JSON
 * (a surrogate without its other half is no character); ERR_LIMIT: over a cap of wire/value.h. */
int replay_line_parse(const char *text, size_t len, struct arena *a, struct replay_line *ret,
                      struct diag *d) MUST_USE;

/* For replay_line_parse, once `to` is read: what the device itself makes of a line of the kind file
 * or group. ERR_FORMAT. */
int replay_line_made(const json_t *o, struct arena *a, struct replay_line *l,
                     struct diag *d) MUST_USE;
/* A member that is a text of 1 to `max` bytes; NULL: it is none. */
const char *replay_line_text(struct arena *a, const json_t *v, size_t max);

/* The last part of a path. */
const char *replay_line_name(const char *path);
/* Is the address in that list? */
bool replay_line_lists(const char *const *list, size_t count, const char *address);

/* What a device that shows the message shows of it, as launch/fleet.h tells it: of a file its name,
 * of a group's list the group's id. */
void replay_line_shown(const struct replay_line *l, uint8_t ret[static HASH_BYTES]);

#endif
