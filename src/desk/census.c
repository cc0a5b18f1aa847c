#include "desk/census.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define FIRST_TALKS 1024U

/* ---- places ---- */

static struct census_person *person_at(struct census *c, uint32_t account)
{
    if (account > c->people_capacity) {
        c->people_capacity = account + account / 2 + 64;
        c->people = mem_resize(c->people, c->people_capacity, sizeof *c->people);
    }
    for (; c->people_count < account; c->people_count++)
        c->people[c->people_count] = (struct census_person){.first = UINT32_MAX};
    return &c->people[account - 1];
}

static struct census_conversation *conversation_at(struct census *c, uint32_t number)
{
    if (number > c->conversation_capacity) {
        c->conversation_capacity = number + number / 2 + 64;
        c->conversations =
            mem_resize(c->conversations, c->conversation_capacity, sizeof *c->conversations);
    }
    for (; c->conversation_count < number; c->conversation_count++)
        c->conversations[c->conversation_count] = (struct census_conversation){.first = UINT32_MAX};
    return &c->conversations[number - 1];
}

const struct census_person *census_person(const struct census *c, uint32_t account)
{
    static const struct census_person nobody;
    return account == 0 || account > c->people_count ? &nobody : &c->people[account - 1];
}

const struct census_conversation *census_conversation(const struct census *c, uint32_t number)
{
    static const struct census_conversation none;
    return number == 0 || number > c->conversation_count ? &none : &c->conversations[number - 1];
}

bool census_has_person(const struct census *c, uint32_t account)
{
    const struct census_person *p = census_person(c, account);
    return p->sent + p->received > 0;
}

/* ---- talks ---- */

static struct census_talk *talk_slot(struct census *c, uint32_t sender, uint32_t recipients)
{
    uint64_t h = names_mix((uint64_t)sender << 32 | recipients);
    uint32_t at = (uint32_t)h & (c->talk_slots - 1);
    while (c->talks[at].sender != 0 &&
           (c->talks[at].sender != sender || c->talks[at].recipients != recipients))
        at = (at + 1) & (c->talk_slots - 1);
    return &c->talks[at];
}

static void grow_talks(struct census *c)
{
    struct census_talk *old = c->talks;
    uint32_t slots = c->talk_slots;
    c->talk_slots = slots == 0 ? FIRST_TALKS : slots * 2;
    c->talks = mem_array(c->talk_slots, sizeof *c->talks);
    for (uint32_t i = 0; i < slots; i++)
        if (old[i].sender != 0)
            *talk_slot(c, old[i].sender, old[i].recipients) = old[i];
    free(old);
}

static struct census_talk *talk_of(struct census *c, uint32_t sender, uint32_t recipients)
{
    if (c->talk_count >= c->talk_slots / 2)
        grow_talks(c);
    struct census_talk *t = talk_slot(c, sender, recipients);
    if (t->sender == 0) {
        *t = (struct census_talk){sender, recipients, 0};
        c->talk_count++;
    }
    return t;
}

/* ---- countries, most frequent first ---- */

static void count_country(struct census_person *p, uint16_t country)
{
    uint32_t i = 0;
    if (country == 0)
        return;
    while (i < p->country_count && p->countries[i].country != country)
        i++;
    if (i == p->country_count) {
        p->countries = mem_resize(p->countries, ++p->country_count, sizeof *p->countries);
        p->countries[i] = (struct census_country){country, 0};
    }
    uint32_t count = ++p->countries[i].count;
    while (i > 0 && p->countries[i - 1].count < count) {
        struct census_country before = p->countries[i - 1];
        p->countries[i - 1] = p->countries[i];
        p->countries[i--] = before;
    }
}

static void uncount_country(struct census_person *p, uint16_t country)
{
    uint32_t i = 0;
    while (i < p->country_count && p->countries[i].country != country)
        i++;
    if (country == 0 || i == p->country_count)
        return;
    uint32_t count = --p->countries[i].count;
    while (i + 1 < p->country_count && p->countries[i + 1].count > count) {
        struct census_country after = p->countries[i + 1];
        p->countries[i + 1] = p->countries[i];
        p->countries[i++] = after;
    }
    if (count == 0)
        p->country_count--;
}

/* ---- messages ---- */

static void widen(uint32_t *first, uint32_t *last, uint32_t at)
{
    *first = at < *first ? at : *first;
    *last = at > *last ? at : *last;
}

static size_t recipients_of(const struct columns *k, const struct names *recipients, int64_t id,
                            const uint32_t **ret)
{
    struct name set = names_of(recipients, k->recipients[id - 1]);
    *ret = (const uint32_t *)(const void *)set.bytes;
    return set.len / sizeof(uint32_t);
}

void census_count(struct census *c, const struct columns *k, const struct names *recipients,
                  int64_t id)
{
    const uint32_t *to;
    size_t i = (size_t)id - 1, count = recipients_of(k, recipients, id, &to);
    struct census_person *p = person_at(c, k->sender[i]);
    p->sent++;
    widen(&p->first, &p->last, k->at[i]);
    count_country(p, k->country[i]);
    for (size_t n = 0; n < count; n++)
        person_at(c, to[n])->received++;
    talk_of(c, k->sender[i], k->recipients[i])->count++;
    struct census_conversation *v = conversation_at(c, k->conversation[i]);
    v->messages++;
    widen(&v->first, &v->last, k->at[i]);
}

void census_uncount(struct census *c, const struct columns *k, const struct names *recipients,
                    int64_t id)
{
    const uint32_t *to;
    size_t i = (size_t)id - 1, count = recipients_of(k, recipients, id, &to);
    struct census_person *p = person_at(c, k->sender[i]);
    p->sent--;
    uncount_country(p, k->country[i]);
    for (size_t n = 0; n < count; n++)
        person_at(c, to[n])->received--;
    talk_of(c, k->sender[i], k->recipients[i])->count--;
    conversation_at(c, k->conversation[i])->messages--;
}

static void refit_person(struct census *c, const struct columns *k, uint32_t sender,
                         census_fn *counts, void *context)
{
    struct census_person *p = person_at(c, sender);
    p->first = UINT32_MAX;
    p->last = 0;
    for (uint32_t id = columns_last_of(k, sender); id != 0; id = k->before[id - 1])
        if (counts(context, id))
            widen(&p->first, &p->last, k->at[id - 1]);
}

static void refit_conversations(struct census *c, const struct columns *k,
                                const struct idset *conversations, census_fn *counts, void *context)
{
    for (int64_t v = idset_above(conversations, 0); v != 0; v = idset_above(conversations, v)) {
        struct census_conversation *x = conversation_at(c, (uint32_t)v);
        x->first = UINT32_MAX;
        x->last = 0;
    }
    for (int64_t id = 1; id <= (int64_t)k->count; id++) {
        uint32_t v = k->conversation[id - 1];
        if (!idset_has(conversations, v) || !counts(context, id))
            continue;
        widen(&c->conversations[v - 1].first, &c->conversations[v - 1].last, k->at[id - 1]);
    }
}

void census_refit(struct census *c, const struct columns *k, const struct idset *senders,
                  const struct idset *conversations, census_fn *counts, void *context)
{
    for (int64_t s = idset_above(senders, 0); s != 0; s = idset_above(senders, s))
        refit_person(c, k, (uint32_t)s, counts, context);
    if (conversations->count > 0)
        refit_conversations(c, k, conversations, counts, context);
}

void census_clear(struct census *c)
{
    for (uint32_t i = 0; i < c->people_count; i++)
        free(c->people[i].countries);
    free(c->people);
    free(c->talks);
    free(c->conversations);
    *c = (struct census){0};
}
