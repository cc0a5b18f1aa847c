/* Is all as it was taken in? Each message against its digest, its records and the shards. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/received_internal.h"

int desk_index_records(struct desk_index *x, const char *bot, desk_record_fn *fn, void *context,
                       struct diag *d)
{
    uint32_t number = names_find(&x->names[NAME_BOT], bot, strlen(bot));
    sqlite3_stmt *s = sql(&x->sql, "SELECT leaf, record_leaf, warrant, message FROM record"
                                   " WHERE bot = ?1 ORDER BY leaf");
    int r = 0;
    sqlite3_bind_int64(s, 1, number);
    while (sql_walk(&x->sql, s, &r, d)) {
        struct desk_record record = {
            .leaf = (uint64_t)sqlite3_column_int64(s, 0),
            .warrant = names_text(&x->names[NAME_WARRANT], (uint32_t)sqlite3_column_int64(s, 2)),
            .message = sqlite3_column_int64(s, 3),
        };
        if (sql_copy(s, 1, record.record_leaf, HASH_BYTES) < 0)
            r = diag_set(d, ERR_AUTH, "%s: record %llu of %s is not as it was written", x->sql.name,
                         (unsigned long long)record.leaf, bot);
        else
            r = fn(context, &record);
    }
    sqlite3_reset(s);
    return r;
}

struct checking {
    struct desk_index *x;
    uint64_t *warrants; /* of each message: a sum over its warrants */
    uint8_t *shards;    /* how many it is in */
    uint64_t records;
};

static int wrong(const struct desk_index *x, int64_t id, const char *what, struct diag *d)
{
    return diag_set(d, ERR_AUTH, "%s: message %lld %s", x->sql.name, (long long)id, what);
}

static bool is_there(const struct desk_index *x, int64_t id)
{
    return id >= 1 && id <= index_last_id(x) && (x->columns.flags[id - 1] & COLUMN_THERE) != 0;
}

/* ---- records ---- */

static int check_record(struct checking *c, sqlite3_stmt *s, struct diag *d)
{
    int64_t message = sqlite3_column_int64(s, 0);
    if (!is_there(c->x, message))
        return diag_set(d, ERR_AUTH, "%s: record %lld of %s is of message %lld, which is not there",
                        c->x->sql.name, (long long)sqlite3_column_int64(s, 1),
                        names_text(&c->x->names[NAME_BOT], (uint32_t)sqlite3_column_int64(s, 2)),
                        (long long)message);
    c->warrants[message - 1] += names_mix((uint64_t)sqlite3_column_int64(s, 3));
    c->records++;
    return 0;
}

static int check_records(struct checking *c, struct diag *d)
{
    sqlite3_stmt *s = sql(&c->x->sql, "SELECT message, leaf, bot, warrant FROM record");
    int r = 0;
    while (sql_walk(&c->x->sql, s, &r, d))
        r = check_record(c, s, d);
    sqlite3_reset(s);
    if (r == 0 && c->records != c->x->records)
        return diag_set(d, ERR_AUTH, "%s: %llu records are there, of %llu that were taken in",
                        c->x->sql.name, (unsigned long long)c->records,
                        (unsigned long long)c->x->records);
    return r;
}

/* ---- shards ---- */

static int check_shard(struct checking *c, size_t shard, const char *match, struct diag *d)
{
    sqlite3_stmt *s = shards_query(c->x, shard, true);
    int r = 0;
    sql_bind_text(s, 1, match);
    sqlite3_bind_int64(s, 2, INT64_MIN);
    sqlite3_bind_int64(s, 3, INT64_MAX);
    while (sql_walk(&c->x->sql, s, &r, d)) {
        int64_t id = sqlite3_column_int64(s, 0);
        if (!is_there(c->x, id))
            r = wrong(c->x, id, "is in the full text, but not there", d);
        else if (c->shards[id - 1]++ > 0)
            r = wrong(c->x, id, "is in two shards of the full text", d);
        else if (shards_find(c->x, id) != shard)
            r = wrong(c->x, id, "is in a shard of the full text that is not its own", d);
    }
    sqlite3_reset(s);
    return r;
}

static int check_shards(struct checking *c, struct diag *d)
{
    CLEANUP_BUF struct buf match = BUF_INIT(SAID_ANY_MAX);
    said_put_any(&match);
    int r = 0;
    for (size_t i = 0; i < c->x->shard_count && r == 0; i++)
        r = check_shard(c, i, buf_text(&match), d);
    return r;
}

/* ---- messages ---- */

static uint64_t warrants_of(const struct desk_index *x, uint32_t set)
{
    const uint32_t *numbers;
    size_t count = row_set(&x->names[NAME_WARRANTS], set, &numbers);
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += names_mix(numbers[i]);
    return sum;
}

