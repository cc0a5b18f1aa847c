/* Which messages no signed checkpoint of their bot covers yet: pending. A checkpoint comes once a
 * minute, so they are few, the last ones of each journal. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/index_internal.h"

static uint64_t read_size(struct desk_index *x, const char *bot)
{
    CLEANUP_QUERY sqlite3_stmt *s = sql(&x->sql, "SELECT size FROM covered WHERE bot = ?1");
    sql_bind_text(s, 1, bot);
    return sql_row(s) == 0 ? (uint64_t)sqlite3_column_int64(s, 0) : 0;
}

/* The bot's, by its number. */
static struct covered *covered_of(struct desk_index *x, uint32_t bot)
{
    if (bot > x->covered_count) {
        x->covered = mem_resize(x->covered, bot, sizeof *x->covered);
        for (uint32_t i = x->covered_count; i < bot; i++)
            x->covered[i] =
                (struct covered){.size = read_size(x, names_text(&x->names[NAME_BOT], i + 1))};
        x->covered_count = bot;
    }
    return &x->covered[bot - 1];
}

void covered_put(struct desk_index *x, uint32_t bot, uint64_t leaf, int64_t message)
{
    struct covered *c = covered_of(x, bot);
    if (leaf < c->size)
        return;
    if (c->count == c->capacity) {
        c->capacity = c->capacity == 0 ? 64 : 2 * c->capacity;
        c->records = mem_resize(c->records, c->capacity, sizeof *c->records);
    }
    c->records[c->count++] = (struct covered_record){leaf, message};
    idset_add(&x->uncovered, message);
}

/* The bot has signed its tree up to there. */
static void move_to(struct desk_index *x, struct covered *c, uint64_t size)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->count; i++)
        if (c->records[i].leaf < size)
            idset_remove(&x->uncovered, c->records[i].message);
        else
            c->records[kept++] = c->records[i];
    c->count = kept;
    c->size = size;
}

int covered_write(struct desk_index *x, const char *bot, uint64_t size, struct diag *d)
{
    uint32_t number = names_find(&x->names[NAME_BOT], bot, strlen(bot));
    struct covered *c = number == 0 ? NULL : covered_of(x, number);
    if (size <= (c != NULL ? c->size : read_size(x, bot)))
        return 0;
    sqlite3_stmt *s = sql(&x->sql, "INSERT OR REPLACE INTO covered VALUES (?1, ?2)");
    sql_bind_text(s, 1, bot);
    sqlite3_bind_int64(s, 2, (int64_t)size);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write how far a journal is signed");
    if (c != NULL)
        move_to(x, c, size);
    return 0;
}

int covered_load(struct desk_index *x, struct diag *d)
{
    int r = 0;
    for (uint32_t bot = 1; bot <= x->names[NAME_BOT].count && r == 0; bot++) {
        sqlite3_stmt *s = sql(&x->sql, "SELECT leaf, message FROM record WHERE bot = ?1 AND"
                                       " leaf >= ?2 ORDER BY leaf");
        uint64_t size = read_size(x, names_text(&x->names[NAME_BOT], bot));
        sqlite3_bind_int64(s, 1, bot);
        sqlite3_bind_int64(s, 2, (int64_t)size);
        while (sql_walk(&x->sql, s, &r, d))
            covered_put(x, bot, (uint64_t)sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1));
        sqlite3_reset(s);
    }
    return r;
}

void covered_forget(struct desk_index *x)
{
    for (uint32_t i = 0; i < x->covered_count; i++)
        free(x->covered[i].records);
    free(x->covered);
    x->covered = NULL;
    x->covered_count = 0;
    idset_clear(&x->uncovered);
}
