/* What tests do with a party, and ask of it. */
#include <string.h>

#include "base/memory.h"
#include "store/values.h"
#include "world.h"

void party_send(struct party *p, const char *to, const char *id, const char *body)
{
    CLEANUP_FREE char *names = mem_string(to);
    const char *accounts[WORLD_PARTIES];
    char *rest = NULL;
    struct device_text m = {.to = accounts, .body = body, .body_len = strlen(body), .id = id};
    for (char *name = strtok_r(names, " ", &rest); name != NULL; name = strtok_r(NULL, " ", &rest))
        accounts[m.to_count++] = name;
    struct diag d;
    if (device_send(p->device, &m, NULL, &d) < 0)
        fail_msg("%s", d.text);
    world_run(p->w);
}

void party_take(struct party *p, const char *stanza)
{
    struct arena arena = ARENA_INIT(4U << 20);
    struct xml_element *x;
    if (xml_parse(&arena, stanza, strlen(stanza), &x) < 0)
        fail_msg("not XML: %s", stanza);
    device_stanza(p->device, x);
    arena_clear(&arena);
    world_run(p->w);
}

void party_wait(struct party *p)
{
    struct device *d = p->device;
    struct want *w, *next;
    struct attempt *a, *next_attempt;
    struct addressee *x, *next_addressee;
    if (d->sendings != d->confirm.confirmed) { /* the server says first what it has */
        d->confirm.next_ms = 0;
        (void)device_tick(d);
        world_run(p->w);
    }
    HASH_ITER (hh, d->wants, w, next)
        w->next_ms = 0;
    HASH_ITER (hh, d->attempts, a, next_attempt) {
        a->not_before_ms = 0;
        if (a->next_ms != ATTEMPT_WAITS)
            a->next_ms = 0;
    }
    HASH_ITER (hh, d->addressees, x, next_addressee)
        x->next_ms = x->lost_ms = 0;
    d->next_bundle_ms = d->next_proof_ms = d->log.not_before_ms = d->places.next_ms = 0;
    (void)device_tick(d);
    world_run(p->w);
}

const char *party_said(const struct party *p)
{
    return p->notice_count == 0 ? "" : p->notices[p->notice_count - 1];
}

static unsigned count_in(char *const *lines, size_t count, const char *part)
{
    unsigned found = 0;
    for (size_t i = 0; i < count; i++)
        found += strstr(lines[i], part) != NULL;
    return found;
}

unsigned party_count_said(const struct party *p, const char *part)
{
    return count_in(p->notices, p->notice_count, part);
}

unsigned party_count_progress(const struct party *p, const char *part)
{
    return count_in(p->progress, p->progress_count, part);
}

unsigned party_count_shown(const struct party *p, const char *body)
{
    unsigned found = 0;
    for (size_t i = 0; i < p->shown_count; i++)
        found += strcmp(p->shown[i], body) == 0;
    return found;
}

/* Every row that this selects, each value with its length. */
static void put_rows(struct buf *b, sqlite3 *db, const char *sql)
{
    sqlite3_stmt *q = NULL;
    buf_put_block(b, sql, strlen(sql));
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    while (sqlite3_step(q) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(q); i++) {
            const void *value = sqlite3_column_blob(q, i);
            buf_put_block(b, value == NULL ? "" : value, (size_t)sqlite3_column_bytes(q, i));
        }
    sqlite3_finalize(q);
}

void party_state(const struct party *p, uint8_t ret[static HASH_BYTES])
{
    /* All tables; without how far the public log was followed. */
    static const char tables[] =
        "SELECT 'SELECT * FROM \"' || name || CASE name WHEN 'value' THEN"
        " '\" WHERE name NOT IN (''" VALUE_LOG "'', ''" VALUE_LOG_CHECKPOINT "'')' ELSE '\"' END"
        " FROM sqlite_master WHERE type = 'table' AND name NOT IN"
        " ('notice', 'document', 'contact', 'policy', 'parked', 'logged') ORDER BY name";
    sqlite3 *db = store_database(p->store);
    sqlite3_stmt *q = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(16U << 20);
    assert_int_equal(sqlite3_prepare_v2(db, tables, -1, &q, NULL), SQLITE_OK);
    while (sqlite3_step(q) == SQLITE_ROW)
        put_rows(&b, db, (const char *)sqlite3_column_text(q, 0));
    sqlite3_finalize(q);
    assert_false(buf_failed(&b));
    hash_sha256(b.data, b.len, ret);
}

int64_t party_number(const struct party *p, const char *sql)
{
    sqlite3_stmt *q = NULL;
    assert_int_equal(sqlite3_prepare_v2(store_database(p->store), sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return value;
}

void party_sql(const struct party *p, const char *sql)
{
    assert_int_equal(sqlite3_exec(store_database(p->store), sql, NULL, NULL, NULL), SQLITE_OK);
}
