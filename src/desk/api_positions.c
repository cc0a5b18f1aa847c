/* Positions, for a map. */
#include "desk/api_internal.h"
#include "desk/positions.h"

#define POSITIONS_USUAL 1000

struct telling {
    struct api_call *call;
    json_t *list;
};

static int take_position(void *context, const struct desk_position *p)
{
    struct telling *t = context;
    t->call->entry.count++;
    json_array_append_new(t->list, json_pack("{sI sI so sf sf}", "id", (json_int_t)p->message, "at",
                                             (json_int_t)p->at_unix_ms, "from", api_string(p->from),
                                             "lat", p->lat, "lon", p->lon));
    return 0;
}

int api_positions(struct api_call *c)
{
    CLEANUP(query_free_cleanup) struct query *q = NULL;
    bool more;
    int r = api_query(c, api_text(c, "q", ""), &q);
    if (r < 0)
        return r;
    api_what(c, "positions: ");
    query_put(&c->what, q);
    const struct desk_positions_ask ask = {
        .query = q,
        .user = c->session.user,
        .limit = (unsigned)api_number(c, "limit", POSITIONS_USUAL),
    };
    struct telling t = {c, json_array()};
    c->answer = json_pack("{so}", "positions", t.list);
    r = desk_positions(c->api->o.index, &ask, take_position, &t, &more, &c->d);
    if (r < 0)
        return api_fail(c, r);
    json_object_set_new(c->answer, "more", json_boolean(more));
    return 0;
}
