/* What a contact network says, over igraph: who belongs together, who stands where, who lies
 * between whom. A network is undirected: a contact's weight is what both said to each other. People
 * are numbers from 0; who they are, and what they said, is not known here.
 *
 * Everything is the same for the same network and the same seed, on every machine.
 */
#ifndef IRONSIDE_ANALYSIS_ANALYSIS_H
#define IRONSIDE_ANALYSIS_ANALYSIS_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

#define ANALYSIS_PEOPLE_MAX (16U * 1024 * 1024)
#define ANALYSIS_RESOLUTION 4.0 /* finds groups of the size of a department (docs/desk.md) */
/* The resolution for so many people: that one from a thousand on, 1 up to fifty, and between by the
 * logarithm. Few people are in few groups, and a group that writes more than about a part in
 * `resolution` of everything falls apart. */
double analysis_resolution(uint32_t people);

struct analysis;

struct analysis_contact {
    uint32_t from, to;
    double weight; /* above 0: how many messages */
};
/* Contacts in any order; those of the same two are added up, those with oneself left out.
 * ERR_FORMAT: a number that is not below `people`, a weight that is none; ERR_LIMIT: too many
 * people; ERR_IO: igraph has no memory. */
int analysis_new(uint32_t people, const struct analysis_contact *contacts, size_t count,
                 struct analysis **ret, struct diag *d) MUST_USE;
void analysis_free(struct analysis *a);
DEFINE_CLEANUP(struct analysis, analysis_free)
uint32_t analysis_people(const struct analysis *a);
size_t analysis_pairs(const struct analysis *a); /* who have said anything to each other */

/* Communities by Leiden over modularity (Traag, Waltman, van Eck 2019). `before`: an earlier
 * grouping to start from, so that groups stay what they were from day to day; NULL: none. Groups
 * are numbered from 0 by the smallest person in each. ERR_FORMAT: a resolution that is not above 0,
 * or a group of `before` that is not below `people`; ERR_IO. */
struct analysis_grouping {
    double resolution;
    uint32_t seed;
    const uint32_t *before; /* a group for each person */
};
int analysis_communities(const struct analysis *a, const struct analysis_grouping *g, uint32_t *ret,
                         uint32_t *ret_count, struct diag *d) MUST_USE;

enum analysis_measure {
    ANALYSIS_CONTACTS, /* how many people one has said anything to or heard from */
    ANALYSIS_STRENGTH, /* the weights of all contacts added up */
    ANALYSIS_PAGERANK, /* Brin and Page 1998, by weight; adds up to 1 */
    ANALYSIS_CORENESS, /* the largest k for which one belongs to those who have k contacts among
                          them */
    ANALYSIS_MEASURES
};
/* One number for each person; exact. ERR_IO. */
int analysis_measure(const struct analysis *a, enum analysis_measure m, double *ret,
                     struct diag *d) MUST_USE;
/* Who, taken away, leaves the others in more parts than before: `ret` has room for all people;
 * ascending. Exact. ERR_IO. */
int analysis_articulations(const struct analysis *a, uint32_t *ret, size_t *ret_count,
                           struct diag *d) MUST_USE;

/* Whom a person has contacts with, heaviest first; the lists are the network's. */
size_t analysis_contacts_of(const struct analysis *a, uint32_t person, const uint32_t **ret_to,
                            const double **ret_weight);

/* People within `steps` contacts of one, nearest and strongest first, at most `limit`, the person
 * left out. Never more than `limit` of them, however many there are; ret_more says that there are.
 */
struct analysis_near {
    uint32_t person;
    uint32_t steps;
    double weight; /* of the contact by which it was reached */
};
size_t analysis_neighbourhood(const struct analysis *a, uint32_t person, uint32_t steps,
                              size_t limit, struct analysis_near *ret, int *ret_more);

#define ANALYSIS_STEPS_MAX 12U
/* The shortest paths between two, at most `limit`, at each person the heaviest contact first; each
 * of `steps` contacts and so steps + 1 people. A value other than 0 of `fn` ends it and is handed
 * on. 0 as well where there is none within ANALYSIS_STEPS_MAX. */
typedef int analysis_path_fn(void *context, const uint32_t *people, uint32_t steps);
int analysis_paths(const struct analysis *a, uint32_t from, uint32_t to, size_t limit,
                   analysis_path_fn *fn, void *context);

#endif
