/* What was asked for and has come: it counts once its signatures and the public log say so. */
#include <string.h>

#include "base/memory.h"
#include "device/device_internal.h"
#include "device/keys.h"
#include "device/wants.h"

/* The log was fetched to its end and lacks it: as if there were none, but the user is told. */
static void is_unlogged(struct want *w)
{
    struct device *d = w->device;
    if (!w->said && w->kind == WANT_POLICY)
        device_notice(d, "",
                      "WARNING: the registrar shows a policy that is not in the public log: "
                      "it does not come into force");
    else if (!w->said)
        device_notice(d, w->account,
                      "WARNING: the registrar shows a certificate of %s that is not in the public "
                      "log: it is not used",
                      w->account);
    w->said = true;
    w->awaits = false;
    w->came = 0; /* to be looked for again */
    want_absent(w);
    w->unlogged = true;
}

/* A policy or an account's certificate that has come counts once it is in the public log. */
static int admit(struct want *w, const char *note)
{
    struct device *d = w->device;
    CLEANUP(certificate_free_cleanup) struct certificate *c = NULL;
    if (w->kind == WANT_POLICY)
        return device_take_policy(d, note, strlen(note), &w->came);
    int r = certificate_open(d->net, note, strlen(note), &c, NULL);
    if (r < 0)
        return r;
    enum have have = device_logged(d, DOCUMENT_CERTIFICATE, w->hash, c->account, &w->came);
    if (have != HAVE)
        return have == HAVE_NOT_YET ? ERR_AGAIN : ERR_NOT_FOUND;
    device_learn_contact(d, c, true);
    return 0;
}

static void settle(struct want *w, int code)
{
    w->awaits = code == ERR_AGAIN;
    if (w->kind == WANT_POLICY && w->number == 0 && (code == 0 || code == ERR_NOT_FOUND))
        device_newest_named(w->device); /* one that the log lacks is not in force */
    if (code == ERR_NOT_FOUND) {
        is_unlogged(w);
    } else if (code == ERR_AGAIN) {
        w->absent = false;
        want_forget(w);
    } else if (code < 0) {
        want_fail(w);
    } else {
        w->device->dirty = true;
        want_drop(w);
    }
}

/* The document that came may not be the one that the log was asked about. */
static void note_hash(struct want *w)
{
    if (memcmp(w->hash, w->parts.hash, HASH_BYTES) == 0)
        return;
    memcpy(w->hash, w->parts.hash, HASH_BYTES);
    w->came = 0;
    w->said = false;
}

/* A good policy with another serial is no answer: the question would be asked again at once. */
static bool is_other_policy(const struct want *w, const char *note)
{
    CLEANUP(policy_free_cleanup) struct policy *p = NULL;
    return w->number != 0 && policy_open(w->device->net, note, strlen(note), &p, NULL) == 0 &&
           p->serial != w->number;
}

static void take_policy(struct want *w, const char *note)
{
    if (is_other_policy(w, note)) {
        want_fail(w);
        return;
    }
    note_hash(w);
    int r = admit(w, note);
    if (r == ERR_AGAIN && store_put_document(w->device->store, DOCUMENT_POLICY, w->hash, note) < 0)
        r = ERR_IO;
    settle(w, r);
}

/* An account's newest certificate. */
static void take_account(struct want *w, const char *note)
{
    struct device *d = w->device;
    CLEANUP(certificate_free_cleanup) struct certificate *c = NULL;
    struct diag why;
    int r = certificate_open(d->net, note, strlen(note), &c, &why);
    if (r == 0 && strcmp(c->account, w->account) != 0)
        r = diag_set(&why, ERR_AUTH, "it is %s's", c->account);
    if (r < 0) {
        device_notice(d, w->account,
                      "the registrar gave a certificate that is not to be trusted: %s", why.text);
        want_fail(w);
        return;
    }
    note_hash(w);
    r = store_put_document(d->store, DOCUMENT_CERTIFICATE, w->hash, note);
    settle(w, r < 0 ? r : admit(w, note));
}

