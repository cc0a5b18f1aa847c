/* What a bot says of day keys that it has destroyed, signed by its key:
 *
 *     ironside destruction 1
 *     network chat.example
 *     bot ibot.chat.example
 *     at INSTANT
 *     destroyed WARRANT DAY       one to 4000, ascending by warrant, then day
 *
 * Nobody can prove that no copy was kept; whoever opens a later day's seal with a key that stands
 * here has shown that the bot lied.
 */
#ifndef IRONSIDE_WIRE_DESTRUCTION_H
#define IRONSIDE_WIRE_DESTRUCTION_H

#include "wire/document.h"
#include "wire/value.h"

#define DESTRUCTION_MAX 4000U
/* What a bot puts into one, so that it fits into a stanza whatever the warrants are called. */
#define DESTRUCTION_BATCH 300U

struct destroyed_key {
    const char *warrant;
    int64_t day;
};

struct destruction {
    struct document document;
    const char *bot;
    int64_t at_unix_ms;
    const struct destroyed_key *keys;
    size_t count;
};

/* Appends the text that the bot signs. */
void destruction_format(struct buf *b, const char *domain, const struct destruction *x);
/* Parses, and checks that it is this bot's. ERR_FORMAT, ERR_LIMIT, ERR_AUTH. */
int destruction_open(const char *domain, const char *bot,
                     const uint8_t bot_key[static SIGN_PUBLIC_BYTES], const char *note, size_t len,
                     struct destruction **ret, struct diag *d) MUST_USE;
void destruction_free(struct destruction *x);
DEFINE_CLEANUP(struct destruction, destruction_free)

#endif
