/* A word list from its rows: words.h. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "rules/words_internal.h"

struct reading {
    struct words *words;
    struct row *row;
    struct diag *d;
    size_t line;
    bool gap; /* before the next word */
};

static int wrong(const struct reading *r, int code, const char *what)
{
    return diag_set(r->d, code, "row %zu of the list: %s", r->line, what);
}

static int add_word(void *context, const struct text_word *w)
{
    struct reading *r = context;
    if (w->kind != TEXT_WORD)
        return 0;
    if (r->row->count == WORDS_OF_ROW_MAX)
        return wrong(r, ERR_LIMIT, "too many words");
    r->row->gap[r->row->count] = r->gap && r->row->count > 0;
    r->gap = false;
    r->row->words[r->row->count++] = arena_string_n(&r->words->arena, w->word, w->len);
    return 0;
}

static int read_lang(struct reading *r, const char *from, size_t len)
{
    if (len == 0 || len >= WORDS_LANG_BYTES)
        return wrong(r, ERR_FORMAT, "a language is two letters, or *");
    if (!(len == 1 && from[0] == '*'))
        memcpy(r->row->lang, from, len);
    return 0;
}

static int read_weight(struct reading *r, const char *from, size_t len)
{
    char digits[8], *end;
    if (len == 0 || len >= sizeof digits)
        return wrong(r, ERR_FORMAT, "the weight is no number");
    memcpy(digits, from, len);
    digits[len] = '\0';
    long weight = strtol(digits, &end, 10);
    if (*end != '\0' || weight == 0 || weight < -WORDS_WEIGHT_MAX || weight > WORDS_WEIGHT_MAX)
        return wrong(r, ERR_FORMAT, "a weight is from -100 to 100, and not 0");
    r->row->weight = (int)weight;
    return 0;
}

/* How many bytes of a gap's sign stand at the beginning; 0: none. */
static size_t gap_sign(const char *from, size_t len)
{
    static const char *const signs[] = {"...", "\xe2\x80\xa6"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (len >= strlen(signs[i]) && memcmp(from, signs[i], strlen(signs[i])) == 0)
            return strlen(signs[i]);
    return 0;
}

/* The words between gaps, part by part. */
static int read_parts(struct reading *r, struct text *t, const char *from, size_t len)
{
    int e = 0;
    while (e == 0 && len > 0) {
        size_t part = 0, sign;
        while (part < len && gap_sign(from + part, len - part) == 0)
            part++;
        e = text_words(t, from, part, add_word, r);
        sign = gap_sign(from + part, len - part);
        r->gap = r->gap || sign > 0;
        from += part + sign;
        len -= part + sign;
    }
    return e;
}

static int read_words(struct reading *r, struct text *t, const char *from, size_t len)
{
    r->row->prefix = len > 0 && from[len - 1] == '*';
    len -= r->row->prefix;
    r->row->text = arena_string_n(&r->words->arena, from, len + r->row->prefix);
    r->gap = false;
    int e = read_parts(r, t, from, len);
    if (e == 0 && r->row->count == 0)
        e = wrong(r, ERR_FORMAT, "there is no word in it");
    return e;
}

static int read_row(struct reading *r, struct text *t, const char *line, size_t len)
{
    const char *comma = memchr(line, ',', len), *last = memrchr(line, ',', len);
    if (comma == NULL || comma == last)
        return wrong(r, ERR_FORMAT, "it is not language,words,weight");
    if (r->words->count == WORDS_ROWS_MAX)
        return wrong(r, ERR_LIMIT, "too many rows");
    r->row = &r->words->rows[r->words->count];
    int e = read_lang(r, line, (size_t)(comma - line));
    if (e == 0)
        e = read_weight(r, last + 1, (size_t)(line + len - last - 1));
    if (e == 0)
        e = read_words(r, t, comma + 1, (size_t)(last - comma - 1));
    r->words->count += e == 0;
    return e;
}

static bool first_is_prefix(const struct row *x)
{
    return x->prefix && x->count == 1;
}

static int by_first_word(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (first_is_prefix(x) != first_is_prefix(y))
        return first_is_prefix(x) ? 1 : -1;
    return strcmp(x->words[0], y->words[0]);
}

static int read_rows(struct reading *r, struct text *t, const char *csv, size_t len)
{
    const char *end = csv + len;
    int e = 0;
    while (e == 0 && csv < end) {
        const char *newline = memchr(csv, '\n', (size_t)(end - csv));
        size_t n = (size_t)((newline == NULL ? end : newline) - csv);
        size_t bare = n > 0 && csv[n - 1] == '\r' ? n - 1 : n;
        r->line++;
        if (bare > 0 && csv[0] != '#')
            e = read_row(r, t, csv, bare);
        csv += n + 1;
    }
    return e;
}

int words_read(const char *csv, size_t len, struct text *t, struct words **ret, struct diag *d)
{
    if (len > WORDS_BYTES_MAX)
        return diag_set(d, ERR_LIMIT, "the list is over %u bytes", WORDS_BYTES_MAX);
    CLEANUP(words_free_cleanup) struct words *w = mem_new(sizeof *w);
    w->arena = (struct arena)ARENA_INIT(64U * WORDS_BYTES_MAX);
    w->rows = mem_array(WORDS_ROWS_MAX, sizeof *w->rows);
    struct reading r = {.words = w, .d = d};
    int e = read_rows(&r, t, csv, len);
    if (e < 0)
        return e;
    qsort(w->rows, w->count, sizeof *w->rows, by_first_word);
    while (w->exact < w->count && !first_is_prefix(&w->rows[w->exact]))
        w->exact++;
    *ret = TAKE(w);
    return 0;
}

void words_free(struct words *w)
{
    if (w == NULL)
        return;
    arena_clear(&w->arena);
    free(w->rows);
    free(w);
}

size_t words_count(const struct words *w)
{
    return w->count;
}
