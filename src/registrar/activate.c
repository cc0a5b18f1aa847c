/* Activation, for core.h. */
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "network/ejabberd.h"
#include "registrar/internal.h"

#define CERTIFICATE_YEARS 2
#define REPLAY_YEARS 100 /* devices are activated once, whatever years a replay spans */
#define SWEEP_MS ((EJABBERD_NEGOTIATION_SECONDS + 1) * 1000)
#define SWEEPS_AT_ONCE 8 /* calls of the server in one tick */

/* The last day of the years from `from_day` on: the day before the same date, and February 28th
 * where that date does not exist. */
static int last_day(int64_t from_day, int years, int64_t *ret)
{
    char text[CALENDAR_DAY_LEN + 1], later[CALENDAR_DAY_LEN + 1];
    calendar_format_day(from_day, text);
    int year = (int)strtol(text, NULL, 10);
    snprintf(later, sizeof later, "%04d%s", year + years, text + 4);
    if (calendar_parse_day(later, ret) == 0) {
        *ret -= 1;
        return 0;
    }
    later[CALENDAR_DAY_LEN - 1] = '8';
    return calendar_parse_day(later, ret);
}

/* Appends the signed certificate for the request. */
static int sign_certificate(struct registrar *r, const struct registry_request *q, uint64_t serial,
                            struct buf *note)
{
    struct certificate c = {.account = q->account,
                            .serial = serial,
                            .omemo_device = q->omemo_device,
                            .from_day = calendar_day_of(clock_now_ms(&r->clock))};
    memcpy(c.key, q->key, sizeof c.key);
    memcpy(c.omemo_identity, q->omemo_identity, sizeof c.omemo_identity);
    secret_random(c.blind, sizeof c.blind);
    int years = r->network->replay ? REPLAY_YEARS : CERTIFICATE_YEARS;
    if (last_day(c.from_day, years, &c.until_day) < 0)
        return ERR_FORMAT;
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_CERTIFICATE_MAX);
    certificate_format(&text, r->network->domain, &c);
    struct note_key k = keys_verifier(r->key);
    note_sign(note, buf_text(&text), text.len, &k, r->key->secret);
    return buf_failed(&text) || buf_failed(note) ? ERR_LIMIT : 0;
}

struct issued {
    struct registrar *r;
    const struct registrar_document *certificate;
    const struct registrar_account *account;
};

/* Certificate and account as one, with how far the log is. */
static int put_issued(void *context, struct diag *d)
{
    const struct issued *x = context;
    int e = registrar_store_put_document(x->r->store, x->certificate, d);
    if (e == 0)
        e = registrar_store_put_account(x->r->store, x->account, d);
    return e < 0 ? e : registrar_log_remember(x->r, d);
}

static int commit(struct registrar *r, const struct registrar_document *x,
                  const struct registrar_account *account, struct diag *d)
{
    struct issued i = {.r = r, .certificate = x, .account = account};
    return registrar_store_transaction(r->store, put_issued, &i, d);
}

static int issue(struct registrar *r, const struct registry_request *q,
                 struct registrar_account *account, struct registrar_document *ret, struct diag *d)
{
    CLEANUP_BUF struct buf note = BUF_INIT(VALUE_CERTIFICATE_MAX);
    int e = sign_certificate(r, q, account->serial + 1, &note);
    if (e < 0)
        return diag_set(d, e, "cannot make a certificate for %s", account->handle);
    CLEANUP(certificate_free_cleanup) struct certificate *c = NULL;
    e = certificate_open(r->network, buf_text(&note), note.len, &c, d);
    if (e < 0)
        return e;
    struct registrar_document x = {.kind = DOCUMENT_CERTIFICATE,
                                   .handle = account->handle,
                                   .serial = account->serial + 1,
                                   .note = c->document.note,
                                   .note_len = c->document.note_len};
    memcpy(x.hash, c->document.hash, HASH_BYTES);
    account->activated = true;
    memset(account->secret, 0, sizeof account->secret);
    e = commit(r, &x, account, d);
    if (e < 0)
        return e;
    x.handle = NULL;
    x.note = mem_string_n(x.note, x.note_len);
    *ret = x;
    return 0;
}

static int check_sender(const struct registry_request *q, const char *from, const char **ret_keep,
                        struct diag *d)
{
    char bare[VALUE_JID_MAX + 1];
    const char *slash = strchr(from, '/');
    if (slash == NULL || slash[1] == '\0' || value_bare_of(from, bare) < 0)
        return diag_set(d, ERR_FORMAT, "not the address of a session");
    if (strcmp(bare, q->account) != 0)
        return diag_set(d, ERR_AUTH, "the request of %s came from %s", q->account, bare);
    *ret_keep = slash + 1;
    return 0;
}

