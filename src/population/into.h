/* Messages into a network's archive without a server: each device gets its certificate from the
 * registrar's own code, each message is sealed, signed and chained as a device does it, and goes
 * through link's core, in this process, to the bot's real opener and keeper, which judge and
 * archive it as they always do. What is left out is what the archive never sees: ejabberd,
 * ratchets, recipients.
 *
 * The network is a new one for replays, and nothing else runs it meanwhile. The devices' keys live
 * in memory only: nobody can send for them later.
 */
#ifndef IRONSIDE_POPULATION_INTO_H
#define IRONSIDE_POPULATION_INTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

struct into;

/* Opens the network in `dir`, moves its clock to `at_unix_ms` and starts the bot's opener and
 * keeper. ERR_INVALID_STATE: not a replay network, or several bots; and what the parts say. */
int into_open(const char *dir, int64_t at_unix_ms, struct into **ret, struct diag *d) MUST_USE;
/* Ends the bot's processes. What was not finished is archived as far as it had come. */
void into_free(struct into *x);
DEFINE_CLEANUP(struct into, into_free)
const char *into_domain(const struct into *x);
/* Does the network tell countries? */
bool into_places(const struct into *x);

struct into_message {
    const char *from;      /* accounts of the network's domain */
    const char *const *to; /* each once, without the sender */
    size_t to_count;
    const char *id;
    int64_t at_unix_ms; /* never before the last one's */
    const char *body;   /* words, or a content (wire/content.h), as it stands */
    size_t body_len;
    const char *country; /* where it is sent from; NULL: it has no place token */
};
/* Hands it over once there is room; accounts that are new get a device. Waits at midnights until
 * all of the day before is archived. ERR_EXISTS: an account is not new; ERR_INVALID_STATE: no
 * warrant is for its day; ERR_NOT_FOUND:
 * the network has no address for the country; ERR_AUTH: the bot refused an earlier one, and why;
 * ERR_TIMEOUT: it does not answer; ERR_IO, ERR_CLOSED. */
int into_send(struct into *x, const struct into_message *m, struct diag *d) MUST_USE;
/* To be called before a message that is said in a group: its sender and recipients are the members.
 * If they were others before, one of them makes and signs the new list, as a message of its own.
 * The errors of into_send; ERR_LIMIT: too many members. */
int into_group(struct into *x, const char *id, const char *name, const struct into_message *m,
               struct diag *d) MUST_USE;
/* Waits until all is archived, and its last day stated in the public log. The same errors. */
int into_finish(struct into *x, struct diag *d) MUST_USE;

struct into_counts {
    uint64_t sent, archived; /* to the bot, and by it */
    uint64_t open;           /* not sent to it: the warrants leave out where they come from */
    uint64_t changes;        /* of groups: of those that were sent, or open */
    uint32_t devices;
};
void into_counts(const struct into *x, struct into_counts *ret);

#endif
