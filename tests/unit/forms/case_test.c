/* CASE/UCO: the graph's nodes, and that it is closed. Its shapes are asked in scenario 92. */
#include "support.h"

#include <jansson.h>

#include "base/cleanup.h"

static json_t *graph_of(struct scene *s, const char *path)
{
    scene_forget(s);
    if (forms_case(&s->part, &s->sink, &s->d) != 0)
        fail_msg("%s", s->d.text);
    json_t *root = json_loads(scene_member(s, path), 0, NULL);
    assert_non_null(root);
    json_t *graph = json_incref(json_object_get(root, "@graph"));
    json_decref(root);
    return graph;
}

static const char *text_of(const json_t *o, const char *name)
{
    const char *value = json_string_value(json_object_get(o, name));
    return value == NULL ? "" : value;
}

/* The node whose member is that. */
static const json_t *find(const json_t *graph, const char *name, const char *value)
{
    size_t i;
    json_t *node;
    json_array_foreach((json_t *)graph, i, node)
    {
        if (strcmp(text_of(node, name), value) == 0)
            return node;
    }
    fail_msg("no node's %s is %s", name, value);
    return NULL;
}

static const json_t *facet_of(const json_t *node, size_t i)
{
    return json_array_get(json_object_get(node, "core:hasFacet"), i);
}

static const char *id_of(const json_t *o, const char *name)
{
    return text_of(json_object_get(o, name), "@id");
}

static const char *literal_of(const json_t *o, const char *name)
{
    return text_of(json_object_get(o, name), "@value");
}

static bool describes(const json_t *node, const char *words)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(node, "core:description"), i, one)
    {
        if (strcmp(json_string_value(one), words) == 0)
            return true;
    }
    return false;
}

static void forms_case__everything__has_its_nodes(void **state)
{
    struct scene *s = *state;
    scene_everything(s);
    json_t *graph = graph_of(s, "case.jsonld");
    const json_t *reply = find(graph, "core:name", "NORTH-00000002"), *facet = facet_of(reply, 0),
                 *file = find(graph, "@type", "observable:File"),
                 *place = find(graph, "@type", "location:Location"),
                 *redacted = find(graph, "core:name", "NORTH-00000010"),
                 *thread = json_object_get(facet_of(find(graph, "core:name", "group " GROUP), 0),
                                           "observable:messageThread");
    assert_string_equal(text_of(facet, "observable:messageText"), "Hi\nthere");
    assert_string_equal(literal_of(facet, "observable:sentTime"), "2024-05-03T12:01:00.000Z");
    assert_string_equal(id_of(find(graph, "core:kindOfRelationship", "Reply_To"), "core:source"),
                        text_of(reply, "@id"));
    assert_string_equal(
        text_of(json_object_get(reply, "core:externalReference"), "core:externalIdentifier"),
        "leaf 101");
    assert_string_equal(text_of(facet_of(file, 0), "observable:filePath"),
                        "files/000005-photo.jpg");
    const json_t *hash = json_object_get(facet_of(file, 1), "observable:hash");
    assert_string_equal(text_of(hash, "types:hashMethod"), "SHA256");
    assert_memory_equal(literal_of(hash, "types:hashValue"), "abcd0000", 8);
    assert_string_equal(
        id_of(find(graph, "core:kindOfRelationship", "Attachment_Of"), "core:source"),
        text_of(file, "@id"));
    assert_string_equal(literal_of(facet_of(place, 0), "location:longitude"), "-4.4791700");
    assert_true(describes(redacted, "redacted: privileged: lawyer"));
    assert_null(json_object_get(facet_of(redacted, 0), "observable:messageText"));
    assert_true(describes(find(graph, "core:name", "NORTH-00000015"),
                          "not verified: the verdict's signature"));
    assert_string_equal(literal_of(thread, "co:size"), "3");
    const json_t *items = json_object_get(thread, "co:item");
    assert_int_equal(json_array_size(items), 3);
    for (size_t i = 0; i + 1 < json_array_size(items); i++)
        assert_string_equal(id_of(json_array_get(items, i), "types:threadNextItem"),
                            text_of(json_array_get(items, i + 1), "@id"));
    json_decref(graph);
}

