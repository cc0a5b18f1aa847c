/* The next package to a partner. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "desk/packages_internal.h"

struct passing {
    struct desk_package_options o; /* its strings as below, or the caller's */
    struct age_recipient recipients[DESK_PARTNER_RECIPIENTS_MAX];
    char *path; /* where it is to lie; NULL: not known yet */
};

static int read_recipients(struct passing *g, const struct desk_partner *partner, struct diag *d)
{
    CLEANUP_FREE char *copy = mem_string(partner->recipients);
    char *rest = copy, *word;
    while ((word = strsep(&rest, " ")) != NULL)
        if (g->o.recipient_count == DESK_PARTNER_RECIPIENTS_MAX ||
            age_recipient_parse(word, &g->recipients[g->o.recipient_count++]) < 0)
            return diag_set(d, ERR_FORMAT, "'%s' is not an age recipient", word);
    return 0;
}

static void set_path(struct passing *g, const struct packaging *p)
{
    CLEANUP_FREE char *file = mem_format("%s.age", p->passed.name);
    free(g->path);
    g->path = file_join(p->partner->delivery, file);
    g->o.name = p->passed.name;
    g->o.path = g->path;
}

/* One that was signed is made again, unless it lies there: then the process ended behind that. */
static int find_unfinished(struct passing *g, struct packaging *p)
{
    struct desk_index *x = p->o->engine->index;
    int r = desk_passed_unfinished(x, p->partner->number, &p->passed, p->d);
    if (r < 0)
        return r == ERR_NOT_FOUND ? 0 : r;
    set_path(g, p);
    if (!file_exists(g->path))
        return 0;
    p->passed = (struct desk_passed){.number = 0};
    return desk_passed_finish(x, p->partner->number, p->o->now_unix_ms, p->d);
}

/* "north-south-0003": of north's desk the third to its partner south. */
static int name_it(struct passing *g, struct packaging *p)
{
    int r = desk_passed_count(p->o->engine->index, p->partner->number, &p->before, p->d);
    if (r < 0)
        return r;
    if (p->passed.number == 0) {
        p->passed.made_unix_ms = p->o->now_unix_ms;
        snprintf(p->passed.name, sizeof p->passed.name, "%.*s-%s-%04llu",
                 (int)(PACKAGE_NAME_MAX - DESK_PARTNER_NAME_MAX) / 2, p->agency, p->partner->name,
                 (unsigned long long)++p->before);
    }
    set_path(g, p);
    return 0;
}

static int make(struct passing *g, struct packaging *p, struct pack_counts *ret)
{
    int r = packages_open(p);
    if (r == 0)
        r = find_unfinished(g, p);
    if (r == 0)
        r = name_it(g, p);
    if (r == 0)
        r = packages_select(p);
    if (r == ERR_NOT_FOUND && p->query != NULL && p->count == 0)
        return DESK_PACKAGE_NOTHING;
    if (r == 0)
        r = packages_write(p, ret);
    return r == 0 ? desk_passed_finish(p->o->engine->index, p->partner->number, p->o->now_unix_ms,
                                       p->d)
                  : r;
}

int desk_package_pass(const struct desk_package_options *o, const struct desk_partner *partner,
                      struct desk_package_passed *ret, struct diag *d)
{
    struct passing g = {.o = *o};
    struct packaging *p = packages_new(&g.o, d);
    p->partner = partner;
    g.o.query = partner->scope;
    g.o.recipients = g.recipients;
    int r = partner->scope[0] == '\0' || partner->delivery[0] == '\0'
                ? diag_set(d, ERR_INVALID_STATE,
                           "the partner %s has no scope, or no folder to deliver to", partner->name)
                : read_recipients(&g, partner, d);
    if (r == 0)
        r = make(&g, p, &ret->counts);
    if (r == 0) {
        snprintf(ret->name, sizeof ret->name, "%s", p->passed.name);
        ret->path = TAKE(g.path);
    }
    free(g.path);
    packages_free(p);
    return r;
}
