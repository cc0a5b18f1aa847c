#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/memory.h"
#include "population/internal.h"

#define MILLION 1000000U
#define ANSWER_PER_MILLION 338000U /* Enron's share of "Re:" */
#define REPLY_PER_MILLION 180000U  /* of answers: they quote */
#define REACT_PER_MILLION 120000U
#define EDIT_PER_MILLION 12000U
#define RETRACT_PER_MILLION 6000U
#define PLANS_A_DEVICE 8U
#define PLANS_MIN 1024U
#define EDIT_MS 120000U
#define RETRACT_MS 600000U
#define TRAVEL_PERCENT 3U
#define ZIPF_SHIFT_TENTHS 10 /* contacts: Zipf's law (docs/simulate.md) */
#define BODY_MAX VALUE_BODY_MAX

/* Seconds until an answer, quantiles: Enron's, of those within a day. */
static const uint32_t delays_s[] = {1,    92,    241,   511,   865,   1441,  2500,  3688, 5536,
                                    8160, 12424, 19080, 32754, 50820, 64137, 74940, 86071};

static int check(const struct population_options *o, struct diag *d)
{
    if (o->devices < 4 || o->devices > POPULATION_DEVICES_MAX)
        return diag_set(d, ERR_LIMIT, "a population has 4 to %u devices", POPULATION_DEVICES_MAX);
    if (o->countries < 1 || o->countries > countries_count || o->countries > o->devices)
        return diag_set(d, ERR_LIMIT, "1 to %zu countries, and not more than devices",
                        countries_count);
    if (o->organisations < 1 || o->organisations > o->devices / 2)
        return diag_set(d, ERR_LIMIT, "1 organisation at least, and half as many as devices");
    if (o->days < 1 || o->days > POPULATION_DAYS_MAX)
        return diag_set(d, ERR_LIMIT, "1 to %u days", POPULATION_DAYS_MAX);
    if (o->messages < 1 || o->messages > UINT32_MAX)
        return diag_set(d, ERR_LIMIT, "1 to %u messages", UINT32_MAX);
    return value_domain_valid(o->domain)
               ? 0
               : diag_set(d, ERR_FORMAT, "'%s' is not a domain", o->domain);
}

static void make_all(struct population *p)
{
    size_t plans = (size_t)p->o.devices * PLANS_A_DEVICE;
    dice_zipf_init(&p->zipf, ZIPF_SHIFT_TENTHS);
    organisations_make(p);
    people_make(p);
    contacts_make(p);
    groups_make(p);
    hours_make(p);
    plans_init(&p->plans, plans < PLANS_MIN ? PLANS_MIN : plans);
    dice_init(&p->dice, p->o.seed, STREAM_TALK);
    p->body = p->words = p->quote = p->plain = (struct buf)BUF_INIT(BODY_MAX);
}

int population_new(const struct population_options *o, struct population **ret, struct diag *d)
{
    int r = check(o, d);
    if (r < 0)
        return r;
    CLEANUP(population_free_cleanup) struct population *p = mem_new(sizeof *p);
    p->o = *o;
    p->o.domain = p->domain = mem_string(o->domain);
    r = texts_open(&p->texts, d);
    if (r < 0)
        return r;
    make_all(p);
    *ret = TAKE(p);
    return 0;
}

void population_free(struct population *p)
{
    if (p == NULL)
        return;
    for (uint32_t c = 0; c < POPULATION_COUNTRIES_MAX; c++) {
        free(p->countries[c].list);
        free(p->countries[c].before);
    }
    for (uint32_t i = 0; p->accounts != NULL && i < p->o.devices; i++)
        free(p->accounts[i]);
    free(p->accounts);
    free(p->organisations);
    free(p->members_of);
    free(p->members);
    free(p->groups);
    free(p->hours.active);
    free(p->hours.in_use);
    plans_clear(&p->plans);
    texts_clear(&p->texts);
    buf_clear(&p->body);
    buf_clear(&p->words);
    buf_clear(&p->quote);
    buf_clear(&p->plain);
    free(p->domain);
    free(p);
}

const char *population_account(const struct population *p, uint32_t device)
{
    return p->accounts[device];
}

const char *population_group_id(const struct population *p, uint32_t group)
{
    return p->groups[group - 1].id;
}

const char *population_group_name(const struct population *p, uint32_t group)
{
    return p->groups[group - 1].name;
}

uint32_t population_devices(const struct population *p)
{
    return p->o.devices;
}

uint32_t population_active(const struct population *p, uint32_t day)
{
    return p->hours.in_use[day];
}

/* Some weeks somebody is where their organisation has friends. */
static uint16_t country_of(const struct population *p, uint32_t who)
{
    const struct member *m = &p->members[who];
    bool away = dice_mix(p->o.seed ^ who, p->today / CALENDAR_WEEK_DAYS) % PERCENT < TRAVEL_PERCENT;
    return away ? p->organisations[m->organisation].second : m->country;
}

/* What is due and can still be said; else something new. */
static void next_turn(struct population *p, struct turn *ret)
{
    struct plan x;
    while (plans_take(&p->plans, p->now_ms, &x)) {
        *ret = (struct turn){x.who, x.to, x.group, x.kind, x.about};
        if (choose_recipients(p, ret))
            return;
    }
    choose_turn(p, ret);
    (void)choose_recipients(p, ret);
}

