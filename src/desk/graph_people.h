/* The people of a contact network: accounts under one name are one. */
#ifndef IRONSIDE_DESK_GRAPH_PEOPLE_H
#define IRONSIDE_DESK_GRAPH_PEOPLE_H

#include "desk/index_internal.h"

struct graph_person {
    char *called, *account, *organisation;
};
struct graph_people {
    const struct desk_index *x;
    struct graph_person *items;
    uint32_t count;
    uint32_t *of_account; /* number and 1; 0: not yet */
    uint32_t accounts;    /* that there were */
    struct names called;  /* numbers are those of people and 1 */
};

void graph_people_init(struct graph_people *p, const struct desk_index *x);
void graph_people_clear(struct graph_people *p);
/* The person whose account this is. */
uint32_t graph_people_add(struct graph_people *p, uint32_t account);
/* By name or account. ERR_NOT_FOUND. */
int graph_people_find(const struct graph_people *p, const char *who, uint32_t *ret) MUST_USE;

#endif
