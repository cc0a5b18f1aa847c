/* What the control socket can ask (docs/protocol.md, "Control"). One JSON object in, one out. */
#ifndef IRONSIDE_REGISTRAR_VERBS_H
#define IRONSIDE_REGISTRAR_VERBS_H

#include "registrar/core.h"
#include "xmpp/component.h"

struct verbs {
    struct registrar *registrar;
    struct component *component;
};

/* Of line_server_options; `context` is a struct verbs. Nobody follows. */
bool verbs_answer(void *context, const char *line, struct buf *out);

#endif
