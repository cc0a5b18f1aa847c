/* Who says what to whom, of themselves. */
#include <string.h>

#include "population/internal.h"

#define MILLION 1000000U
/* Of what people begin: not everybody has a group every day, and it comes to Enron's share of
 * messages with several recipients. */
#define GROUP_PER_MILLION 170000U
#define TRIES 6U
#define THREATS_PER_MILLION 50U
#define THREATS_EXTRA 60000000U /* small populations have some as well */
#define THREATS_MAX 4000U
#define NEGATIVES 3U /* for each threat */
#define PHOTO_PER_MILLION 30000U
#define VOICE_PER_MILLION 20000U
#define POSITION_PER_MILLION 8000U
#define PASS_ON_PER_MILLION 25000U
#define ASK_PER_MILLION 220000U
#define GREET_PER_MILLION 30000U
#define SELL_PER_MILLION 150000U
#define LEGAL_PER_MILLION 500000U

static bool is_lawyer(const struct population *p, uint32_t who)
{
    return p->members[who].role == ROLE_LAWYER;
}

bool is_privileged(const struct population *p, const struct turn *t)
{
    return t->group == 0 && is_lawyer(p, t->who) != is_lawyer(p, t->to);
}

/* A contact who is there today, the closest most often. */
static bool choose_contact(struct population *p, struct turn *t)
{
    const struct member *m = &p->members[t->who];
    for (unsigned i = 0; m->contact_count > 0 && i < TRIES; i++) {
        t->to = m->contacts[dice_zipf(&p->dice, &p->zipf, m->contact_count)];
        if (member_active(p, t->to, p->today))
            return true;
    }
    for (uint32_t i = 0; i < m->contact_count; i++) {
        t->to = m->contacts[i];
        if (member_active(p, t->to, p->today))
            return true;
    }
    return false;
}

/* One of theirs in which somebody is today; else the turn stays as it is. */
static void choose_group(struct population *p, struct turn *t)
{
    const struct member *m = &p->members[t->who];
    for (unsigned i = 0; i < TRIES; i++) {
        t->group = 1 + m->groups[dice_below(&p->dice, m->group_count)];
        if (choose_recipients(p, t))
            return;
    }
    t->group = 0;
}

void choose_turn(struct population *p, struct turn *ret)
{
    struct turn t = {.kind = CONTENT_TEXT, .who = hours_sender(p)};
    for (unsigned i = 0; i < TRIES && !choose_contact(p, &t); i++)
        t.who = i + 1 < TRIES ? hours_sender(p) : dice_below(&p->dice, 2);
    const struct member *m = &p->members[t.who];
    if (m->contact_count == 0 || !member_active(p, t.to, p->today))
        t.to = t.who == 0 ? 1 : 0; /* the first two are always there */
    if (m->group_count > 0 && dice_chance(&p->dice, GROUP_PER_MILLION))
        choose_group(p, &t);
    *ret = t;
}

static bool in_group(const struct population *p, const struct talk_group *g, uint32_t i)
{
    return p->today >= g->members[i].from_day && p->today < g->members[i].end_day &&
           member_active(p, g->members[i].member, p->today);
}

static bool group_recipients(struct population *p, const struct turn *t)
{
    const struct talk_group *g = &p->groups[t->group - 1];
    bool belongs = false;
    p->message.to_count = 0;
    for (uint32_t i = 0; i < g->count; i++) {
        if (!in_group(p, g, i))
            continue;
        if (g->members[i].member == t->who)
            belongs = true;
        else
            p->message.to[p->message.to_count++] = g->members[i].member;
    }
    return belongs && p->message.to_count >= 2;
}

bool choose_recipients(struct population *p, const struct turn *t)
{
    if (t->group != 0)
        return group_recipients(p, t);
    p->message.to[0] = t->to;
    p->message.to_count = 1;
    return member_active(p, t->who, p->today) && member_active(p, t->to, p->today);
}

