/* Tables, and what is read of them into memory. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/privilege_internal.h"
#include "desk/received_internal.h"
#include "desk/validity_internal.h"

/* What is asked of all messages when the index is opened stands apart from what was said. */
static const char schema[] =
    "CREATE TABLE name (kind INTEGER NOT NULL, number INTEGER NOT NULL, value BLOB NOT NULL,"
    " PRIMARY KEY (kind, number)) WITHOUT ROWID;"
    "CREATE TABLE message (id INTEGER PRIMARY KEY, bot INTEGER NOT NULL,"
    " certificate INTEGER NOT NULL, n INTEGER NOT NULL, policy INTEGER NOT NULL,"
    " sender INTEGER NOT NULL, recipients INTEGER NOT NULL, conversation INTEGER NOT NULL,"
    " warrants INTEGER NOT NULL, kind INTEGER NOT NULL, country TEXT NOT NULL,"
    " lang INTEGER NOT NULL, at INTEGER NOT NULL, archived INTEGER NOT NULL, key INTEGER NOT NULL,"
    " wrong INTEGER NOT NULL, files INTEGER NOT NULL, likeness INTEGER NOT NULL DEFAULT 0);"
    "CREATE UNIQUE INDEX message_chain ON message (certificate, bot, n);"
    "CREATE INDEX message_conversation ON message (conversation, at);"
    "CREATE TABLE said (id INTEGER PRIMARY KEY, name TEXT NOT NULL, wrong TEXT NOT NULL,"
    " files BLOB, body BLOB NOT NULL, digest BLOB NOT NULL);"
    "CREATE TABLE record (bot INTEGER NOT NULL, leaf INTEGER NOT NULL, record_leaf BLOB NOT NULL,"
    " warrant INTEGER NOT NULL, message INTEGER NOT NULL, PRIMARY KEY (bot, leaf)) WITHOUT ROWID;"
    "CREATE TABLE warrant_count (warrant INTEGER NOT NULL, bot INTEGER NOT NULL,"
    " records INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,"
    " PRIMARY KEY (warrant, bot)) WITHOUT ROWID;"
    "CREATE TABLE progress (bot TEXT PRIMARY KEY, next INTEGER NOT NULL, size INTEGER NOT NULL,"
    " stopped TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE place (message INTEGER PRIMARY KEY, lat REAL NOT NULL, lon REAL NOT NULL);"
    "CREATE TABLE about (message INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
    " key INTEGER NOT NULL, sender TEXT NOT NULL, name TEXT NOT NULL, target INTEGER NOT NULL);"
    "CREATE INDEX about_target ON about (target) WHERE target <> 0;"
    "CREATE INDEX about_key ON about (key) WHERE target = 0;"
    "CREATE TABLE conversation (number INTEGER PRIMARY KEY, group_id TEXT, title TEXT,"
    " serial INTEGER NOT NULL, members BLOB NOT NULL);"
    "CREATE TABLE shard (number INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL,"
    " month INTEGER NOT NULL, state INTEGER NOT NULL, version TEXT NOT NULL);"
    "CREATE TABLE person (account INTEGER PRIMARY KEY, name TEXT NOT NULL,"
    " organisation TEXT NOT NULL);"
    "CREATE TABLE seen (user INTEGER NOT NULL, message INTEGER NOT NULL, at INTEGER NOT NULL,"
    " PRIMARY KEY (user, message)) WITHOUT ROWID;"
    "CREATE TABLE tag (word TEXT NOT NULL, message INTEGER NOT NULL, PRIMARY KEY (word, message))"
    " WITHOUT ROWID;"
    "CREATE INDEX tag_message ON tag (message);"
    "CREATE TABLE flag (message INTEGER PRIMARY KEY);"
    "CREATE TABLE note (number INTEGER PRIMARY KEY, message INTEGER NOT NULL, user INTEGER NOT "
    "NULL,"
    " at INTEGER NOT NULL, text TEXT NOT NULL);"
    "CREATE INDEX note_message ON note (message);"
    "CREATE TABLE case_file (word TEXT PRIMARY KEY, title TEXT NOT NULL, user INTEGER NOT NULL,"
    " at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE case_message (word TEXT NOT NULL, message INTEGER NOT NULL,"
    " PRIMARY KEY (word, message)) WITHOUT ROWID;"
    "CREATE INDEX case_message_message ON case_message (message);"
    /* Every change that a reviewer made, also one that was taken back. */
    "CREATE TABLE change (number INTEGER PRIMARY KEY, user INTEGER NOT NULL, at INTEGER NOT NULL,"
    " what TEXT NOT NULL, object TEXT NOT NULL, word TEXT NOT NULL, is_on INTEGER NOT NULL);";

