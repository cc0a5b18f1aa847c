/* Pages of a report, and lines on them. */
#include "base/memory.h"
#include "forms/report_internal.h"

#define SIDE 56.0
#define TOP 64.0
#define BOTTOM (REPORT_HEIGHT - 64.0)
#define HEADER_Y 30.0
#define FOOTER_Y (REPORT_HEIGHT - 44.0)
#define ASIDE 130.0 /* free at the right of a name */
#define BOX_PAD 5.0
#define LINE_WIDTH 0.5

struct colour {
    double red, green, blue;
};
#define INK                                                                                        \
    {                                                                                              \
        0.08, 0.09, 0.11                                                                           \
    }
#define SOFT                                                                                       \
    {                                                                                              \
        0.30, 0.33, 0.39                                                                           \
    }
#define WHITE                                                                                      \
    {                                                                                              \
        1, 1, 1                                                                                    \
    }

static const struct style {
    const char *font;
    struct colour colour;
    double indent, free; /* at the line's beginning and at its end */
} styles[] = {
    [REPORT_TITLE] = {"Noto Sans Bold 20", INK, 0, 0},
    [REPORT_CONVERSATION] = {"Noto Sans Bold 13", INK, 0, 0},
    [REPORT_DAY] = {"Noto Sans Bold 9", SOFT, 0, 0},
    [REPORT_NAME] = {"Noto Sans Bold 10", INK, 0, ASIDE},
    [REPORT_TEXT] = {"Noto Sans 10", INK, 0, 0},
    [REPORT_QUOTE] = {"Noto Sans 9", SOFT, 12, 0},
    [REPORT_DOING] = {"Noto Sans Italic 9", SOFT, 0, 0},
    [REPORT_SMALL] = {"Noto Sans 7", SOFT, 0, 0},
    [REPORT_WRONG] = {"Noto Sans Bold 9", INK, 0, 0},
    [REPORT_BOX] = {"Noto Sans 10", WHITE, BOX_PAD, BOX_PAD},
};
_Static_assert(sizeof styles / sizeof styles[0] == REPORT_STYLES, "each style has its font");

static PangoLayout *layout_of(const struct report *r, enum report_style style, const char *text)
{
    PangoLayout *layout = pango_layout_new(r->context);
    PangoFontDescription *font = pango_font_description_from_string(styles[style].font);
    double width = REPORT_WIDTH - 2 * SIDE - styles[style].indent - styles[style].free;
    pango_layout_set_font_description(layout, font);
    pango_layout_set_width(layout, pango_units_from_double(width));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, text, -1);
    pango_font_description_free(font);
    return layout;
}

static void set_colour(const struct report *r, struct colour c)
{
    cairo_set_source_rgb(r->cr, c.red, c.green, c.blue);
}

/* ---- pages ---- */

/* A line of its own place, cut where it would leave the page. */
static void put_at(const struct report *r, const char *text, double y, PangoAlignment side)
{
    PangoLayout *layout = layout_of(r, REPORT_SMALL, text);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_alignment(layout, side);
    set_colour(r, styles[REPORT_SMALL].colour);
    cairo_move_to(r->cr, SIDE, y);
    pango_cairo_show_layout(r->cr, layout);
    g_object_unref(layout);
}

void report_begin_page(struct report *r)
{
    r->page++;
    r->y = TOP;
    if (!r->paint)
        return;
    CLEANUP_FREE char *place =
        mem_format("%s, part %u", r->view->part->package, r->view->part->number);
    CLEANUP_FREE char *number = mem_format("page %u of %u", r->page, r->pages);
    put_at(r, r->view->title, HEADER_Y, PANGO_ALIGN_LEFT);
    put_at(r, place, FOOTER_Y, PANGO_ALIGN_LEFT);
    put_at(r, number, FOOTER_Y, PANGO_ALIGN_RIGHT);
}

void report_end_page(struct report *r)
{
    if (r->paint)
        cairo_show_page(r->cr);
}

void report_room(struct report *r, double points)
{
    if (r->y + points <= BOTTOM)
        return;
    report_end_page(r);
    report_begin_page(r);
}

void report_gap(struct report *r, double points)
{
    r->y += points;
}

void report_rule(struct report *r)
{
    if (!r->paint)
        return;
    const struct colour light = {0.75, 0.77, 0.80};
    set_colour(r, light);
    cairo_set_line_width(r->cr, LINE_WIDTH);
    cairo_move_to(r->cr, SIDE, r->y);
    cairo_line_to(r->cr, REPORT_WIDTH - SIDE, r->y);
    cairo_stroke(r->cr);
}

/* ---- lines ---- */

static void paint_line(const struct report *r, enum report_style style, PangoLayoutLine *line,
                       double x, double baseline, double height)
{
    const struct style *s = &styles[style];
    if (style == REPORT_BOX) {
        const struct colour black = {0, 0, 0};
        set_colour(r, black);
        cairo_rectangle(r->cr, SIDE, r->y, REPORT_WIDTH - 2 * SIDE, height);
        cairo_fill(r->cr);
    }
    set_colour(r, s->colour);
    cairo_move_to(r->cr, SIDE + s->indent + x, r->y + baseline);
    pango_cairo_show_layout_line(r->cr, line);
}

static void put_line(struct report *r, enum report_style style, PangoLayoutIter *at)
{
    PangoRectangle logical;
    pango_layout_iter_get_line_extents(at, NULL, &logical);
    double height = pango_units_to_double(logical.height);
    report_room(r, height);
    if (r->paint)
        paint_line(r, style, pango_layout_iter_get_line_readonly(at),
                   pango_units_to_double(logical.x),
                   pango_units_to_double(pango_layout_iter_get_baseline(at) - logical.y), height);
    r->y += height;
}

void report_lines(struct report *r, enum report_style style, const char *text)
{
    if (text[0] == '\0')
        return;
    PangoLayout *layout = layout_of(r, style, text);
    PangoLayoutIter *at = pango_layout_get_iter(layout);
    do
        put_line(r, style, at);
    while (pango_layout_iter_next_line(at));
    pango_layout_iter_free(at);
    g_object_unref(layout);
}

void report_aside(struct report *r, const char *text)
{
    if (r->paint)
        put_at(r, text, r->y, PANGO_ALIGN_RIGHT);
}
