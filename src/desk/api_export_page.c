/* A page of an export, as JSON lines or as a table. What was selected and is not in the sight of
 * who asks any more has a line that says so: the lines are as many as were announced. */
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "desk/api_internal.h"
#include "desk/csv.h"
#include "desk/export.h"

#define PAGE_MESSAGES 500U
#define PAGE_BYTES (2U * 1024 * 1024) /* it ends behind the message with which it has these */
#define TEXT_BYTES (12U * 1024 * 1024)
#define LIST_BYTES 65536U
#define SCOPE_BYTES 64U
#define WITHHELD "not in sight any more"

struct page {
    struct api_call *call;
    struct desk_export e;
    struct buf *text;
    json_t *message; /* the one being written */
    uint64_t withheld;
};

/* ---- a message ---- */

static int take_leaf(void *context, const struct desk_leaf *l)
{
    return json_array_append_new(context,
                                 json_pack("{so sI so}", "bot", api_string(l->bot), "leaf",
                                           (json_int_t)l->leaf, "warrant", api_string(l->warrant)));
}

static json_t *files_of(const json_t *message)
{
    json_t *files = json_array();
    const json_t *name = json_object_get(json_object_get(message, "content"), "name");
    if (json_is_string(name))
        json_array_append_new(files, json_deep_copy(name));
    return files;
}

static int take_message(void *context, const struct desk_message *m)
{
    struct page *p = context;
    p->message = api_message(m, true);
    return api_put_made(p->call, p->message, m);
}

/* p->message; of what is not in sight its number and that it is withheld. */
static int read_message(struct page *p, int64_t id)
{
    struct api_call *c = p->call;
    json_t *leaves = json_array();
    int r = desk_message(c->api->o.index, id, c->session.user, take_message, p, &c->d);
    if (r == 0)
        r = desk_leaves(c->api->o.index, id, take_leaf, leaves, &c->d);
    if (r == ERR_NOT_FOUND) {
        json_decref(p->message);
        json_decref(leaves);
        p->message = json_pack("{sI ss}", "id", (json_int_t)id, "withheld", WITHHELD);
        p->withheld++;
        return 0;
    }
    json_object_set_new(p->message, "leaves", leaves);
    json_object_set_new(p->message, "files", files_of(p->message));
    return r;
}

/* ---- JSON lines ---- */

static int put_out(const char *data, size_t len, void *context)
{
    buf_put(context, data, len);
    return 0;
}

static void put_line(struct page *p, const json_t *line)
{
    (void)json_dump_callback(line, put_out, p->text, JSON_COMPACT | JSON_SORT_KEYS);
    buf_put_u8(p->text, '\n');
}

static void put_frame(struct page *p, const char *word)
{
    json_t *line = json_pack("{sI sI so}", word, (json_int_t)p->e.id, "messages",
                             (json_int_t)p->e.messages, "selection", api_string(p->e.selection));
    put_line(p, line);
    json_decref(line);
}

/* ---- a table ---- */

static const char *const columns[] = {
    "id",  "at",       "archived", "from",  "to",    "conversation", "kind",    "lang", "country",
    "bot", "warrants", "leaves",   "wrong", "files", "tags",         "flagged", "text", "withheld"};

static void put_names(struct page *p)
{
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        csv_put(p->text, i == 0, columns[i]);
    csv_end(p->text);
}

static void put_text(struct page *p, const char *name)
{
    const char *text = json_string_value(json_object_get(p->message, name));
    csv_put(p->text, false, text == NULL ? "" : text);
}

static void put_instant(struct page *p, const char *name)
{
    char text[CALENDAR_INSTANT_LEN + 1] = "";
    const json_t *value = json_object_get(p->message, name);
    if (value != NULL)
        calendar_format(json_integer_value(value), text);
    csv_put(p->text, false, text);
}

/* A list of texts, or of leaves, in one cell. */
static void put_list(struct page *p, const json_t *list)
{
    CLEANUP_BUF struct buf cell = BUF_INIT(LIST_BYTES);
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one)
    {
        buf_put_text(&cell, i == 0 ? "" : " ");
        if (json_is_string(one))
            buf_put_text(&cell, json_string_value(one));
        else
            buf_format(&cell, "%s:%lld", json_string_value(json_object_get(one, "bot")),
                       json_integer_value(json_object_get(one, "leaf")));
    }
    if (buf_failed(&cell))
        buf_fail(p->text);
    csv_put(p->text, false, buf_text(&cell));
}