static void say_reaction(struct population *p)
{
    int rule = grammar_rule(p->texts.grammars[0], "reaction");
    const struct grammar_facts none = {0};
    buf_reset(&p->words);
    grammar_say(p->texts.grammars[0], rule, &none, &p->dice, &p->words);
}

/* A correction: without mistakes, and sometimes with a word more. */
static void say_edit(struct population *p, const struct turn *t)
{
    p->said = t->about;
    buf_reset(&p->words);
    texts_say(&p->texts, p->o.seed, &p->said, &p->words);
    if (dice_below(&p->dice, 3) == 0) {
        buf_put_text(&p->words, " ");
        texts_emoji(&p->texts, p->said.language, &p->dice, &p->words);
    }
    p->message.label = p->said.start == START_THREAT     ? POPULATION_THREAT
                       : p->said.start == START_NEGATIVE ? POPULATION_NEGATIVE
                       : is_privileged(p, t)             ? POPULATION_PRIVILEGED
                                                         : POPULATION_PLAIN;
}

static void say_text(struct population *p, const struct turn *t, const char *group)
{
    choose_text(p, t);
    if (p->said.start == STARTS) {
        bodies_position(p, group);
        return;
    }
    texts_typed(p, &p->said, t->who, &p->words);
    if (t->kind == CONTENT_REPLY)
        bodies_about(p, CONTENT_REPLY, &t->about, t->to, group);
    else
        bodies_text(p, group);
}

static void say(struct population *p, const struct turn *t)
{
    const char *group = t->group == 0 ? NULL : p->groups[t->group - 1].id;
    p->said = (struct text_ref){.start = STARTS, .language = t->about.language};
    if (t->kind == CONTENT_TEXT || t->kind == CONTENT_REPLY) {
        say_text(p, t, group);
        return;
    }
    buf_reset(&p->words);
    if (t->kind == CONTENT_REACT)
        say_reaction(p);
    else if (t->kind == CONTENT_EDIT)
        say_edit(p, t);
    if (t->kind != CONTENT_EDIT && is_privileged(p, t))
        p->message.label = POPULATION_PRIVILEGED;
    bodies_about(p, t->kind, &t->about, t->to, group);
}

/* Can it be quoted without being taken for what it quotes? */
static bool is_quotable(const struct text_ref *r)
{
    return r->start != STARTS && r->start != START_THREAT && r->start != START_NEGATIVE;
}

static void plan_answer(struct population *p, const struct turn *t)
{
    uint32_t who = p->message.to[dice_below(&p->dice, (uint32_t)p->message.to_count)];
    uint32_t x = dice_below(&p->dice, MILLION);
    struct plan l = {.who = who, .to = t->who, .group = t->group, .about = p->said};
    l.about.line = p->number;
    l.due_ms =
        p->now_ms + CLOCK_SECOND_MS * (int64_t)dice_quantile(&p->dice, delays_s,
                                                             sizeof delays_s / sizeof delays_s[0]);
    l.kind = !is_quotable(&p->said) || x >= REPLY_PER_MILLION + REACT_PER_MILLION ? CONTENT_TEXT
             : x < REPLY_PER_MILLION                                              ? CONTENT_REPLY
                                                                                  : CONTENT_REACT;
    plans_add(&p->plans, &l);
}

/* The sender thinks better of it. */
static void plan_change(struct population *p, const struct turn *t, enum content_kind kind,
                        uint32_t within_ms)
{
    struct plan l = {.who = t->who,
                     .to = t->to,
                     .group = t->group,
                     .kind = kind,
                     .about = p->said,
                     .due_ms = p->now_ms + 3000 + dice_below(&p->dice, within_ms)};
    plans_add(&p->plans, &l);
}

/* What follows from a message. */
static void plan(struct population *p, const struct turn *t)
{
    bool text = t->kind == CONTENT_TEXT || t->kind == CONTENT_REPLY;
    if (text && dice_chance(&p->dice, ANSWER_PER_MILLION))
        plan_answer(p, t);
    if (!text || p->said.start == STARTS)
        return;
    if (dice_chance(&p->dice, EDIT_PER_MILLION))
        plan_change(p, t, CONTENT_EDIT, EDIT_MS);
    else if (dice_chance(&p->dice, RETRACT_PER_MILLION))
        plan_change(p, t, CONTENT_RETRACT, RETRACT_MS);
    for (size_t i = 0; i < p->message.to_count; i++)
        if (p->message.label != POPULATION_PRIVILEGED)
            p->members[p->message.to[i]].heard = p->said;
}

bool population_next(struct population *p, const struct population_message **ret)
{
    struct population_message *m = &p->message;
    struct turn t;
    if (p->number == p->o.messages)
        return false;
    p->number++;
    hours_next(p);
    *m = (struct population_message){.number = p->number, .at_unix_ms = p->now_ms};
    snprintf(m->id, sizeof m->id, "s%llu", (unsigned long long)p->number);
    next_turn(p, &t);
    m->from = t.who;
    m->group = t.group;
    say(p, &t);
    plan(p, &t);
    m->body = buf_text(&p->body);
    m->body_len = p->body.len;
    m->language = grammar_language(p->texts.grammars[p->said.language]);
    m->country = p->o.places ? countries[country_of(p, t.who)].code : NULL;
    *ret = m;
    return true;
}