int schema_make(struct desk_index *x, struct diag *d)
{
    return sql_execute(&x->sql, schema, d);
}

/* Sets hold numbers of what was read before. */
static bool set_holds(const struct desk_index *x, enum name_kind kind, uint32_t number)
{
    const uint32_t *numbers;
    uint32_t count = x->names[kind == NAME_WARRANTS ? NAME_WARRANT : NAME_ACCOUNT].count;
    if (kind != NAME_WARRANTS && kind != NAME_RECIPIENTS)
        return true;
    for (size_t n = row_set(&x->names[kind], number, &numbers), i = 0; i < n; i++)
        if (numbers[i] == 0 || numbers[i] > count)
            return false;
    return true;
}

static bool take_name(struct desk_index *x, sqlite3_stmt *s)
{
    int kind = sqlite3_column_int(s, 0);
    if (kind < 0 || kind >= NAME_KINDS)
        return false;
    uint32_t number =
        names_add(&x->names[kind], sqlite3_column_blob(s, 2), (size_t)sqlite3_column_bytes(s, 2));
    return number == sqlite3_column_int64(s, 1) && set_holds(x, (enum name_kind)kind, number);
}

static int load_names(struct desk_index *x, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT kind, number, value FROM name ORDER BY kind, number");
    int r = 0;
    while (sql_walk(&x->sql, s, &r, d))
        if (!take_name(x, s))
            r = diag_set(d, ERR_AUTH, "%s: name %d/%lld is not as it was written", x->sql.name,
                         sqlite3_column_int(s, 0), (long long)sqlite3_column_int64(s, 1));
    sqlite3_reset(s);
    for (int k = 0; k < NAME_KINDS; k++)
        x->names_kept[k] = x->names[k].count;
    return r;
}

static bool within(const struct desk_index *x, enum name_kind kind, int64_t number, int64_t least)
{
    return number >= least && number <= x->names[kind].count;
}

/* What is looked up by it must be there. */
static bool is_possible(const struct desk_index *x, sqlite3_stmt *s)
{
    int64_t id = sqlite3_column_int64(s, 0), kind = sqlite3_column_int64(s, 8);
    return id > index_last_id(x) && id < UINT32_MAX &&
           within(x, NAME_ACCOUNT, sqlite3_column_int64(s, 1), 1) &&
           within(x, NAME_RECIPIENTS, sqlite3_column_int64(s, 2), 1) &&
           within(x, NAME_CONVERSATION, sqlite3_column_int64(s, 3), 1) &&
           within(x, NAME_LANG, sqlite3_column_int64(s, 7), 0) && kind >= 0 &&
           kind < CONTENT_KINDS && within(x, NAME_WARRANTS, sqlite3_column_int64(s, 11), 1);
}

/* There is no such message. */
static void put_nothing(struct desk_index *x)
{
    columns_put(&x->columns, &(struct column_row){0});
    alike_put(&x->alike, 0);
}

static void put_column(struct desk_index *x, sqlite3_stmt *s)
{
    int64_t id = sqlite3_column_int64(s, 0);
    while (index_last_id(x) + 1 < id)
        put_nothing(x);
    const struct column_row row = {
        .sender = (uint32_t)sqlite3_column_int64(s, 1),
        .recipients = (uint32_t)sqlite3_column_int64(s, 2),
        .conversation = (uint32_t)sqlite3_column_int64(s, 3),
        .warrants = (uint32_t)sqlite3_column_int64(s, 11),
        .at = columns_seconds(sqlite3_column_int64(s, 4)),
        .key = (uint32_t)sqlite3_column_int64(s, 5),
        .country = columns_letters(sql_text(s, 6)),
        .lang = (uint16_t)sqlite3_column_int(s, 7),
        .kind = (uint8_t)sqlite3_column_int(s, 8),
        .flags = COLUMN_THERE | (sqlite3_column_int(s, 9) != 0 ? COLUMN_WRONG : 0),
    };
    columns_put(&x->columns, &row);
    alike_put(&x->alike, (uint64_t)sqlite3_column_int64(s, 12));
    sight_arrived(x, id);
    x->unverified += (row.flags & COLUMN_WRONG) != 0;
    x->files += (uint64_t)sqlite3_column_int64(s, 10);
}

static int load_columns(struct desk_index *x, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT id, sender, recipients, conversation, at, key, country,"
                                   " lang, kind, wrong, files, warrants, likeness FROM message"
                                   " ORDER BY id");
    int r = 0;
    while (sql_walk(&x->sql, s, &r, d)) {
        if (is_possible(x, s))
            put_column(x, s);
        else
            r = diag_set(d, ERR_AUTH, "%s: message %lld is not as it was written", x->sql.name,
                         (long long)sqlite3_column_int64(s, 0));
    }
    sqlite3_reset(s);
    return r;
}

