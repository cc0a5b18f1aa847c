#include <assert.h>

#include "base/calendar.h"
#include "population/internal.h"

const char *population_label_text(enum population_label l)
{
    static const char *const texts[] = {
        [POPULATION_PLAIN] = "plain",       [POPULATION_THREAT] = "threat",
        [POPULATION_NEGATIVE] = "negative", [POPULATION_PRIVILEGED] = "privileged",
        [POPULATION_PHOTO] = "photo",       [POPULATION_VOICE] = "voice",
    };
    static_assert(sizeof texts / sizeof texts[0] == POPULATION_LABELS, "each has its word");
    return texts[l];
}

static void put_day(struct buf *b, const struct population *p, const char *name, uint32_t day)
{
    char text[CALENDAR_DAY_LEN + 1];
    calendar_format_day(p->o.from_day + day, text);
    buf_format(b, ",\"%s\":\"%s\"", name, text);
}

static void put_organisation(struct buf *b, const struct population *p, uint32_t k)
{
    const struct organisation *o = &p->organisations[k];
    buf_format(b,
               "{\"organisation\":\"o%u\",\"devices\":%u,\"country\":\"%s\",\"second\":\"%s\","
               "\"language\":\"%s\",\"script\":\"%s\"}\n",
               k + 1, o->size, countries[o->home].code, countries[o->second].code,
               grammar_language(p->texts.grammars[o->language]),
               grammar_script(p->texts.grammars[o->language]));
}

static void put_device(struct buf *b, const struct population *p, uint32_t i)
{
    const struct member *m = &p->members[i];
    buf_format(b,
               "{\"device\":\"%s\",\"person\":\"p%u\",\"organisation\":\"o%u\",\"role\":\"%s\","
               "\"language\":\"%s\",\"country\":\"%s\",\"zone_minutes\":%d",
               m->handle, m->person + 1, m->organisation + 1, role_text(m->role),
               grammar_language(p->texts.grammars[m->language]), countries[m->country].code,
               countries[m->country].zone_minutes);
    put_day(b, p, "from", m->first_day);
    if (m->end_day < p->o.days)
        put_day(b, p, "until", m->end_day - 1);
    if (m->silenced)
        buf_put_text(b, ",\"silenced\":true");
    if (m->alias_of != POPULATION_NOBODY)
        buf_format(b, ",\"alias_of\":\"%s\"", p->members[m->alias_of].handle);
    if (m->distributor != POPULATION_NOBODY)
        buf_format(b, ",\"distributor\":\"%s\"", p->members[m->distributor].handle);
    buf_put_text(b, "}\n");
}

static void put_group(struct buf *b, const struct population *p, uint32_t k)
{
    const struct talk_group *g = &p->groups[k];
    buf_format(b, "{\"group\":\"%s\",\"name\":", g->id);
    value_put_json(b, g->name);
    buf_format(b, ",\"organisation\":\"o%u\",\"members\":[", g->organisation + 1);
    for (uint32_t i = 0; i < g->count; i++) {
        buf_format(b, "%s{\"device\":\"%s\"", i == 0 ? "" : ",",
                   p->members[g->members[i].member].handle);
        put_day(b, p, "from", g->members[i].from_day);
        if (g->members[i].end_day < p->o.days)
            put_day(b, p, "until", g->members[i].end_day - 1);
        buf_put_u8(b, '}');
    }
    buf_put_text(b, "]}\n");
}

void population_put_people(struct buf *b, const struct population *p)
{
    for (uint32_t k = 0; k < p->o.organisations; k++)
        put_organisation(b, p, k);
    for (uint32_t i = 0; i < p->o.devices; i++)
        put_device(b, p, i);
    for (uint32_t k = 0; k < p->group_count; k++)
        put_group(b, p, k);
}

void population_put_truth(struct buf *b, const struct population *p,
                          const struct population_message *m)
{
    (void)p;
    if (m->label == POPULATION_PLAIN && m->like == 0 && m->about == 0)
        return;
    buf_format(b, "{\"line\":%llu,\"id\":\"%s\"", (unsigned long long)m->number, m->id);
    if (m->label != POPULATION_PLAIN)
        buf_format(b, ",\"is\":\"%s\"", population_label_text(m->label));
    if (m->like != 0)
        buf_format(b, ",\"near_duplicate_of\":%llu", (unsigned long long)m->like);
    if (m->about != 0)
        buf_format(b, ",\"kind\":\"%s\",\"about\":%llu", content_kind_text(m->kind),
                   (unsigned long long)m->about);
    buf_put_text(b, "}\n");
}

void population_put_map(struct buf *b, const struct population *p)
{
    buf_put_text(b, "# countries of a simulated population, for a replay network\n");
    for (uint32_t c = 0; c < p->o.countries; c++)
        buf_format(b, "127.0.%u.0/24 %s\n", c + 1, countries[c].code);
}
