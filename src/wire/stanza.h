/* What stanzas answer (RFC 6120, 8.2.3 and 8.3), for sessions of clients and of components alike.
 */
#ifndef IRONSIDE_WIRE_STANZA_H
#define IRONSIDE_WIRE_STANZA_H

#include "wire/xml.h"

#define STANZAS_NS "urn:ietf:params:xml:ns:xmpp-stanzas"

/* An answer of type "result"; NULL, for none that came, is not. */
bool stanza_is_result(const struct xml_element *iq);
/* An answer with an error of that condition: "item-not-found". */
bool stanza_has_error(const struct xml_element *iq, const char *condition);

#endif
