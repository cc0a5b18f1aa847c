/* What the files of the index share. */
#ifndef IRONSIDE_DESK_INDEX_INTERNAL_H
#define IRONSIDE_DESK_INDEX_INTERNAL_H

#include "desk/alike.h"
#include "desk/census.h"
#include "desk/columns.h"
#include "desk/idset.h"
#include "desk/index.h"
#include "desk/model.h"
#include "desk/names.h"
#include "desk/search.h"
#include "wire/content.h"
#include "wire/value.h"

/* What has numbers. They stand in one table, which is read when the index is opened. */
enum name_kind {
    NAME_ACCOUNT,
    NAME_BOT,
    NAME_WARRANT,
    NAME_WARRANTS, /* sorted numbers of warrants, four bytes each */
    NAME_CERTIFICATE,
    NAME_RECIPIENTS,   /* sorted numbers of accounts, four bytes each */
    NAME_CONVERSATION, /* 16 hexadecimal digits */
    NAME_LANG,
    NAME_KINDS
};

/* A message as it stands in the tables, its strings somebody else's. */
struct row {
    int64_t id, at, archived;
    uint64_t n;
    uint32_t bot, certificate, policy, sender, recipients, conversation, warrants;
    uint16_t lang;
    char country[VALUE_COUNTRY_BYTES];
    enum content_kind kind;
    const char *name; /* the id that its sender gave it */
    const char *wrong;
    const uint8_t *files; /* hash and size of each */
    size_t files_len;
    const char *body;
    size_t body_len;
    uint8_t digest[HASH_BYTES];
};
#define ROW_FILE_BYTES (HASH_BYTES + 8U)

/* A row, and what is only known from its body. */
struct intake_row {
    struct row row;
    uint32_t key;
    uint64_t likeness; /* likeness.h */
    bool has_place;
    double lat, lon;
    const char *about_from, *about_id; /* NULL: it is about no other */
    const char *group_id;              /* NULL: one to one */
    const char *group_title;           /* NULL: it does not say */
    uint32_t group_serial;
    uint32_t *members; /* of the group, as it says; else of all who took part */
    size_t member_count;
};

/* What reviewers call an account; both NULL where they don't. */
struct person {
    char *name, *organisation;
};
struct people {
    struct person *items; /* by the account's number less 1 */
    uint32_t count, capacity;
    bool named;       /* was any ever given a name? */
    bool stale;       /* names and organisations have to be read again */
    uint64_t namings; /* how often one was given or taken: whoever keeps a view compares it */
};

struct conversation {
    char *title, *group_id; /* NULL: none */
    uint32_t serial;
    uint32_t *members, member_count;
    uint64_t messages; /* all of them, in sight or not */
    bool changed;      /* since it was written down */
};
struct conversations {
    struct conversation *items; /* by number less 1 */
    uint32_t count, capacity;
};

/* Who asks (sight.h): messages whose flags under `mask` are `want`, and that are in `only`. */
struct sight {
    uint8_t mask, want;
    const struct idset *only; /* NULL: any */
    bool bound;               /* who asks is bound to sets (bounded.h) */
    bool plain;               /* … and is told nothing of what reviewers made of messages */
    bool has_own;             /* what is counted of it is not the index's own census */
    struct census own;
};
/* What has changed of common sight, until sight_settle. */
struct sight_changes {
    struct idset senders, conversations; /* numbers */
    bool any;
};

/* What marks cover (privilege.h): numbers of messages, conversations, accounts. */
struct privilege_pair {
    uint32_t one, other; /* accounts */
};
struct privilege_cover {
    struct idset messages, conversations, accounts;
    struct privilege_pair *pairs;
    size_t pair_count;
    struct idset paired;                /* who is in any */
    struct idset released;              /* messages that no mark covers any more */
    struct idset sets_known, sets_with; /* of recipients: looked at; with one of the accounts */
};
struct privilege {
    struct privilege_cover cover; /* of all marks in force */
    struct idset hidden;          /* the messages under them */
    bool stale;                   /* marks have to be read again */
};

/* What users who are bound to sets see (bounded.h). */
#define BOUNDED_VIEWS_MAX 8U
struct bounded_view {
    int64_t user; /* 0: none */
    struct idset conversations, messages;
    int64_t until; /* so far messages were looked at */
    uint64_t used;
};
struct bounded {
    struct bounded_view views[BOUNDED_VIEWS_MAX];
    uint64_t uses;
    bool stale; /* they have to be read again */
};

