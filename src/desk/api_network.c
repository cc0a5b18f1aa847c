/* Contact networks and activity. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/activity.h"
#include "desk/api_network.h"
#include "desk/sight.h"

#define LEADERS 100U
#define MEMBERS 8U
#define COMMUNITIES 200U
#define NEAR_USUAL 200
#define PATHS_USUAL 10
#define HUNDREDTHS 100.0

/* The network that is asked for: of all in common sight, kept, or made for this question: of a
 * search, or of what else whoever asks may see. */
struct asked {
    struct desk_network_view view;
    struct desk_graph *graph;     /* ours; NULL: it is the kept one */
    struct desk_standing *people; /* ours */
};

static void asked_clear(struct asked *a)
{
    desk_graph_free(a->graph);
    free(a->people);
}

static bool is_all(const struct query *q)
{
    return query_root(q)->kind == QUERY_ALL;
}

static int make_network(struct api_call *c, const struct query *q, struct asked *ret)
{
    const struct desk_graph_ask ask = {.query = is_all(q) ? NULL : q, .user = c->session.user};
    double resolution = (double)api_number(c, "resolution", 0) / HUNDREDTHS;
    int r = desk_graph_make(c->api->o.index, &ask, &ret->graph, &c->d);
    if (r < 0)
        return r;
    uint32_t people = analysis_people(desk_graph_network(ret->graph));
    if (resolution == 0)
        resolution = analysis_resolution(people);
    ret->people = mem_array((size_t)people + 1, sizeof *ret->people);
    ret->view = (struct desk_network_view){
        .graph = ret->graph, .people = ret->people, .made_unix_ms = c->now};
    return desk_network_measure(ret->graph, resolution, ret->people, &ret->view.communities, &c->d);
}

/* Notes what was asked, too. */
static int ask(struct api_call *c, struct asked *ret)
{
    CLEANUP(query_free_cleanup) struct query *q = NULL;
    int r = api_query(c, api_text(c, "q", ""), &q);
    if (r < 0)
        return r;
    api_what(c, "network: ");
    query_put(&c->what, q);
    bool kept =
        is_all(q) && api_number(c, "resolution", 0) == 0 && desk_sight_is_common(c->api->o.index);
    r = kept ? desk_network_look(c->api->network, c->now, &ret->view, &c->d)
             : make_network(c, q, ret);
    return r < 0 ? api_fail(c, r) : 0;
}

json_t *api_network_person(const struct desk_network_view *v, uint32_t p)
{
    const struct desk_standing *s = &v->people[p];
    json_t *o =
        json_pack("{so so sf sf sf sf si sb}", "person", api_string(desk_graph_person(v->graph, p)),
                  "organisation", api_string(desk_graph_organisation(v->graph, p)), "contacts",
                  s->contacts, "strength", s->strength, "pagerank", s->pagerank, "coreness",
                  s->coreness, "community", (int)s->community, "articulation", s->articulation);
    if (s->has_between)
        json_object_set_new(o, "betweenness",
                            json_pack("{sf sf}", "value", s->between, "error", s->between_error));
    return o;
}

int api_network_with(struct api_call *c, api_network_fn *fn)
{
    CLEANUP(asked_clear) struct asked a = {.graph = NULL};
    int r = ask(c, &a);
    return r < 0 ? r : fn(c, &a.view);
}

/* ---- the whole: leaders and communities ---- */

static int highest_first(const void *a, const void *b)
{
    const struct api_ranked *x = a, *y = b;
    if (x->value != y->value)
        return x->value > y->value ? -1 : 1;
    return (x->person > y->person) - (x->person < y->person);
}

struct api_ranked *api_network_rank(const struct desk_network_view *v)
{
    uint32_t people = analysis_people(desk_graph_network(v->graph));
    struct api_ranked *list = mem_array((size_t)people + 1, sizeof *list);
    for (uint32_t i = 0; i < people; i++)
        list[i] = (struct api_ranked){v->people[i].pagerank, i, v->people[i].community};
    qsort(list, people, sizeof *list, highest_first);
    return list;
}

struct listed {
    json_t *o;
};

static int larger_first(const void *a, const void *b)
{
    const json_t *x = ((const struct listed *)a)->o, *y = ((const struct listed *)b)->o;
    json_int_t n = json_integer_value(json_object_get(x, "size")),
               m = json_integer_value(json_object_get(y, "size"));
    return (n < m) - (n > m);
}

/* The largest ones, each with its size and its foremost members. */
static json_t *communities_json(const struct desk_network_view *v, const struct api_ranked *list,
                                uint32_t people)
{
    struct listed *all = mem_array((size_t)v->communities + 1, sizeof *all);
    json_t *ret = json_array();
    for (uint32_t i = 0; i < v->communities; i++)
        all[i].o = json_pack("{si si s[]}", "number", (int)i, "size", 0, "members");
    for (uint32_t i = 0; i < people; i++) {
        json_t *o = all[list[i].community].o, *members = json_object_get(o, "members");
        json_int_t size = json_integer_value(json_object_get(o, "size")) + 1;
        json_object_set_new(o, "size", json_integer(size));
        if (json_array_size(members) < MEMBERS)
            json_array_append_new(members, api_string(desk_graph_person(v->graph, list[i].person)));
    }
    qsort(all, v->communities, sizeof *all, larger_first);
    for (uint32_t i = 0; i < v->communities; i++)
        if (i < COMMUNITIES)
            json_array_append_new(ret, all[i].o);
        else
            json_decref(all[i].o);
    free(all);
    return ret;
}

