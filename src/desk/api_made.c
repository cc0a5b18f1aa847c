/* What is shown with a message beside what was said: what kind of thing it says, which earlier one
 * it is about, and what reviewers made of it, so that each sees what the others did.
 */
#include "base/memory.h"
#include "desk/api_internal.h"
#include "wire/content_json.h"

/* Notes are long, and only counted here. */
#define MARKS_BYTES (2U * 1024 * 1024)

/* A file's address has its key in it, and a group's document is for devices. */
static void leave_out(json_t *o)
{
    json_object_del(o, "url");
    json_object_del(o, "note");
    json_object_del(o, "about"); /* as its sender named it */
}

static json_t *content_of(const struct desk_message *m)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(CONTENT_ARENA_BYTES);
    struct content c;
    json_t *o = json_object();
    if (content_read(&a, m->body, m->body_len, &c) < 0)
        c = (struct content){.text = m->body, .text_len = m->body_len};
    CLEANUP_FREE char *text = mem_string_n(c.text, c.text_len);
    content_put_json(o, &c, m->from);
    leave_out(o);
    json_object_set_new(o, "text", api_string(text));
    return o;
}

static int put_name(void *context, const char *name)
{
    return json_array_append_new(context, api_string(name));
}

static json_t *words(const char *const *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, api_string(list[i]));
    return array;
}

/* Of which the defence is told nothing. */
static int read_made(struct api_call *c, int64_t id, struct arena *a, struct desk_marks *marks,
                     json_t *seen_by)
{
    if (c->session.role == DESK_DEFENCE)
        return 0;
    int r = desk_marks_of(c->api->o.index, id, a, marks, &c->d);
    return r < 0 ? r
                 : desk_users_saw(c->api->o.users, id, c->session.user, put_name, seen_by, &c->d);
}

int api_put_made(struct api_call *c, json_t *o, const struct desk_message *m)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(MARKS_BYTES);
    CLEANUP_FREE struct desk_marks *marks = mem_new(sizeof *marks);
    json_t *seen_by = json_array();
    int64_t about = 0;
    json_object_set_new(o, "content", content_of(m));
    int r = desk_about(c->api->o.index, m->id, &about, &c->d);
    if (r == 0)
        r = read_made(c, m->id, &a, marks, seen_by);
    json_object_set_new(o, "about", json_integer((json_int_t)about));
    json_object_set_new(
        o, "made",
        json_pack("{so so si sb sb so}", "tags", words(marks->tags, marks->tag_count), "cases",
                  words(marks->cases, marks->case_count), "notes", (int)marks->note_count,
                  "flagged", marks->flagged, "translated", marks->translated, "seen_by", seen_by));
    return r;
}
