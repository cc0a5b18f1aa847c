#include "desk/graph_people.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void graph_people_init(struct graph_people *p, const struct desk_index *x)
{
    uint32_t accounts = x->names[NAME_ACCOUNT].count;
    *p = (struct graph_people){.x = x, .accounts = accounts};
    p->items = mem_array((size_t)accounts + 1, sizeof *p->items);
    p->of_account = mem_array((size_t)accounts + 1, sizeof *p->of_account);
}

void graph_people_clear(struct graph_people *p)
{
    for (uint32_t i = 0; i < p->count; i++) {
        free(p->items[i].called);
        free(p->items[i].account);
        free(p->items[i].organisation);
    }
    free(p->items);
    free(p->of_account);
    names_clear(&p->called);
    *p = (struct graph_people){.count = 0};
}

static const struct person *person_of(const struct desk_index *x, uint32_t account)
{
    static const struct person nobody;
    return account <= x->people.count ? &x->people.items[account - 1] : &nobody;
}

uint32_t graph_people_add(struct graph_people *p, uint32_t account)
{
    const struct person *known = person_of(p->x, account);
    if (p->of_account[account] != 0)
        return p->of_account[account] - 1;
    const char *text = names_text(&p->x->names[NAME_ACCOUNT], account);
    const char *called = known->name == NULL ? text : known->name;
    uint32_t number = names_add(&p->called, called, strlen(called));
    if (number > p->count) {
        const char *organisation = known->organisation == NULL ? "" : known->organisation;
        p->items[p->count++] =
            (struct graph_person){mem_string(called), mem_string(text), mem_string(organisation)};
    }
    p->of_account[account] = number;
    return number - 1;
}

int graph_people_find(const struct graph_people *p, const char *who, uint32_t *ret)
{
    uint32_t number = names_find(&p->called, who, strlen(who));
    if (number == 0) {
        uint32_t account = names_find(&p->x->names[NAME_ACCOUNT], who, strlen(who));
        number = account <= p->accounts ? p->of_account[account] : 0;
    }
    if (number == 0)
        return ERR_NOT_FOUND;
    *ret = number - 1;
    return 0;
}
