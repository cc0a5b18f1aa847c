#include "desk/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "archive/audit.h"
#include "base/clock.h"
#include "base/memory.h"
#include "desk/sight.h"
#include "desk/verify_internal.h"

void desk_verify_found(struct desk_verifying *v, enum desk_finding what, const char *fmt, ...)
{
    struct diag line;
    char text[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    v->counts.found[what]++;
    diag_set(&line, 0, "%s: %s", v->bot, text);
    v->o->fn(v->o->context, what, line.text);
}

/* ---- what the tree has ---- */

static uint32_t warrant_number(struct desk_verifying *v, const char *id)
{
    for (size_t i = 0; i < v->warrant_count; i++)
        if (strcmp(v->warrants[i], id) == 0)
            return (uint32_t)i;
    v->warrants = mem_resize(v->warrants, v->warrant_count + 1, sizeof *v->warrants);
    snprintf(v->warrants[v->warrant_count], sizeof *v->warrants, "%s", id);
    return (uint32_t)v->warrant_count++;
}

static int note_batch(void *context, const struct journal_batch_row *row)
{
    struct desk_verifying *v = context;
    const struct warrant *w = library_warrant(v->library, row->batch.warrant);
    if (w == NULL || !library_names(w, v->o->identities->list, v->o->identities->count))
        return 0;
    if (row->number >= v->read) {
        v->counts.unread += row->batch.count;
        return 0;
    }
    if (v->range_count == v->range_room) {
        v->range_room = 2 * v->range_room + 64;
        v->ranges = mem_resize(v->ranges, v->range_room, sizeof *v->ranges);
    }
    v->ranges[v->range_count++] = (struct desk_range){
        row->batch.first, row->batch.count, warrant_number(v, row->batch.warrant), v->leaves};
    v->leaves += row->batch.count;
    v->counts.leaves += row->batch.count;
    return 0;
}

/* ---- beside the index ---- */

/* The leaf that comes next; false: there is none. */
static bool next_leaf(const struct desk_verifying *v, uint64_t *ret)
{
    if (v->at == v->range_count)
        return false;
    *ret = v->ranges[v->at].first + v->within;
    return true;
}

static void pass(struct desk_verifying *v)
{
    if (++v->within < v->ranges[v->at].count)
        return;
    v->at++;
    v->within = 0;
}

static void pass_missing(struct desk_verifying *v, uint64_t until)
{
    uint64_t leaf;
    while (next_leaf(v, &leaf) && leaf < until) {
        desk_verify_found(v, DESK_MISSING, "leaf %" PRIu64 " of warrant %s has no record", leaf,
                          v->warrants[v->ranges[v->at].warrant]);
        pass(v);
    }
}

static void check_record(struct desk_verifying *v, const struct desk_record *r)
{
    uint8_t leaf[MERKLE_BYTES];
    const char *warrant = v->warrants[v->ranges[v->at].warrant];
    if (strcmp(r->warrant, warrant) != 0)
        desk_verify_found(v, DESK_CHANGED,
                          "the record of leaf %" PRIu64 " is of warrant %s, not of %s", r->leaf,
                          warrant, r->warrant);
    else if (journal_leaf(v->journal, r->leaf, leaf) < 0 ||
             memcmp(leaf, r->record_leaf, MERKLE_BYTES) != 0)
        desk_verify_found(v, DESK_CHANGED,
                          "the record of leaf %" PRIu64 " has another hash than the tree", r->leaf);
}

static int take_record(void *context, const struct desk_record *r)
{
    struct desk_verifying *v = context;
    uint64_t leaf;
    v->counts.records++;
    bool again = v->any && memcmp(r->record_leaf, v->last_hash, MERKLE_BYTES) == 0;
    if (again || (v->any && r->leaf == v->last)) {
        desk_verify_found(v, DESK_DOUBLED, "leaf %" PRIu64 " has a second record, as leaf %" PRIu64,
                          v->last, r->leaf);
        return 0;
    }
    v->any = true;
    v->last = r->leaf;
    memcpy(v->last_hash, r->record_leaf, MERKLE_BYTES);
    pass_missing(v, r->leaf);
    if (!next_leaf(v, &leaf) || leaf != r->leaf) {
        desk_verify_found(v, DESK_STRANGER,
                          "the record of leaf %" PRIu64 " is of no batch that was read", r->leaf);
        return 0;
    }
    check_record(v, r);
    v->messages[v->ranges[v->at].start + v->within] = r->message;
    pass(v);
    return 0;
}

/* ---- a journal ---- */

static int audit(struct desk_verifying *v)
{
    struct audit_counts counts;
    struct clock live = clock_live();
    struct audit_options o = {.journal = v->journal,
                              .domain = v->net->domain,
                              .bot = v->bot,
                              .bot_key = library_bot_key(v->library, v->bot),
                              .library = v->library,
                              .now_unix_ms = v->net->replay ? 0 : clock_now_ms(&live)};
    if (o.bot_key == NULL)
        return diag_set(v->d, ERR_NOT_FOUND, "no policy in the documents names it");
    return audit_journal(&o, &counts, v->d);
}

static int compare(struct desk_verifying *v, const char *path)
{
    struct desk_progress p;
    CLEANUP(journal_close_cleanup) struct journal *j = NULL;
    int r = desk_index_progress_of(v->o->engine->index, v->bot, &p, v->d);
    v->read = r == 0 ? p.next : 1;
    v->range_count = v->at = v->within = 0;
    v->leaves = 0;
    v->any = false;
    if (r == 0 || r == ERR_NOT_FOUND)
        r = journal_open(path, false, &j, v->d);
    v->journal = j;
    if (r == 0)
        r = audit(v);
    if (r == 0)
        r = journal_batches(j, 1, note_batch, v, v->d);
    free(v->messages);
    v->messages = mem_array(v->leaves + 1, sizeof *v->messages);
    if (r == 0)
        r = desk_index_records(v->o->engine->index, v->bot, take_record, v, v->d);
    if (r == 0)
        pass_missing(v, UINT64_MAX);
    return r < 0 ? diag_prefix(v->d, r, "%s", v->bot) : 0;
}

static int verify_all(struct desk_verifying *v)
{
    const struct desk_folder *f = v->o->folder;
    CLEANUP_FREE char *documents = desk_folder_documents(f);
    int r = 0;
    for (size_t i = 0; r == 0 && i < f->bot_count; i++) {
        char bot[VALUE_DOMAIN_MAX + 1];
        CLEANUP_FREE char *path = desk_folder_journal(f, i);
        desk_folder_bot(f, v->net, i, bot);
        v->bot = bot;
        r = compare(v, path);
        if (r == 0 && !v->o->quick)
            r = desk_verify_opened(v, documents, path);
    }
    return r;
}

/* It ends at the first one. */
static int check_index(struct desk_verifying *v)
{
    struct diag d;
    int r = desk_index_check(v->o->engine->index, &d);
    if (r == 0)
        return 0;
    if (r != ERR_AUTH)
        return diag_set(v->d, r, "%s", d.text);
    v->bot = "the index";
    desk_verify_found(v, DESK_CHANGED, "%s", d.text);
    return 0;
}

int desk_verify(const struct desk_verify_options *o, struct desk_verify_counts *ret, struct diag *d)
{
    struct desk_verifying v = {.o = o, .d = d};
    CLEANUP_FREE char *documents = desk_folder_documents(o->folder);
    uint64_t all = 0;
    desk_sight_whole(o->engine->index);
    int r = desk_folder_note(o->folder, &v.net, d);
    if (r == 0)
        r = library_open(v.net, documents, &v.library, d);
    if (r == 0)
        r = check_index(&v);
    if (r == 0)
        r = verify_all(&v);
    free(v.ranges);
    free(v.messages);
    free(v.warrants);
    library_free(v.library);
    network_note_free(v.net);
    *ret = v.counts;
    for (size_t i = 0; i < DESK_FINDINGS; i++)
        all += v.counts.found[i];
    if (r < 0 || all == 0)
        return r;
    return diag_set(d, ERR_AUTH, "the desk does not hold what the archives have");
}
