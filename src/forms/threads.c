/* RSMF 2.0: a file for each conversation and UTC day of a part. */
#include "base/memory.h"
#include "forms/threads_internal.h"

/* Named by the first of its messages, so that no two of a package have one name. */
static int give(const struct thread *t, const struct forms_sink *s, struct buf *b, struct diag *d)
{
    char day[CALENDAR_DAY_LEN + 1];
    const struct view_message *first = t->view->order[t->from];
    calendar_format_day(calendar_day_of(first->at_unix_ms), day);
    CLEANUP_FREE char *path = mem_format("threads/%s-%s.rsmf", day, first->bates);
    if (buf_failed(b))
        return diag_set(d, ERR_LIMIT, "%s becomes too large", path);
    return s->fn(s->context, path, buf_text(b), b->len);
}

static int make(struct thread *t, const struct forms_sink *s, struct diag *d)
{
    CLEANUP_BUF struct buf zip = BUF_INIT(THREADS_MAX), mail = BUF_INIT(THREADS_MAX);
    json_t *manifest = threads_manifest(t);
    int r = threads_zip(t, manifest, &zip, d);
    json_decref(manifest);
    if (r < 0)
        return r;
    threads_mail(t, &zip, &mail);
    return give(t, s, &mail, d);
}

int forms_threads(const struct forms_part *p, const struct forms_sink *s, struct diag *d)
{
    CLEANUP_VIEW struct view v;
    int r = view_init(&v, p, d);
    CLEANUP_FREE json_t **events = mem_array(v.count + 1, sizeof(json_t *));
    for (size_t from = 0, end; from < v.count && r == 0; from = end) {
        end = view_run_end(&v, from, true);
        struct thread t = {.view = &v, .from = from, .end = end, .events = events};
        t.people = view_people(&v, from, end, &t.people_count);
        r = make(&t, s, d);
        free(t.people);
    }
    return r;
}
