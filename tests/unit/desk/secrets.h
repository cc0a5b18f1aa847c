/* Messages that are to be hidden, in a small desk: between a lawyer whom nobody else writes with
 * and a client, newer than all others, with a word that nobody else says; a rule finds each. */
#ifndef IRONSIDE_TESTS_SECRETS_H
#define IRONSIDE_TESTS_SECRETS_H

#include "ask.h"

#define SECRETS_WORD "zugzwang"
#define SECRETS_OTHER_WORD "endgame" /* which no question has */
#define SECRETS_LAWYER "vera@chat.example"
#define SECRETS_CLIENT "anna@chat.example"

struct secrets {
    int64_t first; /* message; 0: none yet */
    unsigned count;
    char conversation[17];
    const char *warrant; /* NULL: "de-1" */
    unsigned days_ago;   /* when they were sent */
};
/* So many more. */
void secrets_say(struct secrets *x, struct small_desk *s, unsigned count);
/* A supervisor marks it; `what` is freed. */
void secrets_mark(struct small_desk *s, const char *kind, char *what, const char *with);

#endif