/* ---- what was read from bodies ---- */

static const struct place *place_of(const struct desk_index *x, int64_t id)
{
    size_t low = 0, high = x->place_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (x->places[middle].message < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < x->place_count && x->places[low].message == id ? &x->places[low] : NULL;
}

static bool is_placed(const struct desk_index *x, int64_t id, const struct content *c)
{
    const struct place *p = place_of(x, id);
    double lat, lon;
    return intake_place(c, &lat, &lon) ? p != NULL && p->lat == lat && p->lon == lon : p == NULL;
}

/* Does the table say what it is about, and is its target that? */
static bool is_about(struct desk_index *x, const struct row *row, const struct content *c)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT about.sender, about.name, target, said.name, message.sender FROM about"
                     " LEFT JOIN said ON said.id = target LEFT JOIN message ON message.id = target"
                     " WHERE about.message = ?1");
    const char *from = intake_about(c, names_text(&x->names[NAME_ACCOUNT], row->sender));
    sqlite3_bind_int64(s, 1, row->id);
    int r = sql_row(s);
    if (from == NULL || r < 0)
        return from == NULL && r == ERR_NOT_FOUND;
    uint32_t sender = names_find(&x->names[NAME_ACCOUNT], from, strlen(from));
    return strcmp(sql_text(s, 0), from) == 0 && strcmp(sql_text(s, 1), c->id) == 0 &&
           (sqlite3_column_int64(s, 2) == 0 ||
            (strcmp(sql_text(s, 3), c->id) == 0 && sqlite3_column_int64(s, 4) == sender));
}

static int check_body(struct desk_index *x, const struct row *row, struct diag *d)
{
    struct content c;
    arena_reset(&x->said_arena);
    if (content_read(&x->said_arena, row->body, row->body_len, &c) < 0)
        return wrong(x, row->id, "is too long", d);
    if (!is_placed(x, row->id, &c))
        return wrong(x, row->id, "is not found at the place that it names", d);
    if (!is_about(x, row, &c))
        return wrong(x, row->id, "is not kept as about what it names", d);
    return 0;
}

static int check_message(struct checking *c, int64_t id, struct diag *d)
{
    struct desk_index *x = c->x;
    uint8_t digest[HASH_BYTES];
    struct row row;
    int r = row_read(x, id, &row, d);
    if (r == ERR_NOT_FOUND)
        return wrong(x, id, "lacks what was said", d);
    if (r < 0)
        return r;
    row_digest(x, &row, digest);
    if (memcmp(digest, row.digest, HASH_BYTES) != 0)
        return wrong(x, id, "is not as it was taken in", d);
    if (c->warrants[id - 1] != warrants_of(x, row.warrants))
        return wrong(x, id, "is not under the warrants that its records name", d);
    if (c->shards[id - 1] == 0)
        return wrong(x, id, "is not in the full text: it cannot be found", d);
    return check_body(x, &row, d);
}

static int check_messages(struct checking *c, struct diag *d)
{
    int r = 0;
    for (int64_t id = 1; id <= index_last_id(c->x) && r == 0; id++) {
        if (is_there(c->x, id))
            r = check_message(c, id, d);
        else
            r = wrong(c->x, id, "was removed", d);
    }
    return r;
}

/* What is in memory was read when the index was opened: what is on disk by now may be less. */
static int check_memory(struct desk_index *x, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT (SELECT count(*) FROM message), (SELECT count(*) FROM said)");
    if (sql_row(s) < 0)
        return sql_failed(&x->sql, d, "cannot count its messages");
    int64_t messages = sqlite3_column_int64(s, 0), said = sqlite3_column_int64(s, 1);
    if (messages != said)
        return diag_set(d, ERR_AUTH, "%s: there are %lld messages, and words of %lld", x->sql.name,
                        (long long)messages, (long long)said);
    return 0;
}

int desk_index_check(struct desk_index *x, struct diag *d)
{
    size_t count = (size_t)index_last_id(x) + 1;
    CLEANUP_FREE uint64_t *warrants = mem_array(count, sizeof *warrants);
    CLEANUP_FREE uint8_t *shards = mem_array(count, sizeof *shards);
    struct checking c = {.x = x, .warrants = warrants, .shards = shards};
    int r = check_records(&c, d);
    if (r == 0)
        r = received_check(x, warrants, d);
    if (r == 0)
        r = check_shards(&c, d);
    if (r == 0)
        r = check_messages(&c, d);
    if (r == 0)
        r = check_memory(x, d);
    return r < 0 ? r : sql_fault(&x->sql, d);
}
