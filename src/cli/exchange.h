/* What the verbs of the exchange share. */
#ifndef IRONSIDE_CLI_EXCHANGE_H
#define IRONSIDE_CLI_EXCHANGE_H

#include "cli/verb.h"
#include "exchange/verify.h"

#define EXCHANGE_IDENTITY_MORE                                                                     \
    "  --identity FILE  age identities that open it; a folder that it was unpacked to needs "      \
    "none\n"
#define EXCHANGE_NETWORK_MORE                                                                      \
    "  --network FILE   the trusted copy of the network's note; else its hash is printed\n"

struct exchange_words {
    const char *path, *identity, *network;
    bool json;
};
/* Returns as verb_parse does. */
int exchange_parse(const struct verb *v, int argc, char **argv, struct exchange_words *ret);
/* Verifies, and hands each message on. VERB_OK, or VERB_FAILED with the line printed; clear `ret`
 * in any case. */
int exchange_check(const struct verb *v, const struct exchange_words *w,
                   int (*message)(void *context, const struct verify_message *m), void *context,
                   struct package_verified *ret);
void exchange_print(const struct package_verified *r, bool json);

#endif
