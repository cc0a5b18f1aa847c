/* From a bundle to a store: what a bundle must hold, and that a crash leaves nothing half made. */
#include "../device/world.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "host/activate.h"
#include "network/layout.h"
#include "network/tls_authority.h"
#include "store/values.h"

static const uint8_t key_bytes[VAULT_KEY_BYTES] = {9};
static const struct vault_key key = {.bytes = key_bytes};

struct scene {
    char dir[64], folder[96];
    struct fixture *f;
    char *authority, *network, *policy;
    struct bundle bundle;
};

static char *sign_network(struct scene *s, size_t signers)
{
    struct network_note n = *s->f->network;
    struct diag d;
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_NOTE_MAX);
    if (s->authority == NULL)
        FIXTURE_MUST(layout_make(s->dir, &d) == 0 &&
                     tls_authority_create(s->dir, s->f->domain, &d) == 0);
    free(TAKE(s->authority));
    FIXTURE_MUST(tls_authority_read(s->dir, n.authority, &s->authority, &d) == 0);
    network_note_format(&text, &n);
    return fixture_sign(buf_text(&text), s->f->custodians, signers);
}

static int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    snprintf(s->dir, sizeof s->dir, "%s/ironside-activate-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    FIXTURE_MUST(mkdtemp(s->dir) != NULL);
    snprintf(s->folder, sizeof s->folder, "%s/device", s->dir);
    s->f = fixture_new(NULL);
    fixture_add_warrant(s->f, NULL);
    CLEANUP_FREE char *text = fixture_policy_text(s->f, NULL);
    s->policy = fixture_sign_quorum(s->f, text);
    s->network = sign_network(s, s->f->quorum);
    s->bundle = (struct bundle){.account = "anna@chat.example",
                                .password = "first",
                                .secret = {1},
                                .host = "127.0.0.1",
                                .port = 1,
                                .authority = s->authority,
                                .network = s->network,
                                .policy = s->policy,
                                .warrants = {s->f->warrants[0].note},
                                .warrant_count = 1};
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    FIXTURE_MUST(file_remove_tree(s->dir, NULL) == 0);
    fixture_free(s->f);
    free(s->authority);
    free(s->network);
    free(s->policy);
    free(s);
    return 0;
}

static void refused(const struct bundle *u, int code, const char *says)
{
    struct activation_terms t = {0};
    struct diag d = {""};
    assert_int_equal(activate_read_terms(u, &t, &d), code);
    if (strstr(d.text, says) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", d.text, says);
    assert_null(t.net);
    assert_null(t.set);
}

static void activate__refuses__bundle(void **state)
{
    struct scene *s = *state;
    struct activation_terms t;
    struct diag d;
    struct bundle u = s->bundle;
    assert_int_equal(activate_read_terms(&u, &t, &d), 0);
    activation_terms_clear(&t);

    u.account = "anna@other.example";
    refused(&u, ERR_FORMAT, "anna@other.example is not an account of");
    u = s->bundle;
    u.network = s->f->network_note; /* names another authority */
    refused(&u, ERR_AUTH, "TLS authority is not the one");
    u.authority = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    refused(&u, ERR_AUTH, "TLS authority is not the one");
    u = s->bundle;
    CLEANUP_FREE char *network = sign_network(s, s->f->quorum - 1);
    u.authority = s->authority;
    u.network = network;
    refused(&u, ERR_AUTH, "custodians");
    u.network = s->network;
    CLEANUP_FREE char *text = fixture_policy_text(s->f, NULL);
    CLEANUP_FREE char *policy = fixture_sign(text, s->f->custodians, s->f->quorum - 1);
    u.policy = policy;
    refused(&u, ERR_AUTH, "custodians");
    u.policy = s->policy;
    CLEANUP_FREE char *warrant =
        fixture_sign(s->f->warrants[0].text, s->f->custodians, s->f->quorum - 1);
    u.warrants[0] = warrant;
    refused(&u, ERR_AUTH, "custodians");
    u.warrant_count = 0; /* who can read would not be shown */
    refused(&u, ERR_FORMAT, "lacks warrant " FIXTURE_WARRANT);
}

static int prepare(struct scene *s, struct diag *d)
{
    struct activation_terms t;
    struct bundle u = s->bundle;
    u.authority = s->authority;
    int r = activate_read_terms(&u, &t, d);
    if (r < 0)
        return r;
    r = activate_prepare(s->folder, &key, &u, &t, d);
    activation_terms_clear(&t);
    return r;
}

static void open_and_check(struct scene *s)
{
    struct store *x = NULL;
    struct omemo *o = NULL;
    static const char *const values[] = {VALUE_CONSENT, VALUE_ACCOUNT, VALUE_PASSWORD,
                                         VALUE_SECRET,  VALUE_NETWORK, VALUE_SIGNING_SEED};
    assert_int_equal(store_open(s->folder, &key, &x, NULL), 0);
    char *now = store_get(x, VALUE_STATE, NULL);
    assert_non_null(now);
    assert_string_equal(now, STATE_NEW);
    secret_free(now);
    for (size_t i = 0; i < COUNT(values); i++) {
        char *value = store_get(x, values[i], NULL);
        assert_non_null(value);
        secret_free(value);
    }
    assert_int_equal(omemo_open(store_database(x), &o, NULL), 0);
    omemo_close(o);
    store_close(x);
}

/* In a child: it ends before, or behind, that commit of whatever database it opens. */
static int commits_left;
static bool end_behind;

static int before_commit(void *context)
{
    (void)context;
    if (--commits_left == 0 && !end_behind)
        _exit(1);
    return 0;
}

/* A statement has ended. */
static int behind_statement(unsigned what, void *db, void *statement, void *time)
{
    (void)what, (void)statement, (void)time;
    if (commits_left == 0 && sqlite3_get_autocommit(db) != 0)
        _exit(1);
    return 0;
}

static int hook(sqlite3 *db, char **error, const struct sqlite3_api_routines *api)
{
    (void)error, (void)api;
    sqlite3_commit_hook(db, before_commit, NULL);
    sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, behind_statement, db);
    return SQLITE_OK;
}

