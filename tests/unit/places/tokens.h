/* Place tokens, good and bad, as recipients and the bot get them. */
#ifndef IRONSIDE_TESTS_PLACES_TOKENS_H
#define IRONSIDE_TESTS_PLACES_TOKENS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire/fixture.h"

#define EAST_BOT "ibot-east.chat.example"

/* anna and ben of a network whose warrant A (the default bot's) excludes NL, and whose bot for DE
 * has the warrant B; the same again as another network. Without a token the default bot is taken,
 * but for `demanding`, the same policy without that line. */
struct tokens {
    struct fixture *f, *other;
    struct policy_set *rules, *demanding;
    struct fixture_device *anna, *ben, *foreign;
};
void tokens_open(struct tokens *t);
void tokens_close(struct tokens *t);

enum token {
    TOKEN_NONE,
    TOKEN_GOOD,
    TOKEN_FORGED,        /* signed by another key under the registrar's name */
    TOKEN_BY_CUSTODIANS, /* and not by the registrar */
    TOKEN_CHANGED,       /* another country, after it was signed */
    TOKEN_EXPIRED,
    TOKEN_AHEAD,
    TOKEN_OF_BEN,
    TOKEN_OTHER_NETWORK,
};
/* A token for anna (but where it says otherwise) and the country; the caller's. NULL: none. */
char *token_make(const struct tokens *t, enum token kind, const char *country);

#endif
