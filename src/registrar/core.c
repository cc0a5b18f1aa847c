#include "registrar/core.h"

#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "network/admin.h"
#include "network/layout.h"
#include "network/tls_authority.h"
#include "registrar/internal.h"

/* ---- the server's half ---- */

/* An account that the server has and we have not is what a crash has left, and the other way round:
 * both end here with an account that has this password. */
static int put_account(void *context, const char *handle, const char *password, struct diag *d)
{
    int r = admin_register(context, handle, password, d);
    return r == ERR_EXISTS ? admin_change_password(context, handle, password, d) : r;
}

static int end_sessions(void *context, const char *handle, const char *keep, struct diag *d)
{
    return admin_end_sessions(context, handle, keep, d);
}

static int session_address(void *context, const char *handle, const char *resource, char **ret,
                           struct diag *d)
{
    CLEANUP_SESSIONS struct admin_sessions s = {0};
    int r = admin_sessions(context, handle, &s, d);
    for (size_t i = 0; r == 0 && i < s.count; i++)
        if (strcmp(s.list[i].resource, resource) == 0) {
            *ret = mem_string(s.list[i].address);
            return 0;
        }
    return r < 0 ? r : diag_set(d, ERR_NOT_FOUND, "%s has no session %s", handle, resource);
}

struct registrar_server registrar_on_server(struct admin *a)
{
    return (struct registrar_server){.context = a,
                                     .put_account = put_account,
                                     .end_sessions = end_sessions,
                                     .session_address = session_address};
}

/* ---- opening ---- */

static int open_network(struct registrar *r, struct diag *d)
{
    CLEANUP_FREE char *path = layout_path(r->dir, LAYOUT_NETWORK_NOTE);
    CLEANUP_FREE char *note = NULL;
    int e = file_read_text(path, VALUE_NOTE_MAX, &note, d);
    if (e < 0)
        return e;
    e = network_note_open(note, strlen(note), &r->network, d);
    if (e < 0)
        return diag_prefix(d, e, "%s", path);
    if (strcmp(r->network->domain, r->settings.domain) != 0 ||
        r->network->replay != r->settings.replay)
        return diag_set(d, ERR_INVALID_STATE,
                        "%s: domain or kind differ from those in network.json", path);
    return 0;
}

static int open_authority(struct registrar *r, struct diag *d)
{
    uint8_t hash[HASH_BYTES];
    int e = tls_authority_read(r->dir, hash, &r->authority, d);
    if (e == 0 && memcmp(hash, r->network->authority, HASH_BYTES) != 0)
        return diag_set(d, ERR_INVALID_STATE,
                        "%s/authority/ca.pem is not the authority that the network note names",
                        r->dir);
    return e;
}

static int open_key(struct registrar *r, struct diag *d)
{
    CLEANUP_FREE char *path = layout_path(r->dir, LAYOUT_REGISTRAR_KEY);
    int e = keys_signing_read(path, &r->key, d);
    if (e < 0)
        return e;
    if (strcmp(r->key->name, r->network->registrar) != 0 ||
        memcmp(r->key->public, r->network->registrar_key, SIGN_PUBLIC_BYTES) != 0)
        return diag_set(d, ERR_INVALID_STATE,
                        "%s is not the registrar's key that the network note names", path);
    return 0;
}

static int open_store(struct registrar *r, struct diag *d)
{
    CLEANUP_FREE char *key_path = layout_path(r->dir, LAYOUT_REGISTRAR_VAULT_KEY);
    CLEANUP_FREE char *path = layout_path(r->dir, LAYOUT_REGISTRAR_VAULT);
    CLEANUP_SECRET uint8_t *key = secret_new(VAULT_KEY_BYTES);
    int e = vault_key_file_read(key_path, key, d);
    if (e == 0)
        e = registrar_store_open(path, key, &r->store, d);
    /* Not made anew: certificates' serials would begin again. */
    if (e == ERR_NOT_FOUND && !file_exists(path))
        diag_set(d, e, "%s is not there: it holds all accounts; restore it from a copy", path);
    return e < 0 ? e : registrar_store_announced(r->store, &r->announced, d);
}

