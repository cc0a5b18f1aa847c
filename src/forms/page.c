/* index.html: a reader for whoever has a browser and nothing else. There is no script in it, and
 * its policy lets none run, nothing be loaded and no form be sent, should there be one after all.
 */
#include <string.h>

#include "base/encode.h"
#include "forms/page_internal.h"

#define PAGE_MAX (1U << 30)

/* "Friday, 2024-05-03" */
static void put_day(struct buf *b, const struct view_message *m)
{
    static const char *const days[CALENDAR_WEEK_DAYS] = {
        "Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"};
    int64_t day = calendar_day_of(m->at_unix_ms) % CALENDAR_WEEK_DAYS;
    buf_format(b, "<h3><time datetime=\"%.10s\">%s, %.10s</time></h3>\n", m->at,
               days[day < 0 ? day + CALENDAR_WEEK_DAYS : day], m->at);
}

/* A page's title, as a person reads it; "" gives the package's name. */
static void put_title(const struct view *v, struct buf *b)
{
    page_put(b, v->title[0] != '\0' ? v->title : v->part->package);
}

static void put_policy(struct buf *b)
{
    uint8_t digest[HASH_BYTES];
    hash_sha256(page_style, strlen(page_style), digest);
    buf_put_text(b, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "style-src 'sha256-");
    encode_base64_buf(b, digest, sizeof digest);
    buf_put_text(b, "'; base-uri 'none'; form-action 'none'\">\n");
}

static void put_head(const struct view *v, struct buf *b)
{
    buf_put_text(b, "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n");
    put_policy(b);
    buf_put_text(b, "<meta name=viewport content=\"width=device-width,initial-scale=1\">\n"
                    "<meta name=referrer content=no-referrer>\n<title>");
    put_title(v, b);
    buf_format(b, "</title>\n<style>%s</style>\n</head>\n<body>\n", page_style);
}

static void put_header(const struct view *v, struct buf *b)
{
    buf_put_text(b, "<header>\n<h1 dir=auto>");
    put_title(v, b);
    buf_format(b, "</h1>\n<p>Package %s, part %u · %zu message%s in %u conversation%s",
               v->part->package, v->part->number, v->count, v->count == 1 ? "" : "s",
               HASH_COUNT(v->conversations), HASH_COUNT(v->conversations) == 1 ? "" : "s");
    if (v->count > 0)
        buf_format(b, " · %s to %s", v->messages[0].bates, v->messages[v->count - 1].bates);
    buf_put_text(b, "</p>\n</header>\n");
}

static void put_conversations(const struct view *v, struct buf *b)
{
    buf_put_text(b, "<nav aria-label=Conversations>\n<h2>Conversations</h2>\n<ol>\n");
    for (size_t from = 0, end; from < v->count; from = end) {
        const struct view_message *first = v->order[from];
        end = view_run_end(v, from, false);
        buf_format(b, "<li><a href=\"#c%zu\"><bdi>", first->conversation->number);
        view_put_conversation(b, first->conversation, page_put);
        buf_format(b, "</bdi></a><span>%zu from %.10s to %.10s</span></li>\n", end - from,
                   first->at, v->order[end - 1]->at);
    }
    buf_put_text(b, "</ol>\n</nav>\n");
}

static void put_people(const struct view *v, size_t from, size_t end, struct buf *b)
{
    size_t count = 0;
    CLEANUP_FREE const struct view_name **people = view_people(v, from, end, &count);
    buf_put_text(b, "<p class=who>");
    for (size_t i = 0; i < count; i++) {
        buf_put_text(b, i == 0 ? "<bdi>" : ", <bdi>");
        page_put(b, people[i]->text);
        buf_put_text(b, "</bdi>");
    }
    buf_put_text(b, "</p>\n");
}

static void put_conversation(const struct view *v, size_t from, size_t end, struct buf *b)
{
    const struct view_name *conversation = v->order[from]->conversation;
    buf_format(b, "<section>\n<h2 id=c%zu dir=auto>", conversation->number);
    view_put_conversation(b, conversation, page_put);
    buf_put_text(b, "</h2>\n");
    if (content_group_valid(conversation->text)) /* else it is named by its people */
        put_people(v, from, end, b);
    for (size_t day = from, day_end; day < end; day = day_end) {
        day_end = view_run_end(v, day, true);
        put_day(b, v->order[day]);
        for (size_t i = day; i < day_end; i++)
            page_put_message(b, v->order[i]);
    }
    buf_put_text(b, "</section>\n");
}

static void put_page(const struct view *v, struct buf *b)
{
    put_head(v, b);
    put_header(v, b);
    buf_put_text(b, "<div class=all>\n");
    put_conversations(v, b);
    buf_put_text(b, "<main>\n");
    for (size_t from = 0, end; from < v->count; from = end) {
        end = view_run_end(v, from, false);
        put_conversation(v, from, end, b);
    }
    buf_put_text(b,
                 "</main>\n</div>\n<footer>Times are UTC, as senders signed them. This page is for "
                 "reading; what is proved, and how to check it, stands in the package beside "
                 "it.</footer>\n</body>\n</html>\n");
}

int forms_page(const struct forms_part *p, const struct forms_sink *s, struct diag *d)
{
    CLEANUP_VIEW struct view v;
    CLEANUP_BUF struct buf b = BUF_INIT(PAGE_MAX);
    int r = view_init(&v, p, d);
    if (r < 0)
        return r;
    put_page(&v, &b);
    return view_member(&v, s, "index", "html", &b, d);
}
