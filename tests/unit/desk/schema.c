#include "schema.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

const json_t *schema_resolve(const json_t *document, const json_t *x)
{
    const char *at = json_string_value(json_object_get(x, "$ref"));
    char name[64];
    if (at == NULL)
        return x;
    x = document;
    for (at = strchr(at, '/'); at != NULL; at = strchr(at + 1, '/')) {
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at + 1, "/"), at + 1);
        x = json_object_get(x, name);
    }
    return x;
}

static bool is_type(const char *type, const json_t *value)
{
    return (strcmp(type, "object") == 0 && json_is_object(value)) ||
           (strcmp(type, "array") == 0 && json_is_array(value)) ||
           (strcmp(type, "string") == 0 && json_is_string(value)) ||
           (strcmp(type, "integer") == 0 && json_is_integer(value)) ||
           (strcmp(type, "number") == 0 && json_is_number(value)) ||
           (strcmp(type, "boolean") == 0 && json_is_boolean(value)) ||
           (strcmp(type, "null") == 0 && json_is_null(value));
}

static bool type_holds(const json_t *type, const json_t *value)
{
    size_t i;
    const json_t *one;
    if (json_is_string(type))
        return is_type(json_string_value(type), value);
    json_array_foreach(type, i, one) if (is_type(json_string_value(one), value)) return true;
    return false;
}

static bool enum_holds(const json_t *list, const json_t *value)
{
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one) if (json_equal(one, value)) return true;
    return list == NULL;
}

static bool say(char *why, size_t size, const char *what, const char *where)
{
    snprintf(why, size, "'%s': %s", where, what);
    return false;
}

static bool object_holds(const json_t *document, const json_t *schema, const json_t *value,
                         char *why, size_t size)
{
    const json_t *properties = json_object_get(schema, "properties");
    size_t i;
    const char *name;
    const json_t *one;
    json_array_foreach(json_object_get(schema, "required"), i,
                       one) if (json_object_get(value, json_string_value(one)) ==
                                NULL) return say(why, size, "is missing", json_string_value(one));
    json_object_foreach((json_t *)(uintptr_t)value, name, one)
    {
        const json_t *of = json_object_get(properties, name);
        if (of == NULL && json_is_false(json_object_get(schema, "additionalProperties")))
            return say(why, size, "is not described", name);
        if (of != NULL && !schema_holds(document, of, one, why, size))
            return why[0] != '\0' ? false : say(why, size, "is of another kind", name);
    }
    return true;
}

bool schema_holds(const json_t *document, const json_t *schema, const json_t *value, char *why,
                  size_t size)
{
    size_t i;
    const json_t *one;
    schema = schema_resolve(document, schema);
    if (schema == NULL || !type_holds(json_object_get(schema, "type"), value))
        return say(why, size, "another type",
                   json_is_string(value) ? json_string_value(value) : "");
    if (!enum_holds(json_object_get(schema, "enum"), value))
        return say(why, size, "none of those described", json_string_value(value));
    json_array_foreach(value, i, one) if (!schema_holds(document, json_object_get(schema, "items"),
                                                        one, why, size)) return false;
    return !json_is_object(value) || object_holds(document, schema, value, why, size);
}
