#include "desk/telling.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/lexrank.h"
#include "base/memory.h"
#include "desk/message_internal.h"

#define TEXT_BYTES_MAX 2048U /* of each message, and … */
#define WORDS_MAX 40U        /* … of its words: where they end, so does what it says here */
#define WORDS_LEAST 4U

/* The messages that are looked at, the oldest first, and the words of those that weigh. */
struct looked {
    struct desk_index *x;
    int64_t ids[DESK_TELLING_LOOKED_MAX];
    size_t id_count;
    struct names words; /* their numbers */
    uint32_t numbers[DESK_TELLING_LOOKED_MAX * WORDS_MAX];
    size_t number_count;
    int64_t weighed[DESK_TELLING_LOOKED_MAX];
    size_t ends[DESK_TELLING_LOOKED_MAX];
    size_t weighed_count;
};

static void looked_free(struct looked **l)
{
    names_clear(&(*l)->words);
    free(*l);
}

/* ---- which messages ---- */

static void turn_round(int64_t *ids, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        int64_t id = ids[i];
        ids[i] = ids[count - 1 - i];
        ids[count - 1 - i] = id;
    }
}

static int find_newest(struct looked *l, uint32_t conversation, struct diag *d)
{
    struct desk_index *x = l->x;
    sqlite3_stmt *s = sql(&x->sql, "SELECT id, length(body) FROM message JOIN said USING (id)"
                                   " WHERE conversation = ?1 ORDER BY at DESC, id DESC");
    int64_t bytes = 0;
    int r = 0;
    sqlite3_bind_int64(s, 1, conversation);
    while (l->id_count < DESK_TELLING_LOOKED_MAX && sql_walk(&x->sql, s, &r, d)) {
        int64_t id = sqlite3_column_int64(s, 0);
        if (!sight_has(x, id))
            continue;
        bytes += sqlite3_column_int64(s, 1);
        if (bytes > (int64_t)DESK_TELLING_BYTES_MAX && l->id_count > 0)
            break;
        l->ids[l->id_count++] = id;
    }
    sqlite3_reset(s);
    turn_round(l->ids, l->id_count);
    return r;
}

/* ---- their words ---- */

static int take_word(void *context, const struct text_word *w)
{
    struct looked *l = context;
    size_t begin = l->weighed_count == 0 ? 0 : l->ends[l->weighed_count - 1];
    if (w->kind != TEXT_WORD || text_common(w->word, w->len))
        return 0;
    l->numbers[l->number_count++] = names_add(&l->words, w->word, w->len);
    return l->number_count - begin == WORDS_MAX;
}

static bool has_enough(const uint32_t *words, size_t count)
{
    size_t different = 0;
    for (size_t i = 0; i < count; i++) {
        size_t before = 0;
        while (before < i && words[before] != words[i])
            before++;
        different += before == i;
    }
    return different >= WORDS_LEAST;
}

static bool is_written(enum content_kind kind)
{
    return kind == CONTENT_TEXT || kind == CONTENT_REPLY || kind == CONTENT_EDIT;
}

static void take_text(struct looked *l, int64_t id, const struct content *c)
{
    size_t begin = l->number_count;
    if (!is_written(c->kind) || c->text == NULL)
        return;
    (void)text_words(l->x->text, c->text,
                     c->text_len < TEXT_BYTES_MAX ? c->text_len : TEXT_BYTES_MAX, take_word, l);
    if (!has_enough(l->numbers + begin, l->number_count - begin)) {
        l->number_count = begin;
        return;
    }
    l->weighed[l->weighed_count] = id;
    l->ends[l->weighed_count++] = l->number_count;
}

static int take_message(struct looked *l, int64_t id, int64_t *ret_at, struct diag *d)
{
    struct content c;
    struct row row;
    int r = row_read(l->x, id, &row, d);
    if (r < 0)
        return r;
    arena_reset(&l->x->said_arena);
    if (content_read(&l->x->said_arena, row.body, row.body_len, &c) < 0)
        c = (struct content){.kind = CONTENT_TEXT, .text = row.body, .text_len = row.body_len};
    take_text(l, id, &c);
    *ret_at = row.at;
    return 0;
}

static int take_words(struct looked *l, struct desk_telling_over *ret, struct diag *d)
{
    int r = 0;
    for (size_t i = 0; i < l->id_count && r == 0; i++) {
        r = take_message(l, l->ids[i], &ret->last_unix_ms, d);
        if (i == 0)
            ret->first_unix_ms = ret->last_unix_ms;
    }
    ret->looked = l->id_count;
    ret->weighed = l->weighed_count;
    return r;
}

/* ---- the lines ---- */

struct line {
    desk_telling_fn *fn;
    void *context;
    double rank;
};

static int tell_line(void *context, const struct desk_message *m)
{
    const struct line *line = context;
    return line->fn(line->context, m, line->rank);
}

static int tell(const struct looked *l, const struct desk_telling *t, desk_telling_fn *fn,
                void *context, struct diag *d)
{
    const struct lexrank_texts texts = {l->numbers, l->ends, l->weighed_count};
    struct lexrank_line lines[DESK_TELLING_LINES_MAX];
    unsigned most = t->limit < DESK_TELLING_LINES_MAX ? t->limit : DESK_TELLING_LINES_MAX;
    size_t count = lexrank_choose(&texts, most, lines);
    int r = 0;
    for (size_t i = 0; i < count && r == 0; i++) {
        struct line line = {fn, context, lines[i].rank};
        r = message_tell(l->x, l->weighed[lines[i].text], t->user, tell_line, &line, d);
    }
    return r;
}

int desk_telling(struct desk_index *x, const struct desk_telling *t, desk_telling_fn *fn,
                 void *context, struct desk_telling_over *ret, struct diag *d)
{
    CLEANUP(looked_free) struct looked *l = mem_new(sizeof *l);
    uint32_t number =
        names_find(&x->names[NAME_CONVERSATION], t->conversation, strlen(t->conversation));
    struct desk_telling_over over = {0};
    l->x = x;
    if (number != 0)
        over.messages = census_conversation(sight_census(x), number)->messages;
    if (over.messages == 0)
        return diag_set(d, ERR_NOT_FOUND, "there is no conversation %s", t->conversation);
    int r = find_newest(l, number, d);
    if (r == 0)
        r = take_words(l, &over, d);
    *ret = over;
    return r < 0 ? r : tell(l, t, fn, context, d);
}
