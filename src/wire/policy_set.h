/* A policy with the documents that it names, and the one rule of the network: which warrants cover
 * a message. Devices, recipients and bots all ask this function.
 */
#ifndef IRONSIDE_WIRE_POLICY_SET_H
#define IRONSIDE_WIRE_POLICY_SET_H

#include "wire/policy.h"
#include "wire/warrant.h"

struct policy_set {
    struct policy *policy;
    struct warrant *warrants[POLICY_WARRANTS_MAX]; /* as the policy lists them; NULL: not held */
    struct epochs *epochs[POLICY_WARRANTS_MAX];
};

/* Takes the policy over. */
struct policy_set *policy_set_new(struct policy *p);
void policy_set_free(struct policy_set *s);
DEFINE_CLEANUP(struct policy_set, policy_set_free)

/* Which documents are still wanted? Gives the hash of one, or false when all are held. */
bool policy_set_wants(const struct policy_set *s, enum document_kind *ret_kind,
                      uint8_t ret_hash[static HASH_BYTES]);
/* Adds a warrant or epochs note that the set wants, checked against what names it. ERR_NOT_FOUND:
 * nothing wants it (any more); the errors of warrant_open and epochs_open; ERR_AUTH also when the
 * warrant's id or bot is not the policy's. */
int policy_set_add(struct policy_set *s, const struct network_note *net, enum document_kind kind,
                   const char *note, size_t len, struct diag *d) MUST_USE;

struct coverage_query {
    const char *handle;  /* the sender's */
    const char *bot;     /* that the message names */
    int64_t day;         /* of `at` */
    const char *country; /* of a valid place token; NULL: none, so taken to be in scope */
};

struct coverage {
    size_t count;
    uint8_t index[POLICY_WARRANTS_MAX]; /* into the set, ascending by warrant id */
};

/* Needs every warrant of the set. ERR_NOT_FOUND: one is not held. */
int policy_set_coverage(const struct policy_set *s, const struct coverage_query *q,
                        struct coverage *ret) MUST_USE;

/* Do the same warrants, by the same texts, cover it by both sets, each asked with a query of its
 * own? Needs every warrant of both; without one it says no. */
bool policy_set_same_coverage(const struct policy_set *a, const struct coverage_query *qa,
                              const struct policy_set *b, const struct coverage_query *qb);
/* Was a message dated back over a change? Seals follow the day of `at`, and a day's key lives on
 * for a while: who names the day before a warrant began leaves that warrant out. So where other
 * warrants cover it on the day of `then` than on its own (`q->day`), it must not be more than
 * `max_ms` older. */
bool policy_set_dated_back(const struct policy_set *s, const struct coverage_query *q,
                           int64_t at_unix_ms, int64_t then_unix_ms, int64_t max_ms);

/* May a device's country change what covers its messages, or which bot they go to? Where it may
 * not, nobody asks for places. Of that country: does a token for it? Both need every warrant of the
 * set; one that is not held is taken to. */
bool policy_set_places_matter(const struct policy_set *s);
bool policy_set_place_matters(const struct policy_set *s, const char *country);

#endif
