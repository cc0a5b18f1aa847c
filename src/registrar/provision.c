/* Accounts and distributors, for core.h. */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "registrar/internal.h"

#define PASSWORD_LEN 32        /* of 32 characters: 160 bits */
#define WARRANTS_BYTES 786432U /* in a bundle; with the rest below BUNDLE_MAX */

/* ---- distributors ---- */

int registrar_put_distributor(struct registrar *r, const char *name, int64_t quota, struct diag *d)
{
    struct registrar_distributor x = {.quota = quota};
    if (!value_handle_valid(name))
        return diag_set(d, ERR_FORMAT,
                        "'%s' cannot name a distributor: use lower-case letters, digits, '.', '_' "
                        "and '-'",
                        name);
    if (quota < 0 && quota != REGISTRAR_UNLIMITED)
        return diag_set(d, ERR_FORMAT, "distributor %s: a quota is a number of accounts", name);
    int e = registrar_store_distributor(r->store, name, &x, d);
    if (e < 0 && e != ERR_NOT_FOUND)
        return e;
    if (quota != REGISTRAR_UNLIMITED && quota < x.used)
        return diag_set(d, ERR_LIMIT, "distributor %s has made %" PRId64 " accounts already", name,
                        x.used);
    snprintf(x.name, sizeof x.name, "%s", name);
    x.quota = quota;
    return registrar_store_put_distributor(r->store, &x, d);
}

/* Counts one more account of the distributor. */
static int use_distributor(struct registrar *r, const char *name, struct diag *d)
{
    struct registrar_distributor x;
    int e = registrar_store_distributor(r->store, name, &x, d);
    if (e < 0)
        return e;
    if (x.quota != REGISTRAR_UNLIMITED && x.used >= x.quota)
        return diag_set(d, ERR_LIMIT,
                        "distributor %s has used up its %" PRId64
                        " accounts: give it more with 'ironside distributor add'",
                        name, x.quota);
    x.used++;
    return registrar_store_put_distributor(r->store, &x, d);
}

/* ---- accounts ---- */

static int new_account(struct registrar *r, const struct registrar_order *o,
                       struct registrar_account *ret, struct diag *d)
{
    const char *distributor = o->distributor != NULL ? o->distributor : "main";
    int e = registrar_store_account(r->store, o->handle, ret, d);
    if (e == 0)
        return diag_set(d, ERR_EXISTS,
                        "there is an account %s already: give it a new device with --replace",
                        o->handle);
    if (e == ERR_NOT_FOUND)
        e = use_distributor(r, distributor, d);
    if (e < 0)
        return e;
    *ret = (struct registrar_account){.created_unix_ms = clock_now_ms(&r->clock)};
    snprintf(ret->handle, sizeof ret->handle, "%s", o->handle);
    snprintf(ret->distributor, sizeof ret->distributor, "%s", distributor);
    return 0;
}

static int replaced_account(struct registrar *r, const struct registrar_order *o,
                            struct registrar_account *ret, struct diag *d)
{
    int e = registrar_store_account(r->store, o->handle, ret, d);
    if (e < 0)
        return e;
    if (o->distributor != NULL && strcmp(o->distributor, ret->distributor) != 0)
        return diag_set(d, ERR_INVALID_STATE, "the account %s belongs to distributor %s", o->handle,
                        ret->distributor);
    return 0;
}

/* The account with a fresh bundle secret, in the store's transaction. */
static int put_account(struct registrar *r, const struct registrar_order *o,
                       uint8_t ret_secret[static REGISTRY_SECRET_BYTES], struct diag *d)
{
    struct registrar_account x;
    int e = o->replace ? replaced_account(r, o, &x, d) : new_account(r, o, &x, d);
    if (e < 0)
        return e;
    x.activated = false;
    memset(x.request, 0, sizeof x.request);
    secret_random(x.secret, sizeof x.secret);
    memcpy(ret_secret, x.secret, sizeof x.secret);
    e = registrar_store_put_account(r->store, &x, d);
    secret_wipe(x.secret, sizeof x.secret);
    return e;
}

struct provisioning {
    struct registrar *r;
    const struct registrar_order *o;
    const char *password;
    uint8_t *secret; /* REGISTRY_SECRET_BYTES, to be filled */
};

/* The server comes between: if it fails, nothing is committed. If the commit fails, the server has
 * an account with a password that nobody knows, until it is provisioned again. */
static int put_everywhere(void *context, struct diag *d)
{
    const struct provisioning *p = context;
    const struct registrar_server *server = &p->r->server;
    int e = put_account(p->r, p->o, p->secret, d);
    if (e == 0)
        e = server->put_account(server->context, p->o->handle, p->password, d);
    if (e == 0 && p->o->replace)
        e = server->end_sessions(server->context, p->o->handle, NULL, d);
    return e;
}

static void make_password(char ret[static PASSWORD_LEN + 1])
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    secret_random(ret, PASSWORD_LEN);
    for (size_t i = 0; i < PASSWORD_LEN; i++)
        ret[i] = alphabet[(uint8_t)ret[i] & 31];
    ret[PASSWORD_LEN] = '\0';
}

static void add_warrants(struct bundle *u, const struct policy_set *s)
{
    size_t bytes = 0;
    for (size_t i = 0; i < s->policy->warrant_count; i++) {
        const struct document *x = &s->warrants[i]->document;
        bytes += x->note_len;
        if (bytes <= WARRANTS_BYTES)
            u->warrants[u->warrant_count++] = arena_string_n(&u->arena, x->note, x->note_len);
    }
}

/* All but the secrets. */
static struct bundle *new_bundle(const struct registrar *r, const char *handle)
{
    struct bundle *u = mem_new(sizeof *u);
    char account[VALUE_JID_MAX + 1];
    snprintf(account, sizeof account, "%s@%s", handle, r->network->domain);
    u->arena = (struct arena)ARENA_INIT(2 * BUNDLE_MAX);
    u->account = arena_string(&u->arena, account);
    u->host = arena_string(&u->arena, r->settings.host);
    u->port = r->settings.port;
    memcpy(u->log_key, r->log_key, sizeof u->log_key);
    u->authority = arena_string(&u->arena, r->authority);
    u->network = arena_string(&u->arena, r->network->document.note);
    u->policy = arena_string(&u->arena, r->policies->policy->document.note);
    add_warrants(u, r->policies);
    return u;
}

int registrar_provision(struct registrar *r, const struct registrar_order *o, struct bundle **ret,
                        struct diag *d)
{
    if (!value_handle_valid(o->handle))
        return diag_set(d, ERR_FORMAT,
                        "'%s' is not a handle: up to 64 of a-z, 0-9, '.', '_' and '-', the first "
                        "a letter or digit",
                        o->handle);
    if (r->policies == NULL)
        return diag_set(d, ERR_INVALID_STATE,
                        "no policy is in force yet: publish one in %s/documents", r->dir);
    CLEANUP(bundle_free_cleanup) struct bundle *u = new_bundle(r, o->handle);
    CLEANUP_SECRET char *password = secret_new(PASSWORD_LEN + 1);
    make_password(password);
    struct provisioning p = {.r = r, .o = o, .password = password, .secret = u->secret};
    int e = registrar_store_transaction(r->store, put_everywhere, &p, d);
    if (e < 0)
        return e;
    u->password = arena_string(&u->arena, password);
    *ret = TAKE(u);
    return 0;
}
