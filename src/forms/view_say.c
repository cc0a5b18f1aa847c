/* What a message says, in the words of every form: a line for what it does, then its own words. */
#include <inttypes.h>
#include <string.h>

#include "base/encode.h"
#include "forms/clean.h"
#include "forms/view_internal.h"

static void put_line(struct view *v, const char *s)
{
    if (s != NULL)
        clean_line(&v->scratch, s, strlen(s));
}

/* ---- the line ---- */

/* "NORTH-00000012", or what is known of a message that is not in the part. */
static void put_about(struct view *v, const struct view_message *to, const struct content *c)
{
    if (to->about != NULL) {
        buf_put_text(&v->scratch, to->about->bates);
        return;
    }
    buf_put_text(&v->scratch, "a message that is not in this part (");
    if (c->from != NULL) {
        put_line(v, c->from);
        buf_put_text(&v->scratch, ", ");
    }
    buf_put_text(&v->scratch, "id ");
    put_line(v, c->id);
    buf_put_text(&v->scratch, ")");
}

static void put_degrees(struct buf *b, int64_t value)
{
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    buf_format(b, "%s%" PRIu64 ".%07" PRIu64, value < 0 ? "-" : "", size / (uint64_t)GEO_DEGREE,
               size % (uint64_t)GEO_DEGREE);
}

static void put_position(struct view *v, const struct view_message *to)
{
    const struct geo *g = to->position;
    put_degrees(&v->scratch, g->latitude);
    buf_put_text(&v->scratch, ", ");
    put_degrees(&v->scratch, g->longitude);
    if (g->has_accuracy)
        buf_format(&v->scratch, ", within %" PRId64 ".%03" PRId64 " m", g->accuracy / GEO_METRE,
                   g->accuracy % GEO_METRE);
    if (to->has_until)
        buf_format(&v->scratch, ", updated until %s", to->until);
}

static void put_file(struct view *v, const struct view_file *f)
{
    buf_format(&v->scratch, "file \"%s\", %s%s%" PRIu64 " bytes", f->name, f->type,
               f->type[0] == '\0' ? "" : ", ", f->size);
    if (f->duration_s != 0)
        buf_format(&v->scratch, ", %" PRIu32 " s", f->duration_s);
    if (f->path == NULL)
        buf_put_text(&v->scratch, ", not in this package");
}

static void put_doing(struct view *v, const struct view_message *to, const struct content *c,
                      const char *before, const char *behind)
{
    buf_put_text(&v->scratch, before);
    put_about(v, to, c);
    buf_put_text(&v->scratch, behind);
}

static void put_group(struct view *v, const struct content *c)
{
    buf_put_text(&v->scratch, "group ");
    put_line(v, c->id);
    buf_format(&v->scratch, ", version %" PRIu64, c->serial);
}

static void put_head(struct view *v, const struct view_message *to, const struct content *c)
{
    switch (c->kind) {
    case CONTENT_EDIT:
        put_doing(v, to, c, "corrects ", "");
        break;
    case CONTENT_RETRACT:
        put_doing(v, to, c, "takes ", " back");
        break;
    case CONTENT_REPLY:
        put_doing(v, to, c, "answers ", "");
        break;
    case CONTENT_REACT:
        put_doing(v, to, c, "reacts to ", "");
        break;
    case CONTENT_READ:
        put_doing(v, to, c, "has read ", "");
        break;
    case CONTENT_VOTE:
        put_doing(v, to, c, "votes in ", "");
        break;
    case CONTENT_POSITION:
        buf_put_text(&v->scratch, "is at ");
        put_position(v, to);
        break;
    case CONTENT_LIVE:
        put_doing(v, to, c, "updates ", ": is at ");
        put_position(v, to);
        break;
    case CONTENT_GROUP:
        put_group(v, c);
        break;
    case CONTENT_CONTACT:
        buf_format(&v->scratch, "contact: %s", content_contact_text(c->contact));
        break;
    case CONTENT_POLL:
        buf_put_text(&v->scratch, "asks");
        break;
    case CONTENT_FILE:
    case CONTENT_TEXT:
    case CONTENT_KINDS:
        break;
    }
    if (to->file != NULL)
        put_file(v, to->file);
}

/* ---- its words ---- */

static const char *poll_text(struct view *v, const struct content *c)
{
    put_line(v, c->question);
    for (unsigned i = 0; i < c->option_count; i++) {
        buf_format(&v->scratch, "\n%u. ", i + 1);
        put_line(v, c->options[i]);
    }
    return view_take(v);
}

/* What a kind without words of its own has as its text is made of what the line says. */
static const char *words(struct view *v, struct view_message *to, const struct content *c)
{
    if (c->kind == CONTENT_POLL)
        return poll_text(v, c);
    return content_traits(c->kind)->own_words ? view_text(v, to, c->text, c->text_len) : "";
}

/* ---- what belongs to it ---- */

static void take_file(struct view *v, struct view_message *to, const struct content *c,
                      const struct forms_file *file)
{
    struct view_file *f = arena_new(&v->arena, sizeof *f);
    if (f == NULL) {
        v->failed = true;
        return;
    }
    f->name = view_as_line(v, file != NULL ? file->name : c->name);
    f->type = view_as_line(v, file != NULL ? file->type : c->type);
    f->size = file != NULL ? file->size : c->size;
    f->duration_s = c->kind == CONTENT_FILE ? c->duration_s : 0;
    if (file != NULL && file->path != NULL) {
        f->path = file->path;
        encode_hex(file->sha256, HASH_BYTES, f->sha256);
    }
    to->file = f;
}

static void take_position(struct view_message *to, const struct content *c)
{
    to->position = &c->position;
    to->has_until = c->has_until;
    if (c->has_until)
        calendar_format(c->until_unix_ms, to->until);
}

/* A redacted message's first line is not to be read in an answer to it. */
static const char *quote_of(struct view *v, const struct view_message *to, const struct content *c)
{
    bool may = c->kind == CONTENT_REPLY && (to->about == NULL || to->about->redacted == NULL);
    return may ? view_as_line(v, c->quote) : "";
}

void view_say(struct view *v, struct view_message *to, const struct content *c,
              const struct forms_file *file)
{
    if (c->kind == CONTENT_POSITION || c->kind == CONTENT_LIVE)
        take_position(to, c);
    if (file != NULL || c->kind == CONTENT_FILE)
        take_file(v, to, c, file);
    to->of_group = c->group != NULL;
    to->timer_s = c->timer_s;
    to->quote = quote_of(v, to, c);
    if (v->failed)
        return;
    put_head(v, to, c);
    to->head = view_take(v);
    to->text = words(v, to, c);
}
