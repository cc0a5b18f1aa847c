/* What is known of a case beside its messages: events on its timeline, who is in it, and the ledger
 * of what came of it. Entries of the ledger are never changed: a correction is an entry that names
 * the one in whose place it stands.
 */
#ifndef IRONSIDE_DESK_CASES_H
#define IRONSIDE_DESK_CASES_H

#include "desk/model.h"

#define DESK_CASE_TITLE_MAX 256U
#define DESK_CASE_TEXT_MAX 16384U
#define DESK_UNIT_MAX 32U

struct desk_case_event {
    int64_t number, at_unix_ms;
    const char *zone; /* in which it is told */
    const char *title, *text;
    struct desk_by by;
};
/* In the caller's transaction. ERR_NOT_FOUND: no such case; ERR_FORMAT: title, text or zone. */
int desk_case_event_add(struct desk_index *x, const char *word, const struct desk_case_event *e,
                        int64_t *ret_number, struct diag *d) MUST_USE;
typedef int desk_case_event_fn(void *context, const struct desk_case_event *e);
/* In the order of their times. */
int desk_case_events(struct desk_index *x, const char *word, desk_case_event_fn *fn, void *context,
                     struct diag *d) MUST_USE;

/* Who is in it: an account, or an organisation by its name. */
enum desk_case_member_kind { DESK_CASE_PERSON, DESK_CASE_ORGANISATION };
struct desk_case_member {
    enum desk_case_member_kind kind;
    const char *name;
    struct desk_by by;
};
/* ERR_NOT_FOUND: no such case or account; ERR_FORMAT: the organisation's name is no line. */
int desk_case_member_set(struct desk_index *x, const char *word, const struct desk_case_member *m,
                         bool on, struct diag *d) MUST_USE;
typedef int desk_case_member_fn(void *context, const struct desk_case_member *m);
int desk_case_members(struct desk_index *x, const char *word, desk_case_member_fn *fn,
                      void *context, struct diag *d) MUST_USE;

/* ---- outcomes ---- */

enum desk_outcome_kind { DESK_ARREST, DESK_SEARCH, DESK_SEIZURE, DESK_OUTCOMES };
const char *desk_outcome_text(enum desk_outcome_kind k);
enum desk_outcome_kind desk_outcome_of(const char *word); /* DESK_OUTCOMES: none */

#define DESK_AMOUNT_CHARS 24U
struct desk_outcome {
    int64_t number;
    enum desk_outcome_kind kind;
    const char *amount;        /* "3", "12.5": up to 12 digits and three behind the point */
    const char *unit;          /* "people", "kg", "EUR" */
    const char *country, *day; /* "NL", or "" unknown; "2026-03-01" */
    const char *note;
    int64_t corrects;     /* the entry in whose place it stands; 0 none */
    int64_t corrected_by; /* … and the one that stands in its own; 0 none */
    struct desk_by by;
};
/* ERR_NOT_FOUND: no such case, or no entry of it to correct; ERR_INVALID_STATE: that one was
 * corrected; ERR_FORMAT. */
int desk_outcome_add(struct desk_index *x, const char *word, const struct desk_outcome *o,
                     int64_t *ret_number, struct diag *d) MUST_USE;
typedef int desk_outcome_fn(void *context, const struct desk_outcome *o);
/* All, in the order in which they were written. */
int desk_outcomes(struct desk_index *x, const char *word, desk_outcome_fn *fn, void *context,
                  struct diag *d) MUST_USE;
struct desk_outcome_sum {
    enum desk_outcome_kind kind;
    const char *unit, *country;
    char amount[DESK_AMOUNT_CHARS + 1];
    uint64_t entries;
};
typedef int desk_outcome_sum_fn(void *context, const struct desk_outcome_sum *s);
/* By kind, unit and country, of what was not corrected: of one case, or of all (NULL). */
int desk_outcome_sums(struct desk_index *x, const char *word, desk_outcome_sum_fn *fn,
                      void *context, struct diag *d) MUST_USE;

#endif
