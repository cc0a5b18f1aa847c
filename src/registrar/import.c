/* New policies and offers, for core.h. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/file.h"
#include "base/memory.h"
#include "network/layout.h"
#include "registrar/internal.h"
#include "wire/document_peek.h"

#define FILES_MAX 4096
#define PROBLEMS_MAX 64

/* A note in the folder. */
struct file {
    char *path;
    uint8_t hash[HASH_BYTES];
    struct policy *policy; /* if it is a new one */
    bool epochs;
};

struct import {
    struct registrar *r;
    struct file *files;
    size_t count;
    struct registrar_report report;
};

void registrar_report_clear(struct registrar_report *x)
{
    for (size_t i = 0; i < x->problem_count; i++)
        free(x->problems[i]);
    free(x->problems);
    *x = (struct registrar_report){0};
}

static void report(struct import *m, const char *path, const struct diag *d)
{
    struct registrar_report *x = &m->report;
    if (x->problem_count == PROBLEMS_MAX)
        return;
    x->problems = mem_resize(x->problems, x->problem_count + 1, sizeof *x->problems);
    x->problems[x->problem_count++] = mem_format("%s: %s", path, d->text);
}

static void import_clear(struct import *m)
{
    for (size_t i = 0; i < m->count; i++) {
        free(m->files[i].path);
        policy_free(m->files[i].policy);
    }
    free(m->files);
    registrar_report_clear(&m->report);
}

/* A policy that is not held yet must be newer than the newest one, and its time must have come. */
static int open_new(struct import *m, struct file *f, const char *note, size_t len, struct diag *d)
{
    CLEANUP(policy_free_cleanup) struct policy *p = NULL;
    CLEANUP_DOCUMENT struct registrar_document held = {0};
    const struct policy *newest = registrar_policy(m->r);
    char at[CALENDAR_INSTANT_LEN + 1];
    int e = registrar_store_document(m->r->store, f->hash, &held, d);
    if (e != ERR_NOT_FOUND)
        return e;
    e = policy_open(m->r->network, note, len, &p, d);
    if (e < 0)
        return e;
    if (newest != NULL && p->serial <= newest->serial)
        return diag_set(d, ERR_INVALID_STATE,
                        "policy %u comes too late: policy %u is in force already", p->serial,
                        newest->serial);
    if (!m->r->settings.replay && policy_is_ahead(p, registrar_now_ms(m->r))) {
        calendar_format(p->issued_unix_ms, at);
        return diag_set(d, ERR_AGAIN,
                        "policy %u is issued at %s, which is still to come: publish it again then",
                        p->serial, at);
    }
    f->policy = TAKE(p);
    return 0;
}

static int read_file(struct import *m, struct file *f, struct diag *d)
{
    CLEANUP_FREE char *note = NULL;
    struct note view;
    int e = file_read_text(f->path, VALUE_EPOCHS_MAX, &note, d);
    if (e < 0)
        return e;
    e = note_parse(note, strlen(note), VALUE_EPOCHS_MAX, &view);
    if (e < 0)
        return diag_set(d, e, "not a signed note");
    hash_sha256(view.text, view.text_len, f->hash);
    f->epochs = document_is(view.text, view.text_len, "epochs");
    return document_is(view.text, view.text_len, "policy") ? open_new(m, f, note, strlen(note), d)
                                                           : 0;
}

static void add_file(struct import *m, const char *folder, const char *name)
{
    struct diag d = {""};
    struct file f = {.path = file_join(folder, name)};
    int e = read_file(m, &f, &d);
    if (e < 0) {
        report(m, f.path, &d);
        free(f.path);
    } else {
        m->files[m->count++] = f;
    }
}

static int is_note(const struct dirent *e)
{
    return e->d_name[0] != '.' && file_name_ends(e->d_name, ".note");
}

