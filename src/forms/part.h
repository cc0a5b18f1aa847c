/* The readable forms of an evidence package: what a reviewer's tools, a court's experts and a
 * person with a browser read of it, made of messages in memory and handed on member by member. The
 * room opens no files, no sockets and no keys, and decides nothing: which messages, under which
 * numbers and what is redacted is the packer's. The proofs lie beside, in `records/`; a form is
 * only for reading.
 *
 * All forms show a message through one view (forms/view.h), which knows no word of what is
 * redacted.
 */
#ifndef IRONSIDE_FORMS_PART_H
#define IRONSIDE_FORMS_PART_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "crypto/hash.h"
#include "wire/content.h"

#define FORMS_PART_MAX 10000U /* messages: more are too many for one RSMF or one report */

struct forms_file {          /* a photo, a voice note, any other */
    const char *name, *type; /* as its sender named them; type may be "" */
    uint64_t size;           /* opened */
    const char *path; /* in the package, of letters, digits and ".-_/": "files/000012-photo.jpg".
                         NULL: it is not in it */
    uint8_t sha256[HASH_BYTES]; /* of the opened file; zeros where path is NULL */
};

struct forms_message {
    uint64_t number; /* Bates: counts from 1 through the package; grows within the part */
    const char *bot, *warrant;
    uint64_t leaf; /* in the bot's tree */
    const char *id;
    int64_t at_unix_ms, archived_unix_ms; /* as signed; by the bot's round */
    const char *from;                     /* bare JIDs */
    const char *const *to;
    size_t to_count;
    const char *conversation; /* a key that is the same for all messages of one: "anna@…, boris@…"
                                 or a group's id */
    const char *country;      /* "" unknown */
    const char *wrong;        /* what could not be verified; "" nothing */
    struct content content;   /* its text need not be UTF-8: what is not is shown as U+FFFD */
    const struct forms_file *file; /* NULL: none */
    /* NULL: it is whole. Else the reason, which is shown: neither `content`, `file` nor `id` are
     * looked at then. Who answers, corrects or reacts is a message of its own, with a redaction of
     * its own; only the line that an answer quotes of a redacted message goes with that where both
     * are in one part. */
    const char *redacted;
};

struct forms_part {
    const char *package; /* its name, a file name of [a-z0-9][a-z0-9._-]{0,63}: "north-0003" */
    const char *prefix;  /* of Bates numbers, [A-Z0-9]{1,16}: "NORTH" */
    const char *title;   /* one line for people: what was selected */
    unsigned number;     /* of the part, from 1 */
    const struct forms_message *messages; /* in the archive's order; everything is the caller's */
    size_t count;
};

/* Takes a member of the package. A value other than 0 ends the form and is handed on. */
typedef int forms_member_fn(void *context, const char *path, const void *data, size_t len);
struct forms_sink {
    forms_member_fn *fn;
    void *context;
};

/* Each form: 0, what the sink returned, or an error with its line: ERR_FORMAT, a part that is not
 * as it says above; ERR_LIMIT, one with too many messages or too much text. No member's path is
 * that of another form or another part. The same part gives the same bytes. */

/* load/PACKAGE.dat and load/PACKAGE.opt (of later parts PACKAGE-2.dat and so on): Concordance's and
 * Opticon's load files, and the text of each message, load/text/BATES.txt. */
int forms_load(const struct forms_part *p, const struct forms_sink *s, struct diag *d) MUST_USE;

/* threads/DAY-BATES.rsmf for each conversation and UTC day, named by its first message: RSMF 2.0. A
 * file of a message is named by its path in the package; it is not inside. ERR_IO: libarchive
 * refused. */
int forms_threads(const struct forms_part *p, const struct forms_sink *s, struct diag *d) MUST_USE;

/* index.html (of later parts index-2.html and so on): a reader without scripts. */
int forms_page(const struct forms_part *p, const struct forms_sink *s, struct diag *d) MUST_USE;

/* report.pdf (of later parts report-2.pdf and so on): pages to be printed. Fonts are read where
 * fontconfig finds them, by a process's first report. ERR_IO: cairo refused. */
int forms_report(const struct forms_part *p, const struct forms_sink *s, struct diag *d) MUST_USE;

/* case.jsonld (of later parts case-2.jsonld and so on): CASE/UCO 1.4.0. */
int forms_case(const struct forms_part *p, const struct forms_sink *s, struct diag *d) MUST_USE;

#endif
