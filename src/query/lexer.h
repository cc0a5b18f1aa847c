/* What a person writes, a token at a time: operators, words, quoted phrases, NAME:VALUE. */
#ifndef IRONSIDE_QUERY_LEXER_H
#define IRONSIDE_QUERY_LEXER_H

#include "query/query.h"

enum query_token_kind {
    TOKEN_END,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_MINUS,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_NEAR,
    TOKEN_WORDS, /* a word, or a phrase in quotes */
    TOKEN_TERM,
};

struct query_token {
    enum query_token_kind kind;
    size_t offset, len;           /* of what was written */
    size_t text_offset, text_len; /* the words without quotes and `*`; a term's value */
    bool quoted;
    bool prefix;
    unsigned distance; /* TOKEN_NEAR */
    enum query_term term;
};

struct query_lexer {
    const char *written;
    size_t len, pos;
    struct query_error *error;
};

/* ERR_FORMAT, with the line. */
int query_lexer_next(struct query_lexer *l, struct query_token *ret) MUST_USE;

/* Writes the line and where it points; returns ERR_FORMAT. */
int query_fail(struct query_error *e, size_t offset, size_t len, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

#define QUERY_SHOWN_MAX 44U
/* What was written, for a line of errors: cut between characters. */
const char *query_shown(const char *text, size_t len, char ret[static QUERY_SHOWN_MAX]);

#endif
