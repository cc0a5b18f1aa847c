/* XML stanzas: a bounded element tree, read with expat, and escaping for what is written.
 *
 * RFC 6120 section 11 forbids comments, processing instructions, DTDs and entity references in
 * a stream; they end it. A default namespace is inherited; prefixed names keep their prefix and so
 * never match ours. Character data of an element that has child elements is dropped: nothing that
 * we read mixes the two.
 */
#ifndef IRONSIDE_WIRE_XML_H
#define IRONSIDE_WIRE_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#define XML_DEPTH_MAX 32U
#define XML_ATTRIBUTES_MAX 32U

struct xml_attribute {
    const char *name;
    const char *value;
};

struct xml_element {
    const char *name;
    const char *ns; /* "" when none is in force */
    struct xml_attribute *attributes;
    size_t attribute_count;
    const char *text; /* ends in a NUL; "" when there is none */
    size_t text_len;
    size_t source_len; /* of a stream's stanza: bytes from its start tag to its end tag */
    struct xml_element *parent;
    struct xml_element *first, *last; /* children */
    struct xml_element *next;
};

/* The attribute's value or NULL. */
const char *xml_attribute_of(const struct xml_element *e, const char *name);
bool xml_is(const struct xml_element *e, const char *name, const char *ns);
/* The first such child or NULL. */
const struct xml_element *xml_child(const struct xml_element *e, const char *name, const char *ns);
/* The only such child: NULL when there is none or a second one. */
const struct xml_element *xml_only_child(const struct xml_element *e, const char *name,
                                         const char *ns);

/* For building a tree from another parser's (libstrophe). All copy into the arena and return NULL
 * (or false) when it is full. `ns` NULL: inherited. */
struct xml_element *xml_element_new(struct arena *a, struct xml_element *parent, const char *name,
                                    const char *ns);
bool xml_set_attributes(struct arena *a, struct xml_element *e, const char *const *name_value,
                        size_t count);
bool xml_set_text(struct arena *a, struct xml_element *e, const char *text, size_t len);

/* One whole element, for tests, fuzzing and stored stanzas. ERR_FORMAT, ERR_LIMIT. */
int xml_parse(struct arena *a, const char *text, size_t len, struct xml_element **ret) MUST_USE;

/* A stream's stanzas as they come. */
struct xml_stream;
struct xml_stream_events {
    /* The stream's own start tag, without children. */
    void (*opened)(void *context, const struct xml_element *stream);
    /* A whole stanza; it lives until the callback returns. */
    void (*stanza)(void *context, const struct xml_element *stanza);
    /* A stanza that was over the cap: its start tag and nothing inside. Not called when the start
     * tag alone is over it: there is nothing to answer then. May be NULL. */
    void (*too_large)(void *context, const struct xml_element *start);
    /* The stream's end tag. */
    void (*closed)(void *context);
};
/* `max_bytes` bounds the memory of one stanza, and what is kept of a tag that has not ended. Not to
 * be freed in a callback. */
struct xml_stream *xml_stream_new(const struct xml_stream_events *events, void *context,
                                  size_t max_bytes);
void xml_stream_free(struct xml_stream *s);
/* ERR_FORMAT: not well-formed, a construct that streams forbid, or a tag that does not end; the
 * stream is over then. */
int xml_stream_feed(struct xml_stream *s, const void *data, size_t len) MUST_USE;

/* Appends text with & < > " ' and carriage returns escaped. What XML 1.0 cannot carry (most control
 * characters, U+FFFE, U+FFFF, bytes that are not UTF-8) fails the buffer. */
void xml_escape(struct buf *b, const char *text);
/* ` name='value'`, escaped, tabs and newlines too. */
void xml_put_attribute(struct buf *b, const char *name, const char *value);
/* `<name>base64</name>` */
void xml_put_base64(struct buf *b, const char *name, const void *data, size_t len);
/* Appends the element with all in it, so that it reads the same on its own. */
void xml_put_element(struct buf *b, const struct xml_element *e);

#endif
