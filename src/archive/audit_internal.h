/* What the parts of an audit share. */
#ifndef IRONSIDE_ARCHIVE_AUDIT_INTERNAL_H
#define IRONSIDE_ARCHIVE_AUDIT_INTERNAL_H

#include <uthash.h>

#include "archive/audit.h"
#include "journal/cover.h"
#include "journal/reports.h"

/* A chain as the lines tell it. */
struct audit_chain {
    uint8_t certificate[HASH_BYTES];
    uint64_t n;
    uint8_t digest[HASH_BYTES];
    UT_hash_handle hh;
};

/* A statement of the journal's that is still to be compared with the rounds that it counts. */
struct audit_statement {
    int64_t number, round, batch; /* as the row says */
    struct statement *statement;
};

struct audit_tally { /* since the last statement */
    struct {
        char warrant[VALUE_WARRANT_MAX + 1];
        uint64_t count;
    } archived[STATEMENT_WARRANTS_MAX];
    size_t archived_count;
    uint64_t refused[VERDICT_REASONS];
    int64_t day; /* the latest */
};

struct audit_time {
    int64_t at_unix_ms, round;
};

/* The round that is looked at. */
struct audit_round {
    struct audit *a;
    int64_t number;
    int64_t day;
    struct cover cover;
    uint32_t policy; /* of its batches */
    struct {
        char warrant[VALUE_WARRANT_MAX + 1];
        uint32_t count; /* of records */
    } batches[VALUE_WRAPS_MAX];
    size_t batch_count;
    uint32_t archived; /* lines */
};

struct audit {
    struct audit_options o;
    struct journal *j;
    struct audit_counts counts;
    struct audit_chain *chains;
    uint64_t next_leaf; /* that the rounds and batches have accounted for */
    int64_t next_batch;
    uint64_t covered;         /* leaves under the newest checkpoint */
    uint32_t policy;          /* the highest serial of a batch */
    struct audit_time *times; /* of all rounds */
    struct audit_statement *statements;
    size_t statement_count, next_statement;
    struct audit_gone *gone; /* keys that destructions name */
    uint64_t file_rows;
    struct audit_tally tally;
    struct diag *d;
};

/* Is this the leaf of that index? */
int audit_leaf(struct audit *a, uint64_t index, const struct buf *text, const char *what,
               int64_t number) MUST_USE;

/* The batches of the round, as journal_batches hands them out (`context` is the round); stops with
 * 1 at the first of the next. */
int audit_batch(void *context, const struct journal_batch_row *row);
/* Its lines: each archived one has a record, and one for every warrant that covers whatever the bot
 * takes on the days around. */
int audit_lines(struct audit_round *w, const struct journal_round_row *row) MUST_USE;
int audit_all_covered(struct audit_round *w) MUST_USE;
/* After the last round: chains end as their heads say, and no table has a row that was not met. */
int audit_rows(struct audit *a) MUST_USE;
void audit_clear_chains(struct audit *a);

/* Every stored tile must be what the leaves give, and no other be there. */
int audit_tiles(struct audit *a) MUST_USE;
/* Finds how far the newest checkpoint reaches; later on, checks them all, and that no round is old
 * enough to be under one and is not. */
int audit_find_covered(struct audit *a) MUST_USE;
int audit_checkpoints(struct audit *a) MUST_USE;

/* Reads all reports: each must be the bot's own word. */
int audit_read_reports(struct audit *a) MUST_USE;
/* What is counted of a round. */
int audit_tally_batch(struct audit *a, const struct journal_batch_row *row) MUST_USE;
void audit_tally_line(struct audit *a, const struct verdict_line *l);
/* Compares the statements that end with this round; 0: with none. */
int audit_stated(struct audit *a, int64_t round) MUST_USE;
/* After the last round: nothing is stated that is not there, and every day and every destroyed key
 * stands in the reports as the tables say. */
int audit_reported(struct audit *a) MUST_USE;
void audit_clear_reports(struct audit *a);

/* The table of files beside what the leaves say of it: when each was named and removed. */
int audit_files(struct audit *a) MUST_USE;

#endif
