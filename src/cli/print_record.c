#include "cli/print_record.h"

#include <inttypes.h>

#include "cli/print.h"
#include "wire/content_json.h"
#include "wire/json.h"

#define STATUS_INDENT 4U

/* "text" is what was meant, "body" every byte that was said. */
static void put_content(json_t *o, const struct print_record *m)
{
    struct arena arena = ARENA_INIT(2 * CONTENT_ARENA_BYTES);
    struct content c;
    if (content_read(&arena, m->body, m->body_len, &c) == 0) {
        content_put_json(o, &c, m->record->envelope.from);
        json_object_set_new(o, "text", json_stringn(c.text, c.text_len));
    }
    arena_clear(&arena);
}

static json_t *record_json(const struct print_record *m)
{
    const struct envelope *e = &m->record->envelope;
    json_t *o = json_pack("{sI so ss so ss}", "leaf", (json_int_t)m->leaf, "at",
                          json_of_instant(e->at_unix_ms), "from", e->from, "to",
                          json_of_words(e->to, e->to_count), "id", e->id);
    json_t *body = json_stringn(m->body, m->body_len);
    json_object_set_new(o, "body", body == NULL ? json_null() : body);
    put_content(o, m);
    json_object_set_new(o, "warrant", json_string(m->record->warrant));
    json_object_set_new(o, "verified", json_boolean(m->wrong[0] == '\0'));
    if (m->written != NULL)
        json_object_set_new(o, "written", json_string(m->written));
    if (m->wrong[0] != '\0')
        json_object_set_new(o, "wrong", json_string(m->wrong));
    return o;
}

static void print_text(const json_t *o, const struct print_record *m)
{
    const json_t *text = json_object_get(o, "text");
    CLEANUP_LINE struct line l = LINE_INIT;
    print_header(o, "");
    if (!print_is_file(o))
        line_block(text == NULL ? m->body : json_string_value(text),
                   text == NULL ? m->body_len : json_string_length(text));
    print_content(o);
    if (m->written != NULL) {
        line_put(&l, "written to ");
        line_foreign(&l, m->written);
        line_end(&l, STATUS_INDENT);
    }
    line_put(&l, "[leaf %" PRIu64 ", warrant %s, %s", m->leaf, m->record->warrant,
             m->wrong[0] == '\0' ? "verified" : "NOT VERIFIED: ");
    line_foreign(&l, m->wrong);
    line_put(&l, "]");
    line_end(&l, STATUS_INDENT);
}

void print_record(const struct print_record *r, bool json)
{
    json_t *o = record_json(r);
    if (json)
        print_json(o);
    else
        print_text(o, r);
    json_decref(o);
}