/* Did it end early? */
static bool prepare_and_end(struct scene *s, int commit, bool behind)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct diag d;
        commits_left = commit;
        end_behind = behind;
        sqlite3_auto_extension((void (*)(void))hook);
        _exit(prepare(s, &d) == 0 ? 0 : 2);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
    return WEXITSTATUS(status) == 1;
}

/* Either the store is there, whole, or the same bundle can be used again with the same folder. */
static void activate__prepares__after_crash(void **state)
{
    struct scene *s = *state;
    int crashes = 0;
    for (int i = 0; i < 2; i++)
        for (int commit = 1;; commit++) {
            CLEANUP_FREE char *vault = file_join(s->folder, STORE_FILE);
            struct diag d = {""};
            bool crashed = prepare_and_end(s, commit, i == 1);
            crashes += crashed;
            if (!file_exists(vault) && prepare(s, &d) < 0)
                fail_msg("commit %d: %s", commit, d.text);
            open_and_check(s);
            assert_int_equal(prepare(s, &d), ERR_EXISTS);
            assert_int_equal(file_remove_tree(s->folder, NULL), 0);
            if (!crashed)
                break;
        }
    assert_true(crashes >= 4);
}

/* Without consent nothing runs. */
static void activate__refuses__without_consent(void **state)
{
    struct scene *s = *state;
    struct store *x = NULL;
    struct diag d;
    assert_int_equal(prepare(s, &d), 0);
    assert_int_equal(store_open(s->folder, &key, &x, &d), 0);
    assert_int_equal(store_drop(x, VALUE_CONSENT), 0);
    assert_int_equal(activate_run(s->folder, x, NULL, 1000, &d), ERR_INVALID_STATE);
    assert_non_null(strstr(d.text, "consent"));
    store_close(x);
    assert_int_equal(file_remove_tree(s->folder, NULL), 0);
}

/* Is a device with this value, or without it, opened? */
static int open_with(struct world *w, const char *name, const char *value)
{
    struct device *d = NULL;
    struct party *p = anna(w);
    struct diag why;
    device_free(TAKE(p->device));
    CLEANUP_BUF struct buf kept = BUF_INIT_SECRET(65536);
    size_t len = 0;
    char *old = store_get(p->store, name, &len);
    buf_put(&kept, old, len);
    secret_free(old);
    assert_int_equal(
        value == NULL ? store_drop(p->store, name) : store_put_text(p->store, name, value), 0);
    struct device_options o = {.store = p->store, .net = world_net};
    int r = device_open(&o, &d, &why);
    device_free(d);
    assert_int_equal(store_put(p->store, name, kept.data, kept.len), 0);
    return r;
}

static void device__is_not_opened__before_it_is_active(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    assert_int_equal(open_with(w, VALUE_CONSENT, NULL), ERR_INVALID_STATE);
    assert_int_equal(open_with(w, VALUE_STATE, NULL), ERR_INVALID_STATE);
    assert_int_equal(open_with(w, VALUE_STATE, STATE_NEW), ERR_INVALID_STATE);
    assert_int_equal(open_with(w, VALUE_STATE, STATE_PASSWORD_CHANGED), ERR_INVALID_STATE);
    assert_int_equal(open_with(w, VALUE_SIGNING_SEED, NULL), ERR_FORMAT);
    assert_int_equal(open_with(w, VALUE_SIGNING_SEED, "0123456789abcdef0123456789abcdef"),
                     ERR_FORMAT);
    size_t bert_certificate = w->document_count - 2;
    assert_int_equal(open_with(w, VALUE_CERTIFICATE, w->documents[bert_certificate].note),
                     ERR_FORMAT);
    assert_int_equal(open_with(w, VALUE_STATE, STATE_ACTIVE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(activate__refuses__bundle, set_up, tear_down),
        cmocka_unit_test_setup_teardown(activate__prepares__after_crash, set_up, tear_down),
        cmocka_unit_test_setup_teardown(activate__refuses__without_consent, set_up, tear_down),
        cmocka_unit_test(device__is_not_opened__before_it_is_active),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
