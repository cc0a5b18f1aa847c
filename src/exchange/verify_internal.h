/* What the files of checking share. */
#ifndef IRONSIDE_EXCHANGE_VERIFY_INTERNAL_H
#define IRONSIDE_EXCHANGE_VERIFY_INTERNAL_H

#include "crypto/checkpoint.h"
#include "exchange/bag_read.h"
#include "exchange/log_place.h"
#include "exchange/package_files.h"
#include "exchange/package_line.h"
#include "exchange/tree.h"
#include "exchange/verify.h"

#define VERIFY_PENDING_MAX VERDICT_ROUND_MAX /* records of a round and warrant */

/* A record whose batch or whose round has not come yet. */
struct verify_pending {
    uint64_t leaf;
    char warrant[VALUE_WARRANT_MAX + 1];
    uint8_t root[MERKLE_BYTES]; /* of its round, by its verdict */
    uint32_t count;
    bool has_batch;
};
/* A bot's tree as its lines come. */
struct verify_tree {
    const char *bot;
    const uint8_t *key;
    struct checkpoint checkpoint;
    struct tree tree;
    uint64_t counts[PACKAGE_WHYS];
    struct verify_pending *pending;
    size_t pending_count, pending_capacity;
};
struct verify_bot { /* as read: its checkpoint comes first */
    char jid[VALUE_DOMAIN_MAX + 1];
    char *note;
    struct verify_tree tree;
    bool begun, ended;
};

struct verifying {
    const struct package_verify_options *o;
    struct package_verified *ret;
    struct network_note *net;
    struct library_note *notes;
    size_t note_count;
    struct library *library; /* NULL: documents may still come */
    struct verify_bot bots[PACKAGE_BOTS_MAX];
    size_t bot_count;
    struct verify_bot *bot; /* whose lines are under way */
    char path[512];         /* of the member under way */
    struct buf bytes;       /* of it: a whole note, or the line that is not whole yet */
    int (*take)(struct verifying *v, const char *name, struct diag *d); /* a whole note; NULL */
    /* Lines of it, one after the other; NULL */
    int (*line)(struct verifying *v, const char *text, size_t len, struct diag *d);
    bool binary;                                                /* it may have NULs */
    struct log_places *certificates;                            /* of records */
    struct checkpoint log;                                      /* its size 0: it has not come */
    struct package_files *files;                                /* that records name */
    char warrants[PACKAGE_WARRANTS_MAX][VALUE_WARRANT_MAX + 1]; /* of records, as they came */
    size_t warrant_count;
    uint64_t number;  /* the last Bates number: of records and of what is redacted */
    bool file;        /* the member under way is one of them */
    char *note;       /* package.note */
    struct buf stamp; /* on it; empty: none */
    uint8_t *body;    /* secret memory for one */
    struct arena arena;
};

/* NULL: no checkpoint of that bot has come. */
struct verify_bot *verify_bot_of(struct verifying *v, const char *jid, size_t len);
/* No more documents come. */
int verify_open_library(struct verifying *v, struct diag *d) MUST_USE;
/* Nothing more comes: opens package.note, and holds all that was found to it. */
int verify_note(struct verifying *v, const struct bag_summary *bag, struct diag *d) MUST_USE;

/* The public log's checkpoint, whole, and one line of its places. */
int verify_log_checkpoint(struct verifying *v, const char *name, struct diag *d) MUST_USE;
int verify_log_line(struct verifying *v, const char *text, size_t len, struct diag *d) MUST_USE;

int verify_tree_begin(struct verify_bot *b, const struct library *l, struct diag *d) MUST_USE;
/* One line of its. */
int verify_tree_line(struct verifying *v, const char *text, size_t len, struct diag *d) MUST_USE;
/* No more come: has it the root that the bot has signed? */
int verify_tree_end(struct verify_bot *b, struct diag *d) MUST_USE;
/* The record of a line, whose verdict is on a round of that root. */
int verify_record(struct verifying *v, const struct package_line *l, struct verify_pending *ret,
                  struct diag *d) MUST_USE;

#endif
