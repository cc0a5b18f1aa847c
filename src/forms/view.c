#include "forms/view.h"

#include <inttypes.h>
#include <string.h>

#include "base/encode.h"
#include "base/memory.h"
#include "forms/check.h"
#include "forms/clean.h"
#include "forms/view_internal.h"

#define TEXT_MAX (1U << 30) /* bytes of a view: past what FORMS_PART_MAX messages can say */
#define SCRATCH_MAX (8U << 20)

/* ---- strings ---- */

const char *view_take(struct view *v)
{
    const char *text = buf_failed(&v->scratch)
                           ? NULL
                           : arena_string_n(&v->arena, buf_text(&v->scratch), v->scratch.len);
    buf_reset(&v->scratch);
    v->failed |= text == NULL;
    return text == NULL ? "" : text;
}

const char *view_as_line(struct view *v, const char *s)
{
    if (s == NULL || s[0] == '\0')
        return "";
    clean_line(&v->scratch, s, strlen(s));
    return view_take(v);
}

const char *view_text(struct view *v, struct view_message *to, const char *text, size_t len)
{
    if (text == NULL || len == 0)
        return "";
    to->replaced += clean_text(&v->scratch, text, len);
    return view_take(v);
}

/* The one entry of `set` for this name. */
static const struct view_name *name_of(struct view *v, struct view_name **set, const char *s)
{
    struct view_name *found = NULL;
    const char *text = view_as_line(v, s);
    HASH_FIND_STR(*set, text, found);
    if (found == NULL && !v->failed) {
        found = mem_new(sizeof *found);
        found->text = text;
        found->number = HASH_COUNT(*set);
        HASH_ADD_KEYPTR(hh, *set, found->text, strlen(found->text), found);
    }
    return found;
}

static void free_names(struct view_name **set)
{
    struct view_name *name, *next;
    HASH_ITER (hh, *set, name, next) {
        HASH_DEL(*set, name);
        free(name);
    }
}

/* ---- one message ---- */

static void take_people(struct view *v, struct view_message *to, const struct forms_message *m)
{
    to->from = name_of(v, &v->people, m->from);
    to->to = arena_array(&v->arena, m->to_count + 1, sizeof(struct view_name *));
    v->failed |= to->to == NULL;
    for (size_t i = 0; i < m->to_count && !v->failed; i++)
        to->to[to->to_count++] = name_of(v, &v->people, m->to[i]);
}

/* What is known of every message, and all that is of a redacted one. */
static void take_outside(struct view *v, struct view_message *to, const struct forms_message *m)
{
    snprintf(to->bates, sizeof to->bates, "%s-%08" PRIu64, v->part->prefix, m->number);
    calendar_format(m->at_unix_ms, to->at);
    calendar_format(m->archived_unix_ms, to->archived);
    to->at_unix_ms = m->at_unix_ms;
    to->leaf = m->leaf;
    to->bot = view_as_line(v, m->bot);
    to->warrant = view_as_line(v, m->warrant);
    to->country = view_as_line(v, m->country);
    to->wrong = view_as_line(v, m->wrong);
    to->conversation = name_of(v, &v->conversations, m->conversation);
    to->redacted = m->redacted == NULL ? NULL : view_as_line(v, m->redacted);
    to->id = to->head = to->text = to->quote = "";
    to->kind = CONTENT_TEXT;
    take_people(v, to, m);
}

static int take_all(struct view *v)
{
    for (size_t i = 0; i < v->count && !v->failed; i++) {
        const struct forms_message *m = &v->part->messages[i];
        struct view_message *to = &v->messages[i];
        take_outside(v, to, m);
        if (m->redacted == NULL) {
            to->id = view_as_line(v, m->id);
            to->kind = m->content.kind;
        }
    }
    return v->failed ? ERR_LIMIT : 0;
}

int view_init(struct view *v, const struct forms_part *p, struct diag *d)
{
    *v = (struct view){.part = p, .arena = ARENA_INIT(TEXT_MAX), .scratch = BUF_INIT(SCRATCH_MAX)};
    int r = check_part(p, d);
    if (r < 0)
        return r;
    v->title = view_as_line(v, p->title);
    v->count = p->count;
    v->messages = mem_array(p->count + 1, sizeof *v->messages);
    v->order = mem_array(p->count + 1, sizeof(struct view_message *));
    r = take_all(v);
    if (r == 0) {
        view_find_about(v);
        for (size_t i = 0; i < p->count; i++)
            if (p->messages[i].redacted == NULL)
                view_say(v, &v->messages[i], &p->messages[i].content, p->messages[i].file);
        view_sort(v);
    }
    return v->failed
               ? diag_set(d, ERR_LIMIT, "part %u of %s has too much text", p->number, p->package)
               : 0;
}

void view_clear(struct view *v)
{
    free_names(&v->people);
    free_names(&v->conversations);
    free(v->messages);
    free(v->order);
    arena_clear(&v->arena);
    buf_clear(&v->scratch);
}

const char *view_kind_text(const struct view_message *m)
{
    return m->redacted != NULL ? "redacted" : content_kind_text(m->kind);
}

int view_member(const struct view *v, const struct forms_sink *s, const char *stem, const char *ext,
                struct buf *b, struct diag *d)
{
    CLEANUP_FREE char *path = v->part->number == 1
                                  ? mem_format("%s.%s", stem, ext)
                                  : mem_format("%s-%u.%s", stem, v->part->number, ext);
    if (buf_failed(b))
        return diag_set(d, ERR_LIMIT, "%s becomes too large", path);
    return s->fn(s->context, path, buf_text(b), b->len);
}
