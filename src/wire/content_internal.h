/* What reading and writing of content share. */
#ifndef IRONSIDE_WIRE_CONTENT_INTERNAL_H
#define IRONSIDE_WIRE_CONTENT_INTERNAL_H

#include "wire/content.h"

#define CONTENT_LINE "ironside:" /* what the technical line begins with */
#define CONTENT_CORRECTION "Correction: "
#define CONTENT_RETRACTS "(retracts a message)"
#define CONTENT_NO_REACTION "(no reaction)"
#define CONTENT_READS "(read)"
#define CONTENT_ASKS "Poll: "
#define CONTENT_VOTES "voted: "

/* In the order in which they stand. */
enum content_field {
    FIELD_FROM,
    FIELD_ID,
    FIELD_NAME,
    FIELD_TYPE,
    FIELD_SIZE,
    FIELD_DURATION,
    FIELD_UNTIL,
    FIELD_SERIAL,
    FIELD_NOTE,
    FIELD_DO,
    FIELD_GROUP,
    FIELD_TIMER,
    FIELDS
};
#define FIELD(name) (1U << FIELD_##name)

const char *content_field_name(enum content_field f);

/* May it stand in a value as it is? */
bool content_plain(char c);
/* "a b c": 1 to CONTENT_REACTIONS_MAX words of at most CONTENT_REACTION_MAX bytes. */
bool content_reactions_valid(const char *text, size_t len);
/* Two lines at most: an aesgcm: URI, and a data: URI. */
bool content_url_valid(const char *url);
bool content_preview_valid(const char *url);
bool content_option_valid(const char *option);

/* Polls (content_poll.c). From `text` to question and options, in the arena; false: not such words.
 */
bool content_poll_read(struct arena *a, struct content *c);
/* The words that read as it, when content_poll_check finds nothing. */
void content_poll_put(struct buf *b, const struct content *c);
/* ERR_FORMAT with the line that says what is wrong with its question or an option. */
int content_poll_check(const struct content *c, struct diag *d) MUST_USE;
bool content_poll_same(const struct content *a, const struct content *b);

#endif