static int read_folder(struct import *m, struct diag *d)
{
    CLEANUP_FREE char *folder = layout_path(m->r->dir, LAYOUT_DOCUMENTS);
    struct dirent **list = NULL;
    int count = scandir(folder, &list, is_note, alphasort);
    if (count < 0)
        return diag_set(d, ERR_IO, "cannot read %s: %s", folder, strerror(errno));
    bool fits = count <= FILES_MAX;
    m->files = mem_array((size_t)count + 1, sizeof *m->files);
    for (int i = 0; i < count; i++) {
        if (fits)
            add_file(m, folder, list[i]->d_name);
        free(list[i]);
    }
    free(list);
    return fits ? 0 : diag_set(d, ERR_IO, "%s: more than %d documents", folder, FILES_MAX);
}

/* A source's `add`: from the folder, else from the store. Two files may have the same text and not
 * the same signatures. */
static int add_found(void *context, struct policy_set *s, enum document_kind kind,
                     const uint8_t hash[static HASH_BYTES], struct diag *d)
{
    struct import *m = context;
    int found = registrar_add_stored(m->r, s, kind, hash, d);
    for (size_t i = 0; found < 0 && i < m->count; i++) {
        CLEANUP_FREE char *note = NULL;
        if (memcmp(m->files[i].hash, hash, HASH_BYTES) != 0)
            continue;
        found = file_read_text(m->files[i].path, VALUE_EPOCHS_MAX, &note, d);
        if (found == 0)
            found = policy_set_add(s, m->r->network, kind, note, strlen(note), d);
        if (found < 0)
            diag_prefix(d, 0, "%s", m->files[i].path);
    }
    return found;
}

static int store_one(struct registrar *r, enum document_kind kind, const struct document *x,
                     uint32_t serial, struct diag *d)
{
    CLEANUP_DOCUMENT struct registrar_document held = {0};
    int e = registrar_store_document(r->store, x->hash, &held, d);
    if (e != ERR_NOT_FOUND)
        return e;
    struct registrar_document y = {
        .kind = kind, .serial = serial, .note = x->note, .note_len = x->note_len};
    memcpy(y.hash, x->hash, HASH_BYTES);
    return registrar_store_put_document(r->store, &y, d);
}

struct storing {
    struct registrar *r;
    const struct policy_set *set;
    const struct epochs *offer;
};

static int store_set(void *context, struct diag *d)
{
    const struct storing *x = context;
    struct registrar *r = x->r;
    const struct policy_set *s = x->set;
    const struct policy *p = s->policy;
    int e = 0;
    for (size_t i = 0; e == 0 && i < p->warrant_count; i++) {
        e = store_one(r, DOCUMENT_WARRANT, &s->warrants[i]->document, 0, d);
        if (e == 0)
            e = store_one(r, DOCUMENT_EPOCHS, &s->epochs[i]->document, 0, d);
    }
    if (e == 0)
        e = store_one(r, DOCUMENT_POLICY, &p->document, p->serial, d);
    return e < 0 ? e : registrar_log_remember(r, d);
}

static struct registrar_document to_log(enum document_kind kind, const struct document *x)
{
    struct registrar_document y = {.kind = kind, .note = x->note, .note_len = x->note_len};
    memcpy(y.hash, x->hash, HASH_BYTES);
    return y;
}

/* What a policy names before the policy. */
static int log_set(struct registrar *r, const struct policy_set *s, struct diag *d)
{
    struct registrar_document list[2 * POLICY_WARRANTS_MAX + 1];
    size_t count = 0;
    for (size_t i = 0; i < s->policy->warrant_count; i++) {
        list[count++] = to_log(DOCUMENT_WARRANT, &s->warrants[i]->document);
        list[count++] = to_log(DOCUMENT_EPOCHS, &s->epochs[i]->document);
    }
    list[count++] = to_log(DOCUMENT_POLICY, &s->policy->document);
    return registrar_log_append(r, list, count, d);
}

/* Of two files with the same serial the first in the folder counts. */
static int by_serial(const void *a, const void *b)
{
    const struct file *x = a, *y = b;
    uint32_t p = x->policy == NULL ? 0 : x->policy->serial;
    uint32_t q = y->policy == NULL ? 0 : y->policy->serial;
    return p != q ? (p > q) - (p < q) : strcmp(x->path, y->path);
}

