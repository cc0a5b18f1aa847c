/* The desk's query language (ironside-query(7)): what a person writes, as a tree; whether one
 * message matches it; and the expression of the full-text index that finds a superset of it.
 *
 *     meet* "at the pier" -jokes from:anna (after:2026-03-01 OR has:photo) cash NEAR/5 boat
 *
 * Blank is AND, `OR` or, `-` or NOT before an operand not; ( ) group. A phrase's last word may end
 * in
 * `*`, so may any operand of NEAR, which is a word or a phrase. Terms `NAME:VALUE` are the rows of
 * the table in query/terms.h. A value with blanks stands in "". Words are those of text/text.h:
 * what a person writes as one and the tokenizer splits is a phrase.
 *
 * It keeps nothing and asks nobody: what a handle, a tag or a case is, is the desk's to say.
 */
#ifndef IRONSIDE_QUERY_QUERY_H
#define IRONSIDE_QUERY_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "text/text.h"
#include "text/zone.h"

#define QUERY_BYTES_MAX 8192U /* as written, and as query_put writes it */
#define QUERY_NODES_MAX 512U
#define QUERY_DEPTH_MAX 32U /* parentheses, and nodes, within each other */

enum query_kind {
    QUERY_ALL,    /* every message: what an empty query asks for */
    QUERY_AND,    /* of its children, two or more */
    QUERY_OR,     /* of its children, two or more */
    QUERY_NOT,    /* its one child does not hold */
    QUERY_PHRASE, /* words one behind the other; one alone is a word */
    QUERY_NEAR,   /* children are phrases, within `distance` words */
    QUERY_TERM,   /* NAME:VALUE */
};

/* Terms. Which of them stand in the index as filters, and which are looked up, says query/terms.h.
 */
enum query_term {
    QUERY_FROM,
    QUERY_TO,
    QUERY_WITH,
    QUERY_IN,
    QUERY_BEFORE,
    QUERY_AFTER,
    QUERY_ON,
    QUERY_AT,
    QUERY_COUNTRY,
    QUERY_LANG,
    QUERY_KIND,
    QUERY_HAS,
    QUERY_NEAR_PLACE,
    QUERY_TAG,
    QUERY_ORG,
    QUERY_CASE,
    QUERY_SEEN,
    QUERY_UNSEEN,
    QUERY_ASSIGNED,
    QUERY_IS,
    QUERY_WARRANT,
    QUERY_BOT,
    QUERY_TERMS
};

struct query_word {
    const char *word; /* folded, as in the index; ended by a NUL */
    bool prefix;      /* word* */
    bool joined;      /* nothing parted it from the word before, as in scripts without blanks */
};

struct query_place {
    double lat, lon, km;
};

struct query_node {
    enum query_kind kind;
    struct query_node **children;
    size_t child_count;
    struct query_word *words; /* PHRASE */
    size_t word_count;
    unsigned distance; /* NEAR */
    enum query_term term;
    const char *value;                /* TERM: as written, folded where its row says so */
    int64_t from_unix_ms, to_unix_ms; /* BEFORE, AFTER, ON, AT: from <= time < to */
    struct query_place place;         /* NEAR_PLACE */
    size_t offset, len;               /* where it stands in what was written */
};

struct query;

struct query_options {
    struct text *text;       /* the caller's */
    const struct zone *zone; /* of dates without one; the caller's */
    int64_t now_unix_ms;
    bool latin; /* words in Latin letters find others by their sound (text.h, TEXT_LATIN) */
};

struct query_error {
    size_t offset, len; /* bytes of what was written */
    char text[160];     /* what is wrong, and the remedy: "'befor:' is no filter; did you mean
                           'before:'?" */
};

/* ERR_FORMAT, ERR_LIMIT: with ret_error. An empty text is QUERY_ALL. */
int query_parse(const char *written, size_t len, const struct query_options *o, struct query **ret,
                struct query_error *ret_error) MUST_USE;
void query_free(struct query *q);
DEFINE_CLEANUP(struct query, query_free)
const struct query_node *query_root(const struct query *q);
/* The query written out in one form, with every default named (the zone, the words as folded): two
 * queries that mean the same in the same words are the same text. For saved searches, the access
 * log and a person who asks what was searched. */
void query_put(struct buf *b, const struct query *q);

#endif
