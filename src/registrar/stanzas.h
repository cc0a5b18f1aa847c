/* The registrar's stanzas: answers to the queries of wire/registry.h, and announcements. */
#ifndef IRONSIDE_REGISTRAR_STANZAS_H
#define IRONSIDE_REGISTRAR_STANZAS_H

#include "registrar/core.h"
#include "xmpp/component.h"

#define REGISTRAR_STANZA_MAX (64U * 1024)

/* Answers an IQ on the component's session; other stanzas are ignored. Refusals are the asker's
 * matter: item-not-found, bad-request, forbidden (not the bundle, not the account), conflict (the
 * bundle has been used), resource-constraint (too many answers wait to be written). Fails, after
 * answering internal-server-error, with what the operator has to know. */
int registrar_stanza(struct registrar *r, struct component *c, const struct xml_element *stanza,
                     struct diag *d) MUST_USE;

/* Tells everyone of a policy that has not been announced; nothing while the session is not ready.
 * Once it is handed to the session it counts as announced. Should that break just then, bots hear
 * of it because they ask from time to time, and devices from their bots. */
int registrar_announce(struct registrar *r, struct component *c, struct diag *d) MUST_USE;

#endif
