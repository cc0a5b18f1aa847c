#include "wire/xml.h"

#include <string.h>

#include "base/encode.h"

const char *xml_attribute_of(const struct xml_element *e, const char *name)
{
    for (size_t i = 0; i < e->attribute_count; i++)
        if (strcmp(e->attributes[i].name, name) == 0)
            return e->attributes[i].value;
    return NULL;
}

bool xml_is(const struct xml_element *e, const char *name, const char *ns)
{
    return strcmp(e->name, name) == 0 && strcmp(e->ns, ns) == 0;
}

const struct xml_element *xml_child(const struct xml_element *e, const char *name, const char *ns)
{
    for (const struct xml_element *c = e->first; c != NULL; c = c->next)
        if (xml_is(c, name, ns))
            return c;
    return NULL;
}

const struct xml_element *xml_only_child(const struct xml_element *e, const char *name,
                                         const char *ns)
{
    const struct xml_element *found = NULL;
    for (const struct xml_element *c = e->first; c != NULL; c = c->next) {
        if (!xml_is(c, name, ns))
            continue;
        if (found != NULL)
            return NULL;
        found = c;
    }
    return found;
}

struct xml_element *xml_element_new(struct arena *a, struct xml_element *parent, const char *name,
                                    const char *ns)
{
    struct xml_element *e = arena_new(a, sizeof *e);
    if (e == NULL || (e->name = arena_string(a, name)) == NULL)
        return NULL;
    e->text = "";
    e->ns = parent != NULL ? parent->ns : "";
    if (ns != NULL && strcmp(ns, e->ns) != 0 && (e->ns = arena_string(a, ns)) == NULL)
        return NULL;
    e->parent = parent;
    if (parent != NULL) {
        if (parent->last != NULL)
            parent->last->next = e;
        else
            parent->first = e;
        parent->last = e;
    }
    return e;
}

bool xml_set_attributes(struct arena *a, struct xml_element *e, const char *const *name_value,
                        size_t count)
{
    if (count > XML_ATTRIBUTES_MAX)
        return false;
    e->attributes = arena_array(a, count, sizeof *e->attributes);
    if (e->attributes == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct xml_attribute *at = &e->attributes[e->attribute_count++];
        at->name = arena_string(a, name_value[2 * i]);
        at->value = arena_string(a, name_value[2 * i + 1]);
        if (at->name == NULL || at->value == NULL) {
            e->attribute_count = 0;
            return false;
        }
    }
    return true;
}

bool xml_set_text(struct arena *a, struct xml_element *e, const char *text, size_t len)
{
    char *copy = arena_string_n(a, text, len);
    if (copy == NULL)
        return false;
    e->text = copy;
    e->text_len = len;
    return true;
}

/* XML 1.0 section 2.2: tab, newline and carriage return are the only characters below space. */
void xml_escape(struct buf *b, const char *text)
{
    const char *from = text;
    for (;; text++) {
        const char *as = NULL;
        unsigned char c = (unsigned char)*text;
        switch (c) {
        case '&':
            as = "&amp;";
            break;
        case '<':
            as = "&lt;";
            break;
        case '>':
            as = "&gt;";
            break;
        case '"':
            as = "&quot;";
            break;
        case '\'':
            as = "&apos;";
            break;
        default:
            if (c >= 0x20 || c == '\t' || c == '\n' || c == '\r')
                continue;
            if (c != '\0')
                buf_fail(b);
        }
        buf_put(b, from, (size_t)(text - from));
        if (as == NULL)
            return;
        buf_put_text(b, as);
        from = text + 1;
    }
}

void xml_put_attribute(struct buf *b, const char *name, const char *value)
{
    buf_put_u8(b, ' ');
    buf_put_text(b, name);
    buf_put(b, "='", 2);
    xml_escape(b, value);
    buf_put_u8(b, '\'');
}

void xml_put_base64(struct buf *b, const char *name, const void *data, size_t len)
{
    buf_put_u8(b, '<');
    buf_put_text(b, name);
    buf_put_u8(b, '>');
    encode_base64_buf(b, data, len);
    buf_put(b, "</", 2);
    buf_put_text(b, name);
    buf_put_u8(b, '>');
}

static void put_start(struct buf *b, const struct xml_element *e)
{
    buf_put_u8(b, '<');
    buf_put_text(b, e->name);
    bool ns_written = false;
    for (size_t i = 0; i < e->attribute_count; i++) {
        xml_put_attribute(b, e->attributes[i].name, e->attributes[i].value);
        ns_written = ns_written || strcmp(e->attributes[i].name, "xmlns") == 0;
    }
    bool inherited = e->parent != NULL && strcmp(e->parent->ns, e->ns) == 0;
    if (!ns_written && !inherited && e->ns[0] != '\0')
        xml_put_attribute(b, "xmlns", e->ns);
}

static void put_end(struct buf *b, const struct xml_element *e)
{
    buf_put(b, "</", 2);
    buf_put_text(b, e->name);
    buf_put_u8(b, '>');
}

/* Without recursion: the tree's depth is a peer's choice. */
void xml_put_element(struct buf *b, const struct xml_element *root)
{
    const struct xml_element *e = root;
    for (;;) {
        put_start(b, e);
        if (e->first != NULL) {
            buf_put_u8(b, '>');
            e = e->first;
            continue;
        }
        if (e->text_len == 0) {
            buf_put(b, "/>", 2);
        } else {
            buf_put_u8(b, '>');
            xml_escape(b, e->text);
            put_end(b, e);
        }
        while (e != root && e->next == NULL) {
            e = e->parent;
            put_end(b, e);
        }
        if (e == root)
            return;
        e = e->next;
    }
}
