#include "journal/tree.h"

#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "sql/sql.h"

#define TILE_BYTES (TREE_TILE_HASHES * MERKLE_BYTES)

/* The newest tile of a level: full ones are only in the table. */
struct edge {
    uint64_t index; /* of the tile */
    size_t count;   /* hashes in it */
    bool changed;
    uint8_t hashes[TREE_TILE_HASHES][MERKLE_BYTES];
};

/* A full tile that was read, for fetches that come close together. */
struct cached {
    bool valid;
    unsigned level;
    uint64_t index;
    size_t count;
    uint8_t hashes[TREE_TILE_HASHES][MERKLE_BYTES];
};

struct tree {
    struct sql sql;
    bool loaded; /* else size and edges mean nothing */
    uint64_t size;
    struct edge *edges[TREE_LEVELS_MAX];
    struct cached cache[2];
    unsigned next_victim;
};

int tree_create(sqlite3 *db, struct diag *d)
{
    static const char table[] =
        "CREATE TABLE tile (level INTEGER NOT NULL, number INTEGER NOT NULL,"
        " hashes BLOB NOT NULL, PRIMARY KEY (level, number)) WITHOUT ROWID";
    CLEANUP(sql_close) struct sql s;
    sql_over(&s, db, "cannot make the tree");
    return sql_execute(&s, table, d);
}

/* Reads a tile's hashes; ERR_NOT_FOUND when there is no such tile. */
static int read_tile(struct tree *t, unsigned level, uint64_t index,
                     uint8_t ret[static TREE_TILE_HASHES][MERKLE_BYTES], size_t *ret_count)
{
    sqlite3_stmt *q = sql(&t->sql, "SELECT hashes FROM tile WHERE level = ? AND number = ?");
    sqlite3_bind_int(q, 1, (int)level);
    sqlite3_bind_int64(q, 2, (sqlite3_int64)index);
    int r = sql_row(q);
    if (r == 0) {
        int len = sqlite3_column_bytes(q, 0);
        const void *blob = sqlite3_column_blob(q, 0);
        if (blob != NULL && len > 0 && len <= (int)TILE_BYTES && len % MERKLE_BYTES == 0) {
            memcpy(ret, blob, (size_t)len);
            *ret_count = (size_t)len / MERKLE_BYTES;
        } else {
            r = ERR_FORMAT;
        }
    }
    sqlite3_reset(q);
    return r;
}

/* The tiles of the right-hand edge follow from the size, which the last leaf tile tells. */
static int load_edges(struct tree *t)
{
    for (unsigned level = 0; level < TREE_LEVELS_MAX; level++) {
        uint64_t nodes = t->size >> (8 * level);
        if (nodes == 0)
            break;
        struct edge *e = mem_new(sizeof *e);
        t->edges[level] = e;
        e->index = nodes / TREE_TILE_HASHES;
        size_t want = nodes % TREE_TILE_HASHES;
        if (want == 0)
            continue;
        int r = read_tile(t, level, e->index, e->hashes, &e->count);
        if (r < 0 || e->count != want)
            return r == ERR_IO ? r : ERR_FORMAT;
    }
    return 0;
}

static void drop_edges(struct tree *t)
{
    for (unsigned i = 0; i < TREE_LEVELS_MAX; i++) {
        free(t->edges[i]);
        t->edges[i] = NULL;
    }
}

static int read_size(struct tree *t)
{
    CLEANUP_FREE uint8_t *hashes = mem_new(TILE_BYTES);
    sqlite3_stmt *last = sql(&t->sql, "SELECT max(number) FROM tile WHERE level = 0");
    int r = sql_row(last);
    if (r == 0) {
        t->size = 0;
        if (sqlite3_column_type(last, 0) == SQLITE_INTEGER) {
            uint64_t index = (uint64_t)sqlite3_column_int64(last, 0);
            size_t count = 0;
            r = read_tile(t, 0, index, (uint8_t(*)[MERKLE_BYTES])hashes, &count);
            t->size = index * TREE_TILE_HASHES + count;
        }
    }
    sqlite3_reset(last);
    return r;
}

int tree_load(struct tree *t, struct diag *d)
{
    drop_edges(t);
    t->cache[0].valid = t->cache[1].valid = false;
    t->loaded = false;
    int r = read_size(t);
    if (r == 0)
        r = load_edges(t);
    t->loaded = r == 0;
    if (r == ERR_FORMAT)
        return diag_set(d, r, "the tree's tiles do not fit together");
    if (r < 0)
        return diag_set(d, r, "cannot read the tree: %s", sqlite3_errmsg(t->sql.db));
    return 0;
}

int tree_open(sqlite3 *db, struct tree **ret, struct diag *d)
{
    struct tree *t = mem_new(sizeof *t);
    sql_over(&t->sql, db, "the tree");
    int r = tree_load(t, d);
    if (r < 0) {
        tree_free(t);
        return r;
    }
    *ret = t;
    return 0;
}

void tree_free(struct tree *t)
{
    if (t == NULL)
        return;
    drop_edges(t);
    sql_close(&t->sql);
    free(t);
}

uint64_t tree_size(const struct tree *t)
{
    return t->size;
}

