#include "wire/stanza.h"

#include <string.h>

bool stanza_is_result(const struct xml_element *iq)
{
    const char *type = iq == NULL ? NULL : xml_attribute_of(iq, "type");
    return type != NULL && strcmp(type, "result") == 0;
}

bool stanza_has_error(const struct xml_element *iq, const char *condition)
{
    const struct xml_element *error = iq == NULL ? NULL : xml_child(iq, "error", iq->ns);
    return error != NULL && xml_child(error, condition, STANZAS_NS) != NULL;
}
