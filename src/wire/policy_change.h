/* What a policy changes, in words: the same lines on a device's page, on what a custodian signs and
 * in the public log.
 */
#ifndef IRONSIDE_WIRE_POLICY_CHANGE_H
#define IRONSIDE_WIRE_POLICY_CHANGE_H

#include "wire/policy.h"

#define POLICY_CHANGE_LINE_MAX 1024U

typedef void (*policy_change_say)(void *context, const char *line);

/* Says each change from `old` (NULL: there was none) to `fresh` in a line without a full stop:
 * "warrant 2019-0147 came into force". Nothing is said when nothing changed. */
void policy_change_each(const struct policy *old, const struct policy *fresh, policy_change_say say,
                        void *context);
/* "warrant", "certificate" or "bot key". */
const char *policy_revoked_word(enum policy_revoked_kind kind);
#define POLICY_REVOKED_ID_MAX (2 * HASH_BYTES)
/* What is revoked, as its line in the policy names it. */
void policy_revoked_id(const struct policy_revoked *x, char ret[static POLICY_REVOKED_ID_MAX + 1]);
/* The policy's line that revokes the warrant, or NULL. */
const struct policy_revoked *policy_warrant_revoked(const struct policy *p, const char *id);

#endif
