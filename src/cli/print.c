#include "cli/print.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/terminal.h"

#define STATUS_INDENT 4U /* of a line below a header */

static bool is_escaped(uint32_t c)
{
    enum utf8_kind kind = utf8_kind(c);
    return c >= 0x7f && kind != UTF8_PLAIN && kind != UTF8_LEFTWARD;
}

/* jansson has escaped what JSON must, and gives whole characters. */
static int put_json(const char *text, size_t len, void *stream)
{
    size_t from = 0, n;
    uint32_t c;
    for (size_t i = 0; i < len; i += n) {
        n = utf8_next(text + i, len - i, &c);
        if (n == 0 || !is_escaped(c)) {
            n = n == 0 ? 1 : n;
            continue;
        }
        fwrite(text + from, 1, i - from, stream);
        fprintf(stream, "\\u%04X", (unsigned)c);
        from = i + n;
    }
    fwrite(text + from, 1, len - from, stream);
    return 0;
}

void print_json(const json_t *o)
{
    json_dump_callback(o, put_json, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
    putchar('\n');
}

void print_nothing(bool json, size_t count, const char *text)
{
    if (!json && count == 0)
        fprintf(stderr, "%s\n", text);
}

void print_aside(const char *what, const char *text)
{
    CLEANUP_LINE struct line l = LINE_INIT;
    line_put(&l, "%s: ", what);
    line_prose(&l, text);
    line_end_on(stderr, &l, 0);
}

void print_count(uint64_t n, const char *one, const char *many)
{
    printf("%" PRIu64 " %s", n, n == 1 ? one : many);
}

void print_heading(const char *text)
{
    bool styled = terminal_styled(stdout);
    printf("%s%s%s\n", styled ? "\033[1m" : "", text, styled ? "\033[0m" : "");
}

void print_notice(const char *text)
{
    CLEANUP_LINE struct line l = LINE_INIT;
    line_put(&l, "! ");
    line_prose(&l, text);
    line_end(&l, STATUS_INDENT);
}

void print_list(struct line *l, const json_t *list, const char *separator)
{
    size_t i;
    json_t *word;
    json_array_foreach((json_t *)(uintptr_t)list, i, word)
    {
        if (i > 0)
            line_put(l, "%s", separator);
        line_foreign_n(l, json_string_value(word), json_string_length(word));
    }
    if (json_array_size(list) == 0)
        line_put(l, "none");
}

const char *print_text_of(const json_t *o, const char *name)
{
    const char *s = json_string_value(json_object_get(o, name));
    return s == NULL ? "" : s;
}

void print_header(const json_t *message, const char *more)
{
    CLEANUP_LINE struct line l = LINE_INIT;
    line_time(&l, print_text_of(message, "at"));
    line_put(&l, "  ");
    line_foreign(&l, print_text_of(message, "from"));
    line_put(&l, "%s → ", more);
    print_list(&l, json_object_get(message, "to"), ", ");
    line_end(&l, 0);
}

static const json_t *find_warrant(const json_t *policy, const char *id)
{
    size_t i;
    json_t *w;
    json_array_foreach(json_object_get(policy, "warrants"), i,
                       w) if (strcmp(print_text_of(w, "id"), id) == 0) return w;
    return NULL;
}

static void put_agencies(struct line *l, const json_t *warrant)
{
    size_t i;
    json_t *agency;
    json_array_foreach(json_object_get(warrant, "agencies"), i, agency)
    {
        line_put(l, "%s", i > 0 ? ", " : "");
        line_foreign(l, print_text_of(agency, "name"));
    }
}

/* "archived under 2026-0001: north, south can read it" */
static void put_readers(struct line *l, const json_t *message, const json_t *policy)
{
    size_t i;
    json_t *id;
    if (!json_is_true(json_object_get(message, "archived"))) {
        line_put(l, "not archived: no warrant covers it");
        return;
    }
    line_put(l, "archived under ");
    json_array_foreach(json_object_get(message, "warrants"), i, id)
    {
        const json_t *w = find_warrant(policy, json_string_value(id));
        line_put(l, "%s", i > 0 ? "; " : "");
        line_foreign(l, json_string_value(id));
        if (w != NULL) {
            line_put(l, ": ");
            put_agencies(l, w);
            line_put(l, " can read it");
        }
    }
}

void print_file(const json_t *file)
{
    CLEANUP_LINE struct line l = LINE_INIT;
    uint64_t size = (uint64_t)json_integer_value(json_object_get(file, "size"));
    json_int_t duration = json_integer_value(json_object_get(file, "duration"));
    line_put(&l, duration > 0 ? "voice note " : "file ");
    line_foreign(&l, print_text_of(file, "name"));
    line_put(&l, " (");
    line_foreign(&l, print_text_of(file, "type"));
    line_put(&l, ", %" PRIu64 " %s", size < 10240 ? size : size / 1024,
             size < 10240 ? "bytes" : "KiB");
    if (duration > 0)
        line_put(&l, ", %d:%02d minutes", (int)(duration / 60), (int)(duration % 60));
    line_put(&l, ")");
    line_end(&l, STATUS_INDENT);
}

bool print_is_file(const json_t *message)
{
    return strcmp(print_text_of(message, "kind"), "file") == 0;
}

void print_message(const json_t *message, const json_t *policy, const char *own_account)
{
    CLEANUP_LINE struct line l = LINE_INIT;
    const json_t *body = json_object_get(message, "body");
    bool own = strcmp(print_text_of(message, "from"), own_account) == 0;
    print_header(message, own ? " (this device)" : "");
    if (json_object_get(message, "gone") == NULL && !print_is_file(message))
        line_block(json_string_value(body), json_string_length(body));
    print_content(message);
    line_put(&l, "[");
    put_readers(&l, message, policy);
    line_put(&l, "]");
    line_end(&l, STATUS_INDENT);
}
