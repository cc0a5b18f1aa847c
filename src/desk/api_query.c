#include <string.h>

#include "desk/api_internal.h"
#include "query/terms.h"

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

/* What reviewers made of messages and people. */
static bool is_of_reviewers(const struct query_node *n)
{
    switch (n->term) {
    case QUERY_TAG:
    case QUERY_ORG:
    case QUERY_CASE:
    case QUERY_SEEN:
    case QUERY_UNSEEN:
    case QUERY_ASSIGNED:
        return true;
    case QUERY_IS:
        return strcmp(n->value, "flagged") == 0;
    default:
        return false;
    }
}

static const struct query_node *find_of_reviewers(const struct query_node *n)
{
    const struct query_node *found = NULL;
    if (n->kind == QUERY_TERM)
        return is_of_reviewers(n) ? n : NULL;
    for (size_t i = 0; found == NULL && i < n->child_count; i++)
        found = find_of_reviewers(n->children[i]);
    return found;
}

/* The defence asks for messages, not for what was thought of them. */
static int check_terms(struct api_call *c, const struct query *q)
{
    if (c->session.role != DESK_DEFENCE)
        return 0;
    const struct query_node *n = find_of_reviewers(query_root(q));
    if (n == NULL)
        return 0;
    c->has_place = true;
    c->offset = n->offset;
    c->len = n->len;
    return api_refuse(c, API_QUERY, "'%s:' is what reviewers made of messages, and theirs to ask",
                      query_term_row(n->term)->name);
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
        return check_terms(c, *ret);
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
