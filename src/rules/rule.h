/* A rule of a desk, as its users write it (JSON), and what one message weighs by it. It keeps
 * nothing: what was found by whom, and how long somebody has to answer, is the desk's.
 *
 *     {"name": "threat to life", "query": "country:nl", "words": "en,kill him,10\n…", "weight": 10,
 *      "minutes": 15}
 *     {"name": "gone quiet", "silence": {"days": 3, "wrote": 10}, "minutes": 240}
 *
 * A message is found as it arrives: its query asks for nothing that reviewers make of one later
 * (tag:, case:, seen:, unseen:, assigned:, is:). It is found when it matches the query (all do
 * where there is none) and weighs `weight` or more by the words; without words a match weighs just
 * that. A person is found who wrote on `wrote` of the 14 days before and has been silent for
 * `days`.
 */
#ifndef IRONSIDE_RULES_RULE_H
#define IRONSIDE_RULES_RULE_H

#include <jansson.h>

#include "query/query.h"
#include "rules/words.h"

#define RULE_NAME_MAX 64U
#define RULE_MINUTES_MAX 10080U /* a week */
#define RULE_WEIGHT_DEFAULT 10
#define RULE_MINUTES_DEFAULT 15U
#define RULE_SILENCE_DAYS_MAX 60U
#define RULE_FOUND_MAX 16U

struct rule;

/* `o` as for a query; its text is used during later calls, too. ERR_FORMAT, ERR_LIMIT with the
 * line. */
int rule_read(const json_t *o, const struct query_options *options, struct rule **ret,
              struct diag *d) MUST_USE;
void rule_free(struct rule *r);
DEFINE_CLEANUP(struct rule, rule_free)

const char *rule_name(const struct rule *r);
unsigned rule_minutes(const struct rule *r); /* in which somebody has to acknowledge it */
bool rule_is_silence(const struct rule *r);
const struct query *rule_query(const struct rule *r); /* NULL: all messages match */

struct rule_result {
    int weight;
    struct words_found found[RULE_FOUND_MAX];
    size_t found_count;
};
/* Does a text weigh enough? Whether the message matches rule_query is the caller's to ask. Never by
 * a rule of silence. */
bool rule_weighs(const struct rule *r, struct text *t, const char *lang, const char *text,
                 size_t len, struct rule_result *ret);

/* `counts`: how many messages a person wrote on each of the days before today, yesterday's first;
 * `today`: on this one so far. True on the one day on which the silence has become long enough. */
#define RULE_DAYS_LOOKED_AT (RULE_SILENCE_DAYS_MAX + 14U)
bool rule_finds_silence(const struct rule *r, const uint32_t counts[static RULE_DAYS_LOOKED_AT],
                        uint32_t today);

/* What a new desk begins with: one rule for threats to life, in thirteen languages. */
json_t *rule_default(void);

#endif
