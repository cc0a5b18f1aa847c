/* A query: what is read comes out as a text that is read as the same, FTS5 takes its expression,
 * and on a message of the query's own words the index and the evaluator agree. */
#include "fuzz.h"
#include "query/compile.h"
#include "query/match.h"

#define AT_UNIX_MS INT64_C(1774785900000)

struct tools {
    struct text *text;
    struct zone *zone;
    sqlite3 *db;
    sqlite3_stmt *clear, *insert, *select;
};

static void prepare(struct tools *t, sqlite3_stmt **ret, const char *statement)
{
    FUZZ_MUST(sqlite3_prepare_v2(t->db, statement, -1, ret, NULL) == SQLITE_OK);
}

/* Once: ICU's tables take longer than a query. */
static struct tools *tools(void)
{
    static struct tools t;
    if (t.text != NULL)
        return &t;
    FUZZ_MUST(text_new(&t.text, NULL) == 0 && zone_open("Europe/Berlin", &t.zone, NULL) == 0);
    FUZZ_MUST(sqlite3_open(":memory:", &t.db) == SQLITE_OK && text_register(t.db, NULL) == 0);
    FUZZ_MUST(sqlite3_exec(t.db,
                           "CREATE VIRTUAL TABLE f USING fts5(body, content='', columnsize=0, "
                           "tokenize='desk')",
                           NULL, NULL, NULL) == SQLITE_OK);
    prepare(&t, &t.clear, "INSERT INTO f(f) VALUES('delete-all')");
    prepare(&t, &t.insert, "INSERT INTO f(rowid, body) VALUES(1, ?)");
    prepare(&t, &t.select, "SELECT rowid FROM f WHERE f MATCH ?");
    return &t;
}

static bool step(sqlite3_stmt *s, const struct buf *text)
{
    if (text != NULL)
        FUZZ_MUST(sqlite3_bind_text(s, 1, (const char *)text->data, (int)text->len,
                                    SQLITE_STATIC) == SQLITE_OK);
    int r = sqlite3_step(s);
    FUZZ_MUST(r == SQLITE_ROW || r == SQLITE_DONE);
    sqlite3_reset(s);
    return r == SQLITE_ROW;
}

/* The message has no filters. */
static bool no_term(void *context, const struct query_node *n)
{
    (void)context;
    FUZZ_MUST(n->kind == QUERY_TERM && n->value[0] != '\0');
    return false;
}

static void ask(struct tools *t, const struct query *q, const char *body, size_t len)
{
    CLEANUP_BUF struct buf document = BUF_INIT(FUZZ_BYTES_MAX);
    struct query_message m = {body, len, AT_UNIX_MS, no_term, NULL};
    struct query_plan plan;
    query_compile(q, NULL, &plan);
    buf_put_u8(&document, ' '); /* behind no filters */
    buf_put(&document, body, len);
    step(t->clear, NULL);
    step(t->insert, &document);
    bool found = plan.match.len == 0 || step(t->select, &plan.match);
    found = found && AT_UNIX_MS >= plan.from_unix_ms && AT_UNIX_MS < plan.to_unix_ms;
    bool is = query_matches(q, t->text, &m);
    FUZZ_MUST(plan.exact ? is == found : is <= found);
    query_plan_clear(&plan);
}

static void read_again(const struct query *q, const struct query_options *o)
{
    CLEANUP_BUF struct buf once = BUF_INIT(QUERY_BYTES_MAX);
    CLEANUP_BUF struct buf twice = BUF_INIT(QUERY_BYTES_MAX);
    CLEANUP(query_free_cleanup) struct query *again = NULL;
    struct query_error e;
    query_put(&once, q);
    FUZZ_MUST(query_parse((const char *)once.data, once.len, o, &again, &e) == 0);
    query_put(&twice, again);
    FUZZ_MUST(fuzz_same(&once, &twice));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct tools *t = tools();
    struct query_options o = {t->text, t->zone, AT_UNIX_MS, len % 2 == 0};
    CLEANUP(query_free_cleanup) struct query *q = NULL;
    struct query_error e = {SIZE_MAX, 0, ""};
    const char *written = (const char *)data;
    if (query_parse(written, len, &o, &q, &e) < 0) {
        FUZZ_MUST(e.text[0] != '\0' && e.offset <= len && e.len <= len - e.offset && q == NULL);
        return 0;
    }
    read_again(q, &o);
    ask(t, q, written, len);
    return 0;
}
