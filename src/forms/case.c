/* case.jsonld: CASE/UCO 1.4.0, for tools that hold a case's objects and how they are related. A
 * node a line. Every node has an id: the shapes allow none without. */
#include "base/memory.h"
#include "forms/case_internal.h"

#define CASE_MAX (1U << 30)
#define UCO "https://ontology.unifiedcyberontology.org/uco/"

static const char context[] =
    "{\"@context\":{\"kb\":\"https://ironside.invalid/kb/\","
    "\"core\":\"" UCO "core/\",\"observable\":\"" UCO "observable/\",\"types\":\"" UCO "types/\","
    "\"location\":\"" UCO "location/\","
    "\"investigation\":\"https://ontology.caseontology.org/case/investigation/\","
    "\"co\":\"http://purl.org/co/\",\"xsd\":\"http://www.w3.org/2001/XMLSchema#\"},\n\"@graph\":[";

static void put_application(struct graph *g)
{
    json_t *node = case_node(g, "application", "", "observable:Application"),
           *facet = case_facet(g, "observable:ApplicationFacet", "");
    json_object_set_new(facet, "observable:applicationIdentifier", json_string("Ironside"));
    json_object_set_new(node, "core:name", json_string("Ironside"));
    json_object_set_new(node, "core:hasFacet", json_pack("[o]", facet));
    case_put(g, node);
}

static void put_people(struct graph *g)
{
    for (const struct view_name *person = g->view->people; person != NULL;
         person = person->hh.next) {
        json_t *node = case_node(g, "account", person->text, "observable:ApplicationAccount"),
               *facet = case_facet(g, "observable:AccountFacet", person->text);
        json_object_set_new(facet, "observable:accountIdentifier", json_string(person->text));
        json_object_set_new(node, "core:hasFacet", json_pack("[o]", facet));
        case_put(g, node);
    }
}

/* ---- conversations ---- */

/* One of a part's: another part has other messages of it. */
static char *thread_key(const struct graph *g, const struct view_name *conversation)
{
    return mem_format("%u %s", g->view->part->number, conversation->text);
}

/* In their order, each with the next. */
static json_t *items_of(const struct graph *g, size_t from, size_t end)
{
    json_t *items = json_array();
    for (size_t i = from; i < end; i++) {
        const struct view_message *m = g->view->order[i];
        json_t *item = case_node(g, "item", m->bates, "types:ThreadItem");
        json_object_set_new(item, "co:itemContent", case_ref(g, "message", m->bates));
        if (i + 1 < end)
            json_object_set_new(item, "types:threadNextItem",
                                case_ref(g, "item", g->view->order[i + 1]->bates));
        json_array_append_new(items, item);
    }
    return items;
}

static json_t *thread_of(const struct graph *g, const char *key, size_t from, size_t end)
{
    const struct view_message *first = g->view->order[from], *last = g->view->order[end - 1];
    json_t *thread = case_node(g, "thread", key, "types:Thread");
    CLEANUP_FREE char *size = mem_format("%zu", end - from);
    json_object_set_new(thread, "co:size", case_literal("nonNegativeInteger", size));
    json_object_set_new(thread, "co:item", items_of(g, from, end));
    json_object_set_new(thread, "types:threadOriginItem", case_ref(g, "item", first->bates));
    json_object_set_new(thread, "types:threadTerminalItem", case_ref(g, "item", last->bates));
    return thread;
}

static json_t *people_of(const struct graph *g, size_t from, size_t end)
{
    size_t count = 0;
    CLEANUP_FREE const struct view_name **people = view_people(g->view, from, end, &count);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, case_ref(g, "account", people[i]->text));
    return list;
}

static void put_conversation(struct graph *g, size_t from, size_t end)
{
    CLEANUP_BUF struct buf name = BUF_INIT(CASE_MAX);
    const struct view_name *conversation = g->view->order[from]->conversation;
    CLEANUP_FREE char *key = thread_key(g, conversation);
    json_t *node = case_node(g, "conversation", key, "observable:MessageThread"),
           *facet = case_facet(g, "observable:MessageThreadFacet", key);
    view_put_conversation(&name, conversation, buf_put_text);
    case_text(node, "core:name", buf_text(&name));
    json_object_set_new(facet, "observable:messageThread", thread_of(g, key, from, end));
    json_object_set_new(facet, "observable:participant", people_of(g, from, end));
    json_object_set_new(node, "core:hasFacet", json_pack("[o]", facet));
    case_put(g, node);
    json_array_append_new(g->shown, case_ref(g, "conversation", key));
}

/* ---- the whole ---- */

static void put_provenance(struct graph *g)
{
    const struct forms_part *p = g->view->part;
    CLEANUP_FREE char *key = mem_format("%u", p->number);
    json_t *node = case_node(g, "provenance", key, "investigation:ProvenanceRecord");
    json_object_set_new(node, "investigation:exhibitNumber",
                        json_sprintf("%s, part %u", p->package, p->number));
    case_text(node, "core:description", g->view->title);
    json_object_set_new(node, "core:object", json_incref(g->shown));
    case_put(g, node);
}

static void put_graph(struct graph *g)
{
    const struct view *v = g->view;
    buf_put_text(g->b, context);
    put_application(g);
    put_people(g);
    for (size_t i = 0; i < v->count; i++)
        case_message(g, &v->messages[i]);
    for (size_t from = 0, end; from < v->count; from = end) {
        end = view_run_end(v, from, false);
        put_conversation(g, from, end);
    }
    put_provenance(g);
    buf_put_text(g->b, "\n]}\n");
}

int forms_case(const struct forms_part *p, const struct forms_sink *s, struct diag *d)
{
    CLEANUP_VIEW struct view v;
    CLEANUP_BUF struct buf b = BUF_INIT(CASE_MAX);
    int r = view_init(&v, p, d);
    if (r < 0)
        return r;
    struct graph g = {.view = &v, .b = &b, .shown = json_array()};
    put_graph(&g);
    json_decref(g.shown);
    return view_member(&v, s, "case", "jsonld", &b, d);
}
