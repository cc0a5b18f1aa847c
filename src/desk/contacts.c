/* Whom a person writes with. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/index_internal.h"

struct contacts {
    struct desk_index *x;
    uint32_t person;                /* the first account of whom they are */
    uint32_t *first;                /* of each account, people_first */
    struct desk_contact *by_person; /* by the first account's number less 1 */
};

static void contacts_clear(struct contacts *c)
{
    free(c->first);
    free(c->by_person);
}

static void count_talk(struct contacts *c, const struct census_talk *t)
{
    const uint32_t *to;
    size_t count = t->count == 0 ? 0 : row_set(&c->x->names[NAME_RECIPIENTS], t->recipients, &to);
    for (size_t k = 0; k < count; k++) {
        uint32_t sender = c->first[t->sender], recipient = c->first[to[k]];
        if (sender == c->person && recipient != c->person)
            c->by_person[recipient - 1].sent += t->count;
        else if (recipient == c->person && sender != c->person)
            c->by_person[sender - 1].received += t->count;
    }
}

static int by_contact(const void *a, const void *b)
{
    const struct desk_contact *x = a, *y = b;
    uint64_t left = x->sent + x->received, right = y->sent + y->received;
    if (left != right)
        return left < right ? 1 : -1;
    return left == 0 ? 0 : strcmp(x->account, y->account);
}

static void count_contacts(struct contacts *c, uint32_t account)
{
    const struct census *n = sight_census(c->x);
    uint32_t all = c->x->names[NAME_ACCOUNT].count;
    c->first = people_first(c->x);
    c->person = c->first[account];
    c->by_person = mem_array(all, sizeof *c->by_person);
    for (uint32_t i = 0; i < all; i++) {
        c->by_person[i].account = names_text(&c->x->names[NAME_ACCOUNT], i + 1);
        c->by_person[i].name = people_called(c->x, i + 1);
    }
    for (uint32_t i = 0; i < n->talk_slots; i++)
        count_talk(c, &n->talks[i]);
    qsort(c->by_person, all, sizeof *c->by_person, by_contact);
}

int desk_contacts(struct desk_index *x, const char *account, unsigned limit, desk_contact_fn *fn,
                  void *context, struct diag *d)
{
    CLEANUP(contacts_clear) struct contacts c = {.x = x};
    uint32_t number = 0, all = x->names[NAME_ACCOUNT].count;
    int r = sight_account(x, account, &number, d);
    if (r == 0)
        r = people_fresh(x, d);
    if (r < 0)
        return r;
    count_contacts(&c, number);
    for (uint32_t i = 0; i < all && i < limit && r == 0; i++) {
        if (c.by_person[i].sent + c.by_person[i].received == 0)
            break;
        r = fn(context, &c.by_person[i]);
    }
    return r;
}
