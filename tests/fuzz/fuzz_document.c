/* Every kind of document. The first byte says which, and whether the rest is a note as it is (bit
 * 7) or a text that is signed here as it must be; whatever is taken is written as it was read.
 */
#include "fuzz.h"
#include "wire/destruction.h"
#include "wire/exemptions.h"
#include "wire/fixture.h"
#include "wire/registry.h"
#include "wire/statement.h"
#include "wire/use.h"

static struct fixture *network(void)
{
    static struct fixture *f;
    if (f == NULL) {
        f = fixture_new(NULL);
        fixture_add_warrant(f, &(struct fixture_warrant_options){.desk = true});
    }
    return f;
}

/* The text with these signatures; false when it cannot be signed. */
static bool sign(struct buf *note, const uint8_t *text, size_t len,
                 const struct fixture_signer *signers, size_t count)
{
    buf_put(note, text, len);
    buf_put_u8(note, '\n');
    for (size_t i = 0; i < count; i++)
        note_sign_line(note, (const char *)text, len, &signers[i].key, signers[i].secret);
    return !buf_failed(note);
}

static void check(const struct document *d, struct buf *written)
{
    FUZZ_MUST(!buf_failed(written));
    FUZZ_MUST(written->len == d->text_len && memcmp(written->data, d->note, d->text_len) == 0);
}

static void open_network(const struct fixture *f, const char *note, size_t len, struct diag *d)
{
    CLEANUP(network_note_free_cleanup) struct network_note *n = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    (void)f;
    if (network_note_open(note, len, &n, d) < 0)
        return;
    network_note_format(&b, n);
    check(&n->document, &b);
}

static void open_policy(const struct fixture *f, const char *note, size_t len, struct diag *d)
{
    CLEANUP(policy_free_cleanup) struct policy *p = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    if (policy_open(f->network, note, len, &p, d) < 0)
        return;
    policy_format(&b, f->domain, p);
    check(&p->document, &b);
    FUZZ_MUST(policy_default_bot(p) != NULL && policy_bot_for(p, "NL") != NULL);
}

static void open_warrant(const struct fixture *f, const char *note, size_t len, struct diag *d)
{
    CLEANUP(warrant_free_cleanup) struct warrant *w = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    if (warrant_open(f->network, note, len, &w, d) < 0)
        return;
    warrant_format(&b, w);
    check(&w->document, &b);
}

static void open_epochs(const struct fixture *f, const char *note, size_t len, struct diag *d)
{
    CLEANUP(epochs_free_cleanup) struct epochs *e = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    if (epochs_open_offer(f->domain, f->bots[0].jid, f->bots[0].signer.key.key, note, len, &e, d) <
        0)
        return;
    epochs_format(&b, f->domain, e);
    check(&e->document, &b);
    FUZZ_MUST(epochs_key(e, e->days[0].day) != NULL && epochs_key(e, e->days[0].day - 1) == NULL);
}

static void open_certificate(const struct fixture *f, const char *note, size_t len, struct diag *d)
{
    CLEANUP(certificate_free_cleanup) struct certificate *c = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    if (certificate_open(f->network, note, len, &c, d) < 0)
        return;
    certificate_format(&b, f->domain, c);
    check(&c->document, &b);
}

static void open_place(const struct fixture *f, const char *note, size_t len, struct diag *d)
{
    CLEANUP(place_free_cleanup) struct place *p = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    if (place_open(f->network, note, len, &p, d) < 0)
        return;
    place_format(&b, f->domain, p);
    check(&p->document, &b);
}

/* As custodians read what they are handed: signed by nobody or by whom it may be. */
static void open_drafts(const struct fixture *f, const char *note, size_t len)
{
    CLEANUP(network_note_free_cleanup) struct network_note *n = NULL;
    CLEANUP(policy_free_cleanup) struct policy *p = NULL;
    CLEANUP(warrant_free_cleanup) struct warrant *w = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    if (network_note_open_unsigned(note, len, &n, NULL) == 0) {
        network_note_format(&b, n);
        check(&n->document, &b);
    } else if (policy_open_unsigned(f->domain, note, len, &p, NULL) == 0) {
        policy_format(&b, f->domain, p);
        check(&p->document, &b);
    } else if (warrant_open_unsigned(f->domain, note, len, &w, NULL) == 0) {
        warrant_format(&b, w);
        check(&w->document, &b);
    }
}

