/* Inside the room: the query, its parser's state, and the steps of parsing. */
#ifndef IRONSIDE_QUERY_INTERNAL_H
#define IRONSIDE_QUERY_INTERNAL_H

#include "base/arena.h"
#include "query/lexer.h"
#include "query/query.h"
#include "query/terms.h"

#define QUERY_DISTANCE_DEFAULT 10U
#define QUERY_DISTANCE_MAX 1000U
#define QUERY_LETTERS_MIN 2U /* before a `*` */

struct query {
    struct arena arena; /* of all nodes and what they point at */
    struct query_node *root;
    bool latin;
};

struct query_parser {
    struct query_lexer lexer;
    const struct query_options *o;
    struct query *query;
    struct query_error *error;
    struct query_token token, before; /* the next, and the last that was taken */
    size_t nodes;
    unsigned depth; /* of parentheses */
};

/* A node of the query's, or ERR_LIMIT with its line. */
int query_new_node(struct query_parser *p, enum query_kind kind, const struct query_token *at,
                   struct query_node **ret) MUST_USE;
/* Over a bound of memory: the line, and ERR_LIMIT. */
int query_too_large(struct query_parser *p);

/* The whole, with chains of one operator joined and nothing denied twice. ERR_FORMAT, ERR_LIMIT,
 * with the line. */
int query_parse_tree(struct query_parser *p, struct query_node **ret) MUST_USE;
/* The words of a token as a phrase. ERR_FORMAT: it has none, or too few letters before its `*`. */
int query_parse_words(struct query_parser *p, const struct query_token *t,
                      struct query_node **ret) MUST_USE;
/* NAME:VALUE. */
int query_parse_term(struct query_parser *p, const struct query_token *t,
                     struct query_node **ret) MUST_USE;

struct query_date {
    char canonical[80];
    bool minute; /* else a year, a month, a day */
    int64_t from_unix_ms, to_unix_ms;
};
/* YYYY, YYYY-MM, YYYY-MM-DD, YYYY-MM-DDTHH:MM, "today", "yesterday"; behind it nothing, Z, [ZONE],
 * or after a minute +HH:MM. On failure the reason, for the end of a line. */
int query_date_read(const char *text, const struct query_options *o, struct query_date *ret,
                    const char **ret_why) MUST_USE;
/* "LAT,LON,KM" with decimal points; the line without needless zeros. ERR_FORMAT. */
int query_place_read(const char *text, struct query_place *ret,
                     char ret_canonical[static 64]) MUST_USE;

/* The word of `words`, ended by NULL, that `wrong` may have been meant for; NULL. */
const char *query_suggest(const char *wrong, const char *const *words);

/* May `word` be found by its sound? */
bool query_has_sound(const struct query *q, const struct query_word *word);

#endif