static int open_clock(struct registrar *r, struct diag *d)
{
    if (!r->settings.replay)
        return 0;
    CLEANUP_FREE char *path = layout_path(r->dir, LAYOUT_CLOCK);
    if (clock_page_open(path, &r->clock) < 0)
        return diag_set(d, ERR_NOT_FOUND,
                        "%s is not there: a replay network is started with 'ironside up'", path);
    return 0;
}

int registrar_fill(struct policy_set *s, const struct registrar_source *from, struct diag *d)
{
    enum document_kind kind;
    uint8_t hash[HASH_BYTES];
    while (policy_set_wants(s, &kind, hash)) {
        int e = from->add(from->context, s, kind, hash, d);
        char hex[2 * HASH_BYTES + 1];
        encode_hex(hash, HASH_BYTES, hex);
        if (e == ERR_NOT_FOUND)
            return diag_set(d, e, "policy %u: its %s with the SHA-256 %s is not there",
                            s->policy->serial, document_kind_text(kind), hex);
        if (e < 0)
            return e;
    }
    return 0;
}

int registrar_add_stored(void *context, struct policy_set *s, enum document_kind kind,
                         const uint8_t hash[static HASH_BYTES], struct diag *d)
{
    struct registrar *r = context;
    CLEANUP_DOCUMENT struct registrar_document x = {0};
    int e = registrar_store_document(r->store, hash, &x, d);
    return e < 0 ? e : policy_set_add(s, r->network, kind, x.note, x.note_len, d);
}

static int open_policy(struct registrar *r, struct diag *d)
{
    CLEANUP_DOCUMENT struct registrar_document x = {0};
    int e = registrar_store_policy(r->store, 0, &x, d);
    if (e == ERR_NOT_FOUND)
        return 0;
    struct policy *p = NULL;
    if (e == 0)
        e = policy_open(r->network, x.note, x.note_len, &p, d);
    if (e == 0) {
        const struct registrar_source stored = {.context = r, .add = registrar_add_stored};
        r->policies = policy_set_new(p);
        e = registrar_fill(r->policies, &stored, d);
    }
    return e < 0 ? diag_prefix(d, e, "%s/registrar/registrar.db", r->dir) : 0;
}

int registrar_open(const char *dir, const struct registrar_server *server, struct registrar **ret,
                   struct diag *d)
{
    CLEANUP(registrar_close_cleanup) struct registrar *r = mem_new(sizeof *r);
    r->dir = mem_string(dir);
    r->server = *server;
    int e = settings_read(dir, &r->settings, d);
    if (e == 0)
        e = open_network(r, d);
    if (e == 0)
        e = open_authority(r, d);
    if (e == 0)
        e = open_key(r, d);
    if (e == 0)
        e = open_clock(r, d);
    if (e == 0)
        e = open_store(r, d);
    if (e == 0)
        e = open_policy(r, d);
    if (e == 0)
        e = registrar_log_open(r, d);
    if (e == 0)
        e = registrar_places_open(r, d);
    if (e == 0)
        *ret = TAKE(r);
    return e;
}

void registrar_close(struct registrar *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->sweep_count; i++)
        free(r->sweeps[i].keep);
    free(r->sweeps);
    registrar_document_clear(&r->answer);
    free(r->log_checkpoint);
    public_log_close(r->log);
    secret_free(r->log_key);
    registrar_places_close(r);
    policy_set_free(r->policies);
    registrar_store_close(r->store);
    clock_clear(&r->clock);
    secret_free(r->key);
    free(r->authority);
    network_note_free(r->network);
    free(r->dir);
    free(r);
}

const struct network_note *registrar_network(const struct registrar *r)
{
    return r->network;
}

const struct policy *registrar_policy(const struct registrar *r)
{
    return r->policies == NULL ? NULL : r->policies->policy;
}

struct registrar_store *registrar_database(struct registrar *r)
{
    return r->store;
}

int64_t registrar_now_ms(const struct registrar *r)
{
    return clock_now_ms(&r->clock);
}
