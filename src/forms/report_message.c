#include <inttypes.h>

#include "base/memory.h"
#include "forms/report_internal.h"

#define BEGINNING 52.0 /* name, time and a first line stay on one page */
#define BEFORE 7.0
#define BEHIND 5.0
#define SMALL_MAX (1U << 20)

static void put_time(struct report *r, const struct view_message *m)
{
    CLEANUP_BUF struct buf b = BUF_INIT(SMALL_MAX);
    buf_format(&b, "%.10s %.8s UTC, to ", m->at, m->at + sizeof "YYYY-MM-DD");
    for (size_t i = 0; i < m->to_count; i++)
        buf_format(&b, "%s%s", i == 0 ? "" : ", ", m->to[i]->text);
    if (m->timer_s != 0)
        buf_format(&b, "; disappears after %" PRIu32 " s", m->timer_s);
    report_lines(r, REPORT_SMALL, buf_text(&b));
}

static void put_file(struct report *r, const struct view_file *f)
{
    if (f == NULL || f->path == NULL)
        return;
    CLEANUP_FREE char *text = mem_format("%s, SHA-256 %s", f->path, f->sha256);
    report_lines(r, REPORT_SMALL, text);
}

static void put_place(struct report *r, const struct view_message *m)
{
    CLEANUP_FREE char *text =
        mem_format("archived %.10s %.8s UTC, bot %s, leaf %" PRIu64 ", warrant %s%s%s%s",
                   m->archived, m->archived + sizeof "YYYY-MM-DD", m->bot, m->leaf, m->warrant,
                   m->country[0] == '\0' ? "" : ", country ", m->country,
                   m->wrong[0] == '\0' ? ", verified" : "");
    report_lines(r, REPORT_SMALL, text);
}

static void put_marked(struct report *r, enum report_style style, const char *before,
                       const char *text)
{
    CLEANUP_FREE char *whole = mem_format("%s%s", before, text);
    report_lines(r, style, whole);
}

void report_message(struct report *r, const struct view_message *m)
{
    report_room(r, BEGINNING);
    report_rule(r);
    report_gap(r, BEFORE);
    report_aside(r, m->bates);
    report_lines(r, REPORT_NAME, m->from->text);
    put_time(r, m);
    if (m->redacted != NULL)
        put_marked(r, REPORT_BOX, "redacted: ", m->redacted);
    report_lines(r, REPORT_DOING, m->head);
    report_lines(r, REPORT_QUOTE, m->quote);
    report_lines(r, REPORT_TEXT, m->text);
    put_file(r, m->file);
    if (m->wrong[0] != '\0')
        put_marked(r, REPORT_WRONG, "not verified: ", m->wrong);
    put_place(r, m);
    report_gap(r, BEHIND);
}
