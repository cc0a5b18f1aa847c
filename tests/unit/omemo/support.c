#include "support.h"

#include <string.h>

#include "base/secret.h"

void run_sql(sqlite3 *db, const char *sql)
{
    char *error = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
        fail_msg("%s: %s", sql, error);
}

int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

void party_open(struct party *p, const char *jid)
{
    struct diag d;
    p->jid = jid;
    assert_int_equal(sqlite3_open(":memory:", &p->db), SQLITE_OK);
    assert_int_equal(omemo_create(p->db, NOW, &d), 0);
    assert_int_equal(omemo_open(p->db, &p->o, &d), 0);
}

void party_reopen(struct party *p)
{
    omemo_close(TAKE(p->o));
    assert_int_equal(omemo_open(p->db, &p->o, NULL), 0);
}

void party_close(struct party *p)
{
    omemo_close(p->o);
    assert_int_equal(sqlite3_close(p->db), SQLITE_OK); /* not while a statement is left */
}

static void add_rows(struct hash_stream *h, sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(s); i++) {
            const void *value = sqlite3_column_blob(s, i);
            int len = sqlite3_column_bytes(s, i);
            hash_stream_add(h, &len, sizeof len);
            hash_stream_add(h, value == NULL ? "" : value, (size_t)len);
        }
    }
    sqlite3_finalize(s);
}

void state_of(const struct party *p, uint8_t ret[static HASH_BYTES])
{
    struct hash_stream *h = hash_stream_new();
    add_rows(h, p->db, "SELECT * FROM omemo_self");
    add_rows(h, p->db, "SELECT * FROM omemo_session ORDER BY jid, device");
    add_rows(h, p->db, "SELECT * FROM omemo_prekey ORDER BY id");
    add_rows(h, p->db, "SELECT * FROM omemo_signed ORDER BY id");
    hash_stream_end(h, ret);
}

const struct omemo_bundle *bundle_of(const struct party *p)
{
    static struct omemo_prekey prekeys[OMEMO_PREKEYS_MAX];
    static struct omemo_bundle bundle;
    CLEANUP_BUF struct buf b = BUF_INIT(65536);
    CLEANUP_ARENA struct arena a = ARENA_INIT(1 << 20);
    struct xml_element *x = NULL;
    uint64_t version = 0;
    struct diag d;
    assert_int_equal(omemo_put_bundle(p->o, &b, &version), 0);
    assert_false(buf_failed(&b));
    assert_int_equal(xml_parse(&a, (const char *)b.data, b.len, &x), 0);
    assert_int_equal(omemo_bundle_parse(x, &a, &bundle, &d), 0);
    memcpy(prekeys, bundle.prekeys, bundle.prekey_count * sizeof *prekeys);
    bundle.prekeys = prekeys;
    return &bundle;
}

void start(struct party *from, const struct party *to)
{
    struct diag d = {0};
    int r = omemo_start_session(from->o, to->jid, omemo_device_id(to->o), bundle_of(to),
                                omemo_identity(to->o), &d);
    if (r != 0)
        fail_msg("%s", d.text);
}

void write_letter(struct letter *l, struct party *from, struct party *to)
{
    CLEANUP_BUF struct buf b = BUF_INIT(OMEMO_KEY_MAX);
    struct diag d = {0};
    l->from = from;
    l->to = to;
    secret_random(l->content, sizeof l->content);
    int r = omemo_encrypt_key(from->o, to->jid, omemo_device_id(to->o), omemo_identity(to->o),
                              l->content, &b, &l->prekey, &d);
    if (r != 0)
        fail_msg("%s", d.text);
    assert_false(buf_failed(&b));
    memcpy(l->key, b.data, b.len);
    l->len = b.len;
}

int read_letter_at(const struct letter *l, int64_t now_unix_ms)
{
    uint8_t content[PAYLOAD_CONTENT_BYTES] = {0}, before[HASH_BYTES], after[HASH_BYTES];
    struct diag d = {0};
    state_of(l->to, before);
    int r = omemo_decrypt_key(l->to->o, l->from->jid, omemo_device_id(l->from->o),
                              omemo_identity(l->from->o), l->key, l->len, l->prekey, now_unix_ms,
                              content, &d);
    if (r == 0) {
        assert_memory_equal(content, l->content, sizeof content);
    } else {
        state_of(l->to, after);
        assert_memory_equal(before, after, sizeof before);
        assert_true(strlen(d.text) > 0);
    }
    return r;
}

int read_letter(const struct letter *l)
{
    return read_letter_at(l, NOW);
}

void exchange(struct party *from, struct party *to)
{
    struct letter l;
    write_letter(&l, from, to);
    assert_int_equal(read_letter(&l), 0);
}