/* Their own language if they share one, their organisation's, or English. */
static uint8_t choose_language(const struct population *p, const struct turn *t)
{
    const struct member *a = &p->members[t->who], *b = &p->members[t->to];
    if (t->group != 0)
        return p->organisations[p->groups[t->group - 1].organisation].language;
    if (a->language == b->language)
        return a->language;
    if (a->organisation == b->organisation)
        return p->organisations[a->organisation].language;
    return (uint8_t)texts_language(&p->texts, "en");
}

static uint32_t threats(const struct population *p)
{
    uint64_t x = THREATS_PER_MILLION + THREATS_EXTRA / p->o.messages;
    return x > THREATS_MAX ? THREATS_MAX : (uint32_t)x;
}

static void set(struct population *p, enum start s, enum population_label l)
{
    p->said.start = (uint8_t)s;
    p->message.label = l;
}

/* True so many times in a million, of what earlier questions left. */
static bool falls(uint32_t *x, uint32_t per_million)
{
    bool yes = *x < per_million;
    *x -= yes ? 0 : per_million;
    return yes;
}

static void choose_begun(struct population *p, const struct turn *t)
{
    uint32_t x = dice_below(&p->dice, MILLION);
    const struct member *m = &p->members[t->who];
    if (falls(&x, threats(p)))
        set(p, START_THREAT, POPULATION_THREAT);
    else if (falls(&x, NEGATIVES * threats(p)))
        set(p, START_NEGATIVE, POPULATION_NEGATIVE);
    else if (falls(&x, PHOTO_PER_MILLION))
        set(p, START_CAPTION, POPULATION_PHOTO);
    else if (falls(&x, VOICE_PER_MILLION))
        set(p, START_SAY, POPULATION_VOICE);
    else if (falls(&x, POSITION_PER_MILLION))
        set(p, STARTS, POPULATION_PLAIN);
    else if (falls(&x, GREET_PER_MILLION))
        set(p, START_GREET, POPULATION_PLAIN);
    else if (falls(&x, ASK_PER_MILLION))
        set(p, START_ASK, POPULATION_PLAIN);
    else if (m->role == ROLE_DISTRIBUTOR && falls(&x, SELL_PER_MILLION))
        set(p, START_SELL, POPULATION_PLAIN);
    else
        set(p, START_SAY, POPULATION_PLAIN);
}

/* What came last goes on to somebody else, as it was or with a word before it. */
static bool pass_on(struct population *p, const struct turn *t)
{
    const struct member *m = &p->members[t->who];
    if (t->kind != CONTENT_TEXT || t->about.line != 0 || m->heard.line == 0 ||
        !dice_chance(&p->dice, PASS_ON_PER_MILLION))
        return false;
    uint8_t with = (uint8_t)dice_below(&p->dice, 2 * POPULATION_PASSED_ON);
    p->message.like = m->heard.line;
    p->said = m->heard;
    p->said.line = p->number;
    p->said.passed_on = with < POPULATION_PASSED_ON ? with : 0;
    p->message.label = m->heard.start == START_THREAT     ? POPULATION_THREAT
                       : m->heard.start == START_NEGATIVE ? POPULATION_NEGATIVE
                                                          : POPULATION_PLAIN;
    return true;
}

void choose_text(struct population *p, const struct turn *t)
{
    p->said = (struct text_ref){.line = p->number,
                                .key = p->number,
                                .day = (int32_t)(p->o.from_day + p->today),
                                .country = p->members[t->who].country,
                                .language = choose_language(p, t)};
    bool legal = is_privileged(p, t), about_it = dice_chance(&p->dice, LEGAL_PER_MILLION);
    if (!legal && pass_on(p, t))
        return;
    if (legal && about_it)
        set(p, is_lawyer(p, t->who) ? START_LEGAL : START_CLIENT, POPULATION_PRIVILEGED);
    else if (legal || t->about.line != 0)
        set(p, t->about.line != 0 ? START_ANSWER : START_SAY,
            legal ? POPULATION_PRIVILEGED : POPULATION_PLAIN);
    else
        choose_begun(p, t);
}
