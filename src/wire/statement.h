/* What a bot says of each day, signed by its key:
 *
 *     ironside statement 1
 *     network chat.example
 *     bot ibot.chat.example
 *     day 2001-05-14
 *     archived WARRANT COUNT      records of the warrant; any number, ascending by warrant
 *     refused REASON COUNT        messages; any number, in the order of enum verdict_reason
 *     journal SIZE ROOT           the bot's tree at the end of the day
 *
 * Counts only: no content, and no names. A day has one statement, and a round of verdicts is
 * counted in one statement.
 */
#ifndef IRONSIDE_WIRE_STATEMENT_H
#define IRONSIDE_WIRE_STATEMENT_H

#include "crypto/merkle.h"
#include "wire/document.h"
#include "wire/value.h"
#include "wire/verdict.h"

#define STATEMENT_WARRANTS_MAX 256U

struct statement_warrant {
    const char *warrant;
    uint64_t count; /* not 0 */
};

struct statement {
    struct document document;
    const char *bot;
    int64_t day;
    const struct statement_warrant *archived;
    size_t archived_count;
    uint64_t refused[VERDICT_REASONS]; /* by enum verdict_reason; 0: no line */
    uint64_t size;                     /* of the journal's tree */
    uint8_t root[MERKLE_BYTES];
};

/* Appends the text that the bot signs. */
void statement_format(struct buf *b, const char *domain, const struct statement *s);
/* Parses, and checks that it is this bot's. ERR_FORMAT, ERR_LIMIT, ERR_AUTH. */
int statement_open(const char *domain, const char *bot,
                   const uint8_t bot_key[static SIGN_PUBLIC_BYTES], const char *note, size_t len,
                   struct statement **ret, struct diag *d) MUST_USE;
void statement_free(struct statement *s);
DEFINE_CLEANUP(struct statement, statement_free)

#endif
