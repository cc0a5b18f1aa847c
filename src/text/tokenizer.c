#include <limits.h>
#include <string.h>

#include "base/memory.h"
#include "sql/sql.h"
#include "text/text_internal.h"

typedef int token_fn(void *context, int flags, const char *token, int len, int start, int end);

/* What FTS5 wants of one text. */
struct tokens {
    struct text *t;
    token_fn *fn;
    void *context;
};

/* FTS5 makes one for each table; all of a handle share what is costly. */
static int create(void *context, const char **arguments, int count, Fts5Tokenizer **ret)
{
    (void)arguments;
    if (count > 0)
        return SQLITE_ERROR; /* it has no settings */
    *ret = context;
    return SQLITE_OK;
}

static void delete (Fts5Tokenizer *tokenizer)
{
    (void)tokenizer; /* the handle's: text_register */
}

static int put(const struct tokens *to, int flags, const char *token, size_t len, size_t start,
               size_t end)
{
    return to->fn(to->context, flags, token, (int)len, (int)start, (int)end);
}

/* ---- documents ---- */

/* "\x01NAME:VALUE" and its end, "\x01 "; 0: there is none here. */
static size_t filter_len(const char *text, size_t len)
{
    if (len == 0 || text[0] != TEXT_MARK_FILTER)
        return 0;
    const char *end = memchr(text + 1, TEXT_MARK_FILTER, len - 1);
    return end == NULL ? 0 : (size_t)(end - text);
}

static int put_filters(const struct tokens *to, const char *text, size_t len, size_t *ret_end)
{
    size_t at = 0;
    int r = SQLITE_OK;
    for (size_t n; r == SQLITE_OK && (n = filter_len(text + at, len - at)) > 0;) {
        r = put(to, 0, text + at, n, at, at + n);
        at += n + 1;
        if (at == len || text[at] != ' ')
            break;
        at++;
    }
    *ret_end = at;
    return r;
}

struct document {
    const struct tokens *to;
    size_t start; /* where the words begin */
};

static int put_word(void *context, const struct text_word *w)
{
    const struct document *doc = context;
    return put(doc->to, w->kind == TEXT_WORD ? 0 : FTS5_TOKEN_COLOCATED, w->word, w->len,
               doc->start + w->start, doc->start + w->end);
}

static int tokenize_document(const struct tokens *to, const char *text, size_t len)
{
    struct document doc = {.to = to};
    int r = put_filters(to, text, len, &doc.start);
    if (r != SQLITE_OK)
        return r;
    return text_words(to->t, text + doc.start, len - doc.start, put_word, &doc);
}

/* ---- queries ---- */

/* Is a piece of a query written as it stands in the index? The words that it holds, one behind the
 * other, are then the piece itself. */
struct piece {
    const struct tokens *to;
    const char *text;
    size_t at, len; /* of the query; of the piece, what is compared so far */
    size_t same;
    bool folded;
};

static int compare_word(void *context, const struct text_word *w)
{
    struct piece *p = context;
    p->folded = p->len - p->same >= w->len && memcmp(p->text + p->same, w->word, w->len) == 0;
    p->same += w->len;
    return !p->folded;
}

static int put_query_word(void *context, const struct text_word *w)
{
    const struct piece *p = context;
    return put(p->to, 0, w->word, w->len, p->at + w->start, p->at + w->end);
}

static bool is_marked(const char *text, size_t len)
{
    return text[0] == TEXT_MARK_FILTER || text[0] == TEXT_MARK_LATIN ||
           memchr(text, TEXT_MARK_PAIR, len) != NULL;
}

/* ICU may break a word that stands alone where it did not in its sentence: what is folded already
 * is one word. */
static int put_piece(struct piece *p)
{
    struct text_walk w = {.t = p->to->t,
                          .text = p->text,
                          .len = p->len,
                          .fn = compare_word,
                          .context = p,
                          .bare = true};
    if (is_marked(p->text, p->len))
        return put(p->to, 0, p->text, p->len, p->at, p->at + p->len);
    if (text_walk(&w) == 0 && p->folded && p->same == p->len)
        return put(p->to, 0, p->text, p->len, p->at, p->at + p->len);
    w = (struct text_walk){.t = p->to->t,
                           .text = p->text,
                           .len = p->len,
                           .fn = put_query_word,
                           .context = p,
                           .bare = true};
    return text_walk(&w);
}

static int tokenize_query(const struct tokens *to, const char *text, size_t len)
{
    int r = SQLITE_OK;
    for (size_t at = 0; at < len && r == SQLITE_OK;) {
        const char *blank = memchr(text + at, ' ', len - at);
        size_t n = blank == NULL ? len - at : (size_t)(blank - (text + at));
        struct piece p = {.to = to, .text = text + at, .at = at, .len = n};
        r = n == 0 ? SQLITE_OK : put_piece(&p);
        at += n + 1;
    }
    return r;
}

static int tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text, int len,
                    token_fn *fn)
{
    struct tokens to = {.t = (struct text *)tokenizer, .fn = fn, .context = context};
    if (text == NULL || len <= 0)
        return SQLITE_OK;
    return (flags & FTS5_TOKENIZE_QUERY) != 0 ? tokenize_query(&to, text, (size_t)len)
                                              : tokenize_document(&to, text, (size_t)len);
}

/* ---- registering ---- */

/* https://www.sqlite.org/fts5.html#extending_fts5 */
static int find_fts5(sqlite3 *db, fts5_api **ret, struct diag *d)
{
    CLEANUP(sql_close) struct sql s = {0};
    fts5_api *api = NULL;
    sql_over(&s, db, "FTS5");
    {
        CLEANUP_QUERY sqlite3_stmt *q = sql(&s, "SELECT fts5(?1)");
        sqlite3_bind_pointer(q, 1, &api, "fts5_api_ptr", NULL);
        if (sql_row(q) != 0 || api == NULL)
            return diag_set(d, ERR_IO, "this SQLite has no full-text search (FTS5)");
    }
    *ret = api;
    return 0;
}

static void free_text(void *t)
{
    text_free(t);
}

int text_register(sqlite3 *db, struct diag *d)
{
    static fts5_tokenizer desk = {.xCreate = create, .xDelete = delete, .xTokenize = tokenize};
    CLEANUP(text_free_cleanup) struct text *t = NULL;
    fts5_api *api;
    int r = find_fts5(db, &api, d);
    if (r == 0)
        r = text_new(&t, d);
    if (r != 0)
        return r;
    /* The handle frees it, at its end or where registering fails. */
    if (api->xCreateTokenizer(api, "desk", TAKE(t), &desk, free_text) != SQLITE_OK)
        return diag_set(d, ERR_IO, "cannot register the tokenizer: %s", sqlite3_errmsg(db));
    return 0;
}
