/* A stanza that waits for a document. */
#include <string.h>

#include "base/calendar.h"
#include "device/arrival.h"

static const struct xml_element *signature_of(const struct xml_element *stanza)
{
    const struct xml_element *access = xml_only_child(stanza, "access", ENVELOPE_NS);
    const struct xml_element *sig =
        access == NULL ? NULL : xml_only_child(access, "sig", ENVELOPE_NS);
    return sig == NULL || sig->text_len == 0 ? NULL : sig;
}

struct search {
    const struct xml_element *stanza;
    const struct xml_element *sig;
};

/* ERR_EXISTS: it has the same signature, and is of the same account. */
static int is_same(void *context, int64_t number, const char *stanza, size_t len)
{
    const struct search *s = context;
    char here[VALUE_JID_MAX + 1], there[VALUE_JID_MAX + 1];
    struct arena arena = ARENA_INIT(4 * STANZA_MEMORY);
    struct xml_element *x;
    int r = 0;
    (void)number;
    if (memmem(stanza, len, s->sig->text, s->sig->text_len) != NULL &&
        xml_parse(&arena, stanza, len, &x) == 0) {
        const struct xml_element *sig = signature_of(x);
        if (sig != NULL && strcmp(sig->text, s->sig->text) == 0 &&
            value_bare_of(xml_attribute_of(x, "from"), there) == 0 &&
            value_bare_of(xml_attribute_of(s->stanza, "from"), here) == 0 &&
            strcmp(here, there) == 0)
            r = ERR_EXISTS;
    }
    arena_clear(&arena);
    return r;
}

/* Without a receipt its sender repeats it: copies would push out what others have sent. */
static bool is_parked(struct device *d, const struct xml_element *x)
{
    struct search s = {.stanza = x, .sig = signature_of(x)};
    return s.sig != NULL && store_parked(d->store, is_same, &s) == ERR_EXISTS;
}

/* With the time when it came, behind a stamp of the server's that it may have: its age is judged
 * by that, not by how long the document took. */
void device_park(struct device *d, const struct xml_element *x)
{
    static const char end[] = "</message>";
    char stamp[CALENDAR_INSTANT_LEN + 1];
    CLEANUP_BUF struct buf text = BUF_INIT(STANZA_MEMORY);
    if (is_parked(d, x))
        return;
    xml_put_element(&text, x);
    if (text.len < sizeof end)
        return;
    text.len -= sizeof end - 1;
    calendar_format(device_now(d), stamp);
    buf_format(&text, "<delay xmlns='" DELAY_NS "' from='%s' stamp='%s'/>%s", d->net->domain, stamp,
               end);
    if (!buf_failed(&text))
        (void)!store_park(d->store, (const char *)text.data, text.len);
}
