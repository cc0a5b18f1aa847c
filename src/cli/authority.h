/* What the verbs of the authority share: warrant, policy, custodian and bot. */
#ifndef IRONSIDE_CLI_AUTHORITY_H
#define IRONSIDE_CLI_AUTHORITY_H

#include "authority/draft.h"
#include "cli/verb.h"

#define AUTHORITY_LIST_MAX 900U

/* The words of a list "NL,DE", in place; more than `max` or an empty one: false. */
bool authority_split(char *text, const char **ret, size_t max, size_t *ret_count);

/* A draft for the network in `dir`, and what it was made from. */
struct drafting {
    const struct verb *verb;
    const char *dir, *out;
    bool json;
    struct published *from;
    struct draft *draft;
};
void drafting_clear(struct drafting *x);
#define CLEANUP_DRAFTING CLEANUP(drafting_clear)
/* Begins; `at` is an instant or NULL for now. What was left out of documents/ is said. */
int drafting_begin(struct drafting *x, const char *at);
/* Writes the proposal, says what is odd about it and who is to sign. */
int drafting_end(struct drafting *x);

/* The bot of this address among the folders below bots/. ERR_NOT_FOUND. */
int authority_bot_key(const char *dir, const char *jid, uint8_t ret[static SIGN_PUBLIC_BYTES],
                      struct diag *d) MUST_USE;

/* Prints a page, or its JSON. */
int authority_print(const struct verb *v, struct buf *page);

#endif
