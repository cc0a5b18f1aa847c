/* What a machine has read in a file: words of its message. */
#include "desk/index_internal.h"

/* Marks what a machine has read; no words, so that nothing is found by them. */
#define MACHINE_BEGIN "\n\xe2\x9f\xa6"
#define MACHINE_END "\xe2\x9f\xa7"

void made_words_put(struct desk_index *x, int64_t id, enum content_kind kind, struct buf *b)
{
    if (kind != CONTENT_FILE)
        return;
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT words FROM made WHERE message = ?1 AND words <> ''");
    sqlite3_bind_int64(s, 1, id);
    if (sql_row(s) < 0)
        return;
    buf_put_text(b, MACHINE_BEGIN);
    buf_put_text(b, sql_text(s, 0));
    buf_put_text(b, MACHINE_END);
}
