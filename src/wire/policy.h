/* The policy: which bots and warrants are in force, what happens without a warrant, who has been
 * revoked, and what devices show. Signed by k custodians. Policies are a chain: serials follow one
 * another from 1 on, and each names the hash of the text before it.
 *
 *     ironside policy 2
 *     network chat.example
 *     serial 7
 *     previous SHA-256 of the text of policy 6               from serial 2 on
 *     issued 2019-10-07T00:00:00.000Z
 *     bot ibot.chat.example KEY default | countries CC …     one to eight, one of them default
 *     warrant ID SHA-256 of its text                         none to sixteen, ascending
 *     revoked certificate SHA-256 SINCE                      optional, any number
 *     revoked bot-key KEY SINCE
 *     revoked warrant ID SINCE
 *     without-warrant stop | open
 *     without-place default                                  optional, with several bots alone
 *     notice text shown on devices
 */
#ifndef IRONSIDE_WIRE_POLICY_H
#define IRONSIDE_WIRE_POLICY_H

#include "wire/document.h"
#include "wire/network_note.h"
#include "wire/value.h"

#define POLICY_BOTS_MAX 8U
#define POLICY_WARRANTS_MAX VALUE_WRAPS_MAX
#define POLICY_REVOKED_MAX 500U
#define POLICY_COUNTRIES_MAX 260U
#define POLICY_NOTICE_MAX 4096U

struct policy_bot {
    const char *jid;
    uint8_t key[SIGN_PUBLIC_BYTES];
    bool is_default;
    const char **countries;
    size_t country_count;
};

struct policy_warrant {
    const char *id;
    uint8_t hash[HASH_BYTES];
};

enum policy_revoked_kind {
    POLICY_REVOKED_CERTIFICATE,
    POLICY_REVOKED_BOT_KEY,
    POLICY_REVOKED_WARRANT
};

struct policy_revoked {
    enum policy_revoked_kind kind;
    uint8_t id[32];      /* certificate hash or bot key */
    const char *warrant; /* of that kind */
    int64_t since_unix_ms;
};

struct policy {
    struct document document;
    uint32_t serial;
    uint8_t previous[HASH_BYTES]; /* of the policy before; of the first one zeros */
    int64_t issued_unix_ms;
    struct policy_bot bots[POLICY_BOTS_MAX];
    size_t bot_count;
    struct policy_warrant warrants[POLICY_WARRANTS_MAX];
    size_t warrant_count;
    struct policy_revoked *revoked;
    size_t revoked_count;
    bool stop_without_warrant;
    bool default_without_place; /* with one bot false */
    const char *notice;
};

int policy_open(const struct network_note *net, const char *note, size_t len, struct policy **ret,
                struct diag *d) MUST_USE;
/* Without asking for signatures: drafts. */
int policy_open_unsigned(const char *domain, const char *note, size_t len, struct policy **ret,
                         struct diag *d) MUST_USE;
void policy_free(struct policy *p);
DEFINE_CLEANUP(struct policy, policy_free)

/* Appends the text that the custodians sign. */
void policy_format(struct buf *b, const char *domain, const struct policy *p);

/* Does it come next after `before` (NULL: after none, so it is the first)? ERR_INVALID_STATE: it
 * has not the next serial, names another text than that one's, or was issued before it; the line
 * says which. */
int policy_follows(const struct policy *before, const struct policy *p, struct diag *d) MUST_USE;
/* Was it issued after `now`, by more than clocks may differ? Of live networks alone is that asked:
 * a replay's clock follows a file. */
bool policy_is_ahead(const struct policy *p, int64_t now_unix_ms);

/* NULL when the policy has no such bot. */
const struct policy_bot *policy_bot(const struct policy *p, const char *jid);
const struct policy_bot *policy_default_bot(const struct policy *p);
/* Is nothing delivered without a place token? So with several bots, unless the policy says
 * otherwise: where leaving the token out were the default bot's, every device could choose it. */
bool policy_demands_place(const struct policy *p);
/* The bot of devices in `country`. NULL: not known, so the default one, or NULL where the policy
 * demands a place token. */
const struct policy_bot *policy_bot_for(const struct policy *p, const char *country);
bool policy_certificate_revoked(const struct policy *p, const uint8_t hash[static HASH_BYTES],
                                int64_t at_unix_ms);
bool policy_bot_key_revoked(const struct policy *p, const uint8_t key[static SIGN_PUBLIC_BYTES]);

#endif
