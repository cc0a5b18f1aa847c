/* A message with its file, its position, and what it is about. */
#include <inttypes.h>

#include "forms/case_internal.h"

#define NUMBER_BYTES 32U

static const char *const about[CONTENT_KINDS] = {
    [CONTENT_EDIT] = "Correction_Of", [CONTENT_RETRACT] = "Retraction_Of",
    [CONTENT_REPLY] = "Reply_To",     [CONTENT_REACT] = "Reaction_To",
    [CONTENT_READ] = "Receipt_Of",    [CONTENT_LIVE] = "Update_Of",
    [CONTENT_VOTE] = "Vote_In",
};

static json_t *literal_number(uint64_t value)
{
    char digits[NUMBER_BYTES];
    snprintf(digits, sizeof digits, "%" PRIu64, value);
    return case_literal("integer", digits);
}

static json_t *facet_of(const struct graph *g, const struct view_message *m)
{
    json_t *facet = case_facet(g, "observable:MessageFacet", m->bates), *to = json_array();
    for (size_t i = 0; i < m->to_count; i++)
        json_array_append_new(to, case_ref(g, "account", m->to[i]->text));
    json_object_set_new(facet, "observable:application", case_ref(g, "application", ""));
    json_object_set_new(facet, "observable:from", case_ref(g, "account", m->from->text));
    json_object_set_new(facet, "observable:to", to);
    json_object_set_new(facet, "observable:sentTime", case_literal("dateTime", m->at));
    case_text(facet, "observable:messageID", m->id);
    case_text(facet, "observable:messageType", view_kind_text(m));
    case_text(facet, "observable:messageText", m->text);
    return facet;
}

/* Its place in the archive, by which its record is found. */
static json_t *place_of(const struct graph *g, const struct view_message *m)
{
    json_t *place = case_facet(g, "core:ExternalReference", m->bates);
    json_object_set_new(place, "core:definingContext",
                        json_sprintf("archive of %s, warrant %s", m->bot, m->warrant));
    json_object_set_new(place, "core:externalIdentifier", json_sprintf("leaf %" PRIu64, m->leaf));
    return place;
}

static void add(json_t *list, const char *before, const char *text)
{
    if (text[0] != '\0')
        json_array_append_new(list, json_sprintf("%s%s", before, text));
}

/* What UCO has no property for. */
static json_t *descriptions_of(const struct view_message *m)
{
    json_t *list = json_array();
    add(list, "", m->head);
    add(list, "quotes: ", m->quote);
    add(list, "archived ", m->archived);
    add(list, "sent from ", m->country);
    if (m->timer_s != 0)
        json_array_append_new(list, json_sprintf("disappears after %" PRIu32 " s", m->timer_s));
    if (m->redacted != NULL)
        json_array_append_new(list, json_sprintf("redacted: %s", m->redacted));
    json_array_append_new(list, m->wrong[0] == '\0' ? json_string("verified")
                                                    : json_sprintf("not verified: %s", m->wrong));
    return list;
}

/* ---- what belongs to it ---- */

static json_t *hash_of(const struct graph *g, const struct view_message *m)
{
    json_t *hash = case_facet(g, "types:Hash", m->bates);
    json_object_set_new(hash, "types:hashMethod", json_string("SHA256"));
    json_object_set_new(hash, "types:hashValue", case_literal("hexBinary", m->file->sha256));
    return hash;
}

static void put_file(struct graph *g, const struct view_message *m)
{
    const struct view_file *f = m->file;
    json_t *node = case_node(g, "file", m->bates, "observable:File"),
           *file = case_facet(g, "observable:FileFacet", m->bates),
           *data = case_facet(g, "observable:ContentDataFacet", m->bates);
    case_text(file, "observable:fileName", f->name);
    json_object_set_new(file, "observable:sizeInBytes", literal_number(f->size));
    json_object_set_new(data, "observable:sizeInBytes", literal_number(f->size));
    case_text(data, "observable:mimeType", f->type);
    if (f->path != NULL) {
        case_text(file, "observable:filePath", f->path);
        json_object_set_new(data, "observable:hash", hash_of(g, m));
    }
    json_object_set_new(node, "core:hasFacet", json_pack("[oo]", file, data));
    case_put(g, node);
    json_array_append_new(g->shown, case_ref(g, "file", m->bates));
    case_relate(g, "observable:ObservableRelationship", "Attachment_Of", m->bates,
                case_ref(g, "file", m->bates), case_ref(g, "message", m->bates));
}

static json_t *degrees(int64_t value)
{
    char digits[NUMBER_BYTES];
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    snprintf(digits, sizeof digits, "%s%" PRIu64 ".%07" PRIu64, value < 0 ? "-" : "",
             size / (uint64_t)GEO_DEGREE, size % (uint64_t)GEO_DEGREE);
    return case_literal("decimal", digits);
}

static void put_position(struct graph *g, const struct view_message *m)
{
    json_t *node = case_node(g, "location", m->bates, "location:Location"),
           *facet = case_facet(g, "location:LatLongCoordinatesFacet", m->bates);
    json_object_set_new(facet, "location:latitude", degrees(m->position->latitude));
    json_object_set_new(facet, "location:longitude", degrees(m->position->longitude));
    json_object_set_new(node, "core:hasFacet", json_pack("[o]", facet));
    case_put(g, node);
    case_relate(g, "core:Relationship", "Located_At", m->bates, case_ref(g, "message", m->bates),
                case_ref(g, "location", m->bates));
}

void case_message(struct graph *g, const struct view_message *m)
{
    json_t *node = case_node(g, "message", m->bates, "observable:Message");
    json_object_set_new(node, "core:name", json_string(m->bates));
    json_object_set_new(node, "core:description", descriptions_of(m));
    json_object_set_new(node, "core:externalReference", place_of(g, m));
    json_object_set_new(node, "core:hasFacet", json_pack("[o]", facet_of(g, m)));
    case_put(g, node);
    json_array_append_new(g->shown, case_ref(g, "message", m->bates));
    if (m->about != NULL)
        case_relate(g, "observable:ObservableRelationship", about[m->kind], m->bates,
                    case_ref(g, "message", m->bates), case_ref(g, "message", m->about->bates));
    if (m->file != NULL)
        put_file(g, m);
    if (m->position != NULL)
        put_position(g, m);
}
