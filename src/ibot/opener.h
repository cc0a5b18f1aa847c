/* The opener: takes requests from link, checks them in the order of their cost, opens each seal
 * with the day's key, packs records into batches that it seals to the warrants' agencies, and hands
 * rounds to the keeper. Nothing readable ever leaves it, and it has neither network nor disk but
 * the file of day keys: all else that it sees are frames.
 *
 *     certificate → policy's age → chain → signature → day → place → coverage → seal → payload
 *
 * The day keys' life is its own, too: it puts those in force that a policy names, destroys them
 * when their time has come, in the file behind a descriptor that it was given, and tells the
 * keeper.
 *
 * It runs ahead of the keeper by at most OPENER_ROUNDS_MAX rounds; its own view of the chains'
 * heads is what it has handed over, and the keeper drops a round that does not continue what is
 * durable.
 */
#ifndef IRONSIDE_IBOT_OPENER_H
#define IRONSIDE_IBOT_OPENER_H

#include "base/channel.h"
#include "base/clock.h"
#include "daykeys/daykeys.h"
#include "ibot/frames.h"
#include "wire/network_note.h"

#define OPENER_ROUNDS_MAX 4     /* handed over and not yet committed */
#define OPENER_ROUND_MS 10      /* after its first line, when no request waits */
#define OPENER_ROUND_BUSY_MS 30 /* the same while requests wait: larger rounds cost less each */
#define OPENER_ROUND_LINES 256
#define OPENER_DEVICES_MAX 131072U

struct opener;

struct opener_options {
    const struct network_note *net;
    const char *bot;        /* JID */
    const uint8_t *bot_key; /* SIGN_PUBLIC_BYTES; opener's own copy is made */
    struct daykeys *keys;   /* the caller's */
    struct clock clock;
    struct channel *link, *keeper; /* frames are appended here; the caller flushes */
};

struct opener *opener_new(const struct opener_options *options);
void opener_free(struct opener *o);

/* A frame from link or from the keeper. An error means that the other process has failed (or that
 * its socket's queue is full) and that this one must end: ERR_FORMAT, ERR_LIMIT, with a line. What
 * a device did wrong is answered, never an error. */
int opener_from_link(struct opener *o, const struct frame *f, struct diag *d) MUST_USE;
int opener_from_keeper(struct opener *o, const struct frame *f, struct diag *d) MUST_USE;

/* A line for the person who runs the bot (a document was refused, …), once; NULL when there is
 * none. */
const char *opener_take_notice(struct opener *o, struct diag *ret);

/* Ready for more requests? Not before the keeper has told the heads, and not while rounds pile up.
 */
bool opener_takes_requests(const struct opener *o);
/* Milliseconds until opener_tick has a round to close; -1: none waits. */
int opener_timeout_ms(const struct opener *o);
/* Milliseconds until it wants to look at the day keys: a replay's clock moves without a sign. */
int opener_keys_timeout_ms(const struct opener *o);
/* Closes the round that is due; destroys day keys that are. */
int opener_tick(struct opener *o, struct diag *d) MUST_USE;
/* Closes the round now, whatever is in it. */
int opener_close_round(struct opener *o, struct diag *d) MUST_USE;
/* Rounds that are handed over and not yet committed. */
unsigned opener_rounds_under_way(const struct opener *o);

#endif
