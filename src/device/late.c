/* What is heard after the commit: a line of the device's own, or a message that waited. */
#include "base/memory.h"
#include "device/conversation.h"

#define ARENA_MAX (16U * VALUE_BODY_MAX)

struct device_late {
    struct device_late *next;
    int64_t number;
    char *peer, *text;
};

static void put_late(struct device *d, int64_t number, const char *peer, char *text)
{
    struct device_late *x = mem_new(sizeof *x), **end = &d->late;
    x->number = number;
    x->peer = mem_string(peer);
    x->text = text;
    while (*end != NULL)
        end = &(*end)->next;
    *end = x;
}

void conversation_show_later(struct device *d, int64_t number, const char *from)
{
    put_late(d, number, from, NULL);
}

int conversation_say(struct device *d, const char *peer, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    diag_clean(text);
    put_late(d, 0, peer, mem_string(text));
    return store_put_notice(d->store, device_now(d), peer, text);
}

static void show_late(struct device *d, int64_t number)
{
    struct arena arena = ARENA_INIT(ARENA_MAX);
    struct store_content c;
    struct store_message m;
    if (d->o.events.message != NULL && store_message(d->store, number, &arena, &m) == 0 &&
        store_content(d->store, number, &arena, &c) == 0 && c.gone == STORE_HERE) {
        m.plain = c.kind == CONTENT_TEXT;
        m.no_group = c.group[0] == '\0';
        d->o.events.message(d->o.events.context, &m);
    }
    arena_clear(&arena);
}

void conversation_settle(struct device *d, bool committed)
{
    while (d->late != NULL) {
        struct device_late *x = d->late;
        d->late = x->next;
        if (committed && x->number != 0)
            show_late(d, x->number);
        else if (committed && d->o.events.notice != NULL)
            d->o.events.notice(d->o.events.context, x->peer, x->text);
        free(x->peer);
        free(x->text);
        free(x);
    }
}
