/* What the verbs that read a package share. */
#ifndef IRONSIDE_CLI_EXCHANGE_H
#define IRONSIDE_CLI_EXCHANGE_H

#include <jansson.h>

#include "cli/verb.h"
#include "exchange/pack.h"
#include "exchange/verify.h"

#define EXCHANGE_IDENTITY_MORE                                                                     \
    "  --identity FILE  age identities that open it; a folder that it was unpacked to needs "      \
    "none\n"
#define EXCHANGE_NETWORK_MORE                                                                      \
    "  --network FILE   the trusted copy of the network's note; else its hash is printed\n"

#define EXCHANGE_STAMP_MORE                                                                        \
    "  --stamp-authority FILE  certificates (PEM) of the authority whose time stamp it must "      \
    "have\n"

json_t *exchange_stamp_json(const struct stamp *s);
/* "stamped:  2026-11-30 22:40 UTC by CN = …" */
void exchange_stamp_print(const struct stamp *s);

/* Verifies the package that is named, hands each message on (`message` may be NULL; its context is
 * whether programs read it, a bool), and prints what the package is. Returns as a verb does. */
int exchange_run(const struct verb *v, int argc, char **argv,
                 int (*message)(void *context, const struct verify_message *m));
/* exchange_pack.c: the package that was made, for people or as one JSON object. */
void exchange_print_packed(const char *name, const char *out, const struct pack_counts *c,
                           bool stamped, bool json);

#endif