/* How the warrants stand (validity.h). */
struct validity_state {
    struct validity *items; /* all that were ever told of */
    size_t count;
    bool told;       /* ever */
    uint32_t policy; /* serial of the newest that was told */
    bool replay;
    int64_t clock_unix_ms, now_unix_ms; /* a replay network's, as told; the system's */
    int64_t today;                      /* that counts */
    bool *readable;                     /* by the warrant's number less 1 */
    uint32_t judged;                    /* so many */
    struct validity_received *received; /* of those that came with packages */
    size_t received_count;
};

struct place {
    int64_t message;
    double lat, lon;
};

struct photo { /* that was read */
    int64_t message;
    uint64_t likeness;
};

/* Of how many records a warrant and a bot is the source. */
struct warrant_count {
    uint32_t warrant, bot;
    uint64_t records;
    int64_t first, last;
    bool changed;
};

enum shard_state { SHARD_OPEN, SHARD_CLOSED, SHARD_MERGING, SHARD_DONE };
struct shard {
    int64_t number, first, last; /* ids; last of the open one grows */
    int month;                   /* in which its first message was archived */
    enum shard_state state;
    sqlite3_stmt *insert, *newest, *oldest; /* NULL: not prepared yet */
};

/* A kept set: "tag:word". */
#define SETS_MAX 32U
struct kept_set {
    char *key;
    struct idset set;
    uint64_t used;
};

struct pending_record {
    uint32_t bot, warrant;
    uint64_t leaf;
    uint8_t record_leaf[HASH_BYTES];
    int64_t message, archived;
};
struct pending_warrants { /* of a message that stands in the tables */
    int64_t message;
    uint32_t warrant, warrants;
};
struct pending_about {
    int64_t message;
    const struct intake_row *row;
};

struct pending {
    struct arena arena;
    struct intake_row **rows;
    size_t row_count, row_capacity;
    struct pending_record *records;
    size_t record_count, record_capacity;
    struct pending_warrants *warrants;
    size_t warrants_count, warrants_capacity;
    struct names by_message, by_record, by_warrants; /* numbers are indices and 1 */
    struct desk_progress progress[64];
    size_t progress_count;
    struct received_pending *received; /* the package that they come in; NULL: none (received.h) */
};

/* A bot's: how far a checkpoint that it signed reaches, and the records behind that. */
struct covered {
    uint64_t size; /* leaves */
    struct covered_record {
        uint64_t leaf;
        int64_t message;
    } * records;
    size_t count, capacity;
};

struct desk_index {
    struct sql sql;
    struct text *text;
    uint32_t shard_messages;
    bool broken; /* a commit failed and what is true could not be read again */

    struct names names[NAME_KINDS];
    uint32_t names_kept[NAME_KINDS]; /* of them stand in the table */
    struct columns columns;
    struct alike alike;
    struct census census; /* of common sight */
    struct people people;
    struct conversations conversations;
    struct privilege privilege;
    struct bounded bounded;
    struct validity_state validity;
    struct sight sight;
    struct sight_changes sight_changes;
    uint64_t
        sights; /* how often common sight changed but by arrivals: whoever keeps a view compares */
    struct place *places;
    size_t place_count, place_capacity;
    struct photo *photos;
    size_t photo_count, photo_capacity;
    struct warrant_count *warrant_counts;
    size_t warrant_count_count;
    struct shard *shards;
    size_t shard_count;
    int64_t *last_leaf; /* by bot's number less 1; -1 none */
    uint32_t last_leaf_count;
    uint64_t records, files, unverified;
    struct covered *covered; /* by bot's number less 1 */
    uint32_t covered_count;
    bool has_received;      /* any package came (received.h) */
    struct idset uncovered; /* messages with a record that no checkpoint covers yet */

    struct kept_set sets[SETS_MAX];
    uint64_t set_uses;

    struct pending pending;
    struct buf scratch;      /* document of the row being indexed */
    struct arena said_arena; /* content of one body */
    char progress_bot[256];
};

static inline int64_t index_last_id(const struct desk_index *x)
{
    return (int64_t)x->columns.count;
}

/* schema.c */
int schema_make(struct desk_index *x, struct diag *d) MUST_USE;
/* The tables that older vaults lack. */
int schema_add(struct desk_index *x, struct diag *d) MUST_USE;
int schema_load(struct desk_index *x, struct diag *d) MUST_USE;
void schema_forget(struct desk_index *x); /* what schema_load read */
void places_put(struct desk_index *x, const struct place *p);
struct warrant_count *warrant_count_of(struct desk_index *x, uint32_t warrant, uint32_t bot);
int64_t *last_leaf_of(struct desk_index *x, uint32_t bot); /* -1: none yet */

/* marks.c: what files that mark share. 1: something changed, 0: it was so already.
 */
