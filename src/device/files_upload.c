/* Uploading (XEP-0363): a slot from the upload host, the ciphertext to it, and then the message's
 * text, which names the place. */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "device/device_internal.h"
#include "device/files_internal.h"
#include "wire/stanza.h"

#define SLOT_NS "urn:xmpp:http:upload:0"
#define PAUSE_FIRST_MS 1000
#define PAUSE_MAX_MS 60000
#define LOOK 16 /* queued messages that are looked at for files */

static struct device_upload *upload_of(struct device *d)
{
    return &d->upload;
}

enum have device_files_ready(struct device *d, const struct outbox_entry *e,
                             struct envelope_file *ret, size_t *ret_count)
{
    struct file_row f;
    int r = file_rows_get(d->store, e->number, &d->arena, &f);
    *ret_count = 0;
    if (r == ERR_NOT_FOUND)
        return HAVE;
    if (r < 0 || !f.uploaded || e->body_len == 0) {
        secret_wipe(&f, sizeof f);
        return HAVE_NOT_YET;
    }
    memcpy(ret->sha256, f.sha256, HASH_BYTES);
    ret->size = f.size;
    ret->path = arena_string(&d->arena, f.content.uri.path);
    *ret_count = 1;
    secret_wipe(&f, sizeof f);
    return ret->path == NULL ? HAVE_NOT_YET : HAVE;
}

int device_files_again(struct device *d, struct outbox_entry *e)
{
    struct file_row f;
    int r = file_rows_get(d->store, e->number, &d->arena, &f);
    if (r == ERR_NOT_FOUND)
        return 0; /* it names none: the bot is at fault, and is asked again */
    if (r < 0)
        return r;
    f.uploaded = false;
    r = file_rows_put(d->store, e->number, &f);
    if (r == 0)
        r = outbox_drop_deliveries(d->store, e->number);
    e->has_content = false;
    secret_wipe(&f, sizeof f);
    upload_of(d)->next_ms = clock_monotonic_ms() + PAUSE_FIRST_MS;
    return r;
}

static void say(struct device *d, const char *why)
{
    struct outbox_entry e;
    if (outbox_get(d->store, d->upload.entry, &d->arena, &e) < 0)
        return;
    secret_wipe(e.content, sizeof e.content);
    if (strcmp(e.reason, why) == 0)
        return;
    (void)!outbox_set_reason(d->store, e.number, why);
    device_progress(d, e.id, DEVICE_WAITING, why);
}

