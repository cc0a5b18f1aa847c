#include "desk/packages.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/export.h"
#include "desk/query_utc.h"
#include "desk/sight.h"

#define WARRANTS_ARENA_BYTES (1U << 20)

struct choices { /* of one bot, ascending by leaf */
    struct pack_choice *list;
    size_t count, capacity, next;
};

struct packaging {
    const struct desk_package_options *o;
    struct network_note *net;
    struct library *library;
    struct public_log *public_log; /* NULL: there is no copy of it here */
    struct query *query, *redact;  /* NULL: nothing is redacted */
    int64_t *ids;                  /* of the messages that are shown or redacted */
    size_t count;
    int64_t *redacted; /* ascending */
    size_t redacted_count;
    char bots[FOLLOWER_BOTS_MAX][VALUE_DOMAIN_MAX + 1];
    struct choices choices[FOLLOWER_BOTS_MAX];
    enum package_why why; /* of the messages being looked at */
    const char *agency;
    struct diag *d;
};

/* ---- what is selected ---- */

static int parse_all(struct packaging *p)
{
    int r = desk_query_utc(p->o->query, p->o->now_unix_ms, &p->query, p->d);
    return r == 0 && p->o->redact != NULL
               ? desk_query_utc(p->o->redact, p->o->now_unix_ms, &p->redact, p->d)
               : r;
}

static int take_leaf(void *context, const struct desk_leaf *l)
{
    struct packaging *p = context;
    size_t bot = 0;
    while (bot < p->o->folder->bot_count && strcmp(p->bots[bot], l->bot) != 0)
        bot++;
    if (bot == p->o->folder->bot_count)
        return diag_set(p->d, ERR_NOT_FOUND, "the desk does not follow %s any more", l->bot);
    struct choices *c = &p->choices[bot];
    if (c->count == c->capacity) {
        c->capacity = c->capacity == 0 ? 256 : 2 * c->capacity;
        c->list = mem_resize(c->list, c->capacity, sizeof *c->list);
    }
    c->list[c->count++] = (struct pack_choice){l->leaf, p->why};
    return 0;
}

static int find(struct packaging *p, const struct query *q, int64_t **ret, size_t *ret_count)
{
    *ret = mem_array(DESK_EXPORT_MAX + 1, sizeof **ret);
    int r =
        desk_export_select(p->o->engine->index, q, 0, *ret, DESK_EXPORT_MAX + 1, ret_count, p->d);
    return r == 0 && *ret_count > DESK_EXPORT_MAX
               ? diag_set(p->d, ERR_LIMIT, "a query finds more than %u messages: narrow it",
                          DESK_EXPORT_MAX)
               : r;
}

static int by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static bool is_redacted(const struct packaging *p, int64_t id)
{
    return p->redacted_count > 0 &&
           bsearch(&id, p->redacted, p->redacted_count, sizeof id, by_id) != NULL;
}

static int take_leaves(struct packaging *p, int64_t id, enum package_why why)
{
    p->why = why;
    return desk_leaves(p->o->engine->index, id, take_leaf, p, p->d);
}

static int select_shown(struct packaging *p)
{
    int r = find(p, p->query, &p->ids, &p->count);
    if (r == 0 && p->redact != NULL)
        r = find(p, p->redact, &p->redacted, &p->redacted_count);
    if (r == 0 && p->redacted_count > 0)
        qsort(p->redacted, p->redacted_count, sizeof *p->redacted, by_id);
    for (size_t i = 0; r == 0 && i < p->count; i++)
        r = take_leaves(p, p->ids[i], is_redacted(p, p->ids[i]) ? PACKAGE_REDACTED : PACKAGE_SHOWN);
    return r == 0 && p->count == 0
               ? diag_set(p->d, ERR_NOT_FOUND, "the query finds nothing that may be passed on")
               : r;
}

