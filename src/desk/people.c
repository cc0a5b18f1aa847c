/* People: what is counted of them, and the names and organisations that reviewers gave. */
#include "desk/index_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct person *people_at(struct desk_index *x, uint32_t account)
{
    struct people *p = &x->people;
    if (account > p->capacity) {
        p->capacity = account + account / 2 + 64;
        p->items = mem_resize(p->items, p->capacity, sizeof *p->items);
    }
    for (; p->count < account; p->count++)
        p->items[p->count] = (struct person){.name = NULL};
    return &p->items[account - 1];
}

static void put_name(struct desk_index *x, uint32_t account, const char *name,
                     const char *organisation)
{
    struct person *p = people_at(x, account);
    char *old[] = {p->name, p->organisation};
    x->people.named = x->people.named || name[0] != '\0';
    p->name = name[0] == '\0' ? NULL : mem_string(name);
    p->organisation = organisation[0] == '\0' ? NULL : mem_string(organisation);
    free(old[0]);
    free(old[1]);
}

void people_name(struct desk_index *x, uint32_t account, const char *name, const char *organisation)
{
    put_name(x, account, name, organisation);
    x->people.namings++;
}

int people_load(struct desk_index *x, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT account, name, organisation FROM person");
    int r = 0;
    while (sql_walk(&x->sql, s, &r, d))
        if (sqlite3_column_int64(s, 0) > 0 &&
            sqlite3_column_int64(s, 0) <= x->names[NAME_ACCOUNT].count)
            put_name(x, (uint32_t)sqlite3_column_int64(s, 0), sql_text(s, 1), sql_text(s, 2));
    return r;
}

int people_fresh(struct desk_index *x, struct diag *d)
{
    if (!x->people.stale)
        return 0;
    for (uint32_t i = 1; i <= x->people.count; i++)
        put_name(x, i, "", "");
    x->people.stale = false;
    return people_load(x, d);
}

void people_clear(struct people *p)
{
    for (uint32_t i = 0; i < p->count; i++) {
        free(p->items[i].name);
        free(p->items[i].organisation);
    }
    free(p->items);
    *p = (struct people){0};
}

/* ---- asking ---- */

#define COUNTRIES_TEXT 128U

static int tell(struct desk_index *x, uint32_t account, desk_person_fn *fn, void *context)
{
    const struct person *p = people_at(x, account);
    const struct census_person *n = census_person(sight_census(x), account);
    const char *text = names_text(&x->names[NAME_ACCOUNT], account);
    CLEANUP_FREE char *handle = mem_string_n(text, said_handle_len(text));
    char countries[COUNTRIES_TEXT] = "", two[VALUE_COUNTRY_BYTES];
    for (uint32_t i = 0, to = 0; i < n->country_count && to + 4 < sizeof countries; i++) {
        columns_letters_text(n->countries[i].country, two);
        to += (uint32_t)snprintf(countries + to, sizeof countries - to, "%s%s", to == 0 ? "" : " ",
                                 two);
    }
    const struct desk_person told = {
        .id = account,
        .account = text,
        .handle = handle,
        .name = p->name == NULL ? "" : p->name,
        .first_unix_ms = n->sent == 0 ? 0 : (int64_t)n->first * 1000,
        .last_unix_ms = (int64_t)n->last * 1000,
        .sent = n->sent,
        .received = n->received,
        .countries = countries,
        .organisation = p->organisation == NULL ? "" : p->organisation,
    };
    return fn(context, &told);
}

struct ranked {
    uint64_t volume;
    uint32_t account;
};

static int by_volume(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->volume != y->volume)
        return x->volume < y->volume ? 1 : -1;
    return x->account < y->account ? -1 : 1;
}

static bool begins(const struct desk_index *x, uint32_t account, const char *prefix, size_t len)
{
    const char *name = account <= x->people.count ? x->people.items[account - 1].name : NULL;
    return strncasecmp(names_text(&x->names[NAME_ACCOUNT], account), prefix, len) == 0 ||
           (name != NULL && strncasecmp(name, prefix, len) == 0);
}

int desk_people(struct desk_index *x, const char *prefix, uint64_t skip, unsigned limit,
                desk_person_fn *fn, void *context, struct diag *d)
{
    uint32_t all = x->names_kept[NAME_ACCOUNT];
    CLEANUP_FREE struct ranked *found = mem_array(all + 1, sizeof *found);
    size_t count = 0, len = strlen(prefix);
    int r = people_fresh(x, d);
    for (uint32_t i = 1; i <= all && r == 0; i++) {
        const struct census_person *p = census_person(sight_census(x), i);
        if (p->sent + p->received > 0 && begins(x, i, prefix, len))
            found[count++] = (struct ranked){p->sent + p->received, i};
    }
    qsort(found, count, sizeof *found, by_volume);
    for (size_t i = skip < count ? (size_t)skip : count; i < count && limit-- > 0 && r == 0; i++)
        r = tell(x, found[i].account, fn, context);
    return r;
}

int desk_person_of(struct desk_index *x, const char *account, desk_person_fn *fn, void *context,
                   struct diag *d)
{
    uint32_t number = 0;
    int r = sight_account(x, account, &number, d);
    if (r == 0)
        r = people_fresh(x, d);
    return r < 0 ? r : tell(x, number, fn, context);
}

/* What two wrote to each other. */
static void count_contacts(struct desk_index *x, uint32_t account, struct desk_contact *by_account)
{
    const struct census *c = sight_census(x);
    for (uint32_t i = 0; i < c->talk_slots; i++) {
        const struct census_talk *t = &c->talks[i];
        const uint32_t *to;
        size_t count = t->count == 0 ? 0 : row_set(&x->names[NAME_RECIPIENTS], t->recipients, &to);
        for (size_t k = 0; k < count; k++) {
            if (t->sender == account && to[k] != account)
                by_account[to[k] - 1].sent += t->count;
            else if (to[k] == account && t->sender != account)
                by_account[t->sender - 1].received += t->count;
        }
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

int desk_contacts(struct desk_index *x, const char *account, unsigned limit, desk_contact_fn *fn,
                  void *context, struct diag *d)
{
    uint32_t number = 0, all = x->names[NAME_ACCOUNT].count;
    int r = sight_account(x, account, &number, d);
    if (r < 0)
        return r;
    CLEANUP_FREE struct desk_contact *contacts = mem_array(all, sizeof *contacts);
    for (uint32_t i = 0; i < all; i++)
        contacts[i].account = names_text(&x->names[NAME_ACCOUNT], i + 1);
    count_contacts(x, number, contacts);
    qsort(contacts, all, sizeof *contacts, by_contact);
    for (uint32_t i = 0; i < all && i < limit && r == 0; i++) {
        if (contacts[i].sent + contacts[i].received == 0)
            break;
        r = fn(context, &contacts[i]);
    }
    return r;
}