static void take_hash(struct want *w, const char *note)
{
    struct device *d = w->device;
    CLEANUP(certificate_free_cleanup) struct certificate *c = NULL;
    struct diag why;
    int r = memcmp(w->parts.hash, w->hash, HASH_BYTES) == 0 ? 0 : ERR_AUTH;
    if (r == 0 && w->parts.kind == DOCUMENT_CERTIFICATE) {
        r = certificate_open(d->net, note, strlen(note), &c, &why);
        if (r < 0)
            device_notice(d, "", "the registrar gave a certificate that is not to be trusted: %s",
                          why.text);
        else
            r = store_put_document(d->store, DOCUMENT_CERTIFICATE, w->hash, note);
    } else if (r == 0 && w->parts.kind == DOCUMENT_USE) {
        r = device_take_use(d, w->hash, note, strlen(note));
    } else if (r == 0) {
        r = device_take_rule(d, w->parts.kind, w->hash, note, strlen(note));
    }
    settle(w, r == ERR_AGAIN || r == ERR_NOT_FOUND ? ERR_IO : r);
}

/* A whole document is there. The registrar is believed only as far as signatures go: what does not
 * verify is as good as no answer, and is not kept. */
static void take_document(struct want *w)
{
    CLEANUP_FREE char *note = mem_string_n((const char *)w->parts.note.data, w->parts.note.len);
    if (w->kind == WANT_POLICY)
        take_policy(w, note);
    else if (w->kind == WANT_ACCOUNT)
        take_account(w, note);
    else
        take_hash(w, note);
}

struct starting {
    const struct want *w;
    const struct omemo_bundle *bundle;
    const struct certificate *c;
};

static int start_session(void *context, struct diag *why)
{
    const struct starting *s = context;
    return omemo_start_session(s->w->device->omemo, s->w->account, s->w->number, s->bundle,
                               s->c->omemo_identity, why);
}

/* A contact's bundle: the session is started with the identity that the registrar has certified,
 * or not at all. */
static int open_bundle(struct want *w, const struct certificate **ret, struct diag *why)
{
    struct device *d = w->device;
    struct omemo_bundle bundle;
    struct xml_element *item;
    CLEANUP_ARENA struct arena arena = ARENA_INIT(2 * STANZA_MEMORY);
    int r = xml_parse(&arena, buf_text(&w->bundle), w->bundle.len, &item);
    if (r == 0)
        r = omemo_bundle_parse(item, &arena, &bundle, why);
    if (r == 0 && device_certificate(d, w->hash, ret) != HAVE)
        r = ERR_NOT_FOUND;
    struct starting s = {.w = w, .bundle = &bundle, .c = *ret};
    return r < 0 ? r : store_transaction(d->store, start_session, &s, why);
}

static void take_bundle(struct want *w)
{
    struct device *d = w->device;
    struct diag why = {""};
    const struct certificate *c = NULL;
    int r = open_bundle(w, &c, &why);
    if (r == ERR_AUTH || r == ERR_FORMAT)
        device_notice(d, w->account, "%s: nothing is sent to this device", why.text);
    if (r < 0) {
        want_fail(w);
        return;
    }
    bool repair = w->repair;
    want_drop(w);
    d->dirty = true;
    if (repair) {
        device_send_session_message(d, c);
        device_rekey(d, c);
    }
}

static void take(struct want *w)
{
    w->arrived = false;
    if (w->kind == WANT_BUNDLE)
        take_bundle(w);
    else
        take_document(w);
}

static void take_again(struct want *w)
{
    CLEANUP_FREE char *note = store_document(w->device->store, w->hash);
    settle(w, note == NULL ? ERR_IO : admit(w, note));
}

void device_admit_arrived(struct device *d)
{
    struct want *w, *next;
    HASH_ITER (hh, d->wants, w, next)
        if (w->arrived)
            take(w);
}

void device_admit_wants(struct device *d)
{
    struct want *w, *next;
    HASH_ITER (hh, d->wants, w, next)
        if (w->arrived)
            take(w);
        else if (w->awaits)
            take_again(w);
}
