/* The room's own: who there is, what they talk about when, and the state of the stream. */
#ifndef IRONSIDE_POPULATION_INTERNAL_H
#define IRONSIDE_POPULATION_INTERNAL_H

#include "base/buf.h"
#include "population/countries.h"
#include "population/dice.h"
#include "population/grammar.h"
#include "population/population.h"

#define POPULATION_CONTACTS_MAX 64U
#define POPULATION_GROUP_MAX 24U    /* members in all its time */
#define POPULATION_DEVICE_GROUPS 8U /* of one device */
#define POPULATION_LANGUAGES_MAX 16U
#define POPULATION_NOBODY UINT32_MAX
#define POPULATION_PASSED_ON 4U /* words before what is passed on: texts.c */
#define HOUR_MS INT64_C(3600000)
#define MILLE 1000U
#define PERCENT 100U

/* Streams of the seed, so that what is added to one part leaves the others as they were. */
enum { STREAM_ORGANISATIONS, STREAM_PEOPLE, STREAM_CONTACTS, STREAM_GROUPS, STREAM_TALK };
#define STREAM_TEXTS UINT64_C(0x100000000)  /* and more: by the text's key */
#define STREAM_STYLES UINT64_C(0x200000000) /* … of how it is typed */

enum role { ROLE_MEMBER, ROLE_LEADER, ROLE_DISTRIBUTOR, ROLE_LAWYER, ROLE_BROKER, ROLES };

struct organisation {
    uint32_t size, first;  /* its members: population.members[first …] */
    uint16_t home, second; /* countries */
    uint8_t language;
};

/* What was said, so that it can be said again: a text is made from its key. */
struct text_ref {
    uint64_t line; /* that said it; 0: nothing */
    uint64_t key;
    int32_t day; /* from 1970 */
    uint16_t country;
    uint8_t language, start;
    uint8_t passed_on; /* 0: not; else with which word before it */
};

struct member {
    char handle[28];
    uint32_t person;   /* the same for two devices of one */
    uint32_t alias_of; /* the person's first device; POPULATION_NOBODY */
    uint32_t distributor;
    uint32_t organisation;
    uint32_t activity;           /* weight */
    uint32_t first_day, end_day; /* in use from, not any more from: of the population's days */
    uint16_t country;
    uint8_t language;
    uint8_t role;
    bool silenced;         /* it wrote much until the end */
    uint8_t typos, emojis; /* of a hundred messages */
    uint8_t contact_count, group_count;
    uint32_t contacts[POPULATION_CONTACTS_MAX]; /* closest first */
    uint32_t groups[POPULATION_DEVICE_GROUPS];
    struct text_ref heard; /* the last text that came */
};

struct talk_group {
    char id[CONTENT_GROUP_ID_LEN + 1], name[80];
    uint32_t organisation, first_day;
    uint32_t count;
    struct {
        uint32_t member, from_day, end_day;
    } members[POPULATION_GROUP_MAX];
};

/* What a text begins with; rules of every word list. */
enum start {
    START_SAY,
    START_ASK,
    START_ANSWER,
    START_CAPTION,
    START_THREAT,
    START_NEGATIVE,
    START_LEGAL,
    START_CLIENT,
    START_SELL,
    START_GREET,
    STARTS
};

struct texts {
    struct grammar *grammars[POPULATION_LANGUAGES_MAX];
    int rules[POPULATION_LANGUAGES_MAX][STARTS];
    int emoji[POPULATION_LANGUAGES_MAX];
    size_t count;
};

/* Something that is to be said later. */
struct plan {
    int64_t due_ms;
    uint64_t order; /* of those that are due at once */
    uint32_t who, to;
    uint32_t group; /* from 1 on; 0 */
    enum content_kind kind;
    struct text_ref about;
};

struct plans {
    struct plan *heap;
    size_t count, max;
    uint64_t order;
};

