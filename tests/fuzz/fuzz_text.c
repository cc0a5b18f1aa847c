/* A message's text. Its words by the short way must be those that ICU finds; each lies where it
 * says, holds no mark and no blank, and stays as it is when it is folded again. In an index the
 * message is found by each of its words, pairs and Latin forms; and what is asked of an index may
 * be anything.
 */
#include <sqlite3.h>

#include "base/utf8.h"
#include "fuzz.h"
#include "text/text_internal.h"

/* What ICU sees at once: a longer text may be cut elsewhere. */
#define LEN_MAX (TEXT_STRETCH_UNITS / 2)
#define ASKED_MAX 16 /* words of a text that are asked for */

static struct text *words_of, *again_of;
static sqlite3 *db;

static void open_all(void)
{
    struct diag d;
    FUZZ_MUST(text_new(&words_of, &d) == 0 && text_new(&again_of, &d) == 0);
    FUZZ_MUST(sqlite3_open(":memory:", &db) == SQLITE_OK);
    FUZZ_MUST(text_register(db, &d) == 0);
    FUZZ_MUST(sqlite3_exec(db,
                           "CREATE VIRTUAL TABLE f USING fts5(body, content='', columnsize=0,"
                           " detail=full, tokenize='desk')",
                           NULL, NULL, NULL) == SQLITE_OK);
}

struct heard {
    struct buf said;
    size_t len, start; /* of the text; of the word before */
    uint32_t words;
    char asked[ASKED_MAX][2 * TEXT_WORD_BYTES_MAX + 2];
    size_t asked_len[ASKED_MAX], asked_count;
};

static int join(void *context, const struct text_word *w)
{
    buf_put(context, w->word, w->kind == TEXT_WORD ? w->len : 0);
    return 0;
}

static void check_form(const struct text_word *w)
{
    CLEANUP_BUF struct buf again = BUF_INIT(FUZZ_BYTES_MAX);
    uint32_t c;
    for (size_t i = 0, n; i < w->len; i += n) {
        n = utf8_next(w->word + i, w->len - i, &c);
        FUZZ_MUST(n > 0 && c > ' ');
    }
    text_words(again_of, w->word, w->len, join, &again);
    FUZZ_MUST(again.len == w->len && memcmp(again.data, w->word, w->len) == 0);
}

static int hear(void *context, const struct text_word *w)
{
    struct heard *h = context;
    FUZZ_MUST(w->len > 0 && w->start < w->end && w->end <= h->len);
    FUZZ_MUST(w->position == h->words - (w->kind != TEXT_WORD));
    FUZZ_MUST(w->kind == TEXT_PAIR || w->len <= TEXT_WORD_BYTES_MAX);
    if (w->kind == TEXT_WORD) {
        FUZZ_MUST(w->start >= h->start);
        h->start = w->end;
        h->words++;
        check_form(w);
    }
    if (h->asked_count < ASKED_MAX) {
        memcpy(h->asked[h->asked_count], w->word, w->len);
        h->asked_len[h->asked_count++] = w->len;
    }
    buf_format(&h->said, "%d %zu %zu ", w->kind, w->start, w->end);
    buf_put(&h->said, w->word, w->len);
    return 0;
}

static void walk(struct heard *h, const char *text, size_t len, bool slow)
{
    struct text_walk w = {
        .t = words_of, .text = text, .len = len, .fn = hear, .context = h, .slow = slow};
    FUZZ_MUST(text_walk(&w) == 0);
}

static void write_message(const char *sql, const char *text, size_t len)
{
    sqlite3_stmt *q = NULL;
    FUZZ_MUST(sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK);
    sqlite3_bind_text(q, 1, text, (int)len, SQLITE_STATIC);
    FUZZ_MUST(sqlite3_step(q) == SQLITE_DONE);
    sqlite3_finalize(q);
}

/* A string of FTS5's: what it holds is what is looked for. */
static int ask(const char *text, size_t len)
{
    CLEANUP_BUF struct buf match = BUF_INIT(4 * FUZZ_BYTES_MAX);
    sqlite3_stmt *q = NULL;
    buf_put_u8(&match, '"');
    for (size_t i = 0; i < len; i++)
        for (int n = text[i] == '"' ? 2 : 1; n > 0 && text[i] != '\0'; n--)
            buf_put_u8(&match, (uint8_t)text[i]);
    buf_put_u8(&match, '"');
    FUZZ_MUST(sqlite3_prepare_v2(db, "SELECT rowid FROM f WHERE f MATCH ?", -1, &q, NULL) ==
              SQLITE_OK);
    sqlite3_bind_text(q, 1, buf_text(&match), (int)match.len, SQLITE_STATIC);
    int r = sqlite3_step(q);
    sqlite3_finalize(q);
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct heard fast, slow;
    const char *text = (const char *)data;
    if (len > LEN_MAX)
        return 0;
    if (db == NULL)
        open_all();
    fast = (struct heard){.said = BUF_INIT(64 * FUZZ_BYTES_MAX), .len = len};
    slow = (struct heard){.said = BUF_INIT(64 * FUZZ_BYTES_MAX), .len = len};
    walk(&fast, text, len, false);
    walk(&slow, text, len, true);
    FUZZ_MUST(fuzz_same(&fast.said, &slow.said));
    /* Behind the filters: a text that looks like some is none. */
    CLEANUP_BUF struct buf body = BUF_INIT(FUZZ_BYTES_MAX);
    buf_put_u8(&body, ' ');
    buf_put(&body, text, len);
    write_message("INSERT INTO f(rowid, body) VALUES(1, ?)", (char *)body.data, body.len);
    for (size_t i = 0; i < fast.asked_count; i++)
        FUZZ_MUST(ask(fast.asked[i], fast.asked_len[i]) == SQLITE_ROW);
    (void)ask(text, len);
    write_message("INSERT INTO f(f) VALUES('delete-all')", NULL, 0);
    write_message("INSERT INTO f(rowid, body) VALUES(2, ?)", text, len);
    write_message("INSERT INTO f(f) VALUES('delete-all')", NULL, 0);
    buf_clear(&fast.said);
    buf_clear(&slow.said);
    return 0;
}