/* Takes one new policy over; what is wrong with it is reported. Fails with the database only. */
static int take_policy(struct import *m, struct file *f, struct diag *d)
{
    struct registrar *r = m->r;
    const struct policy *newest = registrar_policy(r);
    struct diag why = {""};
    int e = 0;
    if (newest != NULL && f->policy->serial <= newest->serial)
        e = diag_set(&why, ERR_EXISTS, "another policy %u is there", f->policy->serial);
    else
        e = policy_follows(newest, f->policy, &why);
    if (e < 0) {
        report(m, f->path, &why);
        return 0;
    }
    CLEANUP(policy_set_free_cleanup) struct policy_set *s = policy_set_new(TAKE(f->policy));
    const struct registrar_source found = {.context = m, .add = add_found};
    if (registrar_fill(s, &found, &why) < 0) {
        report(m, f->path, &why);
        return 0;
    }
    struct storing x = {.r = r, .set = s};
    e = registrar_store_transaction(r->store, store_set, &x, d);
    if (e == 0)
        e = log_set(r, s, d);
    if (e < 0)
        return e;
    policy_set_free(r->policies);
    r->policies = TAKE(s);
    m->report.imported++;
    return 0;
}

/* ---- offers ---- */

static const struct policy_bot *maker_of(const struct policy *p, const char *note)
{
    for (size_t i = 0; p != NULL && i < p->bot_count; i++) {
        if (document_peek_is(note, strlen(note), "bot", p->bots[i].jid))
            return &p->bots[i];
    }
    return NULL;
}

static int store_offer(void *context, struct diag *d)
{
    const struct storing *x = context;
    int e = store_one(x->r, DOCUMENT_EPOCHS, &x->offer->document, 0, d);
    return e < 0 ? e : registrar_log_remember(x->r, d);
}

static int keep_offer(struct registrar *r, const struct epochs *e, struct diag *d)
{
    const struct registrar_document x = to_log(DOCUMENT_EPOCHS, &e->document);
    struct storing s = {.r = r, .offer = e};
    int code = registrar_store_transaction(r->store, store_offer, &s, d);
    return code < 0 ? code : registrar_log_append(r, &x, 1, d);
}

/* Those of a bot that no policy names are left alone: nobody says what its key is. Fails with
 * database and log only. */
static int take_offer(struct import *m, const struct file *f, struct diag *d)
{
    struct registrar *r = m->r;
    CLEANUP_FREE char *note = NULL;
    CLEANUP_DOCUMENT struct registrar_document held = {0};
    CLEANUP(epochs_free_cleanup) struct epochs *offer = NULL;
    struct diag why = {""};
    int e = registrar_store_document(r->store, f->hash, &held, d);
    if (e != ERR_NOT_FOUND)
        return e;
    e = file_read_text(f->path, VALUE_EPOCHS_MAX, &note, &why);
    const struct policy_bot *by = e < 0 ? NULL : maker_of(registrar_policy(r), note);
    if (e == 0 && by == NULL)
        return 0;
    if (e == 0)
        e = epochs_open_offer(r->network->domain, by->jid, by->key, note, strlen(note), &offer,
                              &why);
    if (e < 0) {
        report(m, f->path, &why);
        return 0;
    }
    m->report.offers++;
    return keep_offer(r, offer, d);
}

int registrar_import(struct registrar *r, struct registrar_report *ret, struct diag *d)
{
    CLEANUP(import_clear) struct import m = {.r = r};
    int e = read_folder(&m, d);
    if (e < 0)
        return e;
    qsort(m.files, m.count, sizeof *m.files, by_serial);
    for (size_t i = 0; e == 0 && i < m.count; i++)
        if (m.files[i].policy != NULL)
            e = take_policy(&m, &m.files[i], d);
    for (size_t i = 0; e == 0 && i < m.count; i++)
        if (m.files[i].epochs)
            e = take_offer(&m, &m.files[i], d);
    if (e < 0)
        return e;
    *ret = m.report;
    m.report = (struct registrar_report){0};
    return 0;
}