struct hours {
    uint64_t *active;   /* [day][country]: sum of activities */
    uint32_t *in_use;   /* [day]: devices */
    uint64_t total;     /* of all hours' weights */
    uint64_t passed;    /* … of the hours before this one */
    uint64_t given;     /* messages that these were given */
    uint32_t hour;      /* from the first day's midnight UTC */
    uint32_t quota, at; /* messages of this hour, and how many of them were made */
    uint64_t weights[POPULATION_COUNTRIES_MAX + 1]; /* of countries before, this hour */
};

struct country_members {
    uint32_t *list;        /* in the order in which they begin */
    uint64_t *before;      /* sum of activities before each */
    uint32_t count, begun; /* of them, by this hour's day */
};

struct population {
    struct population_options o;
    char *domain;
    char **accounts;
    struct organisation *organisations;
    uint32_t *members_of; /* by organisation */
    struct member *members;
    struct talk_group *groups;
    uint32_t group_count;
    struct country_members countries[POPULATION_COUNTRIES_MAX];
    struct dice_zipf zipf; /* of contacts and countries */
    struct texts texts;
    struct hours hours;
    struct plans plans;
    struct dice dice;
    uint64_t number;
    int64_t now_ms;
    uint32_t today;       /* of the population's days */
    struct text_ref said; /* of the message that is being made */
    struct population_message message;
    struct buf body, words, quote, plain;
};

/* organisations.c: sizes, countries, languages, and who belongs where. */
void organisations_make(struct population *p);
/* people.c: devices and whose they are; needs the organisations. */
void people_make(struct population *p);
/* contacts.c: who writes to whom; needs the people. groups.c: the same for groups. */
void contacts_make(struct population *p);
void groups_make(struct population *p);
bool member_active(const struct population *p, uint32_t member, uint32_t day);
const char *role_text(enum role r);

/* hours.c: when messages are sent, and from which country. */
void hours_make(struct population *p);
/* The instant of the next message: the population's time goes there. */
void hours_next(struct population *p);
/* Somebody who is active, by country, hour and activity. */
uint32_t hours_sender(struct population *p);

/* texts.c */
int texts_open(struct texts *t, struct diag *d) MUST_USE;
void texts_clear(struct texts *t);
int texts_language(const struct texts *t, const char *code); /* -1: none */
/* Appends the text of that key, as it is before somebody types it. */
void texts_say(const struct texts *t, uint64_t seed, const struct text_ref *r, struct buf *out);
/* Appends it as that member types it, in the message of that number. */
void texts_type(const struct population *p, const struct member *m, uint64_t number,
                uint8_t language, const char *text, size_t len, struct buf *out);
/* Replaces what is in `out`: the text as the message that said it has it. */
void texts_typed(struct population *p, const struct text_ref *r, uint32_t from, struct buf *out);
void texts_emoji(const struct texts *t, uint8_t language, struct dice *dice, struct buf *out);

/* plans.c: a bounded heap; what has no room is not said. */
void plans_init(struct plans *l, size_t max);
void plans_clear(struct plans *l);
void plans_add(struct plans *l, const struct plan *x);
/* What is due by then, the oldest first. */
bool plans_take(struct plans *l, int64_t by_ms, struct plan *ret);

/* choose.c: what is said next, without what is due. Fills in sender, recipients and `said`. */
struct turn {
    uint32_t who, to; /* `to`: a contact; of a group, whoever is answered */
    uint32_t group;   /* from 1 on; 0 */
    enum content_kind kind;
    struct text_ref about;
};
void choose_turn(struct population *p, struct turn *ret);
/* Fills in the message's recipients; false: nobody of them is there today. */
bool choose_recipients(struct population *p, const struct turn *t);
/* Which text, and what it is. */
void choose_text(struct population *p, const struct turn *t);
bool is_privileged(const struct population *p, const struct turn *t);

/* bodies.c: what stands in a message beside its words. */
void bodies_text(struct population *p, const char *group);
void bodies_about(struct population *p, enum content_kind kind, const struct text_ref *about,
                  uint32_t about_from, const char *group);
void bodies_position(struct population *p, const char *group);

#endif
