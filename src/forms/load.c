/* Concordance's load file (DAT), a row for each message, and Opticon's (OPT), a line for the text
 * of each.
 */
#include "base/cleanup.h"
#include "base/memory.h"
#include "forms/load_row.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define FORM_MAX (1U << 30) /* bytes of a load file */

static void put_rows(struct buf *b, const struct view *v)
{
    buf_put_text(b, BYTE_ORDER_MARK);
    load_row_names(b);
    for (size_t i = 0; i < v->count; i++)
        load_row_put(b, &v->messages[i]);
}

/* ID, volume, path, first of its document, folder, box, pages. */
static void put_lines(struct buf *b, const struct view *v)
{
    for (size_t i = 0; i < v->count; i++) {
        buf_format(b, "%s,%s,", v->messages[i].bates, v->part->package);
        load_row_path(b, LOAD_ROW_TEXT_FOLDER);
        buf_format(b, "%s.txt,Y,,,1\r\n", v->messages[i].bates);
    }
}

static int give(const struct view *v, const struct forms_sink *s, const char *ext,
                void (*put)(struct buf *, const struct view *), struct diag *d)
{
    CLEANUP_BUF struct buf b = BUF_INIT(FORM_MAX);
    CLEANUP_FREE char *stem = mem_format("load/%s", v->part->package);
    put(&b, v);
    return view_member(v, s, stem, ext, &b, d);
}

static int give_text(const struct view_message *m, const struct forms_sink *s)
{
    CLEANUP_BUF struct buf b = BUF_INIT(FORM_MAX);
    CLEANUP_FREE char *path = mem_format(LOAD_ROW_TEXT_FOLDER "%s.txt", m->bates);
    if (m->redacted != NULL)
        buf_format(&b, "redacted: %s\n", m->redacted);
    if (m->head[0] != '\0')
        buf_format(&b, "[%s]\n", m->head);
    buf_put_text(&b, m->text);
    return s->fn(s->context, path, buf_text(&b), b.len);
}

int forms_load(const struct forms_part *p, const struct forms_sink *s, struct diag *d)
{
    CLEANUP_VIEW struct view v;
    int r = view_init(&v, p, d);
    if (r == 0)
        r = give(&v, s, "dat", put_rows, d);
    if (r == 0)
        r = give(&v, s, "opt", put_lines, d);
    for (size_t i = 0; i < p->count && r == 0; i++)
        r = give_text(&v.messages[i], s);
    return r;
}