/* Tries again after a pause that grows. */
static void failed(struct device *d, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void failed(struct device *d, const char *fmt, ...)
{
    struct device_upload *u = upload_of(d);
    char why[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    diag_clean(why);
    u->pause_ms = clock_next_pause(u->pause_ms, PAUSE_FIRST_MS, PAUSE_MAX_MS);
    u->next_ms = clock_monotonic_ms() + u->pause_ms;
    u->state = UPLOAD_NONE;
    say(d, why);
    device_wake(d);
}

struct placing {
    struct device *d;
    const struct file_row *f;
    const struct buf *body;
};

static int put_place(void *context, struct diag *why)
{
    const struct placing *p = context;
    int64_t entry = p->d->upload.entry;
    (void)why;
    int r = file_rows_put(p->d->store, entry, p->f);
    return r < 0 ? r : outbox_set_body(p->d->store, entry, p->body->data, p->body->len);
}

/* The row says where, and the entry gets its text; then it can be signed. */
static int write_place(struct device *d, struct file_row *f)
{
    CLEANUP_BUF struct buf body = BUF_INIT_SECRET(VALUE_BODY_MAX);
    struct placing p = {.d = d, .f = f, .body = &body};
    f->uploaded = true;
    int r = file_content_put(&body, &f->content, NULL);
    return r < 0 ? r : store_transaction(d->store, put_place, &p, NULL);
}

static void on_uploaded(void *context, int code, const char *why)
{
    struct device *d = context;
    struct device_upload *u = upload_of(d);
    struct file_row f;
    if (code < 0) {
        failed(d, "the file could not be uploaded (%s): trying again", why);
        return;
    }
    arena_reset(&d->arena);
    int r = file_rows_get(d->store, u->entry, &d->arena, &f);
    if (r == 0) {
        f.content.uri.port = u->place.port;
        memcpy(f.content.uri.host, u->place.host, sizeof u->place.host);
        memcpy(f.content.uri.path, u->place.path, sizeof u->place.path);
        r = write_place(d, &f);
        secret_wipe(&f, sizeof f);
    }
    if (r < 0) {
        failed(d, "the store cannot be written: trying again");
        return;
    }
    u->state = UPLOAD_NONE;
    u->pause_ms = 0;
    u->next_ms = 0;
    d->dirty = true;
    device_wake(d);
}

static void on_progress(void *context, uint64_t done, uint64_t size)
{
    struct device *d = context;
    struct device_upload *u = upload_of(d);
    unsigned percent = size == 0 ? 100 : (unsigned)(done * 100 / size);
    char text[16];
    if (percent == u->percent)
        return;
    u->percent = percent;
    snprintf(text, sizeof text, "%u%%", percent);
    device_progress(d, u->id, DEVICE_UPLOADING, text);
}

/* The slot: both URLs name one place on the network's own upload host. */
static int take_slot(struct device *d, const struct xml_element *iq, struct file_uri *ret)
{
    const struct xml_element *slot = iq == NULL ? NULL : xml_child(iq, "slot", SLOT_NS);
    const struct xml_element *put = slot == NULL ? NULL : xml_child(slot, "put", SLOT_NS);
    const struct xml_element *get = slot == NULL ? NULL : xml_child(slot, "get", SLOT_NS);
    const char *url = put == NULL ? NULL : xml_attribute_of(put, "url");
    const char *again = get == NULL ? NULL : xml_attribute_of(get, "url");
    if (url == NULL || again == NULL || strcmp(url, again) != 0 ||
        file_uri_parse_https(url, strlen(url), ret) < 0)
        return ERR_FORMAT;
    return strcmp(ret->host, d->net->upload) == 0 ? 0 : ERR_AUTH;
}

/* What the upload host says against it. */
static const char *refusal(const struct xml_element *iq)
{
    if (iq == NULL)
        return "the upload host does not answer: trying again";
    if (stanza_has_error(iq, "resource-constraint"))
        return "the upload host has no more room for this account: trying again later";
    if (stanza_has_error(iq, "not-acceptable"))
        return "the upload host says that the file is too large";
    return "the upload host gives no place for the file: trying again";
}

static void on_slot(void *context, const struct xml_element *iq)
{
    struct device *d = context;
    struct device_upload *u = upload_of(d);
    struct file_row f;
    if (u->state != UPLOAD_SLOT)
        return;
    int r = take_slot(d, iq, &u->place);
    if (r < 0) {
        failed(d, "%s",
               r == ERR_AUTH ? "the server names another upload host than the network's"
                             : refusal(iq));
        return;
    }
    arena_reset(&d->arena);
    if (file_rows_get(d->store, u->entry, &d->arena, &f) < 0) {
        failed(d, "the store cannot be read: trying again");
        return;
    }
    CLEANUP_FREE char *path = device_spool_path(d, f.spool);
    struct device_put put = {.place = &u->place,
                             .path = path,
                             .size = f.size,
                             .context = d,
                             .progress = on_progress,
                             .done = on_uploaded};
    u->state = UPLOAD_PUT;
    u->percent = 101;
    r = d->o.net.upload(d->o.net.context, &put);
    secret_wipe(&f, sizeof f);
    if (r < 0)
        failed(d, "the file's ciphertext cannot be read from %s", path);
}

/* The first queued entry whose file is to be uploaded. */
static bool find_next(struct device *d, struct file_row *ret)
{
    int64_t numbers[LOOK];
    size_t count = 0;
    if (outbox_list(d->store, OUTBOX_QUEUED, 0, numbers, LOOK, &count) < 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct outbox_entry e;
        if (file_rows_get(d->store, numbers[i], &d->arena, ret) < 0 || ret->uploaded ||
            outbox_get(d->store, numbers[i], &d->arena, &e) < 0)
            continue;
        secret_wipe(e.content, sizeof e.content);
        d->upload.entry = numbers[i];
        snprintf(d->upload.id, sizeof d->upload.id, "%s", e.id);
        return true;
    }
    return false;
}

void device_files_run(struct device *d)
{
    struct device_upload *u = upload_of(d);
    struct file_row f;
    char payload[256];
    u->wanted = false;
    if (d->o.net.upload == NULL || u->state != UPLOAD_NONE || !find_next(d, &f))
        return;
    u->wanted = true;
    uint64_t size = f.size;
    secret_wipe(&f, sizeof f);
    if (clock_monotonic_ms() < u->next_ms)
        return;
    /* The name and the type would tell the server more than it has to know. */
    snprintf(payload, sizeof payload,
             "<request xmlns='" SLOT_NS "' filename='f' size='%" PRIu64
             "' content-type='application/octet-stream'/>",
             size);
    u->state = UPLOAD_SLOT;
    if (d->o.net.query(d->o.net.context, d->net->upload, "get", payload, on_slot, d) < 0)
        failed(d, "not connected");
}

int64_t device_files_due(const struct device *d)
{
    const struct device_upload *u = &d->upload;
    if (!u->wanted || u->state != UPLOAD_NONE)
        return -1;
    int64_t left = u->next_ms - clock_monotonic_ms();
    return left < 0 ? 0 : left;
}
