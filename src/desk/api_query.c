#include <string.h>

#include "desk/api_internal.h"

static int take_zone(struct api_call *c, const char *name)
{
    struct desk_api *a = c->api;
    if (a->zone != NULL && strcmp(zone_name(a->zone), name) == 0)
        return 0;
    struct zone *zone;
    if (zone_open(name, &zone, &c->d) < 0)
        return api_refuse(c, API_MALFORMED, "there is no time zone '%s'", name);
    zone_free(a->zone);
    a->zone = zone;
    return 0;
}

int api_query_in(struct api_call *c, const struct api_written *w, struct query **ret)
{
    struct query_error why = {0};
    int r = take_zone(c, w->zone);
    if (r < 0)
        return r;
    struct query_options o = {
        .text = c->api->o.text, .zone = c->api->zone, .now_unix_ms = c->now, .latin = w->latin};
    r = query_parse(w->text, strlen(w->text), &o, ret, &why);
    if (r == 0)
        return 0;
    if (r != ERR_FORMAT && r != ERR_LIMIT)
        return api_fail(c, r);
    c->has_place = true;
    c->offset = why.offset;
    c->len = why.len;
    return api_refuse(c, API_QUERY, "%s", why.text);
}

int api_query(struct api_call *c, const char *written, struct query **ret)
{
    const struct api_written w = {written, api_text(c, "zone", "UTC"), api_flag(c, "latin", true)};
    return api_query_in(c, &w, ret);
}
