/* What the keeper tells the public: a statement for each day, and which day keys are no more. They
 * are signed, kept in the journal, and handed to link one at a time until the registrar has them.
 *
 * A day is stated when the clock has left it: each one that had verdicts and, on a live network,
 * each one on which the bot ran.
 */
#ifndef IRONSIDE_IBOT_STATEMENTS_H
#define IRONSIDE_IBOT_STATEMENTS_H

#include "base/channel.h"
#include "base/clock.h"
#include "journal/reports.h"

struct statements;

struct statements_options {
    struct journal *journal;
    const uint8_t *secret; /* SIGN_SECRET_BYTES of the bot's signing key, the caller's */
    const char *domain;    /* the network's; a copy is made */
    struct clock clock;
    struct channel *link; /* frames are appended here; the caller flushes */
};
struct statements *statements_new(const struct statements_options *o);
void statements_free(struct statements *s);

/* An opener says what was destroyed. ERR_FORMAT, ERR_IO. */
int statements_destroyed(struct statements *s, const struct frame *f, struct diag *d) MUST_USE;
/* Link says what became of a report. ERR_FORMAT, ERR_IO, ERR_LIMIT. */
int statements_submitted(struct statements *s, const struct frame *f, struct diag *d) MUST_USE;
/* Signs what is due, and hands the oldest report that waits to link. ERR_IO, ERR_FORMAT, ERR_LIMIT:
 * the process must end. */
int statements_tick(struct statements *s, struct diag *d) MUST_USE;
/* Milliseconds until it wants to look at the clock. */
int statements_timeout_ms(const struct statements *s);

#endif
