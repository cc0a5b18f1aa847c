/* Threats first: rules (rules/rule.h) are held against every message that arrives, what they find
 * stands in a queue with a clock until somebody answers for it by name, and what nobody has
 * answered for in time is escalated. In tables of the index's vault: what has been judged is
 * written together with what was found, so that nothing is judged twice or not at all.
 */
#ifndef IRONSIDE_DESK_THREATS_H
#define IRONSIDE_DESK_THREATS_H

#include "desk/model.h"
#include "rules/rule.h"

#define DESK_RULES_MAX 64U
#define DESK_RULE_BYTES_MAX (1024U * 1024)
#define DESK_REASON_MAX 2000U /* bytes */
#define DESK_TRIAL_SHOWN_MAX 50U

struct desk_threats;

/* Makes the tables and the first rule where they lack. `t` is the caller's. */
int desk_threats_open(struct desk_index *x, struct text *t, struct desk_threats **ret,
                      struct diag *d) MUST_USE;
void desk_threats_close(struct desk_threats *t);
DEFINE_CLEANUP(struct desk_threats, desk_threats_close)

/* A step of the work: judges what has arrived, looks once a day for who has fallen silent,
 * escalates what is overdue, goes on with a trial; at most some ten milliseconds. */
struct desk_threats_news {
    unsigned raised, escalated; /* of what is in common sight (sight.h) */
    bool more;                  /* there is more to do at once */
};
int desk_threats_step(struct desk_threats *t, int64_t now_unix_ms, struct desk_threats_news *ret,
                      struct diag *d) MUST_USE;

/* ---- rules ---- */

struct desk_rule {
    int64_t number;
    const char *name, *json;
    bool on;
    int64_t user, at_unix_ms; /* who made it, 0: it came with the desk */
    uint64_t raised, open;    /* alerts */
};
typedef int desk_rule_fn(void *context, const struct desk_rule *r);
int desk_rules(struct desk_threats *t, desk_rule_fn *fn, void *context, struct diag *d) MUST_USE;
/* A rule is never changed: one that is to be otherwise is a new one, and the old one is switched
 * off. It judges what arrives from here on. In the caller's transaction. ERR_FORMAT, ERR_LIMIT. */
int desk_rule_add(struct desk_threats *t, const char *json, size_t len, const struct desk_by *by,
                  int64_t *ret_number, struct diag *d) MUST_USE;
/* ERR_NOT_FOUND. */
int desk_rule_switch(struct desk_threats *t, int64_t number, bool on, struct diag *d) MUST_USE;
/* After a transaction was rolled back: if it had one of these, what is in memory is read again.
 * Where that fails nothing is judged any more, and each step says so. */
int desk_rules_reload(struct desk_threats *t, struct diag *d) MUST_USE;

/* What a rule would have found, before it is one: it is held against the past, newest first, in the
 * steps. One at a time: another takes its place. ERR_FORMAT, ERR_LIMIT; also for a rule of silence.
 */
int desk_trial_begin(struct desk_threats *t, const char *json, size_t len, struct diag *d) MUST_USE;
struct desk_trial {
    bool running, done;
    uint64_t looked_at, of, found;
    int64_t shown[DESK_TRIAL_SHOWN_MAX]; /* the newest that were found */
    size_t shown_count;
};
/* What was found of the messages in sight. */
void desk_trial_read(const struct desk_threats *t, struct desk_trial *ret);

/* ---- the queue ---- */

enum desk_decision {
    DESK_UNDECIDED,
    DESK_NO_THREAT,
    DESK_THREAT,    /* real, and acted on here */
    DESK_PASSED_ON, /* … by somebody else: the reason says who */
    DESK_DECISIONS
};
const char *desk_decision_text(enum desk_decision x);
enum desk_decision desk_decision_of(const char *word); /* DESK_DECISIONS: none */

struct desk_alert {
    int64_t number, rule;
    const char *rule_name;
    int64_t message;     /* 0: a person fell silent */
    const char *account; /* who wrote it, or fell silent */
    int weight;
    const char *found; /* the rows that counted: a JSON list of {"words","weight"} */
    int64_t raised_unix_ms, due_unix_ms, escalated_unix_ms; /* 0: not */
    int64_t acknowledged_by, acknowledged_unix_ms;          /* 0: nobody yet */
    int64_t decided_by, decided_unix_ms;
    enum desk_decision decision;
    const char *reason;
};
typedef int desk_alert_fn(void *context, const struct desk_alert *a);
/* Of the alerts in sight (sight.h) what is open, most urgent first (escalated, then by their ends),
 * or what was decided, newest first; behind the alert of that number (0: from the first on). */
int desk_alerts(struct desk_threats *t, bool open, int64_t behind, unsigned limit,
                desk_alert_fn *fn, void *context, struct diag *d) MUST_USE;
/* In the caller's transaction. ERR_NOT_FOUND; ERR_INVALID_STATE: somebody has already. */
int desk_alert_acknowledge(struct desk_threats *t, int64_t number, const struct desk_by *by,
                           struct diag *d) MUST_USE;
/* Acknowledges it as well. ERR_FORMAT: no decision, or no reason. */
int desk_alert_decide(struct desk_threats *t, int64_t number, enum desk_decision decision,
                      const char *reason, const struct desk_by *by, struct diag *d) MUST_USE;

/* Of the alerts in sight. */
struct desk_threat_figures {
    uint64_t open, unacknowledged, escalated;
    int64_t next_due_unix_ms; /* of what nobody has acknowledged; 0: nothing */
    uint64_t behind;          /* messages in common sight that the rules have not judged yet */
};
int desk_threat_figures(struct desk_threats *t, struct desk_threat_figures *ret,
                        struct diag *d) MUST_USE;

#endif
