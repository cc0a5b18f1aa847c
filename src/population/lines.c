#include "base/calendar.h"
#include "population/internal.h"

static void put_recipients(struct buf *b, const struct population *p,
                           const struct population_message *m)
{
    for (size_t i = 0; i < m->to_count; i++) {
        buf_put_text(b, i == 0 ? "\"" : ",\"");
        buf_put_text(b, p->accounts[m->to[i]]);
        buf_put_text(b, "\"");
    }
}

void population_put_line(struct buf *b, const struct population *p,
                         const struct population_message *m)
{
    char at[CALENDAR_INSTANT_LEN + 1];
    calendar_format(m->at_unix_ms, at);
    buf_format(b, "{\"id\":\"%s\",\"ts\":\"%s\",\"from\":\"%s\",\"to\":[", m->id, at,
               p->accounts[m->from]);
    put_recipients(b, p, m);
    buf_put_text(b, "],\"body\":");
    value_put_json(b, m->body);
    if (m->country != NULL)
        buf_format(b, ",\"country\":\"%s\"", m->country);
    if (m->content)
        buf_format(b, ",\"kind\":\"%s\"", content_kind_text(m->kind));
    buf_put_text(b, "}\n");
}
