/* What is odd about a drafted warrant: allowed, and perhaps not what was meant. */
#include <string.h>

#include "authority/draft_internal.h"
#include "base/calendar.h"

static void day_text(int64_t day, char ret[static CALENDAR_DAY_LEN + 1])
{
    calendar_format_day(day, ret);
}

/* Another warrant number `i` of those that the draft keeps in force; NULL: dropped. */
static const struct warrant *kept(const struct draft *t, size_t i)
{
    const struct policy_set *s = t->x->set;
    for (size_t k = 0; k < t->next.warrant_count; k++)
        if (strcmp(t->next.warrants[k].id, s->policy->warrants[i].id) == 0)
            return s->warrants[i];
    return NULL;
}

static size_t kept_max(const struct draft *t)
{
    return t->x->set == NULL ? 0 : t->x->set->policy->warrant_count;
}

static void look_at_gap(struct draft *t, const struct warrant *w)
{
    char from[CALENDAR_DAY_LEN + 1], until[CALENDAR_DAY_LEN + 1];
    const struct warrant *before = NULL;
    for (size_t i = 0; i < kept_max(t); i++) {
        const struct warrant *o = kept(t, i);
        if (o == NULL || strcmp(o->bot, w->bot) != 0 || o->from_day > w->from_day)
            continue;
        if (before == NULL || o->until_day > before->until_day)
            before = o;
    }
    if (before == NULL || before->until_day + 1 >= w->from_day)
        return;
    day_text(before->until_day + 1, from);
    day_text(w->from_day - 1, until);
    draft_warn(t,
               "from %s to %s no warrant of bot %s is in force: warrant %s ends before this one "
               "begins, and on these days %s",
               from, until, w->bot, before->id,
               t->next.stop_without_warrant ? "its devices rest"
                                            : "messages are delivered and not archived");
}

static void look_at_agency(struct draft *t, const struct warrant *w, size_t at)
{
    const struct warrant_agency *a = &w->agencies[at];
    for (size_t i = 0; i < at; i++)
        if (strcmp(w->agencies[i].recipient_text, a->recipient_text) == 0)
            draft_warn(t, "agencies %s and %s have the same recipient: one key opens for both",
                       w->agencies[i].name, a->name);
    for (size_t i = 0; i < kept_max(t); i++) {
        const struct warrant *o = kept(t, i);
        for (size_t k = 0; o != NULL && k < o->agency_count; k++) {
            bool same_key = strcmp(o->agencies[k].recipient_text, a->recipient_text) == 0;
            bool same_name = strcmp(o->agencies[k].name, a->name) == 0;
            if (same_key)
                draft_warn(t,
                           "the recipient of agency %s is that of agency %s in warrant %s: one "
                           "key opens both warrants",
                           a->name, o->agencies[k].name, o->id);
            else if (same_name)
                draft_warn(t, "agency %s has another recipient in warrant %s", a->name, o->id);
        }
    }
}

/* One desk's key for an agency, and a key for one agency. */
static void look_at_desk(struct draft *t, const struct warrant_agency *a)
{
    for (size_t i = 0; a->has_desk && i < kept_max(t); i++) {
        const struct warrant *o = kept(t, i);
        for (size_t k = 0; o != NULL && k < o->agency_count; k++) {
            const struct warrant_agency *x = &o->agencies[k];
            bool same_name = strcmp(x->name, a->name) == 0;
            bool same_key = memcmp(x->desk, a->desk, sizeof a->desk) == 0;
            if (x->has_desk && same_name != same_key)
                draft_warn(t,
                           same_name ? "the desk of agency %s has another key than that of agency "
                                       "%s in warrant %s"
                                     : "the desk of agency %s has the key of that of agency %s in "
                                       "warrant %s",
                           a->name, x->name, o->id);
        }
    }
}

static void look_at_days(struct draft *t, const struct warrant *w, const struct epochs *e)
{
    char from[CALENDAR_DAY_LEN + 1], until[CALENDAR_DAY_LEN + 1];
    int64_t today = calendar_day_of(t->at_unix_ms), last = e->days[e->count - 1].day;
    day_text(w->from_day, from);
    day_text(w->until_day, until);
    if (w->until_day < today)
        draft_warn(t, "its last day %s is past: nothing will ever be archived under it", until);
    else if (w->from_day < today)
        draft_warn(t, "its first day %s is past: what was sent before it is published stays closed",
                   from);
    if (w->from_day > e->days[0].day || w->until_day < last)
        draft_warn(t,
                   "the offer has %lld days that are not in the warrant: their keys are never "
                   "used",
                   (long long)((int64_t)e->count - (w->until_day - w->from_day + 1)));
}

static void look_at_places(struct draft *t, const struct warrant *w)
{
    for (size_t i = 0; i < w->excluded_count; i++)
        for (size_t k = 0; k < w->country_count; k++)
            if (strcmp(w->excluded[i], w->countries[k]) == 0)
                draft_warn(t, "%s is in the scope and excluded: its devices are left out",
                           w->excluded[i]);
    const struct policy_bot *b = policy_bot(&t->next, w->bot);
    for (size_t i = 0; b != NULL && !b->is_default && i < w->country_count; i++)
        if (strcmp(policy_bot_for(&t->next, w->countries[i])->jid, w->bot) != 0)
            draft_warn(t, "devices in %s are not those of bot %s: the warrant does not reach them",
                       w->countries[i], w->bot);
}

/* A warrant that has ended takes a place of the policy's sixteen. */
static void look_at_ended(struct draft *t)
{
    char until[CALENDAR_DAY_LEN + 1];
    for (size_t i = 0; i < kept_max(t); i++) {
        const struct warrant *o = kept(t, i);
        if (o == NULL || o->until_day + 2 >= calendar_day_of(t->at_unix_ms))
            continue;
        day_text(o->until_day, until);
        draft_warn(t, "warrant %s ended on %s and is still named: drop it", o->id, until);
    }
}

void draft_look_at(struct draft *t, const struct warrant *w, const struct epochs *e)
{
    look_at_days(t, w, e);
    look_at_gap(t, w);
    look_at_places(t, w);
    for (size_t i = 0; i < w->agency_count; i++)
        look_at_agency(t, w, i);
    for (size_t i = 0; i < w->agency_count; i++)
        look_at_desk(t, &w->agencies[i]);
    if (t->warrant_count == 0)
        look_at_ended(t);
}
