/* What comes before the network is asked: the bundle's terms, and the store that is made once the
 * user has consented to them. */
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "host/activate.h"
#include "host/folder.h"
#include "omemo/omemo.h"
#include "store/values.h"

void activation_terms_clear(struct activation_terms *t)
{
    policy_set_free(TAKE(t->set));
    network_note_free(TAKE(t->net));
}

/* The PEM text must be the certificate whose DER hash stands in the network note. */
static int check_authority(const char *pem, const uint8_t expected[static HASH_BYTES],
                           struct diag *d)
{
    uint8_t hash[HASH_BYTES];
    unsigned char *der = NULL;
    BIO *bio = BIO_new_mem_buf(pem, (int)strlen(pem));
    X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    int len = certificate == NULL ? -1 : i2d_X509(certificate, &der);
    if (len > 0)
        hash_sha256(der, (size_t)len, hash);
    bool same = len > 0 && memcmp(hash, expected, HASH_BYTES) == 0;
    OPENSSL_free(der);
    X509_free(certificate);
    BIO_free(bio);
    return same ? 0
                : diag_set(d, ERR_AUTH,
                           "the bundle's TLS authority is not the one that the network note names");
}

int activate_read_terms(const struct bundle *u, struct activation_terms *ret, struct diag *d)
{
    struct activation_terms t = {0};
    struct policy *p = NULL;
    int r = network_note_open(u->network, strlen(u->network), &t.net, d);
    if (r == 0 && !value_account_valid(u->account, t.net->domain))
        r = diag_set(d, ERR_FORMAT, "%s is not an account of %s", u->account, t.net->domain);
    if (r == 0)
        r = check_authority(u->authority, t.net->authority, d);
    if (r == 0)
        r = policy_open(t.net, u->policy, strlen(u->policy), &p, d);
    if (r == 0)
        t.set = policy_set_new(p);
    for (size_t i = 0; r == 0 && i < u->warrant_count; i++)
        r = policy_set_add(t.set, t.net, DOCUMENT_WARRANT, u->warrants[i], strlen(u->warrants[i]),
                           d);
    for (size_t i = 0; r == 0 && i < t.set->policy->warrant_count; i++)
        if (t.set->warrants[i] == NULL)
            r = diag_set(d, ERR_FORMAT, "the bundle lacks warrant %s, which its policy names",
                         t.set->policy->warrants[i].id);
    if (r < 0)
        activation_terms_clear(&t);
    else
        *ret = t;
    return r;
}

static int put_documents(struct store *s, const struct activation_terms *t)
{
    const struct policy *p = t->set->policy;
    struct store_policy row = {.serial = p->serial, .seen_unix_ms = clock_system_ms()};
    memcpy(row.hash, p->document.hash, HASH_BYTES);
    int r = store_put_document(s, DOCUMENT_POLICY, p->document.hash, p->document.note);
    if (r == 0)
        r = store_put_policy(s, &row);
    for (size_t i = 0; r == 0 && i < p->warrant_count; i++) {
        const struct document *w = &t->set->warrants[i]->document;
        r = store_put_document(s, DOCUMENT_WARRANT, w->hash, w->note);
    }
    return r;
}

static int put_values(struct store *s, const struct bundle *u, const struct activation_terms *t)
{
    CLEANUP_SECRET uint8_t *seed = secret_new(SIGN_SEED_BYTES);
    char port[8], consent[24];
    secret_random(seed, SIGN_SEED_BYTES);
    snprintf(port, sizeof port, "%u", u->port);
    snprintf(consent, sizeof consent, "%lld", (long long)clock_system_ms());
    int r = store_put(s, VALUE_SIGNING_SEED, seed, SIGN_SEED_BYTES);
    if (r == 0)
        r = store_put(s, VALUE_SECRET, u->secret, sizeof u->secret);
    if (r == 0)
        r = store_put(s, VALUE_LOG_KEY, u->log_key, sizeof u->log_key);
    const char *const values[][2] = {{VALUE_STATE, STATE_NEW},
                                     {VALUE_CONSENT, consent},
                                     {VALUE_ACCOUNT, u->account},
                                     {VALUE_PASSWORD, u->password},
                                     {VALUE_HOST, u->host},
                                     {VALUE_PORT, port},
                                     {VALUE_NETWORK, t->net->document.note},
                                     {VALUE_AUTHORITY, u->authority}};
    for (size_t i = 0; r == 0 && i < sizeof values / sizeof values[0]; i++)
        r = store_put_text(s, values[i][0], values[i][1]);
    return r;
}

/* What a fresh store gets. */
struct filling {
    struct store *s;
    const char *folder;
    const struct bundle *bundle;
    const struct activation_terms *terms;
};

static int put_all(void *context, struct diag *d)
{
    const struct filling *f = context;
    int r = omemo_create(store_database(f->s), clock_system_ms(), d);
    if (r == 0 && (put_documents(f->s, f->terms) < 0 || put_values(f->s, f->bundle, f->terms) < 0))
        r = diag_set(d, ERR_IO, "%s: cannot be written", f->folder);
    return r;
}

static int fill_store(const char *folder, const struct vault_key *key, const struct bundle *u,
                      const struct activation_terms *t, struct diag *d)
{
    CLEANUP(store_close_cleanup) struct store *s = NULL;
    int r = store_create(folder, key, d);
    if (r == 0)
        r = store_open(folder, key, &s, d);
    struct filling f = {.s = s, .folder = folder, .bundle = u, .terms = t};
    return r < 0 ? r : store_transaction(s, put_all, &f, d);
}

/* The vault's file into its place, whole: its log is not to stay behind. */
static int move_store(const char *from, const char *to, struct diag *d)
{
    CLEANUP_FREE char *made = file_join(from, STORE_FILE), *place = file_join(to, STORE_FILE);
    CLEANUP_FREE char *log = file_join(from, STORE_FILE "-wal");
    CLEANUP_CLOSE int fd = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || file_exists(log) || rename(made, place) != 0 || fsync(fd) != 0)
        return diag_set(d, ERR_IO, "%s: cannot be put in its place", made);
    return file_remove_tree(from, d);
}

/* Made elsewhere first, so that what a crash leaves is no store, and can be made again. */
int activate_prepare(const char *folder, const struct vault_key *key, const struct bundle *u,
                     const struct activation_terms *t, struct diag *d)
{
    CLEANUP_FREE char *authority = file_join(folder, ACTIVATE_AUTHORITY_FILE);
    CLEANUP_FREE char *place = file_join(folder, STORE_FILE);
    CLEANUP_FREE char *preparing = file_join(folder, FOLDER_PREPARING);
    if (file_exists(place))
        return diag_set(d, ERR_EXISTS, "a device lives in %s already: choose another --store",
                        folder);
    int r = folder_check(folder, d);
    if (r == 0)
        r = file_make_folder(folder, 0700, d);
    if (r == 0 && file_exists(preparing))
        r = file_remove_tree(preparing, d);
    if (r == 0)
        r = file_write(authority, u->authority, strlen(u->authority), 0644, d);
    if (r == 0)
        r = fill_store(preparing, key, u, t, d);
    return r < 0 ? r : move_store(preparing, folder, d);
}
