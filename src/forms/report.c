/* report.pdf: what can be printed and put before a court. Of a redacted message there is a box with
 * the reason: what is not drawn cannot be uncovered. The file's time is that of the last message.
 */
#include <cairo-pdf.h>

#include "base/memory.h"
#include "forms/report_internal.h"

#define REPORT_MAX (1U << 30)
#define HEADING 110.0 /* a conversation's name stays with the first message's beginning */
#define GAP 12.0
#define SMALL_GAP 4.0
#define CONVERSATION_MAX (1U << 20)

#ifdef IRONSIDE_SANITIZED
/* fontconfig 2.14 loses a pattern where it reads its configuration, cairo 1.16 an array for each
 * report with emoji: theirs, and small. Every program that has reports in it would end with 1 for
 * them. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo\n";
}

const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}
#endif

static cairo_status_t take(void *context, const unsigned char *data, unsigned len)
{
    struct buf *b = context;
    buf_put(b, data, len);
    return buf_failed(b) ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

/* ---- what stands in it ---- */

static void put_front(struct report *r)
{
    const struct view *v = r->view;
    CLEANUP_FREE char *place =
        mem_format("Package %s, part %u: %zu message%s in %u conversation%s", v->part->package,
                   v->part->number, v->count, v->count == 1 ? "" : "s",
                   HASH_COUNT(v->conversations), HASH_COUNT(v->conversations) == 1 ? "" : "s");
    report_lines(r, REPORT_TITLE, v->title);
    report_gap(r, SMALL_GAP);
    report_lines(r, REPORT_TEXT, place);
    if (v->count > 0) {
        CLEANUP_FREE char *range =
            mem_format("%s to %s", v->messages[0].bates, v->messages[v->count - 1].bates);
        report_lines(r, REPORT_TEXT, range);
    }
    report_lines(
        r, REPORT_SMALL,
        "Times are UTC, as senders signed them. This report is for reading: what is proved, "
        "and how to check it, stands in the package beside it.");
}

static void put_heading(struct report *r, const struct view_name *conversation)
{
    CLEANUP_BUF struct buf name = BUF_INIT(CONVERSATION_MAX);
    view_put_conversation(&name, conversation, buf_put_text);
    report_gap(r, GAP);
    report_room(r, HEADING);
    report_lines(r, REPORT_CONVERSATION, buf_text(&name));
    if (!r->paint)
        return;
    CLEANUP_FREE char *target = mem_format("page=%u", r->page);
    cairo_pdf_surface_add_outline(r->surface, CAIRO_PDF_OUTLINE_ROOT, buf_text(&name), target, 0);
}

static void put_day(struct report *r, size_t from)
{
    char day[CALENDAR_DAY_LEN + 1];
    calendar_format_day(calendar_day_of(r->view->order[from]->at_unix_ms), day);
    report_gap(r, SMALL_GAP);
    report_room(r, HEADING);
    report_lines(r, REPORT_DAY, day);
    report_gap(r, SMALL_GAP);
    for (size_t i = from, end = view_run_end(r->view, from, true); i < end; i++)
        report_message(r, r->view->order[i]);
}

static void put_all(struct report *r)
{
    const struct view *v = r->view;
    r->page = 0;
    report_begin_page(r);
    put_front(r);
    for (size_t from = 0; from < v->count;) {
        size_t end = view_run_end(v, from, false);
        put_heading(r, v->order[from]->conversation);
        for (; from < end; from = view_run_end(v, from, true))
            put_day(r, from);
    }
    report_end_page(r);
    r->pages = r->page;
}

/* ---- the file ---- */

static void set_dates(const struct report *r)
{
    const struct view *v = r->view;
    const char *last = v->count == 0 ? "1970-01-01T00:00:00.000Z" : v->messages[0].archived;
    for (size_t i = 0; i < v->count; i++)
        if (strcmp(v->messages[i].archived, last) > 0)
            last = v->messages[i].archived;
    CLEANUP_FREE char *date = mem_format("%.19sZ", last);
    cairo_pdf_surface_set_metadata(r->surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
    cairo_pdf_surface_set_metadata(r->surface, CAIRO_PDF_METADATA_MOD_DATE, date);
    cairo_pdf_surface_set_metadata(r->surface, CAIRO_PDF_METADATA_TITLE, v->title);
    cairo_pdf_surface_set_metadata(r->surface, CAIRO_PDF_METADATA_CREATOR, "Ironside");
}

/* 0, or what went wrong, of cairo's. */
static cairo_status_t draw(const struct view *v, struct buf *b)
{
    PangoFontMap *fonts = pango_cairo_font_map_new();
    struct report r = {.view = v, .context = pango_font_map_create_context(fonts)};
    r.surface = cairo_pdf_surface_create_for_stream(take, b, REPORT_WIDTH, REPORT_HEIGHT);
    r.cr = cairo_create(r.surface);
    set_dates(&r);
    put_all(&r);
    r.paint = true;
    put_all(&r);
    cairo_status_t status = cairo_status(r.cr);
    cairo_destroy(r.cr);
    cairo_surface_finish(r.surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(r.surface);
    cairo_surface_destroy(r.surface);
    g_object_unref(r.context);
    g_object_unref(fonts);
    return status;
}

int forms_report(const struct forms_part *p, const struct forms_sink *s, struct diag *d)
{
    CLEANUP_VIEW struct view v;
    CLEANUP_BUF struct buf b = BUF_INIT(REPORT_MAX);
    int r = view_init(&v, p, d);
    if (r < 0)
        return r;
    cairo_status_t status = draw(&v, &b);
    if (status != CAIRO_STATUS_SUCCESS)
        return diag_set(d, ERR_IO, "cannot draw the report of %s: %s", p->package,
                        cairo_status_to_string(status));
    return view_member(&v, s, "report", "pdf", &b, d);
}