int marks_run(struct desk_index *x, sqlite3_stmt *s, struct diag *d) MUST_USE;
/* A line of at most 255 bytes, or none: ERR_FORMAT, `what` it is no line of. */
int marks_check_line(const char *what, const char *text, struct diag *d) MUST_USE;
/* Who did it. */
int marks_note_change(struct desk_index *x, const struct desk_by *by, const char *what,
                      const char *object, const char *word, bool on, struct diag *d) MUST_USE;

/* row.c */
/* ERR_NOT_FOUND. Strings live until the next row is read. */
int row_read(struct desk_index *x, int64_t id, struct row *ret, struct diag *d) MUST_USE;
int row_write(struct desk_index *x, const struct intake_row *r, struct diag *d) MUST_USE;
void row_digest(struct desk_index *x, const struct row *r, uint8_t ret[static HASH_BYTES]);
/* Of every message what its text is like, anew. */
int row_liken_all(struct desk_index *x, struct diag *d) MUST_USE;
/* The numbers of a set. */
size_t row_set(const struct names *n, uint32_t set, const uint32_t **ret);

/* said.c */
/* The words that a body stands for in the index: what was meant, file names, polls. No control
 * characters but blanks. */
void said_put(struct buf *b, struct arena *a, const char *body, size_t len);
/* Each filter's token and its end, then the words: what a shard is given. Whoever changes what that
 * is changes the version, so that every shard is made anew. */
#define SAID_VERSION "1"
void said_document(struct desk_index *x, const struct row *r, struct buf *b);
void said_filters(struct desk_index *x, const struct row *r, const struct content *c,
                  struct buf *b);
/* FTS5's expression that finds every message. */
#define SAID_ANY_MAX 4096U
void said_put_any(struct buf *b);
/* Of a handle or account: the handle. */
size_t said_handle_len(const char *account);

/* intake.c, intake_row.c, commit.c */
int intake_make(struct desk_index *x, const char *bot, const struct follower_message *m,
                struct intake_row **ret, struct diag *d) MUST_USE;
uint32_t intake_key(const char *from, const char *id);
/* What it is like, by its own words. */
uint64_t intake_likeness(struct desk_index *x, const struct content *c);
/* Has it a position? */
bool intake_place(const struct content *c, double *ret_lat, double *ret_lon);
/* Whose message it is about; NULL: it is by itself, or a receipt. */
const char *intake_about(const struct content *c, const char *sender);
void pending_clear(struct desk_index *x);
/* What waits never came: memory is what is true again. The index is broken where that fails. */
void commit_forget(struct desk_index *x);

/* shards.c, shards_tidy.c */
int shards_load(struct desk_index *x, struct diag *d) MUST_USE;
void shards_forget(struct desk_index *x);
int shards_put(struct desk_index *x, const struct row *r, struct diag *d) MUST_USE;
int shards_put_warrant(struct desk_index *x, int64_t id, const char *warrant,
                       struct diag *d) MUST_USE;
int shards_commit(struct desk_index *x, struct diag *d) MUST_USE;
sqlite3_stmt *shards_query(struct desk_index *x, size_t shard, bool oldest);

/* Takes a message's document out of its shard, as said_document makes it now; puts it in again. */
int shards_take_out(struct desk_index *x, const struct row *r, struct diag *d) MUST_USE;
int shards_put_again(struct desk_index *x, const struct row *r, struct diag *d) MUST_USE;

#define SHARDS_VERSION_MAX 256U
void shards_version(char ret[static SHARDS_VERSION_MAX]);
struct shard *shards_add(struct desk_index *x);
void shards_finalize(struct shard *s);
int shards_make_table(struct desk_index *x, int64_t number, struct diag *d) MUST_USE;
int shards_write(struct desk_index *x, const struct shard *s, struct diag *d) MUST_USE;
int shards_insert(struct desk_index *x, struct shard *s, int64_t id, const struct buf *document,
                  struct diag *d) MUST_USE;
size_t shards_find(const struct desk_index *x, int64_t id); /* shard_count: in none */

/* covered.c */
void covered_put(struct desk_index *x, uint32_t bot, uint64_t leaf, int64_t message);
int covered_write(struct desk_index *x, const char *bot, uint64_t size, struct diag *d) MUST_USE;
int covered_load(struct desk_index *x, struct diag *d) MUST_USE;
void covered_forget(struct desk_index *x);
/* partners.c */
int partners_make(struct desk_index *x, struct diag *d) MUST_USE; /* its table */
/* passed.c */
int passed_make(struct desk_index *x, struct diag *d) MUST_USE; /* its tables */
/* translations.c */
int translations_open(struct desk_index *x, struct diag *d) MUST_USE; /* its table */
/* made.c */
int made_open(struct desk_index *x,
              struct diag *d) MUST_USE; /* its tables, where they are not there */
