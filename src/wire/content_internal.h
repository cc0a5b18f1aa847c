/* What reading and writing of content share. */
#ifndef IRONSIDE_WIRE_CONTENT_INTERNAL_H
#define IRONSIDE_WIRE_CONTENT_INTERNAL_H

#include "wire/content.h"

#define CONTENT_LINE "ironside:" /* what the technical line begins with */
#define CONTENT_CORRECTION "Correction: "
#define CONTENT_RETRACTS "(retracts a message)"
#define CONTENT_NO_REACTION "(no reaction)"
#define CONTENT_READS "(read)"

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

struct content_form {
    const char *name;
    unsigned required, optional; /* bits of FIELD */
};
extern const struct content_form content_forms[CONTENT_KINDS];
extern const char *const content_field_names[FIELDS];

/* May it stand in a value as it is? */
bool content_plain(char c);
/* "a b c": 1 to CONTENT_REACTIONS_MAX words of at most CONTENT_REACTION_MAX bytes. */
bool content_reactions_valid(const char *text, size_t len);
/* Two lines at most: an aesgcm: URI, and a data: URI. */
bool content_url_valid(const char *url);
bool content_preview_valid(const char *url);

#endif
