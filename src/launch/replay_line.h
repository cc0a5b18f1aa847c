/* A line of a replay file: {"id","ts","from","to":[…],"body"[,"country":"NL"][,"kind":"edit"]};
 * other members are ignored. Addresses are free text here; each becomes a handle
 * (launch/handles.h). The country is where the message is sent from. With a kind the body has that
 * kind's form (wire/content.h); without one it is just a text.
 */
#ifndef IRONSIDE_LAUNCH_REPLAY_LINE_H
#define IRONSIDE_LAUNCH_REPLAY_LINE_H

#include "base/arena.h"
#include "crypto/hash.h"
#include "wire/value.h"

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
    const char *country; /* NULL: not said */
    bool content;        /* the body has the form of its kind */
};

/* Strings live in the arena. ERR_FORMAT with the member that is wrong, or why the line is no JSON
 * (a surrogate without its other half is no character); ERR_LIMIT: over a cap of wire/value.h. */
int replay_line_parse(const char *text, size_t len, struct arena *a, struct replay_line *ret,
                      struct diag *d) MUST_USE;

/* What a device that shows the message shows of it, as launch/fleet.h tells it. */
void replay_line_shown(const struct replay_line *l, uint8_t ret[static HASH_BYTES]);

#endif
