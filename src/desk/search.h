/* Questions to the index: hits newest first, by relevance, what stands around one, counts beside
 * them.
 */
#ifndef IRONSIDE_DESK_SEARCH_H
#define IRONSIDE_DESK_SEARCH_H

#include "desk/received.h"
#include "query/query.h"

#define DESK_HITS_MAX 500U
#define DESK_SNIPPET_MAX 320U /* bytes */
#define DESK_MARKS_MAX 16U

/* Newest and oldest are by id, which is by arrival: what comes late stands where it came. Relevance
 * is a score over the newest 2,000 hits. */
enum desk_order { DESK_NEWEST, DESK_OLDEST, DESK_RELEVANT };

struct desk_message { /* a row, with what it takes to show it */
    int64_t id;       /* grows with arrival */
    int64_t at_unix_ms, archived_unix_ms;
    const char *from;         /* account */
    const char *const *to;    /* accounts, NULL at the end */
    const char *conversation; /* 16 hexadecimal digits: `in:` */
    const char *kind;         /* content_kind_text */
    const char *lang;         /* "" unknown */
    const char *country;      /* "" */
    const char *bot;
    const uint8_t *certificate;  /* HASH_BYTES: of the device that sent it … */
    uint64_t n;                  /* … and its number in that device's chain to the bot */
    const char *const *warrants; /* NULL at the end */
    const char *body;            /* every byte that was said, as text; ended by a NUL */
    size_t body_len;
    const char *wrong;    /* "" verified */
    bool pending;         /* no checkpoint that its bot has signed covers it yet */
    int64_t seen_unix_ms; /* first seen by the asking user; 0: not yet */
    const struct desk_received_by *received; /* by which packages it came, the first ones */
    size_t received_count;
    bool own; /* it is in the own archives */
};

struct desk_mark { /* a word of the query, in bytes of the snippet */
    uint32_t start, len;
};
struct desk_hit {
    const struct desk_message *message;
    char snippet[DESK_SNIPPET_MAX + 1]; /* around the words, cut between characters */
    struct desk_mark marks[DESK_MARKS_MAX];
    size_t mark_count;
    double score;   /* DESK_RELEVANT */
    uint64_t alike; /* how many other messages are alike (likeness.h) */
};

struct desk_search {
    const struct query *query;
    enum desk_order order;
    int64_t user;     /* who asks, for seen: and unseen: */
    int64_t after_id; /* the cursor: hits beyond this id in the order; 0: from the beginning */
    unsigned limit;   /* 1 to DESK_HITS_MAX */
    bool grouped;     /* of hits that are alike only the first in the order */
};
/* Called for each hit in its order; what it points at lives until it returns. */
typedef int desk_hit_fn(void *context, const struct desk_hit *h);
/* `ret_more`: there are further ones. ERR_IO, ERR_AUTH (the vault); ERR_LIMIT: no such limit, or
 * more than 32 tags, cases and the like in one query. */
int desk_search(struct desk_index *x, const struct desk_search *s, desk_hit_fn *fn, void *context,
                bool *ret_more, struct diag *d) MUST_USE;

/* Counts beside the hits; a person is who wrote. */
enum desk_facet {
    DESK_BY_PERSON,
    DESK_BY_COUNTRY,
    DESK_BY_LANG,
    DESK_BY_MONTH,
    DESK_BY_KIND,
    DESK_FACETS
};
struct desk_count {
    const char *value; /* account, country, language, "2026-03", kind */
    uint64_t count;
};
struct desk_counts {
    uint64_t total;
    bool exact; /* else over what was counted within the time: at least so many */
    struct desk_count *facets[DESK_FACETS]; /* most first, months in order; at most 100 each */
    size_t facet_counts[DESK_FACETS];
};
/* `budget_ms` bounds the work. */
int desk_count_hits(struct desk_index *x, const struct query *q, int64_t user, int budget_ms,
                    struct desk_counts **ret, struct diag *d) MUST_USE;
void desk_counts_free(struct desk_counts *c);

/* One message; ERR_NOT_FOUND. */
typedef int desk_message_fn(void *context, const struct desk_message *m);
int desk_message(struct desk_index *x, int64_t id, int64_t user, desk_message_fn *fn, void *context,
                 struct diag *d) MUST_USE;

/* Those that are alike with a message, itself too, newest first: at most `limit` below `before` (0:
 * from the newest on). ERR_NOT_FOUND: no such message. */
struct desk_likes {
    int64_t id, before, user;
    unsigned limit;
};
int desk_alike(struct desk_index *x, const struct desk_likes *l, desk_message_fn *fn, void *context,
               uint64_t *ret_count, struct diag *d) MUST_USE;
/* A conversation's messages in the order of their times, from `from_unix_ms` on (or back from it
 * where `backwards`), at most `limit`. */
struct desk_thread {
    const char *conversation;
    int64_t from_unix_ms;
    int64_t after_id; /* behind this message of it, in that order; 0: from its beginning */
    bool backwards;
    unsigned limit;
    int64_t user;
};
int desk_thread(struct desk_index *x, const struct desk_thread *t, desk_message_fn *fn,
                void *context, struct diag *d) MUST_USE;

#endif
