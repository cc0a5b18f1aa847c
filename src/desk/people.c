/* People: what is counted of them, and the names and organisations that reviewers gave. */
#include "desk/index_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static struct person *person_at(struct desk_index *x, uint32_t account)
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
    struct person *p = person_at(x, account);
    char *old[] = {p->name, p->organisation};
    x->people.named = x->people.named || name[0] != '\0';
    p->name = name[0] == '\0' ? NULL : mem_string(name);
    p->organisation = organisation[0] == '\0' ? NULL : mem_string(organisation);
    free(old[0]);
    free(old[1]);
}

const char *people_called(const struct desk_index *x, uint32_t account)
{
    bool known = account >= 1 && account <= x->people.count;
    const char *name = known ? x->people.items[account - 1].name : NULL;
    return name == NULL || x->sight.plain ? "" : name;
}

bool people_are_one(const struct desk_index *x, uint32_t one, uint32_t other)
{
    const char *name = people_called(x, one);
    return one == other || (name[0] != '\0' && strcasecmp(name, people_called(x, other)) == 0);
}

/* A name as it is compared. */
static uint32_t number_of_name(struct names *all, const char *name)
{
    CLEANUP_FREE char *low = mem_string(name);
    for (char *c = low; *c != '\0'; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c);
    return names_add(all, low, strlen(low));
}

uint32_t *people_first(struct desk_index *x)
{
    uint32_t all = x->names[NAME_ACCOUNT].count;
    uint32_t *ret = mem_array((size_t)all + 1, sizeof *ret);
    CLEANUP_FREE uint32_t *first = mem_array((size_t)all + 1, sizeof *first); /* by name */
    struct names known = {0};
    for (uint32_t i = 1; i <= all; i++) {
        ret[i] = i;
        if (people_called(x, i)[0] == '\0' || !census_has_person(sight_census(x), i))
            continue;
        uint32_t *of_name = &first[number_of_name(&known, people_called(x, i))];
        *of_name = *of_name == 0 ? i : *of_name;
        ret[i] = *of_name;
    }
    names_clear(&known);
    return ret;
}

/* Who is out of sight has no other accounts. */
static void add_person(struct desk_index *x, uint32_t account, struct idset *ret)
{
    idset_add(ret, account);
    if (people_called(x, account)[0] == '\0' || !census_has_person(sight_census(x), account))
        return;
    for (uint32_t i = 1; i <= x->people.count; i++)
        if (people_are_one(x, i, account))
            idset_add(ret, i);
}

void people_of(struct desk_index *x, const char *organisation, struct idset *ret)
{
    for (uint32_t i = 0; i < x->people.count; i++) {
        const char *of = x->people.items[i].organisation;
        if (of != NULL && strcasecmp(of, organisation) == 0)
            add_person(x, i + 1, ret);
    }
}

int people_write(struct desk_index *x, uint32_t account, const char *name, const char *organisation,
                 struct diag *d)
{
    const struct person *p = person_at(x, account);
    CLEANUP_FREE char *new_name = mem_string(name != NULL ? name : people_called(x, account));
    CLEANUP_FREE char *new_organisation = mem_string(organisation != NULL      ? organisation
                                                     : p->organisation == NULL ? ""
                                                                               : p->organisation);
    sqlite3_stmt *s = sql(&x->sql, "INSERT OR REPLACE INTO person VALUES (?1, ?2, ?3)");
    sqlite3_bind_int64(s, 1, account);
    sql_bind_text(s, 2, new_name);
    sql_bind_text(s, 3, new_organisation);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write a person");
    put_name(x, account, new_name, new_organisation);
    x->people.namings++;
    return 0;
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

int people_tell(struct desk_index *x, uint32_t account, desk_person_fn *fn, void *context)
{
    const struct person *p = person_at(x, account);
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
        .name = p->name == NULL || x->sight.plain ? "" : p->name,
        .first_unix_ms = n->sent == 0 ? 0 : (int64_t)n->first * 1000,
        .last_unix_ms = (int64_t)n->last * 1000,
        .sent = n->sent,
        .received = n->received,
        .countries = countries,
        .organisation = p->organisation == NULL || x->sight.plain ? "" : p->organisation,
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
    const char *name =
        account <= x->people.count && !x->sight.plain ? x->people.items[account - 1].name : NULL;
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
        r = people_tell(x, found[i].account, fn, context);
    return r;
}

int desk_person_of(struct desk_index *x, const char *account, desk_person_fn *fn, void *context,
                   struct diag *d)
{
    uint32_t number = 0;
    int r = sight_account(x, account, &number, d);
    if (r == 0)
        r = people_fresh(x, d);
    return r < 0 ? r : people_tell(x, number, fn, context);
}
