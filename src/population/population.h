/* Simulated populations: people of organisations in many countries who write to each other on
 * devices, and the truth about them, all of it made from a seed. Nothing of it is anybody's: the
 * words are this room's own lists (words/), the shapes are fitted to figures that docs/simulate.md
 * states. The same options give the same bytes on every machine: chance is dice.h's, and there is
 * no floating point.
 *
 * It streams: memory grows with devices, days and countries, not with messages.
 */
#ifndef IRONSIDE_POPULATION_POPULATION_H
#define IRONSIDE_POPULATION_POPULATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "wire/content.h"

#define POPULATION_DEVICES_MAX 100000U
#define POPULATION_COUNTRIES_MAX 100U
#define POPULATION_DAYS_MAX 3660U

struct population_options {
    uint64_t seed;
    uint64_t messages;
    uint32_t devices, countries, organisations; /* at least 4; 1; 1 */
    int64_t from_day;
    uint32_t days;
    const char *domain; /* of the accounts: the network's that it is to be replayed in */
    bool places;        /* messages say from which country they are sent */
};

/* What a message is, beside its words. */
enum population_label {
    POPULATION_PLAIN,
    POPULATION_THREAT,     /* to a person's life */
    POPULATION_NEGATIVE,   /* has a threat's words and is none */
    POPULATION_PRIVILEGED, /* between a lawyer and a client */
    POPULATION_PHOTO,      /* said with a photo */
    POPULATION_VOICE,      /* what a voice note says */
    POPULATION_LABELS
};
const char *population_label_text(enum population_label l); /* "threat" */

struct population_message {
    uint64_t number; /* of its line, from 1 */
    int64_t at_unix_ms;
    char id[24];
    uint32_t from;                     /* number of the device */
    uint32_t to[VALUE_RECIPIENTS_MAX]; /* without `from`, each once */
    size_t to_count;
    enum content_kind kind;
    bool content; /* the body has the form of its kind (wire/content.h); else it is just words */
    const char *body;
    size_t body_len;
    const char *country; /* where it is sent from; NULL: it does not say */
    const char *language;
    enum population_label label;
    uint64_t about; /* edit, retract, reply, react: line of the message it is about; 0 */
    uint64_t like;  /* line of the message whose text it passes on, changed or not; 0 */
    uint32_t group; /* number of the group from 1 on; 0: none */
};

struct population;

/* ERR_LIMIT, ERR_FORMAT with the option that cannot be. The domain is copied. */
int population_new(const struct population_options *o, struct population **ret,
                   struct diag *d) MUST_USE;
void population_free(struct population *p);
DEFINE_CLEANUP(struct population, population_free)
/* The next message, in order of time, valid until the next call. False: that was all. */
bool population_next(struct population *p, const struct population_message **ret);
/* "handle@domain" of a device. */
const char *population_account(const struct population *p, uint32_t device);
/* Of a message's group: its id and its name. */
const char *population_group_id(const struct population *p, uint32_t group);
const char *population_group_name(const struct population *p, uint32_t group);
uint32_t population_devices(const struct population *p);
/* How many devices are in use on a day, counted from the first. */
uint32_t population_active(const struct population *p, uint32_t day);

/* Appends a message as a line of a replay file (ironside-replay(5)). */
void population_put_line(struct buf *b, const struct population *p,
                         const struct population_message *m);
/* Appends what is true of organisations, devices and groups, a JSON object each in a line. */
void population_put_people(struct buf *b, const struct population *p);
/* Appends a line for each thing that is true of a message and that its line does not say; none for
 * most. */
void population_put_truth(struct buf *b, const struct population *p,
                          const struct population_message *m);
/* Appends the map of the network's countries: `ironside init --places FILE.map`. */
void population_put_map(struct buf *b, const struct population *p);

#endif
