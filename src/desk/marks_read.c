/* What reviewers made of a message, read back. */
#include <string.h>

#include "desk/index_internal.h"

static int take_words(struct desk_index *x, const char *query, int64_t message, struct arena *a,
                      const char *ret[static DESK_MARKS_SHOWN_MAX], size_t *ret_count,
                      struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, query);
    int r = 0;
    *ret_count = 0;
    sqlite3_bind_int64(s, 1, message);
    while (*ret_count < DESK_MARKS_SHOWN_MAX && sql_walk(&x->sql, s, &r, d)) {
        const char *word = arena_string(a, sql_text(s, 0));
        if (word == NULL)
            r = ERR_LIMIT;
        else
            ret[(*ret_count)++] = word;
    }
    sqlite3_reset(s);
    return r;
}

/* The least one that is not before `from`, or, without `itself`, after it. */
static int first_tag(struct desk_index *x, const char *from, bool itself,
                     char ret[static DESK_WORD_MAX + 1], struct diag *d)
{
    sqlite3_stmt *s =
        sql(&x->sql, itself ? "SELECT word FROM tag WHERE word >= ?1 ORDER BY word LIMIT 1"
                            : "SELECT word FROM tag WHERE word > ?1 ORDER BY word LIMIT 1");
    int r = 0;
    sql_bind_text(s, 1, from);
    if (sql_walk(&x->sql, s, &r, d))
        snprintf(ret, DESK_WORD_MAX + 1, "%s", sql_text(s, 0));
    else if (r == 0)
        r = ERR_NOT_FOUND;
    sqlite3_reset(s);
    return r;
}

static int take_notes(struct desk_index *x, int64_t message, struct arena *a,
                      struct desk_marks *ret, struct diag *d)
{
    sqlite3_stmt *s =
        sql(&x->sql, "SELECT user, at, text FROM note WHERE message = ?1 ORDER BY number");
    int r = 0;
    sqlite3_bind_int64(s, 1, message);
    while (ret->note_count < DESK_MARKS_SHOWN_MAX && sql_walk(&x->sql, s, &r, d)) {
        const char *text = arena_string(a, sql_text(s, 2));
        if (text == NULL)
            r = ERR_LIMIT;
        else
            ret->notes[ret->note_count++] =
                (struct desk_note){sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1), text};
    }
    sqlite3_reset(s);
    return r;
}

static int take_translated(struct desk_index *x, int64_t message, bool *ret, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT 1 FROM translation WHERE message = ?1 LIMIT 1");
    sqlite3_bind_int64(s, 1, message);
    int r = sql_row(s);
    *ret = r == 0;
    return r == 0 || r == ERR_NOT_FOUND ? 0 : sql_failed(&x->sql, d, "cannot read a translation");
}

int desk_marks_of(struct desk_index *x, int64_t message, struct arena *a, struct desk_marks *ret,
                  struct diag *d)
{
    const struct idset *flagged = NULL;
    *ret = (struct desk_marks){0};
    int r = take_words(x, "SELECT word FROM tag WHERE message = ?1 ORDER BY word", message, a,
                       ret->tags, &ret->tag_count, d);
    if (r == 0)
        r = take_words(x, "SELECT word FROM case_message WHERE message = ?1 ORDER BY word", message,
                       a, ret->cases, &ret->case_count, d);
    if (r == 0)
        r = take_notes(x, message, a, ret, d);
    if (r == 0)
        r = take_translated(x, message, &ret->translated, d);
    if (r == 0)
        r = sets_of(x, SET_FLAGGED, NULL, 0, &flagged, d);
    if (r == 0)
        ret->flagged = idset_has(flagged, message);
    return r;
}

/* Word by word along the key, since a tag may have a million messages. */
int desk_tags(struct desk_index *x, const char *prefix, unsigned limit, desk_tagged_fn *fn,
              void *context, struct diag *d)
{
    char word[DESK_WORD_MAX + 1];
    const struct idset *set = NULL;
    unsigned shown = 0;
    int r = first_tag(x, prefix, true, word, d);
    while (r == 0 && shown < limit && strncmp(word, prefix, strlen(prefix)) == 0) {
        r = sets_of(x, SET_TAG, word, 0, &set, d);
        struct desk_tagged t = {word, r == 0 ? sight_count(x, set) : 0};
        if (t.messages > 0) {
            r = fn(context, &t);
            shown++;
        }
        if (r == 0)
            r = first_tag(x, word, false, word, d);
    }
    return r == ERR_NOT_FOUND ? 0 : r;
}

int desk_cases(struct desk_index *x, desk_case_fn *fn, void *context, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT word, title, user, at FROM case_file ORDER BY word");
    const struct idset *set = NULL;
    int r = 0;
    while (r == 0 && sql_walk(&x->sql, s, &r, d)) {
        struct desk_case c = {
            .word = sql_text(s, 0),
            .title = sql_text(s, 1),
            .user = sqlite3_column_int64(s, 2),
            .at_unix_ms = sqlite3_column_int64(s, 3),
        };
        r = sets_of(x, SET_CASE, c.word, 0, &set, d);
        if (r == 0) {
            c.messages = sight_count(x, set);
            r = fn(context, &c);
        }
    }
    sqlite3_reset(s);
    return r;
}
