/* Drafting: the policy that follows the one in force, and warrants for it, as a proposal that the
 * custodians then read and sign. Drafting needs no key. What is odd but allowed is said in
 * warnings.
 */
#ifndef IRONSIDE_AUTHORITY_DRAFT_H
#define IRONSIDE_AUTHORITY_DRAFT_H

#include "authority/published.h"

#define DRAFT_WARNINGS_MAX 32U

struct draft; /* of one proposal */

/* Begins with all that the newest policy says, one serial higher; `x` must outlive it. The first
 * policy of a network has no bot and no warrant yet, a usual notice, and stops without a warrant.
 * `at_unix_ms` is when it is issued, in the
 * network's time. ERR_LIMIT: the last serial is in force; ERR_INVALID_STATE: that one was issued
 * later. */
int draft_new(const struct published *x, int64_t at_unix_ms, struct draft **ret,
              struct diag *d) MUST_USE;
void draft_free(struct draft *t);
DEFINE_CLEANUP(struct draft, draft_free)

/* Each of these changes the policy, or says why it can't. ERR_NOT_FOUND, ERR_EXISTS, ERR_FORMAT,
 * ERR_LIMIT. Words are copied. */

/* Adds the bot, or changes its countries and key; no countries: it becomes the default one. */
int draft_put_bot(struct draft *t, const char *jid, const uint8_t key[static SIGN_PUBLIC_BYTES],
                  const char *const *countries, size_t count, struct diag *d) MUST_USE;
int draft_drop_bot(struct draft *t, const char *jid, struct diag *d) MUST_USE;
int draft_without_warrant(struct draft *t, const char *word, struct diag *d) MUST_USE;
/* "stop": nothing is delivered without a place token; "default": the default bot is taken. Where it
 * is not said, a policy that gets a second bot stops. ERR_INVALID_STATE: it has one bot. */
int draft_without_place(struct draft *t, const char *word, struct diag *d) MUST_USE;
int draft_notice(struct draft *t, const char *text, struct diag *d) MUST_USE;
int draft_drop_warrant(struct draft *t, const char *id, struct diag *d) MUST_USE;
/* The same, and a line that it is revoked from now on, which is for ever. */
int draft_revoke_warrant(struct draft *t, const char *id, struct diag *d) MUST_USE;
int draft_revoke_certificate(struct draft *t, const uint8_t hash[static HASH_BYTES],
                             struct diag *d) MUST_USE;
int draft_revoke_bot_key(struct draft *t, const uint8_t key[static SIGN_PUBLIC_BYTES],
                         struct diag *d) MUST_USE;

struct warrant_terms {
    const char *authority;       /* the issuing court */
    int64_t from_day, until_day; /* DRAFT_DAY_OF_OFFER: its first or last */
    enum warrant_scope scope;
    const char *const *members; /* handles or countries of the scope, in any order */
    size_t member_count;
    const char *const *excluded; /* countries, in any order */
    size_t excluded_count;
    const struct warrant_agency *agencies; /* names and recipient texts */
    size_t agency_count;
};
#define DRAFT_DAY_OF_OFFER INT64_MIN
/* Adds the warrant for an offer, an epochs note of one of the policy's bots. */
int draft_add_warrant(struct draft *t, const struct warrant_terms *w, const char *offer, size_t len,
                      struct diag *d) MUST_USE;

/* Makes the folder and writes the proposal, and opens it again, so that what custodians would
 * refuse is refused here. ERR_EXISTS: it is there; ERR_INVALID_STATE: nothing was changed. */
int draft_write(struct draft *t, const char *folder, struct proposal **ret,
                struct diag *d) MUST_USE;
/* What is odd, a line each. */
size_t draft_warnings(const struct draft *t, const char *const **ret);

/* The proposal of a network that is being founded: its note alone. ERR_EXISTS, ERR_IO. */
int draft_network(const struct network_note *net, const char *folder, struct diag *d) MUST_USE;

#endif