/* What is privileged is what the filter role alone would find. */
static int select_privileged(struct packaging *p)
{
    const struct desk_session filter = {.role = DESK_FILTER};
    struct desk_index *x = p->o->engine->index;
    CLEANUP_FREE int64_t *ids = NULL;
    size_t count = 0;
    int r = desk_sight_of(x, &filter, p->d);
    if (r == 0)
        r = find(p, p->query, &ids, &count);
    for (size_t i = 0; r == 0 && i < count; i++)
        r = take_leaves(p, ids[i], PACKAGE_PRIVILEGED);
    desk_sight_common(x);
    return r;
}

static int by_leaf(const void *a, const void *b)
{
    uint64_t x = ((const struct pack_choice *)a)->leaf, y = ((const struct pack_choice *)b)->leaf;
    return x < y ? -1 : x > y;
}

static int select_all(struct packaging *p)
{
    desk_sight_common(p->o->engine->index);
    int r = select_shown(p);
    if (r == 0)
        r = select_privileged(p);
    for (size_t i = 0; i < FOLLOWER_BOTS_MAX; i++)
        if (p->choices[i].count > 0)
            qsort(p->choices[i].list, p->choices[i].count, sizeof *p->choices[i].list, by_leaf);
    return r;
}

static int next_choice(void *context, size_t bot, struct pack_choice *ret, struct diag *d)
{
    struct choices *c = &((struct packaging *)context)->choices[bot];
    (void)d;
    if (c->next == c->count)
        return 0;
    *ret = c->list[c->next++];
    return 1;
}

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

/* One entry for each set of warrants, all of them or none. */
static int log_parts(void *context, struct diag *d)
{
    struct packaging *p = context;
    CLEANUP_ARENA struct arena a = ARENA_INIT(WARRANTS_ARENA_BYTES);
    CLEANUP_BUF struct buf what = BUF_INIT(ACCESS_TEXT_MAX);
    struct desk_export_part *parts;
    size_t count;
    int r = desk_export_parts(p->o->engine->index, p->ids, p->count, &a, &parts, &count, d);
    buf_format(&what, "package %s: ", p->o->name);
    query_put(&what, p->query);
    if (p->redact != NULL) {
        buf_format(&what, ", redacted for '%s': ", p->o->reason);
        query_put(&what, p->redact);
    }
    for (size_t i = 0; r == 0 && i < count; i++)
        r = append(p, &parts[i], buf_text(&what));
    return r;
}

static int sign(void *context, const struct buf *text, struct buf *ret, struct diag *d)
{
    struct packaging *p = context;
    int r = sql_transaction(desk_index_sql(p->o->engine->index), log_parts, p, d);
    if (r < 0)
        return diag_prefix(d, r, "what cannot be logged is not passed on");
    access_sign_note(p->o->engine->log, p->agency, text, ret);
    return buf_failed(ret) ? diag_set(d, ERR_LIMIT, "what the package says is too long") : 0;
}

/* ---- the whole ---- */

static int open_documents(struct packaging *p)
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

static int pack(struct packaging *p, struct pack_counts *ret)
{
    const struct desk_folder *f = p->o->folder;
    CLEANUP_FREE char *documents = desk_folder_documents(f);
    CLEANUP_BUF struct buf scope = BUF_INIT(PACKAGE_SCOPE_MAX);
    struct pack_bot bots[FOLLOWER_BOTS_MAX];
    char *paths[2 * FOLLOWER_BOTS_MAX];
    query_put(&scope, p->query);
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
                                   .next = next_choice,
                                   .sign = sign,
                                   .context = p,
                                   .stamper = p->o->stamper};
    int r = pack_make(&o, ret, p->d);
    for (size_t i = 0; i < 2 * f->bot_count; i++)
        free(paths[i]);
    return r;
}

static void clear(struct packaging *p)
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
    struct packaging *p = mem_new(sizeof *p);
    p->o = o;
    p->d = d;
    int r = open_documents(p);
    if (r == 0)
        r = parse_all(p);
    if (r == 0)
        r = select_all(p);
    if (r == 0)
        r = pack(p, ret);
    clear(p);
    return r;
}
