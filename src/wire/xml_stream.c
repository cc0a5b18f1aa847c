/* The reading half of xml.h: expat's events become trees. */
#include <expat.h>
#include <string.h>

#include "base/memory.h"
#include "wire/xml.h"

#define STEP_BYTES 65536U /* that expat is given at once */

struct xml_stream {
    XML_Parser parser;
    const struct xml_stream_events *events;
    void *context;
    struct arena arena; /* the stanza under way, or a single document */
    struct buf text;    /* character data of the element under way */
    struct xml_element *root, *open;
    char *stream_ns; /* the default namespace that the stream's tag declares */
    XML_Index start; /* of the stanza under way, in bytes of the stream */
    size_t depth;    /* elements open; the stream's own is the first */
    size_t skipped;  /* elements open inside a stanza that is over the cap; 0: none */
    size_t pending;  /* bytes since the last event: expat holds what is not whole yet */
    size_t max_bytes;
    bool document; /* one element instead of a stream: its root is what is wanted */
    bool over;     /* nothing more is read */
};

static const char *declared_ns(const XML_Char **attributes)
{
    for (; *attributes != NULL; attributes += 2)
        if (strcmp(attributes[0], "xmlns") == 0)
            return attributes[1];
    return NULL;
}

static size_t count_attributes(const XML_Char **attributes)
{
    size_t n = 0;
    while (attributes[2 * n] != NULL)
        n++;
    return n;
}

/* From here on only the depth of the stanza is followed. */
static void skip_stanza(struct xml_stream *s)
{
    s->skipped = s->depth - (s->document ? 0 : 1);
}

/* Ends the stream. Events may still come, of an empty element's end for example. */
static void stop(struct xml_stream *s)
{
    s->over = true;
    XML_StopParser(s->parser, XML_FALSE);
}

static void open_stream(struct xml_stream *s, const char *name, const XML_Char **attributes)
{
    const char *ns = declared_ns(attributes);
    s->stream_ns = mem_string(ns == NULL ? "" : ns);
    struct xml_element *e = xml_element_new(&s->arena, NULL, name, s->stream_ns);
    if (e == NULL || !xml_set_attributes(&s->arena, e, attributes, count_attributes(attributes))) {
        stop(s);
        return;
    }
    s->events->opened(s->context, e);
    arena_reset(&s->arena);
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
    struct xml_stream *s = user;
    if (s->over)
        return;
    s->pending = 0;
    s->depth++;
    if (s->skipped > 0) {
        s->skipped++;
        return;
    }
    if (s->depth == 1 && !s->document) {
        open_stream(s, name, attributes);
        return;
    }
    buf_reset(&s->text);
    const char *ns = declared_ns(attributes);
    if (ns == NULL && s->open == NULL && s->stream_ns != NULL)
        ns = s->stream_ns;
    struct xml_element *e = NULL;
    if (s->depth <= XML_DEPTH_MAX)
        e = xml_element_new(&s->arena, s->open, name, ns);
    if (e == NULL || !xml_set_attributes(&s->arena, e, attributes, count_attributes(attributes))) {
        skip_stanza(s);
        return;
    }
    if (s->open == NULL) {
        s->root = e;
        s->start = XML_GetCurrentByteIndex(s->parser);
    }
    s->open = e;
}

static void finish_stanza(struct xml_stream *s, bool whole)
{
    struct xml_element *root = s->root;
    s->root = s->open = NULL;
    if (root != NULL)
        root->source_len = (size_t)(XML_GetCurrentByteIndex(s->parser) - s->start +
                                    XML_GetCurrentByteCount(s->parser));
    if (root != NULL && whole) {
        s->events->stanza(s->context, root);
    } else if (root != NULL && s->events->too_large != NULL) {
        root->first = root->last = NULL;
        s->events->too_large(s->context, root);
    }
    arena_reset(&s->arena);
    buf_reset(&s->text);
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
    struct xml_stream *s = user;
    (void)name;
    if (s->over)
        return;
    s->pending = 0;
    s->depth--;
    if (s->skipped > 0) {
        if (--s->skipped == 0)
            finish_stanza(s, false);
        return;
    }
    if (s->depth == 0 && !s->document) {
        s->events->closed(s->context);
        return;
    }
    struct xml_element *e = s->open;
    if (e->first == NULL && s->text.len > 0 &&
        !xml_set_text(&s->arena, e, (const char *)s->text.data, s->text.len)) {
        /* This end tag has been counted off already. */
        skip_stanza(s);
        if (s->skipped == 0)
            finish_stanza(s, false);
        return;
    }
    buf_reset(&s->text);
    s->open = e->parent;
    if (s->open == NULL)
        finish_stanza(s, true);
}