static int load_places(struct desk_index *x, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT message, lat, lon FROM place ORDER BY message");
    int r = 0;
    while (sql_walk(&x->sql, s, &r, d)) {
        struct place p = {sqlite3_column_int64(s, 0), sqlite3_column_double(s, 1),
                          sqlite3_column_double(s, 2)};
        places_put(x, &p);
    }
    return r;
}

void places_put(struct desk_index *x, const struct place *p)
{
    if (x->place_count == x->place_capacity) {
        x->place_capacity = x->place_capacity * 2 + 64;
        x->places = mem_resize(x->places, x->place_capacity, sizeof *x->places);
    }
    x->places[x->place_count++] = *p;
    if (p->message > 0 && p->message <= index_last_id(x))
        x->columns.flags[p->message - 1] |= COLUMN_PLACE;
}

struct warrant_count *warrant_count_of(struct desk_index *x, uint32_t warrant, uint32_t bot)
{
    for (size_t i = 0; i < x->warrant_count_count; i++)
        if (x->warrant_counts[i].warrant == warrant && x->warrant_counts[i].bot == bot)
            return &x->warrant_counts[i];
    size_t n = x->warrant_count_count++;
    x->warrant_counts = mem_resize(x->warrant_counts, n + 1, sizeof *x->warrant_counts);
    x->warrant_counts[n] = (struct warrant_count){
        .warrant = warrant, .bot = bot, .first = INT64_MAX, .last = INT64_MIN};
    return &x->warrant_counts[n];
}

static int load_warrants(struct desk_index *x, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT warrant, bot, records, first, last FROM warrant_count"
                                   " ORDER BY warrant, bot");
    int r = 0;
    while (sql_walk(&x->sql, s, &r, d)) {
        struct warrant_count *w = warrant_count_of(x, (uint32_t)sqlite3_column_int64(s, 0),
                                                   (uint32_t)sqlite3_column_int64(s, 1));
        w->records = (uint64_t)sqlite3_column_int64(s, 2);
        w->first = sqlite3_column_int64(s, 3);
        w->last = sqlite3_column_int64(s, 4);
        x->records += w->records;
    }
    return r;
}

int64_t *last_leaf_of(struct desk_index *x, uint32_t bot)
{
    if (bot > x->last_leaf_count) {
        x->last_leaf = mem_resize(x->last_leaf, bot, sizeof *x->last_leaf);
        for (uint32_t i = x->last_leaf_count; i < bot; i++)
            x->last_leaf[i] = -1;
        x->last_leaf_count = bot;
    }
    return &x->last_leaf[bot - 1];
}

static int load_leaves(struct desk_index *x, struct diag *d)
{
    for (uint32_t bot = 1; bot <= x->names[NAME_BOT].count; bot++) {
        CLEANUP_QUERY sqlite3_stmt *s = sql(&x->sql, "SELECT max(leaf) FROM record WHERE bot = ?1");
        sqlite3_bind_int64(s, 1, bot);
        if (sql_row(s) < 0)
            return sql_failed(&x->sql, d, "cannot read it");
        if (sqlite3_column_type(s, 0) != SQLITE_NULL)
            *last_leaf_of(x, bot) = sqlite3_column_int64(s, 0);
    }
    return 0;
}

int schema_load(struct desk_index *x, struct diag *d)
{
    int (*const steps[])(struct desk_index *, struct diag *) = {
        load_names,    people_load,  conversations_load, privilege_load, load_warrants,
        validity_load, load_columns, load_places,        load_leaves,    shards_load,
        covered_load,  made_load,    received_load,
    };
    int r = 0;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && r == 0; i++)
        r = steps[i](x, d);
    return r < 0 ? r : sql_fault(&x->sql, d);
}

void schema_forget(struct desk_index *x)
{
    shards_forget(x);
    sets_forget(x);
    covered_forget(x);
    made_forget(x);
    for (int k = 0; k < NAME_KINDS; k++)
        names_clear(&x->names[k]);
    columns_clear(&x->columns);
    alike_clear(&x->alike);
    census_clear(&x->census);
    sight_forget(x);
    privilege_forget(x);
    validity_forget(x);
    people_clear(&x->people);
    conversations_clear(&x->conversations);
    free(x->places);
    free(x->warrant_counts);
    free(x->last_leaf);
    x->places = NULL;
    x->warrant_counts = NULL;
    x->last_leaf = NULL;
    x->place_count = x->place_capacity = x->warrant_count_count = 0;
    x->last_leaf_count = 0;
    x->records = x->files = x->unverified = 0;
}