static int store_edge(struct tree *t, unsigned level)
{
    struct edge *e = t->edges[level];
    if (!e->changed || e->count == 0)
        return 0;
    sqlite3_stmt *q = sql(&t->sql, "INSERT OR REPLACE INTO tile VALUES (?, ?, ?)");
    sqlite3_bind_int(q, 1, (int)level);
    sqlite3_bind_int64(q, 2, (sqlite3_int64)e->index);
    sql_bind_bytes(q, 3, e->hashes, e->count * MERKLE_BYTES);
    int r = sql_run(q);
    e->changed = false;
    return r < 0 ? ERR_IO : 0;
}

/* The root of 2^height hashes. */
static void fold(const uint8_t (*hashes)[MERKLE_BYTES], unsigned height,
                 uint8_t ret[static MERKLE_BYTES])
{
    uint8_t level[TREE_TILE_HASHES / 2][MERKLE_BYTES];
    size_t count = (size_t)1 << height;
    if (height == 0) {
        memcpy(ret, hashes[0], MERKLE_BYTES);
        return;
    }
    for (size_t i = 0; i < count / 2; i++)
        merkle_node(hashes[2 * i], hashes[2 * i + 1], level[i]);
    for (count /= 2; count > 1; count /= 2)
        for (size_t i = 0; i < count / 2; i++)
            merkle_node(level[2 * i], level[2 * i + 1], level[i]);
    memcpy(ret, level[0], MERKLE_BYTES);
}

static int add_node(struct tree *t, unsigned level, const uint8_t hash[static MERKLE_BYTES])
{
    if (t->edges[level] == NULL)
        t->edges[level] = mem_new(sizeof *t->edges[level]);
    struct edge *e = t->edges[level];
    memcpy(e->hashes[e->count++], hash, MERKLE_BYTES);
    e->changed = true;
    if (e->count < TREE_TILE_HASHES)
        return 0;
    uint8_t root[MERKLE_BYTES];
    int r = store_edge(t, level);
    fold((const uint8_t(*)[MERKLE_BYTES])e->hashes, 8, root);
    e->index++;
    e->count = 0;
    if (r < 0 || level + 1 == TREE_LEVELS_MAX)
        return r;
    return add_node(t, level + 1, root);
}

int tree_append(struct tree *t, const uint8_t leaf[static MERKLE_BYTES], uint64_t *ret_index)
{
    int r = t->loaded ? add_node(t, 0, leaf) : ERR_INVALID_STATE;
    if (r < 0)
        return r;
    *ret_index = t->size++;
    return 0;
}

int tree_store(struct tree *t, struct diag *d)
{
    for (unsigned level = 0; level < TREE_LEVELS_MAX && t->edges[level] != NULL; level++)
        if (store_edge(t, level) < 0)
            return diag_set(d, ERR_IO, "cannot write the tree: %s", sqlite3_errmsg(t->sql.db));
    return 0;
}

static int hashes_of(struct tree *t, unsigned level, uint64_t index,
                     const uint8_t (**ret)[MERKLE_BYTES], size_t *ret_count)
{
    struct edge *e = t->edges[level];
    if (e != NULL && e->index == index) {
        *ret = (const uint8_t(*)[MERKLE_BYTES])e->hashes;
        *ret_count = e->count;
        return 0;
    }
    for (size_t i = 0; i < 2; i++) {
        struct cached *c = &t->cache[i];
        if (c->valid && c->level == level && c->index == index) {
            *ret = (const uint8_t(*)[MERKLE_BYTES])c->hashes;
            *ret_count = c->count;
            return 0;
        }
    }
    struct cached *c = &t->cache[t->next_victim++ % 2];
    c->valid = false;
    int r = read_tile(t, level, index, c->hashes, &c->count);
    if (r < 0)
        return r;
    c->valid = true;
    c->level = level;
    c->index = index;
    *ret = (const uint8_t(*)[MERKLE_BYTES])c->hashes;
    *ret_count = c->count;
    return 0;
}

int tree_tile(struct tree *t, unsigned level, uint64_t number, struct buf *ret, size_t *ret_count)
{
    const uint8_t(*hashes)[MERKLE_BYTES];
    if (!t->loaded)
        return ERR_INVALID_STATE;
    if (level >= TREE_LEVELS_MAX || number > INT64_MAX)
        return ERR_NOT_FOUND;
    int r = hashes_of(t, level, number, &hashes, ret_count);
    if (r == 0 && *ret_count == 0)
        r = ERR_NOT_FOUND;
    if (r == 0)
        buf_put(ret, hashes, *ret_count * MERKLE_BYTES);
    return r;
}

int tree_fetch(void *context, unsigned level, uint64_t index, uint8_t ret[static MERKLE_BYTES])
{
    struct tree *t = context;
    unsigned tile_level = level / 8, height = level % 8;
    if (!t->loaded)
        return ERR_INVALID_STATE;
    if (level >= 64 || tile_level >= TREE_LEVELS_MAX || index >= (t->size >> level))
        return ERR_NOT_FOUND;
    uint64_t first = index << height; /* of the nodes of the tile's level below this one */
    const uint8_t(*hashes)[MERKLE_BYTES];
    size_t count;
    int r = hashes_of(t, tile_level, first / TREE_TILE_HASHES, &hashes, &count);
    if (r < 0)
        return r;
    size_t at = first % TREE_TILE_HASHES;
    if (at + ((size_t)1 << height) > count)
        return ERR_FORMAT;
    fold(hashes + at, height, ret);
    return 0;
}
