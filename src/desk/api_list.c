/* A list of words or accounts, one in each line of a table, as one search: how many each of them
 * found, or what is wrong with it and where. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "desk/api_internal.h"
#include "desk/csv.h"
#include "desk/queue.h"

#define LINES_MAX 500U
#define LINE_BYTES_MAX 1024U
#define COUNT_BUDGET_MS 2000 /* of all lines */

struct listing {
    struct api_call *call;
    json_t *lines;
    struct buf *header; /* the first cell, where it only says what those below it are */
    struct buf *all;    /* the query of all that can be read */
    size_t found;
    size_t first; /* where the first line begins */
    int64_t until_ms;
};

static bool is_account(const char *cell)
{
    return strchr(cell, '@') != NULL && strpbrk(cell, " \t\r\n\"") == NULL;
}

/* A filter, or a phrase: quotes within it part words as blanks do. */
static void put_operand(struct buf *b, const char *cell)
{
    buf_put_text(b, is_account(cell) ? "with:\"" : "\"");
    for (; *cell != '\0'; cell++)
        buf_put_u8(b, (uint8_t)(*cell == '"' || *cell == '\n' || *cell == '\r' ? ' ' : *cell));
    buf_put_u8(b, '"');
}

static void put_problem(json_t *line, const char *text, size_t offset, size_t len)
{
    json_object_set_new(line, "problem", api_string(text));
    json_object_set_new(line, "offset", json_integer((json_int_t)offset));
    json_object_set_new(line, "length", json_integer((json_int_t)len));
}

static int count_query(struct listing *l, const struct query *query, json_t *line)
{
    struct desk_queue_state state;
    int64_t left = l->until_ms - clock_monotonic_ms();
    const struct desk_queue q = {
        .query = query, .user = l->call->session.user, .budget_ms = left < 1 ? 1 : (int)left};
    int r = desk_queue_look(l->call->api->o.index, &q, &state, &l->call->d);
    if (r < 0)
        return api_fail(l->call, r);
    json_object_set_new(line, "count", json_integer((json_int_t)state.left));
    json_object_set_new(line, "exact", json_boolean(state.exact));
    return 0;
}

static int ignore(void *context, const struct desk_person *p)
{
    (void)context;
    (void)p;
    return 0;
}

/* That there is no such account is no mistake of the search, but may be one of the list. */
static void look_for_account(struct listing *l, const char *cell, json_t *line)
{
    struct diag d = {""};
    if (is_account(cell) &&
        desk_person_of(l->call->api->o.index, cell, ignore, NULL, &d) == ERR_NOT_FOUND)
        put_problem(line, d.text, 0, strlen(cell));
}

static int take_cell(struct listing *l, const char *cell, json_t *line)
{
    CLEANUP(query_free_cleanup) struct query *query = NULL;
    CLEANUP_BUF struct buf written = BUF_INIT(QUERY_BYTES_MAX);
    struct api_call *c = l->call;
    put_operand(&written, cell);
    int r = api_query(c, buf_text(&written), &query);
    if (r < 0 && c->error != API_QUERY)
        return r;
    if (r < 0) { /* the line is wrong, not the question */
        put_problem(line, c->error_text, 0, strlen(cell));
        c->error = API_ERRORS;
        c->has_place = false;
        return 0;
    }
    buf_format(l->all, "%s%s", l->found++ == 0 ? "" : " OR ", buf_text(&written));
    look_for_account(l, cell, line);
    return count_query(l, query, line);
}

static json_t *new_line(struct listing *l, size_t number, const char *cell)
{
    json_t *line = json_pack("{sI so sI sb so sI sI}", "line", (json_int_t)number, "text",
                             api_string(cell), "count", (json_int_t)0, "exact", 1, "problem",
                             json_string(""), "offset", (json_int_t)0, "length", (json_int_t)0);
    json_array_append_new(l->lines, line);
    return line;
}

static size_t lines_in(const char *text, size_t from, size_t to)
{
    size_t lines = 0;
    for (size_t i = from; i < to; i++)
        lines += text[i] == '\n';
    return lines;
}

/* What a table's first line calls a column of accounts or words. */
static bool is_header(const char *cell)
{
    static const char *const names[] = {
        "account",  "accounts", "address", "addresses", "handle", "handles", "jid",   "keyword",
        "keywords", "name",     "names",   "person",    "phrase", "phrases", "query", "search",
        "term",     "terms",    "user",    "users",     "word",   "words"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(names[i], cell) == 0)
            return true;
    return false;
}

/* The line at `*at`, which is that of this number; blank ones say nothing. */
static int take_line(struct listing *l, const char *text, size_t len, size_t *at, size_t number)
{
    CLEANUP_BUF struct buf cell = BUF_INIT(LINE_BYTES_MAX);
    size_t start = *at, offset = 0;
    int r = csv_first(text, len, at, &cell, &offset);
    if (r < 0) {
        put_problem(new_line(l, number, ""), "a quote that does not end its cell", offset - start,
                    1);
        return 0;
    }
    if (buf_failed(&cell)) {
        put_problem(new_line(l, number, ""), "more than 1,024 bytes", 0, 0);
        return 0;
    }
    const char *said = buf_text(&cell);
    if (said[strspn(said, " \t\r\n")] == '\0')
        return 0;
    if (start == l->first && *at < len && is_header(said)) {
        buf_put_text(l->header, said);
        return 0;
    }
    return take_cell(l, said, new_line(l, number, said));
}

static int take_lines(struct listing *l, const char *text, size_t len)
{
    size_t at = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0, number = 1;
    l->first = at;
    while (at < len) {
        size_t start = at;
        if (json_array_size(l->lines) >= LINES_MAX)
            return api_refuse(l->call, API_TOO_LONG, "a list has at most %u lines", LINES_MAX);
        int r = take_line(l, text, len, &at, number);
        if (r < 0)
            return r;
        number += lines_in(text, start, at);
    }
    return 0;
}

/* What the whole list finds: one query, which can be searched, saved, exported. */
static int count_all(struct listing *l)
{
    CLEANUP(query_free_cleanup) struct query *query = NULL;
    struct api_call *c = l->call;
    if (l->found == 0)
        return api_refuse(c, API_MALFORMED, "the list has no line that can be searched for");
    if (buf_failed(l->all))
        return api_refuse(c, API_TOO_LONG,
                          "as one query the list has more than %u bytes: divide it",
                          QUERY_BYTES_MAX);
    int r = api_query(c, buf_text(l->all), &query);
    c->has_place = false; /* of a text that the user did not write */
    if (r < 0)
        return r;
    query_put(&c->what, query);
    json_object_set_new(c->answer, "query", api_string(buf_text(l->all)));
    l->until_ms = clock_monotonic_ms() + COUNT_BUDGET_MS;
    return count_query(l, query, c->answer);
}

int api_list(struct api_call *c)
{
    CLEANUP_BUF struct buf all = BUF_INIT(QUERY_BYTES_MAX), header = BUF_INIT(LINE_BYTES_MAX);
    const char *text = api_text(c, "csv", "");
    struct listing l = {.call = c,
                        .lines = json_array(),
                        .header = &header,
                        .all = &all,
                        .until_ms = clock_monotonic_ms() + COUNT_BUDGET_MS};
    c->answer = json_pack("{so}", "lines", l.lines);
    int r = take_lines(&l, text, strlen(text));
    if (r < 0)
        return r;
    json_object_set_new(c->answer, "header", api_string(buf_text(&header)));
    api_what(c, "a list of %zu: ", l.found);
    return count_all(&l);
}
