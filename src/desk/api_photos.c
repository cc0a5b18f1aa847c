/* Photos: those of a search, and those that look like one. */
#include <string.h>

#include "desk/api_internal.h"
#include "desk/made.h"
#include "worker/dhash.h"

#define PHOTOS_USUAL 50
#define DISTANCE_USUAL 8 /* bits: the same photo, made smaller or stored again */

/* ---- alike ---- */

static int take_near(void *context, const struct desk_message *m)
{
    struct api_call *c = context;
    json_array_append_new(json_object_get(c->answer, "photos"), api_message(m, false));
    api_shown(c, m);
    return 0;
}

static int put_near(struct api_call *c, const struct desk_alike_photo *a)
{
    json_t *list = json_object_get(c->answer, "photos");
    size_t before = json_array_size(list);
    int r = desk_message(c->api->o.index, a->message, c->session.user, take_near, c, &c->d);
    if (r == 0 && json_array_size(list) > before)
        json_object_set_new(json_array_get(list, before), "distance",
                            json_integer((json_int_t)a->distance));
    return r == ERR_NOT_FOUND ? 0 : r; /* not for this user */
}

static int take_own(void *context, const struct desk_message *m)
{
    api_shown(context, m);
    return 0;
}

int api_photos_alike(struct api_call *c)
{
    struct desk_alike_photo alike[DESK_ALIKE_MAX];
    size_t count = 0, limit = (size_t)api_number(c, "limit", PHOTOS_USUAL);
    unsigned distance = (unsigned)api_number(c, "distance", DISTANCE_USUAL);
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    api_what(c, "photos like that of message %lld, %u bits", (long long)id, distance);
    c->answer = json_pack("{s[]}", "photos");
    r = desk_message(c->api->o.index, id, c->session.user, take_own, c, &c->d);
    if (r == 0)
        r = desk_made_alike(c->api->o.index, id, distance, alike, &count, &c->d);
    for (size_t i = 0; r == 0 && i < count && i < limit; i++)
        r = put_near(c, &alike[i]);
    return r < 0 ? api_fail(c, r) : 0;
}

/* ---- a gallery ---- */

struct gallery {
    struct api_call *call;
    json_t *list;
    uint64_t likeness[DESK_HITS_MAX];
    int64_t ids[DESK_HITS_MAX], last;
    size_t count;
    unsigned distance;
};

/* The first photo of this page that it looks like; itself where there is none. */
static int64_t group_of(const struct gallery *g, uint64_t likeness, int64_t id)
{
    for (size_t i = 0; i < g->count; i++)
        if (dhash_distance(g->likeness[i], likeness) <= g->distance)
            return g->ids[i];
    return id;
}

static int take_photo(void *context, const struct desk_made *m)
{
    struct gallery *g = context;
    json_t *o = json_array_get(g->list, json_array_size(g->list) - 1);
    bool read = m->made.thumbnail_len > 0;
    int64_t group = read ? group_of(g, m->made.likeness, m->message) : m->message;
    json_object_set_new(o, "wrong_file", api_string(m->wrong));
    json_object_set_new(o, "thumbnail", json_boolean(read));
    json_object_set_new(o, "width", json_integer((json_int_t)m->made.width));
    json_object_set_new(o, "height", json_integer((json_int_t)m->made.height));
    json_object_set_new(o, "words", api_string(m->made.words));
    json_object_set_new(o, "group", json_integer((json_int_t)group));
    if (read && group == m->message) {
        g->likeness[g->count] = m->made.likeness;
        g->ids[g->count++] = m->message;
    }
    return 0;
}

/* What stands there until something was made of it. */
static json_t *photo_json(const struct desk_message *m)
{
    json_t *o = api_message(m, false);
    json_t *rest = json_pack("{ss sb si si ss sI}", "wrong_file", "", "thumbnail", 0, "width", 0,
                             "height", 0, "words", "", "group", (json_int_t)m->id);
    json_object_update(o, rest);
    json_decref(rest);
    return o;
}

static int take_hit(void *context, const struct desk_hit *h)
{
    struct gallery *g = context;
    g->last = h->message->id;
    json_array_append_new(g->list, photo_json(h->message));
    api_shown(g->call, h->message);
    return 0;
}

/* Behind the search, which holds the rows that it reads. */
static int put_made(struct api_call *c, struct gallery *g)
{
    json_t *all = g->list, *one;
    size_t i;
    int r = 0;
    g->list = json_array();
    json_array_foreach(all, i, one)
    {
        json_array_append(g->list, one);
        r = desk_made_of(c->api->o.index, json_integer_value(json_object_get(one, "id")),
                         take_photo, g, &c->d);
        if (r < 0 && r != ERR_NOT_FOUND)
            break;
    }
    json_decref(g->list);
    g->list = all;
    return r == ERR_NOT_FOUND ? 0 : r;
}

static int search_photos(struct api_call *c, const struct query *query)
{
    struct gallery *g = arena_new(&c->arena, sizeof *g);
    CLEANUP_BUF struct buf scope = BUF_INIT(2U * ACCESS_TEXT_MAX);
    struct desk_search s = {.query = query,
                            .order = DESK_NEWEST,
                            .user = c->session.user,
                            .limit = (unsigned)api_number(c, "limit", PHOTOS_USUAL)};
    bool more = false;
    if (g == NULL)
        return api_refuse(c, API_TOO_LONG, "the question is too long");
    *g = (struct gallery){.call = c, .list = json_array()};
    g->distance = (unsigned)api_number(c, "distance", DISTANCE_USUAL);
    c->answer = json_pack("{so}", "photos", g->list);
    query_put(&c->what, query);
    buf_format(&scope, "photos %s", buf_text(&c->what));
    int r = api_after(c, buf_text(&scope), 0, &s.after_id);
    if (r < 0)
        return r;
    r = desk_search(c->api->o.index, &s, take_hit, g, &more, &c->d);
    if (r == 0)
        r = put_made(c, g);
    if (r < 0)
        return api_fail(c, r);
    json_object_set_new(c->answer, "after",
                        more ? api_cursor(buf_text(&scope), g->last) : json_null());
    return 0;
}

int api_photos(struct api_call *c)
{
    CLEANUP(query_free_cleanup) struct query *query = NULL;
    CLEANUP_BUF struct buf written = BUF_INIT(QUERY_BYTES_MAX + 32U);
    const char *q = api_text(c, "q", "");
    buf_format(&written, q[0] == '\0' ? "has:photo%s" : "has:photo (%s)", q);
    int r = api_query(c, buf_text(&written), &query);
    return r < 0 ? r : search_photos(c, query);
}
