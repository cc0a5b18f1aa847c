/* Their kinds and states in words. */
#include <string.h>

#include "desk/privilege.h"

static const char *const kinds[] = {
    [DESK_PRIVILEGED_MESSAGES] = "messages",
    [DESK_PRIVILEGED_CONVERSATION] = "conversation",
    [DESK_PRIVILEGED_PERSON] = "person",
    [DESK_PRIVILEGED_PAIR] = "pair",
};
_Static_assert(sizeof kinds / sizeof *kinds == DESK_PRIVILEGED_KINDS, "a word for each kind");
static const char *const states[] = {
    [DESK_PRIVILEGE_WAITING] = "waiting",
    [DESK_PRIVILEGE_KEPT] = "kept",
    [DESK_PRIVILEGE_RELEASED] = "released",
};
_Static_assert(sizeof states / sizeof *states == DESK_PRIVILEGE_STATES, "a word for each state");

const char *desk_privileged_text(enum desk_privileged kind)
{
    return (unsigned)kind < DESK_PRIVILEGED_KINDS ? kinds[kind] : "";
}

const char *desk_privilege_state_text(enum desk_privilege_state s)
{
    return (unsigned)s < DESK_PRIVILEGE_STATES ? states[s] : "";
}

enum desk_privilege_state desk_privilege_state_of(const char *word)
{
    int s = 0;
    while (s < DESK_PRIVILEGE_STATES && strcmp(states[s], word) != 0)
        s++;
    return (enum desk_privilege_state)s;
}
