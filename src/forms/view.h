/* What of a part may be shown, in the words and the order in which every form shows it. The one
 * place that reads what messages say: of a redacted message it takes over who, when and where in
 * the archive, and nothing else, so that no form can show more.
 *
 * All strings are clean (forms/clean.h), never NULL unless it says so, and the view's.
 */
#ifndef IRONSIDE_FORMS_VIEW_H
#define IRONSIDE_FORMS_VIEW_H

#include <uthash.h>

#include "base/arena.h"
#include "base/calendar.h"
#include "forms/part.h"

#define VIEW_BATES_BYTES 40U /* "NORTH-00000012" and a NUL */
#define VIEW_HEX_BYTES (2 * HASH_BYTES + 1)

/* A person or a conversation: one each in a view, counted from 0 in the order of first mention. */
struct view_name {
    const char *text;
    size_t number;
    UT_hash_handle hh;
};

struct view_file {
    const char *name, *type;
    const char *path; /* in the package; NULL: it is not in it */
    uint64_t size;
    uint32_t duration_s;
    char sha256[VIEW_HEX_BYTES]; /* "": it is not in it */
};

struct view_message {
    char bates[VIEW_BATES_BYTES];
    char at[CALENDAR_INSTANT_LEN + 1], archived[CALENDAR_INSTANT_LEN + 1];
    int64_t at_unix_ms;
    uint64_t leaf;
    const char *bot, *warrant, *country, *wrong;
    const struct view_name *from, **to, *conversation;
    size_t to_count;
    const char *redacted; /* the reason; NULL: it is whole. Else nothing that follows is set */
    const char *id;
    enum content_kind kind;
    const char
        *head; /* what it does beside its words, a line: "corrects NORTH-00000012"; often "" */
    const char *text; /* its words, and the question and options of a poll */
    const char *quote;
    const struct view_message *about; /* which is in the part, too; else NULL */
    const struct geo *position;       /* NULL: none */
    bool has_until;
    char until[CALENDAR_INSTANT_LEN + 1];
    const struct view_file *file; /* NULL: none */
    bool of_group;
    uint32_t timer_s;
    size_t replaced; /* characters of it that are shown as others */
};

struct view {
    const struct forms_part *part;
    const char *title;
    struct view_message *messages; /* in the part's order */
    size_t count;
    struct view_name *people, *conversations; /* as uthash has them */
    /* The same by conversation, then time, then number; conversations by their first message. */
    const struct view_message **order;
    struct arena arena;
    struct buf scratch;
    bool failed;
};

/* The part must stay as long as the view. ERR_FORMAT, ERR_LIMIT as forms/part.h says; the view is
 * to be cleared in any case. */
int view_init(struct view *v, const struct forms_part *p, struct diag *d) MUST_USE;
void view_clear(struct view *v);
#define CLEANUP_VIEW CLEANUP(view_clear)

/* "redacted", or the kind's word: "text", "reply", … */
const char *view_kind_text(const struct view_message *m);
/* Where the run of `order` ends that is of one conversation with the message at `from`; with
 * `same_day` also of one UTC day. */
size_t view_run_end(const struct view *v, size_t from, bool same_day);
/* Who wrote or was written to in a run of `order`, each once, in the order of first mention in the
 * part. The array is the caller's. */
const struct view_name **view_people(const struct view *v, size_t from, size_t end,
                                     size_t *ret_count);
/* Appends a conversation's name for people: of a group "group 0011…", else its key, which names
 * them; by the form's own way to write a text. */
void view_put_conversation(struct buf *b, const struct view_name *conversation,
                           void (*put)(struct buf *b, const char *text));

/* Hands a member on: STEM.EXT, of later parts STEM-2.EXT and so on. ERR_LIMIT: the buffer failed.
 */
int view_member(const struct view *v, const struct forms_sink *s, const char *stem, const char *ext,
                struct buf *b, struct diag *d) MUST_USE;

#endif
