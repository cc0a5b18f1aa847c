/* Sequences: a network whose policies change, a sender who claims something about a message, and
 * somebody who helps. A row says what is played and what must come of it; row.c puts it into the
 * words of the table in docs/threat-model.md, and play.c plays it with the real device, the real
 * bot, the real registrar and what custodians read.
 */
#ifndef IRONSIDE_TESTS_SEQUENCES_ROW_H
#define IRONSIDE_TESTS_SEQUENCES_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define ROW_FIRST 5 /* serial of the policy that all know, a day ago; before it the same */
#define ROW_CHANGES 2

/* What a policy says; its text in row.c. */
enum rules {
    RULES_OPEN,           /* no warrant, and messages pass */
    RULES_A,              /* all accounts, by ibot */
    RULES_A_B,            /* two warrants over all accounts */
    RULES_A_B_TODAY,      /* B begins today */
    RULES_EAST,           /* bot east has the devices in DE, by its warrant E */
    RULES_EAST_DEFAULT,   /* the same, without a place the default bot */
    RULES_EAST_OPEN,      /* ibot has no warrant, and messages pass */
    RULES_KEY_REVOKED,    /* A, and ibot's key is revoked */
    RULES_SENDER_REVOKED, /* A, and the sender's certificate is */
    RULES_COUNT
};

/* How a policy does not belong into the chain. */
enum flaw {
    FLAW_NONE,
    FLAW_SKIPS,  /* a serial too high */
    FLAW_ASTRAY, /* names the policy before the last one */
    FLAW_EARLY,  /* issued before the last one */
    FLAW_AHEAD,  /* issued in an hour */
    FLAW_COUNT
};

struct change {
    enum rules rules;
    int ago; /* minutes since it was issued */
    enum flaw flaw;
};

enum claimed_place { PLACE_NONE, PLACE_NL, PLACE_DE, PLACE_ANOTHERS, PLACE_ENDED, PLACE_COUNT };
enum claimed_seal { SEAL_DUE, SEAL_NONE, SEAL_FALSE, SEAL_COUNT };

/* What the sender says. `policy` 0: the sender is honest, and an unchanged device writes. */
struct claim {
    uint32_t policy;
    int ago; /* minutes before now, of the message's time */
    enum claimed_place place;
    bool east; /* it goes to that bot */
    enum claimed_seal seal;
    bool gap; /* it leaves out a number of its chain */
};

enum helper {
    HELP_NONE,
    SERVER_HOLDS_BOT,       /* gives the bot no new policy */
    SERVER_HOLDS_RECIPIENT, /* the recipient */
    SERVER_HOLDS_BOTH,
    SERVER_STAMPS, /* says that it stored the message when its sender says it was written */
    SERVER_KEEPS_VERDICT,
    SERVER_SAYS_LATER, /* and keeps the verdict, as all of these */
    SERVER_SAYS_MALFORMED,
    SERVER_SAYS_GAP,
    SERVER_SAYS_CONFLICT,
    REGISTRAR_SILENT, /* no answer to any question since the first change */
    REGISTRAR_OLD,    /* policies after the first one are in the log, and given to nobody */
    REGISTRAR_TAKES,  /* takes a policy that does not belong there, and logs it */
    REGISTRAR_PLACE,  /* signs a token for a country where the device is not */
    BOT_SIGNS,        /* a verdict for whatever comes, now */
    BOT_BACKDATES,    /* a verdict of the time that the message names */
    BOT_CONFLICT,     /* signs a conflict for a message that nothing is wrong with */
    HELPER_COUNT
};

/* Who may have something to say. */
enum who { WHO_CUSTODIANS, WHO_REGISTRAR, WHO_BOT, WHO_SENDER, WHO_RECIPIENT, WHO_COUNT };

enum outcome { NOT_SHOWN, SHOWN, SHOWN_AFTERWARDS, OUTCOME_COUNT };

struct row {
    const char *topic;
    enum rules first;
    struct change changes[ROW_CHANGES];
    size_t change_count;
    struct claim claim;
    enum helper helper;
    enum outcome outcome;
    /* A part of the line that each says, of the bot the reason of its verdict; NULL: nothing. */
    const char *says[WHO_COUNT];
};

extern const struct row rows[];
extern const size_t row_count;

/* "| … | … |" without the newline. */
void row_put(struct buf *b, const struct row *r);
/* The table's head, two lines. */
const char *row_head(void);

#endif
