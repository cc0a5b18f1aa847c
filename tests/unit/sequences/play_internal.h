/* What the parts of playing a row share. */
#ifndef IRONSIDE_TESTS_SEQUENCES_PLAY_INTERNAL_H
#define IRONSIDE_TESTS_SEQUENCES_PLAY_INTERNAL_H

#include "../device/letter.h"
#include "../ibot/bot.h"
#include "office.h"
#include "row.h"

#define PLAY_MINUTE INT64_C(60000)
#define PLAY_EAST_BOT "east.chat.example"
#define PLAY_B_WARRANT "2020-0002"
#define PLAY_EAST_WARRANT "2020-0003"

struct play {
    const struct row *row;
    struct world *w;
    struct fixture bot_view; /* whose first bot is the one that the sender names */
    struct bot *b;
    struct office *office;
    struct policy_set *sets[ROW_FIRST + ROW_CHANGES + 2]; /* by serial */
    uint32_t newest;                                      /* of those that are in force */
    int64_t now;
    bool lies; /* the server or the bot, to an honest sender */
    char *token;
    size_t anna_notices, anna_progress, bert_notices; /* that were said before the row began */
    char said[WHO_COUNT][1024];
};

extern struct play *play_now; /* the hooks of world and letter have no context */

/* Somebody says it; "" is nothing. */
void play_note(struct play *p, enum who who, const char *line);
/* Is the helper one of the two? */
bool play_helps(const struct play *p, enum helper a, enum helper b);

/* play_policies.c */

/* What `without-warrant` says under these rules: "open", or NULL for stop. */
const char *play_without(enum rules rules);
/* Has ibot the warrant A under them? */
bool play_has_a(enum rules rules);
/* Adds to the world's fixture all bots and warrants that policies of the row name. */
void play_add_warrants(struct play *p);
/* Takes up the policies that all know already, from the first one on; the registrar has them. */
void play_found(struct play *p);
/* The row's change number `i` goes through the offices, and to whoever is given it. */
void play_issue(struct play *p, size_t i);

/* play_bot.c */

/* With the policy that all know, and the certificates of all. */
void play_start_bot(struct play *p);
/* The real bot's answer to a blind copy, or NULL; until the next call. */
const struct bot_answer *play_ask(struct play *p, const char *account, const char *stanza);
/* The world's hook for blind copies: the real bot, and what the server makes of its answers. */
bool play_carry_blind_copy(struct world *w, const char *stanza, struct buf *answer);
/* Of anna's chain with the real bot. */
uint64_t play_head(const struct play *p, uint8_t ret[static HASH_BYTES]);

/* play_send.c */

/* What becomes of the message before its recipient. */
enum outcome play_send_claim(struct play *p);
enum outcome play_send_truth(struct play *p);

#endif
