/* libstrophe's stanzas as our trees. */
#include <string.h>

#include "xmpp/client_internal.h"

/* libstrophe gives every element an xmlns; ours have it where it differs from what is inherited. */
static struct xml_element *copy_start(struct arena *a, struct xml_element *parent,
                                      xmpp_stanza_t *from)
{
    const char *pairs[2 * XML_ATTRIBUTES_MAX + 2];
    const char *name = xmpp_stanza_get_name(from), *ns = xmpp_stanza_get_ns(from);
    const char *inherited = parent == NULL ? CLIENT_NS : parent->ns;
    int count = xmpp_stanza_get_attribute_count(from);
    size_t kept = 0;
    if (name == NULL || count > (int)XML_ATTRIBUTES_MAX + 1)
        return NULL;
    count = xmpp_stanza_get_attributes(from, pairs, 2 * count) / 2;
    for (int i = 0; i < count; i++) {
        if (strcmp(pairs[2 * i], "xmlns") == 0 && strcmp(pairs[2 * i + 1], inherited) == 0)
            continue;
        pairs[2 * kept] = pairs[2 * i];
        pairs[2 * kept + 1] = pairs[2 * i + 1];
        kept++;
    }
    struct xml_element *e = xml_element_new(a, parent, name, ns);
    return e != NULL && xml_set_attributes(a, e, pairs, kept) ? e : NULL;
}

/* libstrophe may cut an element's text into several nodes. */
static bool copy_text(struct arena *a, struct xml_element *e, xmpp_stanza_t *from)
{
    size_t len = 0;
    for (xmpp_stanza_t *t = xmpp_stanza_get_children(from); t != NULL; t = xmpp_stanza_get_next(t))
        len += strlen(xmpp_stanza_get_text_ptr(t));
    char *text = arena_new(a, len + 1), *at = text;
    if (text == NULL)
        return false;
    for (xmpp_stanza_t *t = xmpp_stanza_get_children(from); t != NULL;
         t = xmpp_stanza_get_next(t)) {
        const char *piece = xmpp_stanza_get_text_ptr(t);
        size_t piece_len = strlen(piece);
        memcpy(at, piece, piece_len + 1);
        at += piece_len;
    }
    e->text = text;
    e->text_len = len;
    return true;
}

static xmpp_stanza_t *first_element(xmpp_stanza_t *s)
{
    while (s != NULL && !xmpp_stanza_is_tag(s))
        s = xmpp_stanza_get_next(s);
    return s;
}

static struct xml_element *copy_element(struct arena *a, struct xml_element *parent,
                                        xmpp_stanza_t *from, unsigned depth)
{
    struct xml_element *e = depth < XML_DEPTH_MAX ? copy_start(a, parent, from) : NULL;
    xmpp_stanza_t *child = first_element(xmpp_stanza_get_children(from));
    if (e == NULL || (child == NULL && !copy_text(a, e, from)))
        return NULL;
    for (; child != NULL; child = first_element(xmpp_stanza_get_next(child)))
        if (copy_element(a, e, child, depth + 1) == NULL)
            return NULL;
    return e;
}

struct xml_element *client_stanza_copy(struct arena *a, xmpp_stanza_t *from)
{
    return copy_element(a, NULL, from, 0);
}

struct xml_element *client_stanza_start(struct arena *a, xmpp_stanza_t *from)
{
    return copy_start(a, NULL, from);
}
