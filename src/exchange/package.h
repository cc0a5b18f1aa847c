/* The word of the desk that made a package: a signed note in the bag's top folder, `package.note`,
 * signed under the agency's name with the desk's key, which a warrant of it names:
 *
 *     ironside package 1
 *     network chat.example
 *     agency north
 *     package north-0003
 *     made 2021-06-07T10:00:00.000Z
 *     scope from:anna after:2021-06-01     what was selected, as the access log has it
 *     warrant 2019-0147 HASH               of each that a record is of, one to 64, ascending
 *     bot ibot.chat.example SIZE SHOWN SCOPE PRIVILEGED REDACTED UNVERIFIED
 *     manifest SHA-512 of manifest-sha512.txt, hexadecimal
 *
 * Of each bot's tree of SIZE leaves it shows so many records, and withholds so many leaves: since
 * they are none of its scope, are privileged, were redacted, or can't be proved. The rest are
 * leaves that say where the shown records stand.
 */
#ifndef IRONSIDE_EXCHANGE_PACKAGE_H
#define IRONSIDE_EXCHANGE_PACKAGE_H

#include "archive/library.h"
#include "base/buf.h"
#include "crypto/hash512.h"
#include "wire/document.h"

#define PACKAGE_NOTE "package.note" /* a tag file */
#define PACKAGE_NOTE_MAX 65536U
#define PACKAGE_NAME_MAX 64U
#define PACKAGE_SCOPE_MAX 32768U
#define PACKAGE_WARRANTS_MAX 64U
#define PACKAGE_BOTS_MAX 16U
#define PACKAGE_MANIFEST_BYTES HASH512_BYTES

/* Why a leaf is not shown. */
enum package_why {
    PACKAGE_SHOWN,
    PACKAGE_OUT_OF_SCOPE,
    PACKAGE_PRIVILEGED,
    PACKAGE_REDACTED,
    PACKAGE_UNVERIFIED, /* its own archive does not hold what would prove it */
    PACKAGE_WHYS        /* one more than the last */
};
/* "scope", "privileged", "redacted", "unverified"; of PACKAGE_SHOWN "record". */
const char *package_why_text(enum package_why why);
enum package_why package_why_of(const char *word); /* PACKAGE_WHYS: none */

struct package_bot {
    const char *jid;
    uint64_t size;                 /* leaves of its tree, under a checkpoint */
    uint64_t counts[PACKAGE_WHYS]; /* leaves */
};
struct package_warrant {
    const char *id;
    uint8_t hash[HASH_BYTES];
};
struct package {
    struct document document;
    const char *network; /* on writing; read it is the network's */
    const char *agency;
    const char *name;
    int64_t made_unix_ms;
    const char *scope; /* a line */
    struct package_warrant warrants[PACKAGE_WARRANTS_MAX];
    size_t warrant_count;
    struct package_bot bots[PACKAGE_BOTS_MAX];
    size_t bot_count;
    uint8_t manifest[PACKAGE_MANIFEST_BYTES];
};

/* "north-0003": lower case letters, digits and '-', begins with a letter. A folder's name, too. */
bool package_name_valid(const char *name);

/* Appends the text that the desk signs. */
void package_format(struct buf *b, const struct package *p);
/* Parses, and checks that each warrant is among the documents by its hash, and that the desk which
 * one of them names for the agency has signed. ERR_FORMAT, ERR_LIMIT, ERR_AUTH, ERR_NOT_FOUND: a
 * warrant is not in the documents. */
int package_open(const struct network_note *net, const struct library *l, const char *note,
                 size_t len, struct package **ret, struct diag *d) MUST_USE;
void package_free(struct package *p);
DEFINE_CLEANUP(struct package, package_free)

#endif
