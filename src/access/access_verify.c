#include <inttypes.h>
#include <string.h>

#include "access/access_internal.h"
#include "base/memory.h"

#define LEVELS 64U

/* What the entries say, beside what is stored. */
struct verification {
    struct access_log *log;
    struct tree *tree;                   /* as stored */
    uint64_t size;                       /* entries so far */
    uint8_t peaks[LEVELS][MERKLE_BYTES]; /* of level i where bit i of the size is set */
    sqlite3_stmt *checkpoints;
    bool more; /* `checkpoints` stands on one */
    uint64_t checkpoint_count;
};

static int compare_node(struct verification *v, unsigned level, uint64_t index,
                        const uint8_t hash[static MERKLE_BYTES], struct diag *d)
{
    uint8_t stored[MERKLE_BYTES];
    if (level % 8 != 0)
        return 0; /* not stored */
    int r = tree_fetch(v->tree, level, index, stored);
    if (r == 0 && memcmp(stored, hash, MERKLE_BYTES) == 0)
        return 0;
    if (r == ERR_IO)
        return sql_failed(v->log->sql, d, "cannot read the access log's tree");
    if (level == 0)
        return diag_set(d, ERR_AUTH, "entry %" PRIu64 " of the access log is not what was logged",
                        index);
    return diag_set(d, ERR_AUTH, "node %u/%" PRIu64 " of the access log's tree is not its entries'",
                    level, index);
}

/* The leaf joins the peaks, as a carry does. */
static int add_leaf(struct verification *v, const uint8_t leaf[static MERKLE_BYTES], struct diag *d)
{
    uint8_t node[MERKLE_BYTES];
    memcpy(node, leaf, MERKLE_BYTES);
    unsigned level = 0;
    int r = compare_node(v, 0, v->size, node, d);
    for (; r == 0 && (v->size >> level & 1) != 0; level++) {
        merkle_node(v->peaks[level], node, node);
        r = compare_node(v, level + 1, v->size >> (level + 1), node, d);
    }
    memcpy(v->peaks[level], node, MERKLE_BYTES);
    v->size++;
    return r;
}

static void root_of(const struct verification *v, uint8_t ret[static MERKLE_BYTES])
{
    bool first = true;
    merkle_empty_root(ret);
    for (unsigned level = 0; level < LEVELS; level++) {
        if ((v->size >> level & 1) == 0)
            continue;
        if (first)
            memcpy(ret, v->peaks[level], MERKLE_BYTES);
        else
            merkle_node(v->peaks[level], ret, ret);
        first = false;
    }
}

static int next_checkpoint(struct verification *v, struct diag *d)
{
    int r = 0;
    v->more = sql_walk(v->log->sql, v->checkpoints, &r, d);
    return r;
}

static int read_checkpoint(const struct verification *v, struct checkpoint *ret)
{
    const char *text = sql_text(v->checkpoints, 1);
    struct note note;
    int r = note_parse(text, strlen(text), CHECKPOINT_MAX_BYTES, &note);
    if (r == 0)
        r = note_verify(&note, &v->log->key);
    return r < 0 ? r : checkpoint_parse(note.text, note.text_len, v->log->name, ret);
}

/* Those of the size that is reached. */
static int compare_checkpoints(struct verification *v, struct diag *d)
{
    struct checkpoint c;
    uint8_t root[MERKLE_BYTES];
    int r = 0;
    while (r == 0 && v->more && (uint64_t)sqlite3_column_int64(v->checkpoints, 0) == v->size) {
        root_of(v, root);
        if (read_checkpoint(v, &c) < 0)
            return diag_set(d, ERR_AUTH, "the access log's checkpoint of %" PRIu64 " is not signed",
                            v->size);
        if (c.size != v->size || memcmp(c.root, root, MERKLE_BYTES) != 0)
            return diag_set(d, ERR_AUTH,
                            "the access log's checkpoint of %" PRIu64 " is of another tree",
                            v->size);
        v->checkpoint_count++;
        r = next_checkpoint(v, d);
    }
    return r;
}

static int verify_entry(struct verification *v, sqlite3_stmt *row, struct diag *d)
{
    struct access_entry e;
    uint8_t leaf[MERKLE_BYTES];
    CLEANUP_BUF struct buf line = BUF_INIT(16U * ACCESS_TEXT_MAX);
    uint64_t number = (uint64_t)sqlite3_column_int64(row, 0);
    if (number != v->size)
        return diag_set(d, ERR_AUTH, "entry %" PRIu64 " of the access log is missing", v->size);
    if (access_entry_read(row, &e) == 0)
        access_line(&line, &e);
    if (line.len == 0 || buf_failed(&line))
        return diag_set(d, ERR_AUTH, "entry %" PRIu64 " of the access log is not one", number);
    merkle_leaf(line.data, line.len, leaf);
    return add_leaf(v, leaf, d);
}

static int verify_entries(struct verification *v, struct diag *d)
{
    struct sql *s = v->log->sql;
    CLEANUP_QUERY sqlite3_stmt *rows =
        sql(s, "SELECT " ACCESS_COLUMNS " FROM access_entry ORDER BY number");
    int r = compare_checkpoints(v, d);
    while (sql_walk(s, rows, &r, d)) {
        r = verify_entry(v, rows, d);
        if (r == 0)
            r = compare_checkpoints(v, d);
    }
    return r;
}

/* Every tile that there is was compared: there are none besides. */
static int verify_extent(struct verification *v, struct diag *d)
{
    uint64_t tiles = 0;
    for (unsigned level = 0; level < TREE_LEVELS_MAX; level++)
        tiles += ((v->size >> (8 * level)) + TREE_TILE_HASHES - 1) / TREE_TILE_HASHES;
    CLEANUP_QUERY sqlite3_stmt *q = sql(v->log->sql, "SELECT count(*) FROM tile");
    if (sql_row(q) < 0)
        return sql_failed(v->log->sql, d, "cannot read the access log's tree");
    if (v->size != tree_size(v->tree) || (uint64_t)sqlite3_column_int64(q, 0) != tiles)
        return diag_set(d, ERR_AUTH,
                        "the access log's tree is not of its %" PRIu64 " entries: it has %" PRIu64,
                        v->size, tree_size(v->tree));
    if (v->more)
        return diag_set(d, ERR_AUTH,
                        "the access log has a checkpoint of %lld and %" PRIu64 " entries",
                        (long long)sqlite3_column_int64(v->checkpoints, 0), v->size);
    return 0;
}

static int verify_all(struct verification *v, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *checkpoints =
        sql(v->log->sql, "SELECT size, note FROM access_checkpoint ORDER BY size");
    v->checkpoints = checkpoints;
    int r = next_checkpoint(v, d);
    if (r == 0)
        r = verify_entries(v, d);
    return r < 0 ? r : verify_extent(v, d);
}

int access_verify(struct access_log *l, uint64_t *ret_entries, uint64_t *ret_checkpoints,
                  struct diag *d)
{
    CLEANUP_FREE struct verification *v = mem_new(sizeof *v);
    v->log = l;
    int r = tree_open(l->sql->db, &v->tree, d);
    if (r == 0)
        r = verify_all(v, d);
    else if (r == ERR_FORMAT)
        r = ERR_AUTH;
    tree_free(v->tree);
    if (r < 0)
        return r;
    *ret_entries = v->size;
    *ret_checkpoints = v->checkpoint_count;
    return 0;
}
