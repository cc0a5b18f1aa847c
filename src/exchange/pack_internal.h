/* What the files of packing share. */
#ifndef IRONSIDE_EXCHANGE_PACK_INTERNAL_H
#define IRONSIDE_EXCHANGE_PACK_INTERNAL_H

#include "archive/reader.h"
#include "exchange/bag.h"
#include "exchange/log_place.h"
#include "exchange/pack.h"
#include "exchange/package_line.h"
#include "forms/part.h"

struct pack_part;
struct packing {
    const struct pack_options *o;
    struct bag *bag;
    struct pack_part *part;          /* the messages that wait to be shown in the readable forms */
    struct log_places *certificates; /* of its records */
    struct package package;          /* its strings are the options' and the library's */
    struct pack_counts counts;
    struct diag *d;
};

/* A batch of that warrant is shown: package.note names it. ERR_LIMIT. */
int pack_note_warrant(struct packing *p, const char *id) MUST_USE;
/* Where the public log has the certificates of its records, into log/. */
int pack_log(struct packing *p) MUST_USE;
/* All of a bot's tree, into records/. */
int pack_bot_tree(struct packing *p, size_t bot) MUST_USE;

/* Messages in the order in which they are packed, a part of them at a time: their files, opened,
 * and the readable forms, once their records are written. */
struct pack_part *pack_part_new(void);
void pack_part_free(struct pack_part *part);
/* It is shown, or, where `why` is PACKAGE_REDACTED, that it was redacted. */
int pack_part_add(struct packing *p, const struct pack_bot *bot, const struct reader_message *m,
                  int64_t archived_unix_ms, enum package_why why) MUST_USE;
/* Would another message be too much? */
bool pack_part_full(const struct pack_part *part);
int pack_part_flush(struct packing *p) MUST_USE;

/* A round as its records' verdicts need it. */
struct pack_round {
    int64_t number; /* 0: none */
    uint64_t leaf;
    struct verdict verdict; /* what is the same for all of its lines */
    uint8_t lines[VERDICT_ROUND_MAX][VERDICT_LINE_BYTES];
    struct merkle_memory *tree;
    char text[256]; /* of its leaf */
};
int pack_round_read(struct pack_round *r, struct journal *j, int64_t number,
                    struct diag *d) MUST_USE;
/* The verdict on the line at that position. ERR_FORMAT: there is none. */
int pack_round_verdict(const struct pack_round *r, uint32_t position, struct verdict *ret) MUST_USE;
void pack_round_clear(struct pack_round *r);

#endif
