#include "desk/packages.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/packages_internal.h"
#include "desk/query_utc.h"

#define WARRANTS_ARENA_BYTES (1U << 20)

/* ---- the desk's word ---- */

/* Under the name that a warrant gives the agency whose desk has this key. */
static int find_agency(struct packaging *p)
{
    const uint8_t *key = access_key(p->o->engine->log);
    const struct policy_set *set = library_newest(p->library);
    for (size_t i = 0; set != NULL && i < set->policy->warrant_count; i++)
        for (size_t a = 0; set->warrants[i] != NULL && a < set->warrants[i]->agency_count; a++) {
            const struct warrant_agency *agency = &set->warrants[i]->agencies[a];
            if (agency->has_desk && memcmp(agency->desk, key, SIGN_PUBLIC_BYTES) == 0)
                p->agency = agency->name;
        }
    return p->agency != NULL ? 0
                             : diag_set(p->d, ERR_NOT_FOUND,
                                        "no warrant of the newest policy names this desk's key: "
                                        "nobody could check what it signs");
}

static int append(struct packaging *p, const struct desk_export_part *part, const char *what)
{
    const struct access_entry e = {.at_unix_ms = p->o->now_unix_ms,
                                   .action = ACCESS_PASS,
                                   .user = DESK_AT_THE_MACHINE,
                                   .role = "",
                                   .purpose = p->o->purpose,
                                   .case_id = "",
                                   .warrants = part->warrants,
                                   .what = what,
                                   .count = part->count};
    return access_append(p->o->engine->log, &e, p->d);
}

static void say_what(struct packaging *p, struct buf *what)
{
    buf_format(what, "package %s", p->o->name);
    if (p->partner != NULL)
        buf_format(what, " to %s", p->partner->name);
    if (p->passed.number != 0)
        buf_format(what, " again, since it may not have become whole");
    buf_format(what, ": ");
    query_put(what, p->query);
    if (p->redact != NULL) {
        buf_format(what, ", redacted for '%s': ", p->o->reason);
        query_put(what, p->redact);
    }
}

/* One entry for each set of warrants. What is made again is counted once. */
static int log_parts(struct packaging *p, struct diag *d)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(WARRANTS_ARENA_BYTES);
    CLEANUP_BUF struct buf what = BUF_INIT(ACCESS_TEXT_MAX);
    struct desk_export_part *parts;
    size_t count;
    int r = desk_export_parts(p->o->engine->index, p->ids, p->count, &a, &parts, &count, d);
    say_what(p, &what);
    for (size_t i = 0; r == 0 && i < count; i++) {
        if (p->passed.number != 0)
            parts[i].count = 0;
        r = append(p, &parts[i], buf_text(&what));
    }
    return r;
}

/* All of it or nothing: what the log says, and what is passed on from here on. */
static int write_down(void *context, struct diag *d)
{
    struct packaging *p = context;
    int r = log_parts(p, d);
    return r == 0 && p->partner != NULL ? desk_passed_sign(p->o->engine->index, p->partner->number,
                                                           &p->passed, p->ids, p->count, d)
                                        : r;
}

static int sign(void *context, const struct buf *text, struct buf *ret, struct diag *d)
{
    struct packaging *p = context;
    int r = sql_transaction(desk_index_sql(p->o->engine->index), write_down, p, d);
    if (r < 0)
        return diag_prefix(d, r, "what cannot be logged is not passed on");
    access_sign_note(p->o->engine->log, p->agency, text, ret);
    return buf_failed(ret) ? diag_set(d, ERR_LIMIT, "what the package says is too long") : 0;
}

/* ---- the whole ---- */

struct packaging *packages_new(const struct desk_package_options *o, struct diag *d)
{
    struct packaging *p = mem_new(sizeof *p);
    p->o = o;
    p->d = d;
    return p;
}

int packages_open(struct packaging *p)
{
    CLEANUP_FREE char *documents = desk_folder_documents(p->o->folder);
    int r = desk_folder_note(p->o->folder, &p->net, p->d);
    if (r == 0)
        r = library_open(p->net, documents, &p->library, p->d);
    if (r == 0)
        r = desk_folder_open_log(p->o->folder, &p->public_log, p->d);
    for (size_t i = 0; r == 0 && i < p->o->folder->bot_count; i++)
        desk_folder_bot(p->o->folder, p->net, i, p->bots[i]);
    return r == 0 ? find_agency(p) : r;
}

static int parse_all(struct packaging *p)
{
    int r = desk_query_utc(p->o->query, p->o->now_unix_ms, &p->query, p->d);
    return r == 0 && p->o->redact != NULL
               ? desk_query_utc(p->o->redact, p->o->now_unix_ms, &p->redact, p->d)
               : r;
}

int packages_select(struct packaging *p)
{
    int r = parse_all(p);
    return r == 0 ? packages_choose(p) : r;
}

static void put_scope(struct packaging *p, struct buf *b)
{
    query_put(b, p->query);
    if (p->partner != NULL)
        buf_format(b, ", what no earlier package to %s has", p->partner->name);
}

int packages_write(struct packaging *p, struct pack_counts *ret)
{
    const struct desk_folder *f = p->o->folder;
    CLEANUP_FREE char *documents = desk_folder_documents(f);
    CLEANUP_BUF struct buf scope = BUF_INIT(PACKAGE_SCOPE_MAX);
    struct pack_bot bots[FOLLOWER_BOTS_MAX];
    char *paths[2 * FOLLOWER_BOTS_MAX];
    put_scope(p, &scope);
    for (size_t i = 0; i < f->bot_count; i++) {
        paths[2 * i] = desk_folder_journal(f, i);
        paths[2 * i + 1] = desk_folder_files(f, i);
        bots[i] = (struct pack_bot){p->bots[i], paths[2 * i], paths[2 * i + 1]};
    }
    const struct pack_options o = {.path = p->o->path,
                                   .name = p->o->name,
                                   .agency = p->agency,
                                   .scope = buf_text(&scope),
                                   .redacted = p->o->reason,
                                   .now_unix_ms = p->o->now_unix_ms,
                                   .recipients = p->o->recipients,
                                   .recipient_count = p->o->recipient_count,
                                   .net = p->net,
                                   .library = p->library,
                                   .public_log = p->public_log,
                                   .documents = documents,
                                   .identities = p->o->identities->list,
                                   .identity_count = p->o->identities->count,
                                   .bots = bots,
                                   .bot_count = f->bot_count,
                                   .next = packages_next_choice,
                                   .sign = sign,
                                   .context = p,
                                   .stamper = p->o->stamper};
    int r = pack_make(&o, ret, p->d);
    for (size_t i = 0; i < 2 * f->bot_count; i++)
        free(paths[i]);
    return r;
}

void packages_free(struct packaging *p)
{
    for (size_t i = 0; i < FOLLOWER_BOTS_MAX; i++)
        free(p->choices[i].list);
    free(p->ids);
    free(p->redacted);
    query_free(p->query);
    query_free(p->redact);
    library_free(p->library);
    public_log_close(p->public_log);
    network_note_free(p->net);
    free(p);
}

int desk_package_make(const struct desk_package_options *o, struct pack_counts *ret, struct diag *d)
{
    struct packaging *p = packages_new(o, d);
    int r = packages_open(p);
    if (r == 0)
        r = packages_select(p);
    if (r == 0)
        r = packages_write(p, ret);
    packages_free(p);
    return r;
}
