#include <stdio.h>
#include <stdlib.h>

#include "population/internal.h"

/* Puts a content into the body. What this room makes always has a form. */
static void put(struct population *p, const struct content *c)
{
    buf_reset(&p->body);
    if (content_write(&p->body, c, NULL) < 0)
        abort();
    p->message.kind = c->kind;
    p->message.content = true;
}

void bodies_text(struct population *p, const char *group)
{
    const struct content c = {.kind = CONTENT_TEXT,
                              .text = (const char *)p->words.data,
                              .text_len = p->words.len,
                              .group = group};
    p->message.kind = CONTENT_TEXT;
    p->message.content = group != NULL;
    if (group != NULL) {
        put(p, &c);
        return;
    }
    buf_reset(&p->body);
    buf_put(&p->body, p->words.data, p->words.len);
}

void bodies_about(struct population *p, enum content_kind kind, const struct text_ref *about,
                  uint32_t about_from, const char *group)
{
    char id[24];
    snprintf(id, sizeof id, "s%llu", (unsigned long long)about->line);
    struct content c = {.kind = kind,
                        .text = (const char *)p->words.data,
                        .text_len = p->words.len,
                        .id = id,
                        .group = group};
    char *quote = NULL;
    if (content_traits(kind)->about == CONTENT_ABOUT_ANY)
        c.from = p->accounts[about_from];
    if (kind == CONTENT_REPLY) {
        texts_typed(p, about, about_from, &p->quote);
        c.quote = quote = content_first_line((const char *)p->quote.data, p->quote.len);
    }
    put(p, &c);
    free(quote);
    p->message.about = about->line;
}

/* Within some 20 km of the town of the country that it is sent from. */
void bodies_position(struct population *p, const char *group)
{
    const struct country *x = &countries[p->members[p->message.from].country];
    const struct content c = {
        .kind = CONTENT_POSITION,
        .position = {.latitude =
                         x->latitude * 1000000 + (int32_t)dice_below(&p->dice, 4000000) - 2000000,
                     .longitude =
                         x->longitude * 1000000 + (int32_t)dice_below(&p->dice, 4000000) - 2000000},
        .group = group};
    put(p, &c);
}