/* The certificate for a request whose signature and sender are right. */
static int certify(struct registrar *r, const struct registry_request *q,
                   const struct registry_query *raw, struct registrar_account *account,
                   struct registrar_document *ret, struct diag *d)
{
    const struct hash_part whole[] = {{raw->request, raw->request_len}, {raw->mac, HASH_BYTES}};
    uint8_t request[HASH_BYTES], mac[HASH_BYTES];
    hash_sha256_parts(whole, 2, request);
    if (account->activated) {
        /* The secret is gone; the very same bytes had its HMAC when they came first. */
        if (memcmp(request, account->request, HASH_BYTES) != 0)
            return diag_set(d, ERR_EXISTS, "the bundle of %s has been used", account->handle);
        return registrar_store_certificate(r->store, account->handle, ret, d);
    }
    registry_request_mac(account->secret, raw->request, raw->request_len, mac);
    if (!secret_equal(mac, raw->mac, HASH_BYTES)) /* in constant time */
        return diag_set(d, ERR_AUTH, "not the bundle of %s", account->handle);
    memcpy(account->request, request, HASH_BYTES);
    return issue(r, q, account, ret, d);
}

static void forget_sweep(struct registrar *r, size_t i)
{
    free(r->sweeps[i].keep);
    r->sweep_count--;
    memmove(&r->sweeps[i], &r->sweeps[i + 1], (r->sweep_count - i) * sizeof *r->sweeps);
}

/* One for an account: a later activation takes the earlier one's place. */
static void plan_sweep(struct registrar *r, const char *handle, const char *keep)
{
    for (size_t i = 0; i < r->sweep_count; i++)
        if (strcmp(r->sweeps[i].handle, handle) == 0) {
            forget_sweep(r, i);
            break;
        }
    r->sweeps = mem_resize(r->sweeps, r->sweep_count + 1, sizeof *r->sweeps);
    struct registrar_sweep *s = &r->sweeps[r->sweep_count++];
    *s = (struct registrar_sweep){.keep = mem_string(keep),
                                  .due_ms = clock_monotonic_ms() + SWEEP_MS};
    snprintf(s->handle, sizeof s->handle, "%s", handle);
}

/* Before anyone is given it. */
static int log_certificate(struct registrar *r, const struct registrar_document *x,
                           const char *handle, struct diag *d)
{
    struct registrar_document logged = *x;
    logged.handle = handle;
    return registrar_log_append(r, &logged, 1, d);
}

int registrar_activate(struct registrar *r, const char *from, const struct registry_query *q,
                       struct registrar_document *ret, struct diag *d)
{
    CLEANUP(registry_request_free_cleanup) struct registry_request *request = NULL;
    CLEANUP_DOCUMENT struct registrar_document x = {0};
    struct registrar_account account;
    char handle[VALUE_HANDLE_MAX + 1];
    const char *keep = NULL;
    int e = registry_request_open(r->network->domain, q->request, q->request_len, &request, d);
    if (e == 0)
        e = check_sender(request, from, &keep, d);
    if (e < 0)
        return e;
    value_handle_of(request->account, handle);
    e = registrar_store_account(r->store, handle, &account, d);
    if (e == 0)
        e = certify(r, request, q, &account, &x, d);
    if (e == 0)
        e = log_certificate(r, &x, handle, d);
    secret_wipe(account.secret, sizeof account.secret);
    if (e < 0)
        return e;
    plan_sweep(r, handle, keep);
    e = r->server.end_sessions(r->server.context, handle, keep, d);
    if (e < 0)
        return e;
    *ret = x;
    x = (struct registrar_document){0};
    return 0;
}

int registrar_timeout_ms(const struct registrar *r)
{
    if (r->sweep_count == 0)
        return -1;
    int64_t left = r->sweeps[0].due_ms - clock_monotonic_ms();
    return left < 0 ? 0 : (int)left;
}

int registrar_tick(struct registrar *r, struct diag *d)
{
    int logged = registrar_log_tick(r, d);
    if (logged < 0)
        return logged;
    for (int i = 0; i < SWEEPS_AT_ONCE && registrar_timeout_ms(r) == 0; i++) {
        const struct registrar_sweep *s = &r->sweeps[0];
        int e = r->server.end_sessions(r->server.context, s->handle, s->keep, d);
        if (e < 0) {
            /* The server is away: its sessions have ended with it, or it answers later. */
            CLEANUP_FREE char *handle = mem_string(s->handle), *keep = mem_string(s->keep);
            plan_sweep(r, handle, keep);
            return e;
        }
        forget_sweep(r, 0);
    }
    return 0;
}