/* ---- references ---- */

/* Notes the id of what is more than a reference, and every reference. */
static void gather(const json_t *value, json_t *defined, json_t *used)
{
    const char *key, *id = json_string_value(json_object_get(value, "@id"));
    size_t i;
    json_t *one;
    if (id != NULL && json_object_size(value) > 1) {
        assert_null(json_object_get(defined, id));
        json_object_set_new(defined, id, json_true());
    } else if (id != NULL) {
        json_object_set_new(used, id, json_true());
    }
    json_object_foreach((json_t *)value, key, one)
    {
        gather(one, defined, used);
    }
    json_array_foreach((json_t *)value, i, one)
    {
        gather(one, defined, used);
    }
}

static void forms_case__everything__has_no_reference_to_nothing(void **state)
{
    struct scene *s = *state;
    scene_everything(s);
    json_t *graph = graph_of(s, "case.jsonld"), *defined = json_object(), *used = json_object();
    const char *id;
    json_t *one;
    gather(graph, defined, used);
    assert_true(json_object_size(used) > 30);
    json_object_foreach(used, id, one)
    {
        if (json_object_get(defined, id) == NULL)
            fail_msg("there is no %s", id);
    }
    json_decref(graph);
    json_decref(defined);
    json_decref(used);
}

/* Parts are read together: the same person is the same node, everything else another. */
static void forms_case__two_parts__share_people_alone(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, "x");
    json_t *first = graph_of(s, "case.jsonld");
    s->messages[0].number = 2;
    s->part.number = 2;
    json_t *second = graph_of(s, "case-2.jsonld");
    static const char *const apart[] = {"observable:Message", "observable:MessageThread",
                                        "investigation:ProvenanceRecord"};
    for (size_t i = 0; i < COUNT(apart); i++)
        assert_string_not_equal(text_of(find(first, "@type", apart[i]), "@id"),
                                text_of(find(second, "@type", apart[i]), "@id"));
    assert_string_equal(text_of(find(first, "@type", "observable:ApplicationAccount"), "@id"),
                        text_of(find(second, "@type", "observable:ApplicationAccount"), "@id"));
    json_decref(first);
    json_decref(second);
}

static void forms_case__hostile_and_long_text__is_a_text(void **state)
{
    struct scene *s = *state;
    CLEANUP_FREE char *long_text = mem_new(65537);
    memset(long_text, '"', 65536);
    scene_say(s, "\"}],\"@id\":\"x", "\xff\x01\\\"\n@type")->conversation = "\"@graph";
    scene_say(s, ANNA, long_text);
    scene_say(s, ANNA, "");
    json_t *graph = graph_of(s, "case.jsonld");
    assert_string_equal(
        text_of(facet_of(find(graph, "core:name", "NORTH-00000001"), 0), "observable:messageText"),
        "\xef\xbf\xbd␁\\\"\n@type");
    assert_string_equal(
        text_of(facet_of(find(graph, "core:name", "NORTH-00000002"), 0), "observable:messageText"),
        long_text);
    json_decref(graph);
}

static void forms_case__a_sink_that_ends_it__is_handed_on(void **state)
{
    struct scene *s = *state;
    s->refuse_at = 0;
    assert_int_equal(forms_case(&s->part, &s->sink, &s->d), REFUSED);
    s->part.number = 0;
    assert_int_equal(forms_case(&s->part, &s->sink, &s->d), ERR_FORMAT);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(forms_case__everything__has_its_nodes),
        CASE(forms_case__everything__has_no_reference_to_nothing),
        CASE(forms_case__two_parts__share_people_alone),
        CASE(forms_case__hostile_and_long_text__is_a_text),
        CASE(forms_case__a_sink_that_ends_it__is_handed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
