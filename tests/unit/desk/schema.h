/* As much of JSON Schema as docs/desk-openapi.json uses. */
#ifndef IRONSIDE_TESTS_SCHEMA_H
#define IRONSIDE_TESTS_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

/* What a "$ref" into the document names; anything else itself. */
const json_t *schema_resolve(const json_t *document, const json_t *x);
/* Does the value hold to the schema? Else `ret_why` says where not. */
bool schema_holds(const json_t *document, const json_t *schema, const json_t *value, char *ret_why,
                  size_t size);

#endif