int api_network(struct api_call *c)
{
    CLEANUP(asked_clear) struct asked a = {.graph = NULL};
    int r = ask(c, &a);
    if (r < 0)
        return r;
    uint32_t people = analysis_people(desk_graph_network(a.view.graph));
    CLEANUP_FREE struct api_ranked *list = api_network_rank(&a.view);
    json_t *leaders = json_array();
    for (uint32_t i = 0; i < people && i < LEADERS; i++)
        json_array_append_new(leaders, api_network_person(&a.view, list[i].person));
    json_t *communities = communities_json(&a.view, list, people);
    json_t *ties = api_network_ties(&a.view, communities);
    c->entry.count = desk_graph_messages(a.view.graph);
    c->answer = json_pack(
        "{sI sI sI sI sI so so so}", "messages", (json_int_t)desk_graph_messages(a.view.graph),
        "people", (json_int_t)people, "pairs",
        (json_int_t)analysis_pairs(desk_graph_network(a.view.graph)), "communities_in_all",
        (json_int_t)a.view.communities, "made", (json_int_t)a.view.made_unix_ms, "leaders", leaders,
        "communities", communities, "ties", ties);
    return 0;
}

/* ---- around one, and between two ---- */

static int find(struct api_call *c, const struct asked *a, const char *who, uint32_t *ret)
{
    if (desk_graph_find(a->view.graph, who, ret) < 0)
        return api_refuse(c, API_NOT_FOUND, "'%s' has no contact in this network", who);
    return 0;
}

int api_neighbourhood(struct api_call *c)
{
    CLEANUP(asked_clear) struct asked a = {.graph = NULL};
    struct analysis_near near[API_LIST_MAX];
    uint32_t person;
    int more, r = ask(c, &a);
    api_what(c, " around %s", c->arguments[0]);
    if (r == 0)
        r = find(c, &a, c->arguments[0], &person);
    if (r < 0)
        return r;
    json_t *list = json_array();
    size_t n = analysis_neighbourhood(desk_graph_network(a.view.graph), person,
                                      (uint32_t)api_number(c, "steps", 1),
                                      (size_t)api_number(c, "limit", NEAR_USUAL), near, &more);
    for (size_t i = 0; i < n; i++) {
        json_t *o = api_network_person(&a.view, near[i].person);
        json_object_set_new(o, "steps", json_integer(near[i].steps));
        json_object_set_new(o, "weight", json_real(near[i].weight));
        json_array_append_new(list, o);
    }
    c->answer = json_pack("{so so sb}", "of", api_network_person(&a.view, person), "people", list,
                          "more", more != 0);
    return 0;
}

struct paths {
    const struct desk_graph *graph;
    json_t *list;
};

static int take_path(void *context, const uint32_t *people, uint32_t steps)
{
    struct paths *p = context;
    json_t *path = json_array();
    for (uint32_t i = 0; i <= steps; i++)
        json_array_append_new(path, api_string(desk_graph_person(p->graph, people[i])));
    json_array_append_new(p->list, path);
    return 0;
}

int api_paths(struct api_call *c)
{
    CLEANUP(asked_clear) struct asked a = {.graph = NULL};
    const char *from = api_text(c, "from", ""), *to = api_text(c, "to", "");
    uint32_t first, last;
    int r = ask(c, &a);
    api_what(c, " from %s to %s", from, to);
    if (r == 0)
        r = find(c, &a, from, &first);
    if (r == 0)
        r = find(c, &a, to, &last);
    if (r < 0)
        return r;
    struct paths p = {a.view.graph, json_array()};
    c->answer = json_pack("{so}", "paths", p.list);
    return analysis_paths(desk_graph_network(a.view.graph), first, last,
                          (size_t)api_number(c, "limit", PATHS_USUAL), take_path, &p);
}

/* ---- activity ---- */

static json_t *days_json(const struct desk_activity_day *days, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{sI sI sI}", "day", (json_int_t)days[i].day,
                                              "messages", (json_int_t)days[i].messages, "people",
                                              (json_int_t)days[i].people));
    return list;
}

static json_t *activity_json(const struct desk_activity *a, const char *zone)
{
    json_t *hours = json_array(), *countries = json_array();
    for (size_t i = 0; i < DESK_HOURS_OF_WEEK; i++)
        json_array_append_new(hours, json_integer((json_int_t)a->hours[i]));
    for (size_t i = 0; i < a->country_count; i++)
        json_array_append_new(countries, json_pack("{ss sI sI}", "country", a->countries[i].country,
                                                   "messages", (json_int_t)a->countries[i].messages,
                                                   "people", (json_int_t)a->countries[i].people));
    return json_pack("{ss sI sI so so so so}", "zone", zone, "messages", (json_int_t)a->messages,
                     "people", (json_int_t)a->people, "hours", hours, "days",
                     days_json(a->days, a->day_count), "weeks", days_json(a->weeks, a->week_count),
                     "countries", countries);
}

int api_activity(struct api_call *c)
{
    CLEANUP(query_free_cleanup) struct query *q = NULL;
    CLEANUP(desk_activity_free_cleanup) struct desk_activity *a = NULL;
    int r = api_query(c, api_text(c, "q", ""), &q);
    if (r < 0)
        return r;
    api_what(c, "activity: ");
    query_put(&c->what, q);
    const struct desk_activity_ask how = {
        .query = is_all(q) ? NULL : q,
        .user = c->session.user,
        .zone = c->api->zone,
    };
    r = desk_activity_count(c->api->o.index, &how, &a, &c->d);
    if (r < 0)
        return api_fail(c, r);
    c->entry.count = a->messages;
    c->answer = activity_json(a, zone_name(c->api->zone));
    return 0;
}
