/* What the files of threats share. */
#ifndef IRONSIDE_DESK_THREATS_INTERNAL_H
#define IRONSIDE_DESK_THREATS_INTERNAL_H

#include "desk/judge.h"
#include "desk/threats.h"

struct threats_rule {
    int64_t number;
    bool on;
    struct rule *rule;
};

struct desk_threats {
    struct desk_index *x;
    struct sql *sql; /* the index's */
    struct text *text;
    struct zone *zone; /* UTC: of dates in rules */
    struct threats_rule rules[DESK_RULES_MAX];
    size_t count;
    int64_t judged; /* messages up to this id */
    int64_t silence_day;
    struct rule *trial;
    bool changed; /* rules, in a transaction that may be rolled back */
    bool broken;  /* they could not be read again: nothing may be judged by a part of them */
    struct desk_trial trial_state;
    struct idset trial_found;
    int64_t trial_next;
    struct buf said;
    size_t said_len; /* of what was said; behind it is what a machine has read in its file */
    struct arena arena;
};

/* A rule that can judge. ERR_FORMAT, ERR_LIMIT. */
int threats_parse(struct desk_threats *t, const char *json, size_t len, struct rule **ret,
                  struct diag *d) MUST_USE;

/* A rule with what its query comes to at this moment. */
struct threats_judge {
    const struct threats_rule *rule;
    struct query_plan plan;
    struct judge judge;
    bool with_query;
};
int threats_judge_init(struct threats_judge *j, struct desk_threats *t,
                       const struct threats_rule *rule, struct diag *d) MUST_USE;
void threats_judge_clear(struct threats_judge *j);
/* Is the message found? 1, 0, or an error. t->said is its text. */
int threats_judge_row(struct threats_judge *j, struct desk_threats *t, const struct row *row,
                      struct rule_result *ret, struct diag *d) MUST_USE;
/* Its text into t->said, with the words that a machine has read in its file; ERR_NOT_FOUND. */
int threats_read(struct desk_threats *t, int64_t id, struct row *ret, struct diag *d) MUST_USE;

struct threats_found {
    int64_t message;  /* 0: silence */
    uint32_t account; /* its number */
    const struct threats_rule *rule;
    struct rule_result result;
    size_t said_len; /* what was found behind that a machine has read */
};
/* In the transaction under way. 1; 0: it was raised before. */
int threats_raise(struct desk_threats *t, const struct threats_found *f, int64_t now_unix_ms,
                  struct diag *d) MUST_USE;

/* threats_queue.c: is an alert of that message (0: a silence of that account) in sight? */
bool threats_in_sight(struct desk_threats *t, int64_t message, int64_t account);

/* threats_trial.c: some messages of the past. */
int threats_trial_step(struct desk_threats *t, struct diag *d) MUST_USE;
/* threats_silence.c: once a day; in the transaction under way. */
int threats_silence(struct desk_threats *t, int64_t now_unix_ms, unsigned *ret_raised,
                    struct diag *d) MUST_USE;
bool threats_silence_due(struct desk_threats *t, int64_t now_unix_ms);

#endif
