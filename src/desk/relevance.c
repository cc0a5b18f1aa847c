/* By relevance: a score of our own over the newest hits. FTS5's bm25 would count every hit there
 * is, whatever the limit: seconds for a common word. */
#include <stdlib.h>

#include "base/memory.h"
#include "desk/search_internal.h"
#include "desk/snippet.h"

#define NEWEST 2000U
#define SAID_BYTES (1U << 20)

struct scored {
    int64_t id;
    double score;
};

static int best_first(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return x->id < y->id ? 1 : x->id > y->id ? -1 : 0;
}

static int score(struct desk_index *x, const struct query *q, struct buf *said, struct scored *s)
{
    CLEANUP_QUERY sqlite3_stmt *body = sql(&x->sql, "SELECT body FROM said WHERE id = ?1");
    sqlite3_bind_int64(body, 1, s->id);
    int r = sql_row(body);
    if (r < 0)
        return r;
    const char *bytes = sqlite3_column_blob(body, 0);
    buf_reset(said);
    said_put(said, &x->said_arena, bytes == NULL ? "" : bytes,
             (size_t)sqlite3_column_bytes(body, 0));
    made_words_put(x, s->id, (enum content_kind)x->columns.kind[s->id - 1], said);
    s->score = snippet_score(x->text, q, buf_text(said), said->len);
    return 0;
}

static int score_all(struct desk_index *x, const struct desk_search *s, struct scored *ret,
                     size_t *ret_count, struct diag *d)
{
    CLEANUP_BUF struct buf said = BUF_INIT(SAID_BYTES);
    CLEANUP_FREE int64_t *ids = mem_array(NEWEST, sizeof *ids);
    const struct search_ask a = {s->query, s->user, 0, false, NEWEST, s->grouped};
    int r = search_collect(x, &a, ids, ret_count, d);
    for (size_t i = 0; i < *ret_count && r == 0; i++) {
        ret[i].id = ids[i];
        r = score(x, s->query, &said, &ret[i]);
        if (r < 0)
            return sql_failed(&x->sql, d, "cannot read a message");
    }
    return r;
}

int relevance_search(struct desk_index *x, const struct desk_search *s, desk_hit_fn *fn,
                     void *context, bool *ret_more, struct diag *d)
{
    CLEANUP_FREE struct scored *scored = mem_array(NEWEST, sizeof *scored);
    size_t count = 0, from = 0;
    int r = score_all(x, s, scored, &count, d);
    if (r < 0)
        return r;
    qsort(scored, count, sizeof *scored, best_first);
    while (s->after_id != 0 && from < count && scored[from].id != s->after_id)
        from++;
    from += s->after_id != 0 && from < count;
    *ret_more = count - from > s->limit;
    for (size_t i = from; i < count && i - from < s->limit && r == 0; i++)
        r = search_tell(x, s, scored[i].id, scored[i].score, fn, context, d);
    return r;
}