static void XMLCALL on_text(void *user, const XML_Char *text, int len)
{
    struct xml_stream *s = user;
    s->pending = 0;
    if (s->over || s->skipped > 0 || s->open == NULL || s->open->first != NULL)
        return;
    buf_put(&s->text, text, (size_t)len);
    if (buf_failed(&s->text))
        skip_stanza(s);
}

static void XMLCALL on_comment(void *user, const XML_Char *data)
{
    (void)data;
    stop(user);
}

static void XMLCALL on_instruction(void *user, const XML_Char *target, const XML_Char *data)
{
    (void)target, (void)data;
    stop(user);
}

static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *system,
                               const XML_Char *public, int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    stop(user);
}

struct xml_stream *xml_stream_new(const struct xml_stream_events *events, void *context,
                                  size_t max_bytes)
{
    struct xml_stream *s = mem_new(sizeof *s);
    s->parser = XML_ParserCreate("UTF-8");
    if (s->parser == NULL)
        abort();
    s->events = events;
    s->context = context;
    s->max_bytes = max_bytes;
    s->arena = (struct arena)ARENA_INIT(max_bytes);
    s->text = (struct buf)BUF_INIT(max_bytes);
#ifdef HAVE_REPARSE_DEFERRAL
    /* Else a stanza whose end comes in a small piece would wait for the next one. What the deferral
     * is there for, the time that a large tag in small pieces takes, `pending` bounds. */
    (void)XML_SetReparseDeferralEnabled(s->parser, XML_FALSE);
#endif
    XML_SetUserData(s->parser, s);
    XML_SetElementHandler(s->parser, on_start, on_end);
    XML_SetCharacterDataHandler(s->parser, on_text);
    XML_SetCommentHandler(s->parser, on_comment);
    XML_SetProcessingInstructionHandler(s->parser, on_instruction);
    XML_SetStartDoctypeDeclHandler(s->parser, on_doctype);
    return s;
}

void xml_stream_free(struct xml_stream *s)
{
    if (s == NULL)
        return;
    XML_ParserFree(s->parser);
    arena_clear(&s->arena);
    buf_clear(&s->text);
    free(s->stream_ns);
    free(s);
}

int xml_stream_feed(struct xml_stream *s, const void *data, size_t len)
{
    const char *at = data;
    while (len > 0 && !s->over) {
        size_t step = len < STEP_BYTES ? len : STEP_BYTES;
        s->pending += step;
        if (XML_Parse(s->parser, at, (int)step, 0) != XML_STATUS_OK || s->pending > s->max_bytes)
            s->over = true;
        at += step;
        len -= step;
    }
    return s->over ? ERR_FORMAT : 0;
}

/* Copies the tree from the stream's arena into the caller's. */
static struct xml_element *copy_tree(struct arena *a, const struct xml_element *from)
{
    struct xml_element *root = NULL, *to = NULL;
    for (const struct xml_element *e = from; e != NULL;) {
        struct xml_element *c = xml_element_new(a, to, e->name, e->ns);
        if (c == NULL)
            return NULL;
        const char *pairs[2 * XML_ATTRIBUTES_MAX];
        for (size_t i = 0; i < e->attribute_count; i++) {
            pairs[2 * i] = e->attributes[i].name;
            pairs[2 * i + 1] = e->attributes[i].value;
        }
        if (!xml_set_attributes(a, c, pairs, e->attribute_count) ||
            !xml_set_text(a, c, e->text, e->text_len))
            return NULL;
        root = root == NULL ? c : root;
        if (e->first != NULL) {
            to = c;
            e = e->first;
            continue;
        }
        while (e != from && e->next == NULL) {
            e = e->parent;
            to = to->parent;
        }
        e = e == from ? NULL : e->next;
    }
    return root;
}

struct document {
    struct arena *arena;
    struct xml_element *root; /* NULL: over a cap */
};

static void keep_document(void *context, const struct xml_element *root)
{
    struct document *doc = context;
    doc->root = copy_tree(doc->arena, root);
}

int xml_parse(struct arena *a, const char *text, size_t len, struct xml_element **ret)
{
    static const struct xml_stream_events events = {.stanza = keep_document};
    struct document doc = {.arena = a};
    struct xml_stream *s = xml_stream_new(&events, &doc, a->max);
    s->document = true;
    int r = xml_stream_feed(s, text, len);
    if (r == 0 && XML_Parse(s->parser, "", 0, 1) != XML_STATUS_OK)
        r = ERR_FORMAT;
    xml_stream_free(s);
    if (r == 0 && doc.root == NULL)
        r = ERR_LIMIT;
    if (r == 0)
        *ret = doc.root;
    return r;
}
