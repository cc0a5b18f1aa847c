/* What the index says of people and conversations, and what reviewers make of them: seen, tags,
 * notes, flags, organisations, merged aliases, cases. Each of these is a row that names who did it
 * and when.
 */
#ifndef IRONSIDE_DESK_MODEL_H
#define IRONSIDE_DESK_MODEL_H

#include "desk/validity.h"

#define DESK_WORD_MAX 64U    /* bytes of a tag or case */
#define DESK_NUMBER_BYTES 24 /* a number in decimal, with its NUL */

struct desk_person {
    int64_t id;
    const char *account, *handle;
    const char *name;                    /* under which aliases are merged; "" none */
    int64_t first_unix_ms, last_unix_ms; /* of what it sent */
    uint64_t sent, received;
    const char *countries;    /* by blanks, most frequent first */
    const char *organisation; /* "" none */
};
typedef int desk_person_fn(void *context, const struct desk_person *p);
/* People whose handle or name begins with `prefix` ("" all), most active first; after `skip`. */
int desk_people(struct desk_index *x, const char *prefix, uint64_t skip, unsigned limit,
                desk_person_fn *fn, void *context, struct diag *d) MUST_USE;
/* ERR_NOT_FOUND. */
int desk_person_of(struct desk_index *x, const char *account, desk_person_fn *fn, void *context,
                   struct diag *d) MUST_USE;
/* Whom a person writes with, most first: of all their accounts in sight, and of those of each
 * contact, who is told by one of them. ERR_NOT_FOUND. */
struct desk_contact {
    const char *account, *name; /* "" none */
    uint64_t sent, received;
};
typedef int desk_contact_fn(void *context, const struct desk_contact *c);
int desk_contacts(struct desk_index *x, const char *account, unsigned limit, desk_contact_fn *fn,
                  void *context, struct diag *d) MUST_USE;

struct desk_conversation {
    const char *id;             /* 16 hexadecimal digits */
    const char *group;          /* its name as the group's last change says; "" one to one */
    const char *const *members; /* NULL at the end */
    uint64_t messages;
    int64_t first_unix_ms, last_unix_ms;
    uint64_t place; /* in the list: no two conversations have one */
};
typedef int desk_conversation_fn(void *context, const struct desk_conversation *c);
/* Newest first, of one person (all accounts of the one that is named) or of all (NULL), behind the
 * place of another (UINT64_MAX: from the newest on). Of those that ended in one second the order is
 * that of their numbers. */
int desk_conversations(struct desk_index *x, const char *account, uint64_t behind, unsigned limit,
                       desk_conversation_fn *fn, void *context, struct diag *d) MUST_USE;

/* Who does it, when: of every change. */
struct desk_by {
    int64_t user;
    int64_t at_unix_ms;
};
/* Marks on messages, all in the caller's transaction. A word: 1 to 64 of letters, digits, `-`, `_`,
 * `.`; ERR_FORMAT. ERR_NOT_FOUND: no such message. */
int desk_mark_seen(struct desk_index *x, int64_t message, const struct desk_by *by,
                   struct diag *d) MUST_USE;
/* Takes back that the user of `by` saw it: a bulk action is undone. */
int desk_mark_unseen(struct desk_index *x, int64_t message, const struct desk_by *by,
                     struct diag *d) MUST_USE;
int desk_tag(struct desk_index *x, int64_t message, const char *word, bool on,
             const struct desk_by *by, struct diag *d) MUST_USE;
int desk_flag(struct desk_index *x, int64_t message, bool on, const struct desk_by *by,
              struct diag *d) MUST_USE;
int desk_note(struct desk_index *x, int64_t message, const char *text, const struct desk_by *by,
              struct diag *d) MUST_USE;
int desk_set_organisation(struct desk_index *x, const char *account, const char *organisation,
                          const struct desk_by *by, struct diag *d) MUST_USE;
/* `account` counts as an alias of `name` from here on; "" splits it off again. What was changed is
 * kept: aliases.h. */
int desk_set_name(struct desk_index *x, const char *account, const char *name,
                  const struct desk_by *by, struct diag *d) MUST_USE;
int desk_case_create(struct desk_index *x, const char *word, const char *title,
                     const struct desk_by *by, struct diag *d) MUST_USE;
/* ERR_NOT_FOUND. */
int desk_case_check(struct desk_index *x, const char *word, struct diag *d) MUST_USE;
int desk_case_add(struct desk_index *x, const char *word, int64_t message, bool on,
                  const struct desk_by *by, struct diag *d) MUST_USE;

struct desk_tagged {
    const char *word;
    uint64_t messages; /* in sight */
};
typedef int desk_tagged_fn(void *context, const struct desk_tagged *t);
/* Tags of messages in sight that begin with the prefix, by their words, at most `limit`. */
int desk_tags(struct desk_index *x, const char *prefix, unsigned limit, desk_tagged_fn *fn,
              void *context, struct diag *d) MUST_USE;

struct desk_case {
    const char *word, *title;
    int64_t user, at_unix_ms; /* who made it, when */
    uint64_t messages;
};
typedef int desk_case_fn(void *context, const struct desk_case *c);
/* By their words. */
int desk_cases(struct desk_index *x, desk_case_fn *fn, void *context, struct diag *d) MUST_USE;

/* What reviewers made of one message. */
struct desk_note {
    int64_t user, at_unix_ms;
    const char *text;
};
#define DESK_MARKS_SHOWN_MAX 100U /* of each, the first */
struct desk_marks {
    const char *tags[DESK_MARKS_SHOWN_MAX], *cases[DESK_MARKS_SHOWN_MAX];
    struct desk_note notes[DESK_MARKS_SHOWN_MAX];
    size_t tag_count, case_count, note_count;
    bool flagged;
    bool translated; /* a program's translation lies beside it */
};
/* The message that this one corrects, takes back or answers; 0: none, or it is not here. */
int desk_about(struct desk_index *x, int64_t message, int64_t *ret, struct diag *d) MUST_USE;
/* Strings lie in the arena. ERR_LIMIT: it has no room for them. */
int desk_marks_of(struct desk_index *x, int64_t message, struct arena *a, struct desk_marks *ret,
                  struct diag *d) MUST_USE;

/* Figures of the whole: what the overview shows. */
struct desk_figures {
    uint64_t messages, records, people, conversations, files, unverified;
    uint64_t pending; /* messages that no signed checkpoint covers yet */
    int64_t first_unix_ms, last_unix_ms;
    uint64_t today, active_week; /* messages of the day of `now`; people who wrote in its 7 days */
};
int desk_figures(struct desk_index *x, int64_t now_unix_ms, struct desk_figures *ret,
                 struct diag *d) MUST_USE;
/* Per warrant and bot: records, and the tree as far as it was seen: completeness. */
struct desk_warrant {
    const char *warrant, *bot;
    uint64_t records;
    int64_t first_unix_ms, last_unix_ms; /* archived */
    struct desk_validity_of validity;
};
typedef int desk_warrant_fn(void *context, const struct desk_warrant *w);
int desk_warrants(struct desk_index *x, desk_warrant_fn *fn, void *context,
                  struct diag *d) MUST_USE;
typedef int desk_journal_fn(void *context, const struct desk_progress *p);
int desk_journals(struct desk_index *x, desk_journal_fn *fn, void *context,
                  struct diag *d) MUST_USE;

#endif
