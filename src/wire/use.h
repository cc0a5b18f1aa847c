/* The statement of use: what the desk of an agency says of each day on which an archive was read,
 * signed by the desk's key, which the warrant names, under the agency's name:
 *
 *     ironside use 1
 *     network chat.example
 *     warrant 2019-0147
 *     agency north
 *     serial 12                   1, 2, 3 … for this desk and warrant
 *     day 2026-03-01
 *     users 2                     who asked for any of it
 *     searches 3
 *     opened 12                   messages
 *     exported 0
 *     passed 0                    on to others
 *     access SIZE ROOT            the desk's access log at the end of the day
 *
 * Counts only: no content, and no names. A day has one statement. Serials count the days that were
 * stated, so a day that was left out shows: there are more days of the warrant than statements.
 */
#ifndef IRONSIDE_WIRE_USE_H
#define IRONSIDE_WIRE_USE_H

#include "crypto/merkle.h"
#include "wire/policy.h"
#include "wire/warrant.h"

/* A desk may still state what it did on these days, once a warrant has ended. */
#define USE_DAYS_AFTER 7

enum use_count {
    USE_USERS,
    USE_SEARCHES,
    USE_OPENED,
    USE_EXPORTED,
    USE_PASSED,
    USE_COUNTS /* one more than the last */
};
/* Its word in the document. */
const char *use_count_text(enum use_count c);

struct use {
    struct document document;
    const char *warrant, *agency;
    uint64_t serial;
    int64_t day;
    uint64_t counts[USE_COUNTS];
    uint64_t size; /* of the access log's tree */
    uint8_t root[MERKLE_BYTES];
};

/* Appends the text that the desk signs. */
void use_format(struct buf *b, const char *domain, const struct use *x);
/* Parses, and checks that it is of this warrant, and of an agency whose desk it names and which has
 * signed it; that its day is one of the warrant's or of the USE_DAYS_AFTER behind them; that its
 * serial is not above the number of days until then. ERR_FORMAT, ERR_LIMIT, ERR_AUTH. */
int use_open(const struct warrant *w, const char *note, size_t len, struct use **ret,
             struct diag *d) MUST_USE;
void use_free(struct use *x);
DEFINE_CLEANUP(struct use, use_free)

/* Of the same desk and warrant: is `x` a later one than `before`? Its serial is higher, its day
 * later by as many days at least, and the access log has grown or is the same. ERR_INVALID_STATE;
 * the line says what is not so. */
int use_is_later(const struct use *before, const struct use *x, struct diag *d) MUST_USE;
/* And the next one; `before` NULL: the first. */
int use_follows(const struct use *before, const struct use *x, struct diag *d) MUST_USE;

/* Was the warrant in force on that day or on one of the USE_DAYS_AFTER before it, as far as this
 * policy tells? `next_unix_ms` is when the policy behind it was issued; INT64_MAX: there is none.
 */
bool use_in_force(const struct policy *p, int64_t next_unix_ms, const struct warrant *w,
                  int64_t day);
/* Days of the warrant until the statement's, that day among them, of which none was stated. */
uint64_t use_left_out(const struct warrant *w, const struct use *x);

/* "WARRANT AGENCY": one desk's statements for one warrant. */
#define USE_DESK_MAX (VALUE_WARRANT_MAX + 1 + VALUE_HANDLE_MAX)
void use_desk(const char *warrant, const char *agency, char ret[static USE_DESK_MAX + 1]);
/* By which the public log's entries of that desk are found: SHA-256 of "ironside log use 1", a NUL,
 * and the desk. */
void use_tag(const char *desk, uint8_t ret[static HASH_BYTES]);

#endif
