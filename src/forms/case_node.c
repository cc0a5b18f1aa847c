#include <string.h>

#include "base/encode.h"
#include "forms/case_internal.h"

#define UUID_BYTES 16U
#define UUID_VERSION 6 /* the byte with each */
#define UUID_VARIANT 8

/* A UUID (RFC 9562, version 8) made of what it names: a package has the same ones each time, and
 * its parts have the same person as one. */
static void id_of(const struct graph *g, const char *what, const char *key,
                  char ret[static CASE_ID_BYTES])
{
    uint8_t digest[HASH_BYTES];
    char hex[2 * UUID_BYTES + 1];
    const char *package = g->view->part->package;
    const struct hash_part parts[] = {
        {package, strlen(package) + 1}, {what, strlen(what) + 1}, {key, strlen(key)}};
    hash_sha256_parts(parts, sizeof parts / sizeof parts[0], digest);
    digest[UUID_VERSION] = (uint8_t)((digest[UUID_VERSION] & 0x0f) | 0x80);
    digest[UUID_VARIANT] = (uint8_t)((digest[UUID_VARIANT] & 0x3f) | 0x80);
    encode_hex(digest, UUID_BYTES, hex);
    snprintf(ret, CASE_ID_BYTES, "kb:%s-%.8s-%.4s-%.4s-%.4s-%.12s", what, hex, hex + 8, hex + 12,
             hex + 16, hex + 20);
}

json_t *case_ref(const struct graph *g, const char *what, const char *key)
{
    char id[CASE_ID_BYTES];
    id_of(g, what, key, id);
    return json_pack("{ss}", "@id", id);
}

json_t *case_node(const struct graph *g, const char *what, const char *key, const char *type)
{
    json_t *node = case_ref(g, what, key);
    json_object_set_new(node, "@type", json_string(type));
    return node;
}

json_t *case_facet(const struct graph *g, const char *type, const char *key)
{
    return case_node(g, strchr(type, ':') + 1, key, type);
}

json_t *case_literal(const char *type, const char *value)
{
    return json_pack("{so ss}", "@type", json_sprintf("xsd:%s", type), "@value", value);
}

void case_text(json_t *node, const char *name, const char *value)
{
    if (value[0] != '\0')
        json_object_set_new(node, name, json_string(value));
}

void case_put(struct graph *g, json_t *node)
{
    CLEANUP_FREE char *text = json_dumps(node, JSON_COMPACT);
    if (text == NULL)
        buf_fail(g->b);
    else
        buf_format(g->b, "%s%s", g->nodes++ == 0 ? "\n" : ",\n", text);
    json_decref(node);
}

void case_relate(struct graph *g, const char *type, const char *kind, const char *key,
                 json_t *source, json_t *target)
{
    json_t *node = case_node(g, kind, key, type);
    json_object_set_new(node, "core:source", source);
    json_object_set_new(node, "core:target", target);
    json_object_set_new(node, "core:kindOfRelationship", json_string(kind));
    json_object_set_new(node, "core:isDirectional", json_true());
    case_put(g, node);
}
