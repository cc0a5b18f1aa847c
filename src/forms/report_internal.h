/* Shared by the files of the report. */
#ifndef IRONSIDE_FORMS_REPORT_INTERNAL_H
#define IRONSIDE_FORMS_REPORT_INTERNAL_H

#include <pango/pangocairo.h>

#include "forms/view.h"

#define REPORT_WIDTH 595.28 /* A4, in points */
#define REPORT_HEIGHT 841.89

struct report {
    const struct view *view;
    cairo_surface_t *surface;
    cairo_t *cr;
    PangoContext *context;
    bool paint; /* else it is only measured: a first time, to know how many pages there will be */
    double y;   /* where the next line goes, from the page's top */
    unsigned page, pages;
};

enum report_style {
    REPORT_TITLE,
    REPORT_CONVERSATION,
    REPORT_DAY,
    REPORT_NAME,
    REPORT_TEXT,
    REPORT_QUOTE,
    REPORT_DOING,
    REPORT_SMALL,
    REPORT_WRONG,
    REPORT_BOX, /* white on a black box */
    REPORT_STYLES
};

/* Lines of text from `y` on, over as many pages as they need; nothing for "". */
void report_lines(struct report *r, enum report_style style, const char *text);
/* One line at the right of where the next goes, which it leaves free. */
void report_aside(struct report *r, const char *text);
/* A page of its own from here on, when less than this is left. */
void report_room(struct report *r, double points);
void report_gap(struct report *r, double points);
void report_rule(struct report *r);
void report_begin_page(struct report *r);
void report_end_page(struct report *r);

void report_message(struct report *r, const struct view_message *m);

#endif