static void open_request(const struct fixture *f, const char *note, size_t len, struct diag *d)
{
    CLEANUP(registry_request_free_cleanup) struct registry_request *q = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    if (registry_request_open(f->domain, note, len, &q, d) < 0)
        return;
    registry_request_format(&b, f->domain, q);
    check(&q->document, &b);
}

static void open_statement(const struct fixture *f, const char *note, size_t len, struct diag *d)
{
    CLEANUP(statement_free_cleanup) struct statement *s = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    if (statement_open(f->domain, f->bots[0].jid, f->bots[0].signer.key.key, note, len, &s, d) < 0)
        return;
    statement_format(&b, f->domain, s);
    check(&s->document, &b);
}

static void open_destruction(const struct fixture *f, const char *note, size_t len, struct diag *d)
{
    CLEANUP(destruction_free_cleanup) struct destruction *x = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    if (destruction_open(f->domain, f->bots[0].jid, f->bots[0].signer.key.key, note, len, &x, d) <
        0)
        return;
    destruction_format(&b, f->domain, x);
    check(&x->document, &b);
}

static void open_exemptions(const struct fixture *f, const char *note, size_t len, struct diag *d)
{
    CLEANUP(exemptions_free_cleanup) struct exemptions *x = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    if (exemptions_open(f->network, note, len, &x, d) < 0)
        return;
    exemptions_format(&b, f->domain, x);
    check(&x->document, &b);
}

static void open_use(const struct fixture *f, const char *note, size_t len, struct diag *d)
{
    static struct warrant *w; /* that names the desk */
    CLEANUP(use_free_cleanup) struct use *x = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    const char *named = f->warrants[0].note;
    FUZZ_MUST(w != NULL || warrant_open(f->network, named, strlen(named), &w, NULL) == 0);
    if (use_open(w, note, len, &x, d) < 0)
        return;
    use_format(&b, f->domain, x);
    check(&x->document, &b);
    FUZZ_MUST(use_left_out(w, x) < WARRANT_DAYS_MAX + USE_DAYS_AFTER);
}

/* In the order of enum document_kind as far as the places; the request; what parts report. */
static void (*const readers[])(const struct fixture *, const char *, size_t, struct diag *) = {
    open_network, open_policy,    open_warrant,     open_epochs,     open_certificate, open_place,
    open_request, open_statement, open_destruction, open_exemptions, open_use,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct fixture_signer device;
    if (len == 0)
        return 0;
    const struct fixture *f = network();
    if (device.name[0] == '\0')
        fixture_signer_init(&device, "anna@chat.example", "device"); /* as make_seeds.c has it */
    size_t kind = data[0] & 0x7f;
    if (kind >= sizeof readers / sizeof *readers)
        return 0;
    const struct fixture_signer *const signers[] = {
        f->custodians,        f->custodians, f->custodians,      &f->bots[0].signer, &f->registrar,
        &f->registrar,        &device,       &f->bots[0].signer, &f->bots[0].signer, &f->registrar,
        &f->warrants[0].desk,
    };
    CLEANUP_BUF struct buf note = BUF_INIT(FUZZ_BYTES_MAX);
    struct diag d = {""};
    data++;
    len--;
    if (len > 0 && data[-1] < 0x80) {
        if (!sign(&note, data, len, signers[kind], kind < 3 ? f->quorum : 1))
            return 0;
    } else {
        buf_put(&note, data, len);
    }
    if (kind < 3)
        open_drafts(f, (const char *)note.data, note.len);
    readers[kind](f, (const char *)note.data, note.len, &d);
    return 0;
}