int made_load(struct desk_index *x, struct diag *d) MUST_USE;
void made_forget(struct desk_index *x);
/* Something is to be made of its file, if it sends one. Within the commit. */
int made_want(struct desk_index *x, const struct row *r, struct diag *d) MUST_USE;
/* made_words.c: appends the words that a machine has read in its file, marked as such. */
void made_words_put(struct desk_index *x, int64_t id, enum content_kind kind, struct buf *b);

/* about.c */
int about_write(struct desk_index *x, struct diag *d) MUST_USE;

/* sight.c */
/* What hides a message from everyone who has no business with just that. */
#define SIGHT_HIDDEN (COLUMN_PRIVILEGED | COLUMN_OUTSIDE)
static inline bool sight_has(const struct desk_index *x, int64_t id)
{
    return id > 0 && id <= index_last_id(x) &&
           (x->columns.flags[id - 1] & x->sight.mask) == x->sight.want &&
           (x->sight.only == NULL || idset_has(x->sight.only, id));
}
int sight_check_message(struct desk_index *x, int64_t message,
                        struct diag *d) MUST_USE; /* ERR_NOT_FOUND */
/* How many of a set are in sight. */
uint64_t sight_count(const struct desk_index *x, const struct idset *set);
/* In what nobody in particular sees. */
bool sight_has_common(const struct desk_index *x, int64_t id);
/* What is counted of the messages in sight; until the next one asks. */
const struct census *sight_census(struct desk_index *x);
/* The number of an account of which anything is in sight. ERR_NOT_FOUND. */
int sight_account(struct desk_index *x, const char *account, uint32_t *ret,
                  struct diag *d) MUST_USE;
/* A message that has come: it is counted where it is in common sight. */
void sight_arrived(struct desk_index *x, int64_t id);
/* A flag of a message is switched, and what is counted follows; then sight_settle, once. */
void sight_switch(struct desk_index *x, int64_t id, enum column_flag flag, bool on);
void sight_settle(struct desk_index *x);
void sight_forget(struct desk_index *x);

/* people.c */
int people_load(struct desk_index *x, struct diag *d) MUST_USE;
void people_clear(struct people *p);
/* Before names and organisations are looked at: what was rolled back is read again. */
int people_fresh(struct desk_index *x, struct diag *d) MUST_USE;
/* What reviewers call it; "" nothing. After people_fresh, as the next two. */
const char *people_called(const struct desk_index *x, uint32_t account);
bool people_are_one(const struct desk_index *x, uint32_t one, uint32_t other);
/* Of each account, by its number, the first in sight of its person, or itself. The caller's. */
uint32_t *people_first(struct desk_index *x);
/* The accounts of whoever is of the organisation: of a person that any account is. */
void people_of(struct desk_index *x, const char *organisation, struct idset *ret);
/* Writes what is not NULL; memory follows, and is read again when that is rolled back. */
int people_write(struct desk_index *x, uint32_t account, const char *name, const char *organisation,
                 struct diag *d) MUST_USE;
int people_tell(struct desk_index *x, uint32_t account, desk_person_fn *fn, void *context);

/* conversations.c */
void conversations_count(struct desk_index *x, uint32_t number);
void conversations_take(struct desk_index *x, const struct intake_row *i);
int conversations_load(struct desk_index *x, struct diag *d) MUST_USE;
int conversations_write(struct desk_index *x, struct diag *d) MUST_USE;
void conversations_clear(struct conversations *c);
/* One, as it is in sight. */
int conversations_tell(struct desk_index *x, uint32_t number, desk_conversation_fn *fn,
                       void *context) MUST_USE;

/* sets.c: kept sets of messages that reviewers change. */
enum set_kind {
    SET_TAG,
    SET_CASE,
    SET_FLAGGED,
    SET_EDITED,
    SET_RETRACTED,
    SET_SEEN,
    SET_ASSIGNED,
    SET_KINDS
};
/* Valid until the next call but SETS_MAX. `word` of a tag or case; `user` of SET_SEEN and
 * SET_ASSIGNED, 0: anyone's. */
int sets_of(struct desk_index *x, enum set_kind kind, const char *word, int64_t user,
            const struct idset **ret, struct diag *d) MUST_USE;
void sets_change(struct desk_index *x, enum set_kind kind, const char *word, int64_t user,
                 int64_t message, bool on);
void sets_forget(struct desk_index *x);

#endif