static void put_row(struct page *p)
{
    const json_t *m = p->message, *made = json_object_get(m, "made");
    const char *text = json_string_value(json_object_get(json_object_get(m, "content"), "text"));
    csv_put_number(p->text, true, json_integer_value(json_object_get(m, "id")));
    put_instant(p, "at");
    put_instant(p, "archived");
    put_text(p, "from");
    put_list(p, json_object_get(m, "to"));
    for (size_t i = 5; i < 10; i++) /* conversation to bot, as they stand in `columns` */
        put_text(p, columns[i]);
    put_list(p, json_object_get(m, "warrants"));
    put_list(p, json_object_get(m, "leaves"));
    put_text(p, "wrong");
    put_list(p, json_object_get(m, "files"));
    put_list(p, json_object_get(made, "tags"));
    csv_put(p->text, false, json_is_true(json_object_get(made, "flagged")) ? "yes" : "");
    csv_put(p->text, false, text == NULL ? "" : text);
    put_text(p, "withheld");
    csv_end(p->text);
}

/* ---- pages ---- */

static bool is_table(const struct page *p)
{
    return strcmp(p->e.format, "csv") == 0;
}

/* How many of the ids the page took. */
static int put_messages(struct page *p, const int64_t *ids, size_t count, size_t *ret)
{
    size_t i = 0;
    for (int r; i < count && p->text->len < PAGE_BYTES; i++) {
        r = read_message(p, ids[i]);
        if (r == 0 && is_table(p))
            put_row(p);
        else if (r == 0)
            put_line(p, p->message);
        json_decref(p->message);
        p->message = NULL;
        if (r < 0)
            return api_fail(p->call, r);
    }
    *ret = i;
    return 0;
}

static int put_page(struct page *p, uint64_t from, uint64_t *ret_to)
{
    int64_t ids[PAGE_MESSAGES];
    size_t count = 0, taken = 0;
    int r = desk_export_page(p->call->api->o.index, &p->e, from, ids, PAGE_MESSAGES, &count,
                             &p->call->d);
    if (r < 0)
        return api_fail(p->call, r);
    if (from == 0 && is_table(p))
        put_names(p);
    else if (from == 0)
        put_frame(p, "export");
    r = put_messages(p, ids, count, &taken);
    *ret_to = from + taken;
    if (r == 0 && *ret_to == p->e.messages && !is_table(p))
        put_frame(p, "end");
    if (r == 0 && buf_failed(p->text))
        r = api_refuse(p->call, API_TOO_LONG, "a message is too long for a page");
    return r;
}

static int read_export(struct api_call *c, struct page *p)
{
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    r = desk_export_of(c->api->o.index, id, &p->e, &c->d);
    if (r < 0)
        return api_fail(c, r);
    p->e.format = arena_string(&c->arena, p->e.format);
    p->e.selection = arena_string(&c->arena, p->e.selection);
    if (p->e.format == NULL || p->e.selection == NULL)
        return api_fail(c, ERR_LIMIT);
    if (p->e.user != c->session.user)
        return api_refuse(c, API_NOT_FOUND, "you have no export %lld", (long long)id);
    return 0;
}

int api_export_page(struct api_call *c)
{
    CLEANUP_BUF struct buf text = BUF_INIT(TEXT_BYTES);
    struct page p = {.call = c, .text = &text};
    char scope[SCOPE_BYTES];
    int64_t from = 0;
    uint64_t to = 0;
    int r = read_export(c, &p);
    if (r < 0)
        return r;
    snprintf(scope, sizeof scope, "export %lld", (long long)p.e.id);
    r = api_after(c, scope, 0, &from);
    if (r == 0)
        r = put_page(&p, (uint64_t)from, &to);
    if (r < 0)
        return r;
    api_what(c, "export %lld: %lld to %llu of %llu", (long long)p.e.id, (long long)from + 1,
             (unsigned long long)to, (unsigned long long)p.e.messages);
    c->answer = json_pack("{sI sI sI sI so so}", "of", (json_int_t)p.e.messages, "from",
                          (json_int_t)from + 1, "to", (json_int_t)to, "withheld",
                          (json_int_t)p.withheld, "text", api_string(buf_text(&text)), "after",
                          to < p.e.messages ? api_cursor(scope, (int64_t)to) : json_null());
    return 0;
}
