/* The public log, for core.h: documents are stored first, then logged, and what the store
 * has and the log has not is logged at the next start. */
#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "network/layout.h"
#include "registrar/internal.h"
#include "wire/use.h"

#define BATCH 64 /* documents that are logged in one transaction at the start */

int registrar_log_create(const char *dir, struct diag *d)
{
    CLEANUP_FREE char *key = layout_path(dir, LAYOUT_LOG_KEY);
    CLEANUP_FREE char *path = layout_path(dir, LAYOUT_LOG_DATABASE);
    int e = keys_secret_create(key, d);
    return e < 0 ? e : public_log_create(path, d);
}

static int read_key(struct registrar *r, struct diag *d)
{
    CLEANUP_FREE char *path = layout_path(r->dir, LAYOUT_LOG_KEY);
    CLEANUP_SECRET char *text = NULL;
    int e = keys_secret_read(path, &text, d);
    if (e < 0)
        return e;
    r->log_key = secret_new(LOG_KEY_BYTES);
    if (decode_hex_exact(text, strlen(text), r->log_key, LOG_KEY_BYTES) < 0)
        return diag_set(d, ERR_FORMAT, "%s: not a key of 64 hexadecimal digits", path);
    return 0;
}

/* Is it the log that this registrar has signed? A copy from before would be continued otherwise
 * than it was: a fork, which every device would see. */
static int check_log(struct registrar *r, const char *path, struct diag *d)
{
    uint64_t size = 0;
    uint8_t root[MERKLE_BYTES], now[MERKLE_BYTES];
    int e = registrar_store_log(r->store, &size, root, d);
    if (e < 0 || size == 0)
        return e;
    if (size > public_log_size(r->log))
        return diag_set(d, ERR_INVALID_STATE,
                        "%s has lost entries: it has %llu and had %llu. Restore the newest copy: "
                        "devices would take what goes on from here for a fork",
                        path, (unsigned long long)public_log_size(r->log),
                        (unsigned long long)size);
    e = public_log_root(r->log, size, now, d);
    if (e == 0 && memcmp(root, now, sizeof root) != 0)
        e = diag_set(d, ERR_INVALID_STATE,
                     "%s is not the log that this registrar has signed: restore its newest copy",
                     path);
    return e;
}

int registrar_log_remember(struct registrar *r, struct diag *d)
{
    uint8_t root[MERKLE_BYTES];
    uint64_t size = public_log_size(r->log);
    int e = public_log_root(r->log, size, root, d);
    return e < 0 ? e : registrar_store_set_log(r->store, size, root, d);
}

static struct log_signer signer_of(const struct registrar *r)
{
    return (struct log_signer){
        .origin = r->log_origin, .key = keys_verifier(r->key), .secret = r->key->secret};
}

static struct log_document logged_form(const struct registrar *r,
                                       const struct registrar_document *x)
{
    struct log_document y = {.entry = {.kind = x->kind}, .note = x->note, .note_len = x->note_len};
    memcpy(y.entry.hash, x->hash, HASH_BYTES);
    if (x->kind == DOCUMENT_USE)
        use_tag(x->handle, y.entry.tag);
    if (log_kind_hidden(x->kind)) {
        char account[VALUE_JID_MAX + 1];
        snprintf(account, sizeof account, "%s@%s", x->handle, r->network->domain);
        log_tag(r->log_key, account, y.entry.tag);
        y.note = NULL; /* it names its account */
        y.note_len = 0;
    }
    return y;
}

int registrar_log_append(struct registrar *r, const struct registrar_document *x, size_t count,
                         struct diag *d)
{
    struct log_document *list = mem_array(count + 1, sizeof *list);
    const struct log_signer by = signer_of(r);
    for (size_t i = 0; i < count; i++)
        list[i] = logged_form(r, &x[i]);
    int e = public_log_append(r->log, list, count, &by, d);
    free(list);
    r->log_ahead = true;
    return e;
}

int registrar_log_tick(struct registrar *r, struct diag *d)
{
    int e = r->log_ahead ? registrar_log_remember(r, d) : 0;
    r->log_ahead = r->log_ahead && e < 0;
    return e;
}

/* ---- at the start ---- */

struct catching_up {
    struct registrar *r;
    struct registrar_document batch[BATCH];
    size_t count;
    struct diag *d;
};

static int log_batch(struct catching_up *c)
{
    int e = registrar_log_append(c->r, c->batch, c->count, c->d);
    for (size_t i = 0; i < c->count; i++) {
        free((char *)(uintptr_t)c->batch[i].handle);
        registrar_document_clear(&c->batch[i]);
    }
    c->count = 0;
    return e;
}

static int catch_up(void *context, const struct registrar_document *x)
{
    struct catching_up *c = context;
    int has = public_log_has(c->r->log, x->kind, x->hash, c->d);
    if (has != 0 || !log_kind_logged(x->kind))
        return has < 0 ? has : 0;
    struct registrar_document *y = &c->batch[c->count++];
    *y = *x;
    y->note = mem_string_n(x->note, x->note_len);
    y->handle = x->handle == NULL ? NULL : mem_string(x->handle);
    return c->count == BATCH ? log_batch(c) : 0;
}

static int reconcile(struct registrar *r, struct diag *d)
{
    struct catching_up c = {.r = r, .d = d};
    int e = registrar_store_documents(r->store, catch_up, &c, d);
    int last = log_batch(&c);
    return e < 0 ? e : last;
}

/* ---- answering ---- */

int registrar_log_page(struct registrar *r, uint64_t from, struct log_page *ret, struct diag *d)
{
    const struct log_signer by = signer_of(r);
    *ret = (struct log_page){.from = from, .size = public_log_size(r->log)};
    int e = public_log_entries(r->log, from, ret->entries, LOG_PAGE_ENTRIES, &ret->count, d);
    if (e < 0)
        return e;
    uint64_t end = ret->count == 0 ? ret->size : from + ret->count;
    free(TAKE(r->log_checkpoint));
    e = public_log_checkpoint(r->log, end, &by, &r->log_checkpoint, d);
    if (e < 0)
        return e;
    ret->checkpoint = r->log_checkpoint;
    ret->checkpoint_len = strlen(r->log_checkpoint);
    return 0;
}

int registrar_log_open(struct registrar *r, struct diag *d)
{
    CLEANUP_FREE char *path = layout_path(r->dir, LAYOUT_LOG_DATABASE);
    log_origin(r->network, r->log_origin);
    int e = read_key(r, d);
    if (e == 0)
        e = public_log_open(path, true, &r->log, d);
    if (e == ERR_NOT_FOUND && !file_exists(path))
        diag_set(d, e, "%s is not there: devices have seen it; restore it from a copy", path);
    if (e == 0)
        e = check_log(r, path, d);
    if (e == 0)
        e = reconcile(r, d);
    return e < 0 ? e : registrar_log_tick(r, d);
}
