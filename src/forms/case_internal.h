/* Shared by the files of the case: nodes of a CASE/UCO graph, in JSON-LD. */
#ifndef IRONSIDE_FORMS_CASE_INTERNAL_H
#define IRONSIDE_FORMS_CASE_INTERNAL_H

#include <jansson.h>

#include "forms/view.h"

#define CASE_ID_BYTES 96U

struct graph {
    const struct view *view;
    struct buf *b; /* what is written */
    size_t nodes;  /* so far */
    json_t *shown; /* a reference to each message, thread and file: what the provenance is of */
};

/* {"@id": …} of what has this key in the package: the same wherever it is referred to. */
json_t *case_ref(const struct graph *g, const char *what, const char *key);
/* A node that begins with its id and type. */
json_t *case_node(const struct graph *g, const char *what, const char *key, const char *type);
/* The same for what stands within a node, with that one's key: a facet, a hash. */
json_t *case_facet(const struct graph *g, const char *type, const char *key);
/* A literal of an XML Schema type: "dateTime". */
json_t *case_literal(const char *type, const char *value);
/* Sets a text, unless it is "". */
void case_text(json_t *node, const char *name, const char *value);
/* Writes the node and lets it go. */
void case_put(struct graph *g, json_t *node);
/* Writes that one thing is related to another; takes both references. */
void case_relate(struct graph *g, const char *type, const char *kind, const char *key,
                 json_t *source, json_t *target);

/* Writes a message with all that belongs to it. */
void case_message(struct graph *g, const struct view_message *m);

#endif
