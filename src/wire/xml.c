#include "wire/xml.h"

#include <string.h>

#include "base/encode.h"
#include "wire/value.h"

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

/* XML 1.0 section 2.2: no control characters but tab, newline and carriage return, and not U+FFFE
 * and U+FFFF. */
static bool characters_valid(const char *text)
{
    if (!value_utf8_valid(text, strlen(text)) || strstr(text, "\xef\xbf\xbe") != NULL ||
        strstr(text, "\xef\xbf\xbf") != NULL)
        return false;
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 && strchr("\t\n\r", *text) == NULL)
            return false;
    return true;
}

/* How `c` must be written, or NULL: as it is. What a reader would make a newline or a space of
 * (sections 2.11 and 3.3.3) is written as a number. */
static const char *escape_of(char c, bool attribute)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&apos;";
    case '\r':
        return "&#13;";
    case '\n':
        return attribute ? "&#10;" : NULL;
    case '\t':
        return attribute ? "&#9;" : NULL;
    default:
        return NULL;
    }
}

static void put_escaped(struct buf *b, const char *text, bool attribute)
{
    if (!characters_valid(text)) {
        buf_fail(b);
        return;
    }
    const char *from = text;
    for (; *text != '\0'; text++) {
        const char *as = escape_of(*text, attribute);
        if (as == NULL)
            continue;
        buf_put(b, from, (size_t)(text - from));
        buf_put_text(b, as);
        from = text + 1;
    }
    buf_put(b, from, (size_t)(text - from));
}

void xml_escape(struct buf *b, const char *text)
{
    put_escaped(b, text, false);
}

void xml_put_attribute(struct buf *b, const char *name, const char *value)
{
    buf_put_u8(b, ' ');
    buf_put_text(b, name);
    buf_put(b, "='", 2);
    put_escaped(b, value, true);
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

static void put_start(struct buf *b, const struct xml_element *e, bool is_root)
{
    buf_put_u8(b, '<');
    buf_put_text(b, e->name);
    bool ns_written = false;
    for (size_t i = 0; i < e->attribute_count; i++) {
        xml_put_attribute(b, e->attributes[i].name, e->attributes[i].value);
        ns_written = ns_written || strcmp(e->attributes[i].name, "xmlns") == 0;
    }
    /* The root's parent is not written, so nothing is inherited from it. */
    const char *inherited = is_root ? "" : e->parent->ns;
    if (!ns_written && strcmp(inherited, e->ns) != 0)
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
        put_start(b, e, e == root);
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
