/* What a message's text says beside its words (docs/protocol.md, "Content").
 *
 * Legacy OMEMO encrypts one text. So everything is a text: first the words, as a stock client shows
 * them, then, where it is more than a text, one technical line at the end:
 *
 *     ironside:KIND?name=value&…
 *
 * Values are percent-encoded, names come in one order, and there are no others. What is not in
 * this form is a text like any other: nothing that was said is ever dropped for its form.
 */
#ifndef IRONSIDE_WIRE_CONTENT_H
#define IRONSIDE_WIRE_CONTENT_H

#include "base/arena.h"
#include "wire/geo.h"
#include "wire/value.h"

enum content_kind {
    CONTENT_TEXT,
    CONTENT_EDIT,
    CONTENT_RETRACT,
    CONTENT_REPLY,
    CONTENT_REACT,
    CONTENT_READ,
    CONTENT_POSITION,
    CONTENT_LIVE,
    CONTENT_FILE,
    CONTENT_GROUP,
    CONTENT_CONTACT,
    CONTENT_POLL,
    CONTENT_VOTE,
    CONTENT_KINDS /* stores keep kinds by their numbers: new ones go before this */
};

/* Is it about an earlier message, and whose? */
enum content_about { CONTENT_BY_ITSELF, CONTENT_ABOUT_OWN, CONTENT_ABOUT_ANY };

/* All that differs by kind alone. */
struct content_traits {
    const char *name;            /* "text", "edit", … */
    unsigned required, optional; /* what its line names: content_internal.h */
    enum content_about about;
    unsigned targets;   /* … of these kinds, as bits; 0: of all that can be erased */
    bool folded;        /* it is shown with that message, not by itself */
    bool follows;       /* its text is erased together with that message */
    bool erasable;      /* it can be taken back, read and answered, and its timer can run out */
    bool own_words;     /* its text is what the user wrote, not what the kind makes of it */
    bool makes_contact; /* whom it is said to becomes a contact */
};
/* Of a kind below CONTENT_KINDS. */
const struct content_traits *content_traits(enum content_kind kind);
/* Can a message of this kind be about one of that? */
bool content_fits(enum content_kind kind, enum content_kind target);

enum content_contact { CONTENT_REQUEST = 1, CONTENT_ACCEPT, CONTENT_DECLINE, CONTENT_CONTACTS };

#define CONTENT_ARENA_BYTES (4U * VALUE_BODY_MAX) /* that reading one may need */
#define CONTENT_GROUP_ID_LEN 32U                  /* hexadecimal */
#define CONTENT_NOTE_MAX 11264U /* bytes of a group document's note, so that its base64 fits */
#define CONTENT_NAME_MAX 255U   /* of a file */
#define CONTENT_TYPE_MAX 127U
#define CONTENT_TIMER_MAX_S (366U * 86400)
#define CONTENT_DURATION_MAX_S (366U * 86400)
#define CONTENT_REACTIONS_MAX 16U
#define CONTENT_REACTION_MAX 64U /* bytes of each */
#define CONTENT_QUOTE_MAX 200U   /* bytes of a reply's quoted line */
#define CONTENT_OPTIONS_MIN 2U   /* of a poll */
#define CONTENT_OPTIONS_MAX 10U
#define CONTENT_QUESTION_MAX 1000U /* bytes, a line */
#define CONTENT_OPTION_MAX 200U    /* bytes of each, a line */

/* `text` is what was meant: without the quoted line of a reply or an edit's "Correction: ". For
 * kinds that have words of their own it is those; of a vote it is the option. What a kind does not
 * have is NULL or 0. */
struct content {
    enum content_kind kind;
    const char *text; /* not ended by a NUL */
    size_t text_len;
    const char *quote; /* reply: first line of what it answers; ended by a NUL */
    const char *from;  /* reply, react, read, vote: whose message it is about */
    const char *id; /* edit, retract, reply, react, read, live, vote: which; group: of the group */
    struct geo position;
    bool has_until;
    int64_t until_unix_ms;   /* live: how long; a position: that it will be updated so long */
    const char *url;         /* file: its aesgcm: URI */
    const char *preview;     /* file: a data: URI, or NULL */
    const char *name, *type; /* file */
    uint64_t size;           /* file: bytes, as it is opened */
    uint32_t duration_s;     /* file: of a voice note; 0: none */
    uint64_t serial;         /* group */
    const char *note;        /* group: the signed document */
    size_t note_len;
    enum content_contact contact;
    const char *question; /* poll; both ended by a NUL */
    const char *options[CONTENT_OPTIONS_MAX];
    unsigned option_count;
    const char *group; /* to which group it was said; NULL: none */
    uint32_t timer_s;  /* it disappears from devices so long after it was read; 0: never */
};

/* "text", "edit", …; CONTENT_KINDS for a word that is none of them. */
const char *content_kind_text(enum content_kind kind);
enum content_kind content_kind_of(const char *name);
/* "request" */
const char *content_contact_text(enum content_contact contact);

/* Reads a body; never refuses it: what is in no known form is a text. Strings lie in the arena,
 * `text` within the body. ERR_LIMIT: the arena has no
 * CONTENT_ARENA_BYTES left. */
int content_read(struct arena *a, const char *body, size_t len, struct content *ret) MUST_USE;
/* Appends the body that reads as this again. ERR_FORMAT or ERR_LIMIT, with the line that says what
 * is wrong, when there is none; over VALUE_BODY_MAX: ERR_LIMIT. */
int content_write(struct buf *b, const struct content *c, struct diag *d) MUST_USE;
/* The first line of a text that is not blank, without the blanks around it, cut between characters
 * at CONTENT_QUOTE_MAX; the caller's. */
char *content_first_line(const char *text, size_t len);

/* 32 hexadecimal digits. */
bool content_group_valid(const char *id);

#endif
