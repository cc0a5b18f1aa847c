/* A device that follows the public log: what it takes, what waits for it, and what makes it warn.
 * The registrar's answers are the test's. */
#include <setjmp.h> /* cmocka.h needs these before it */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "device/device_internal.h"
#include "device/values.h"
#include "wire/fixture.h"

#define ACCOUNT "anna@" FIXTURE_DOMAIN
#define CONTACT "bert@" FIXTURE_DOMAIN
#define ENTRIES_MAX 2000

struct query {
    char payload[512];
    device_answer *answer;
    void *context;
};

struct scene {
    char dir[48];
    struct fixture *f;
    struct store *store;
    struct device *device;
    char *policy; /* note of policy 1 */
    uint8_t policy_hash[HASH_BYTES], own_hash[HASH_BYTES];
    uint8_t log_key[LOG_KEY_BYTES];
    struct query queries[64];
    size_t query_count;
    char notices[16384];
    /* the registrar's log */
    struct log_entry entries[ENTRIES_MAX];
    size_t count;
    struct fixture_signer *signer;
    const char *origin;
};

/* ---- the network that the device sees ---- */

static int net_send(void *context, const void *stanza, size_t len)
{
    (void)context, (void)stanza, (void)len;
    return 0;
}

static int net_query(void *context, const char *to, const char *type, const char *payload,
                     device_answer *answer, void *answer_context)
{
    struct scene *s = context;
    (void)to, (void)type;
    assert_true(s->query_count < 64);
    struct query *q = &s->queries[s->query_count++];
    snprintf(q->payload, sizeof q->payload, "%s", payload);
    q->answer = answer;
    q->context = answer_context;
    return 0;
}

static int net_publish(void *context, const char *node, const char *payload, device_answer *answer,
                       void *answer_context)
{
    (void)context, (void)node, (void)payload, (void)answer, (void)answer_context;
    return ERR_CLOSED;
}

static int net_fetch(void *context, const char *account, const char *node, device_answer *answer,
                     void *answer_context)
{
    (void)context, (void)account, (void)node, (void)answer, (void)answer_context;
    return ERR_CLOSED;
}

static const struct xml_element *net_item(const struct xml_element *iq, const char *node)
{
    (void)iq, (void)node;
    return NULL;
}

static void on_notice(void *context, const char *peer, const char *text)
{
    struct scene *s = context;
    size_t len = strlen(s->notices);
    (void)peer;
    snprintf(s->notices + len, sizeof s->notices - len, "%s\n", text);
}

/* ---- the device's store ---- */

static char *certificate_note(struct scene *s, const char *account, uint64_t serial,
                              const uint8_t *key, uint32_t omemo_device, const uint8_t *identity,
                              uint8_t ret_hash[static HASH_BYTES])
{
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_CERTIFICATE_MAX);
    struct certificate c = {.account = account,
                            .serial = serial,
                            .omemo_device = omemo_device,
                            .from_day = 10000,
                            .until_day = 40000};
    memcpy(c.key, key, sizeof c.key);
    memcpy(c.omemo_identity, identity, sizeof c.omemo_identity);
    secret_random(c.blind, sizeof c.blind);
    certificate_format(&text, FIXTURE_DOMAIN, &c);
    hash_sha256(text.data, text.len, ret_hash);
    return fixture_sign(buf_text(&text), &s->f->registrar, 1);
}

static char *policy_note(struct scene *s, uint32_t serial, uint8_t ret_hash[static HASH_BYTES])
{
    const struct fixture_policy_options o = {.serial = serial, .without = "open"};
    CLEANUP_FREE char *text = fixture_policy_text(s->f, &o);
    hash_sha256(text, strlen(text), ret_hash);
    return fixture_sign_quorum(s->f, text);
}

static void must(int r)
{
    assert_int_equal(r, 0);
}

static void put_own_certificate(struct scene *s, const uint8_t seed[static SIGN_SEED_BYTES],
                                uint64_t serial)
{
    uint8_t public[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES];
    struct omemo *o = NULL;
    struct diag d = {""};
    sign_keypair_from_seed(seed, public, secret);
    must(omemo_open(store_database(s->store), &o, &d));
    CLEANUP_FREE char *note = certificate_note(s, ACCOUNT, serial, public, omemo_device_id(o),
                                               omemo_identity(o), s->own_hash);
    omemo_close(o);
    must(store_put_text(s->store, VALUE_CERTIFICATE, note));
}

static void make_store(struct scene *s, uint64_t serial)
{
    const uint8_t vault[VAULT_KEY_BYTES] = {1}, seed[SIGN_SEED_BYTES] = {2};
    const struct vault_key key = {.bytes = vault};
    struct diag d = {""};
    struct store_policy row = {.serial = 1};
    must(store_create(s->dir, &key, &d));
    must(store_open(s->dir, &key, &s->store, &d));
    must(store_begin(s->store, &d));
    must(omemo_create(store_database(s->store), 0, &d));
    must(store_commit(s->store, &d));
    put_own_certificate(s, seed, serial);
    must(store_put_text(s->store, VALUE_STATE, STATE_ACTIVE));
    must(store_put_text(s->store, VALUE_CONSENT, "1"));
    must(store_put_text(s->store, VALUE_NETWORK, s->f->network_note));
    must(store_put(s->store, VALUE_SIGNING_SEED, seed, sizeof seed));
    must(store_put(s->store, VALUE_LOG_KEY, s->log_key, sizeof s->log_key));
    memcpy(row.hash, s->policy_hash, HASH_BYTES);
    must(store_put_document(s->store, DOCUMENT_POLICY, row.hash, s->policy));
    must(store_put_policy(s->store, &row));
}

static void open_device(struct scene *s)
{
    struct diag d = {""};
    const struct device_options o = {.store = s->store,
                                     .clock = clock_live(),
                                     .net = {.context = s,
                                             .send = net_send,
                                             .query = net_query,
                                             .publish = net_publish,
                                             .fetch = net_fetch,
                                             .item = net_item},
                                     .events = {.context = s, .notice = on_notice}};
    if (device_open(&o, &s->device, &d) < 0)
        fail_msg("%s", d.text);
}

static void set_up_as(struct scene *s, uint64_t serial)
{
    strcpy(s->dir, "/tmp/ironside-device.XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    assert_int_equal(file_remove_tree(s->dir, NULL), 0);
    s->f = fixture_new(NULL);
    s->signer = &s->f->registrar;
    s->origin = "registrar." FIXTURE_DOMAIN "/log";
    s->log_key[0] = 5;
    s->policy = policy_note(s, 1, s->policy_hash);
    make_store(s, serial);
    open_device(s);
}

static int set_up(void **state)
{
    *state = mem_new(sizeof(struct scene));
    set_up_as(*state, 1);
    return 0;
}

static int set_up_second(void **state)
{
    *state = mem_new(sizeof(struct scene));
    set_up_as(*state, 2);
    return 0;
}

static void drop_queries(struct scene *s)
{
    s->device->online = false;
    for (size_t i = 0; i < s->query_count; i++)
        s->queries[i].answer(s->queries[i].context, NULL);
    s->query_count = 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    drop_queries(s);
    device_free(s->device);
    store_close(s->store);
    assert_int_equal(file_remove_tree(s->dir, NULL), 0);
    fixture_free(s->f);
    free(s->policy);
    free(s);
    return 0;
}

/* A new session of the same device. */
static void restart(struct scene *s)
{
    drop_queries(s);
    device_free(s->device);
    s->notices[0] = '\0';
    open_device(s);
    device_online(s->device);
}

/* ---- the registrar ---- */

static void add(struct scene *s, enum document_kind kind, const uint8_t hash[static HASH_BYTES],
                const char *account)
{
    struct log_entry *e = &s->entries[s->count++];
    *e = (struct log_entry){.kind = kind};
    memcpy(e->hash, hash, HASH_BYTES);
    if (account != NULL)
        log_tag(s->log_key, account, e->tag);
}

static void add_other(struct scene *s, uint32_t number)
{
    uint8_t hash[HASH_BYTES];
    hash_sha256(&number, sizeof number, hash);
    add(s, DOCUMENT_CERTIFICATE, hash, "someone@" FIXTURE_DOMAIN);
}

static void add_usual(struct scene *s)
{
    add(s, DOCUMENT_POLICY, s->policy_hash, NULL);
    add(s, DOCUMENT_CERTIFICATE, s->own_hash, ACCOUNT);
}

static void sign_tree(struct scene *s, size_t size, struct buf *ret)
{
    struct merkle_range range = {0};
    struct checkpoint c = {.size = size};
    uint8_t leaf[MERKLE_BYTES];
    for (size_t i = 0; i < size; i++) {
        log_leaf(&s->entries[i], leaf);
        merkle_range_add(&range, leaf);
    }
    merkle_range_root(&range, c.root);
    checkpoint_sign(ret, s->origin, &c, "", &s->signer->key, s->signer->secret);
}

/* The query that begins so, taken out of the list; there must be one. */
static struct query take_query(struct scene *s, const char *begins)
{
    for (size_t i = 0; i < s->query_count; i++)
        if (strncmp(s->queries[i].payload, begins, strlen(begins)) == 0) {
            struct query q = s->queries[i];
            memmove(&s->queries[i], &s->queries[i + 1], (s->query_count - i - 1) * sizeof q);
            s->query_count--;
            return q;
        }
    fail_msg("nobody asks %s", begins);
    abort();
}

static bool asked(const struct scene *s, const char *begins)
{
    for (size_t i = 0; i < s->query_count; i++)
        if (strncmp(s->queries[i].payload, begins, strlen(begins)) == 0)
            return true;
    return false;
}

static void answer(struct query q, const char *payload)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(1U << 20);
    CLEANUP_FREE char *text =
        mem_format("<iq xmlns='jabber:client' type='result'>%s</iq>", payload);
    struct xml_element *x = NULL;
    must(xml_parse(&a, text, strlen(text), &x));
    q.answer(q.context, x);
}

static void answer_page(struct query q, struct log_page *p, struct buf *note)
{
    CLEANUP_BUF struct buf b = BUF_INIT(1U << 20);
    p->checkpoint = buf_text(note);
    p->checkpoint_len = note->len;
    log_put_page(&b, p);
    answer(q, buf_text(&b));
}

static uint64_t from_of(const struct query *q)
{
    const char *from = strstr(q->payload, "from='");
    assert_non_null(from);
    return strtoull(from + 6, NULL, 10);
}

/* The next page of the log, as an honest registrar gives it. Returns where it begins. */
static uint64_t serve_page(struct scene *s)
{
    static struct log_page p;
    CLEANUP_BUF struct buf note = BUF_INIT(CHECKPOINT_MAX_BYTES);
    struct query q = take_query(s, "<log ");
    p = (struct log_page){.from = from_of(&q), .size = s->count};
    while (p.from + p.count < s->count && p.count < LOG_PAGE_ENTRIES) {
        p.entries[p.count] = s->entries[p.from + p.count];
        p.count++;
    }
    sign_tree(s, p.count > 0 ? p.from + p.count : s->count, &note);
    answer_page(q, &p, &note);
    return p.from;
}

static void follow(struct scene *s)
{
    while (asked(s, "<log "))
        serve_page(s);
}

static void answer_document(struct scene *s, const char *begins, enum document_kind kind,
                            const char *note)
{
    CLEANUP_BUF struct buf b = BUF_INIT(1U << 20);
    struct note view;
    struct registry_piece p = {.kind = kind,
                               .size = (uint32_t)strlen(note),
                               .data = (const uint8_t *)note,
                               .len = strlen(note)};
    must(note_parse(note, strlen(note), VALUE_EPOCHS_MAX, &view));
    hash_sha256(view.text, view.text_len, p.hash);
    registry_put_piece(&b, &p);
    answer(take_query(s, begins), buf_text(&b));
}

static void assert_said(const struct scene *s, const char *text)
{
    if (strstr(s->notices, text) == NULL)
        fail_msg("not said: %s. Said: %s", text, s->notices);
}

static void assert_quiet(const struct scene *s)
{
    if (strstr(s->notices, "WARNING") != NULL)
        fail_msg("said: %s", s->notices);
}

static size_t times_said(const struct scene *s, const char *text)
{
    size_t n = 0;
    for (const char *at = s->notices; (at = strstr(at, text)) != NULL; at++)
        n++;
    return n;
}

/* ---- following ---- */

static void log__follow__from_the_first_session_on(void **state)
{
    struct scene *s = *state;
    add_usual(s);
    assert_int_equal(s->device->newest, 0);
    device_online(s->device);
    assert_int_equal(serve_page(s), 0);
    assert_int_equal(s->device->newest, 1);
    assert_int_equal(s->device->log.range.size, 2);
    assert_int_equal(device_own_logged(s->device), HAVE);
    assert_false(asked(s, "<log "));
    assert_quiet(s);
    /* The next session goes on from there. */
    add_other(s, 1);
    restart(s);
    assert_int_equal(s->device->newest, 1);
    assert_int_equal(serve_page(s), 2);
    assert_int_equal(s->device->log.range.size, 3);
    restart(s);
    assert_int_equal(serve_page(s), 3); /* nothing new */
    assert_false(asked(s, "<log "));
    assert_quiet(s);
}

static void log__follow__by_pages(void **state)
{
    struct scene *s = *state;
    add_usual(s);
    for (uint32_t i = 0; i < 1000; i++)
        add_other(s, i);
    device_online(s->device);
    assert_int_equal(serve_page(s), 0);
    assert_int_equal(s->device->log.range.size, 400);
    assert_int_equal(serve_page(s), 400);
    restart(s); /* what was verified stays */
    assert_int_equal(serve_page(s), 800);
    assert_false(asked(s, "<log "));
    assert_int_equal(s->device->log.range.size, 1002);
    assert_quiet(s);
}

static void log__follow__on_an_announcement(void **state)
{
    struct scene *s = *state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(65536);
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *second = policy_note(s, 2, hash);
    static const char text[] = "<message xmlns='jabber:client' from='registrar." FIXTURE_DOMAIN
                               "'><policy xmlns='" REGISTRY_NS "' serial='2'/></message>";
    struct xml_element *x = NULL;
    add_usual(s);
    device_online(s->device);
    follow(s);
    answer_document(s, "<policy ", DOCUMENT_POLICY, s->policy);
    add(s, DOCUMENT_POLICY, hash, NULL);
    must(xml_parse(&a, text, strlen(text), &x));
    device_stanza(s->device, x);
    assert_int_equal(serve_page(s), 2);
    assert_int_equal(s->device->newest, 1);
    answer_document(s, "<policy ", DOCUMENT_POLICY, second);
    assert_int_equal(s->device->newest, 2);
    assert_said(s, "policy 2 of");
}

/* ---- what waits for it ---- */

static void log__policy__not_before_it_is_logged(void **state)
{
    struct scene *s = *state;
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *second = policy_note(s, 2, hash);
    add_usual(s);
    device_online(s->device);
    follow(s);
    answer_document(s, "<policy ", DOCUMENT_POLICY, second);
    assert_int_equal(s->device->newest, 1);
    add(s, DOCUMENT_POLICY, hash, NULL);
    assert_int_equal(serve_page(s), 2);
    assert_int_equal(s->device->newest, 2);
    restart(s);
    assert_int_equal(s->device->newest, 2);
}

static void log__policy__that_the_log_lacks(void **state)
{
    struct scene *s = *state;
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *second = policy_note(s, 2, hash);
    add_usual(s);
    device_online(s->device);
    follow(s);
    answer_document(s, "<policy ", DOCUMENT_POLICY, second);
    assert_int_equal(serve_page(s), 2);
    assert_int_equal(s->device->newest, 1);
    assert_said(s, "WARNING: the registrar shows a policy that is not in the public log");
    restart(s);
    assert_int_equal(s->device->newest, 1);
}

/* Not even the one that the user consented to. */
static void log__policy__of_the_bundle(void **state)
{
    struct scene *s = *state;
    const struct policy_set *rules;
    add(s, DOCUMENT_CERTIFICATE, s->own_hash, ACCOUNT);
    device_online(s->device);
    follow(s);
    assert_int_equal(s->device->newest, 0);
    assert_int_not_equal(device_rules(s->device, 1, &rules), HAVE);
    follow(s);
    assert_int_equal(s->device->newest, 0);
}

static char *contact_note(struct scene *s, uint64_t serial, uint8_t ret_hash[static HASH_BYTES])
{
    const uint8_t key[SIGN_PUBLIC_BYTES] = {9}, identity[CERTIFICATE_IDENTITY_BYTES] = {5};
    return certificate_note(s, CONTACT, serial, key, 77, identity, ret_hash);
}

static void log__certificate__not_before_it_is_logged(void **state)
{
    struct scene *s = *state;
    const struct certificate *c;
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *note = contact_note(s, 1, hash);
    add_usual(s);
    device_online(s->device);
    follow(s);
    assert_int_equal(device_contact(s->device, CONTACT, &c), HAVE_NOT_YET);
    answer_document(s, "<certificate ", DOCUMENT_CERTIFICATE, note);
    assert_int_equal(device_contact(s->device, CONTACT, &c), HAVE_NOT_YET);
    add(s, DOCUMENT_CERTIFICATE, hash, CONTACT);
    assert_int_equal(serve_page(s), 2);
    assert_int_equal(device_contact(s->device, CONTACT, &c), HAVE);
    assert_string_equal(c->account, CONTACT);
    assert_quiet(s);
    /* What is logged already needs no further look. */
    assert_false(asked(s, "<log "));
}

static void lacks(struct scene *s, const char *note, const uint8_t hash[static HASH_BYTES])
{
    const struct certificate *c;
    follow(s);
    assert_int_equal(device_contact(s->device, CONTACT, &c), HAVE_NOT_YET);
    answer_document(s, "<certificate ", DOCUMENT_CERTIFICATE, note);
    follow(s);
    assert_int_equal(device_contact(s->device, CONTACT, &c), HAVE_UNLOGGED);
    assert_said(s, "WARNING: the registrar shows a certificate of " CONTACT
                   " that is not in the public log: it is not used");
    assert_int_equal(device_certificate(s->device, hash, &c), HAVE_NOT_YET);
    device_tick(s->device);
    follow(s);
    assert_int_equal(device_certificate(s->device, hash, &c), HAVE_UNLOGGED);
}

static void log__certificate__that_the_log_lacks(void **state)
{
    struct scene *s = *state;
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *note = contact_note(s, 1, hash);
    add_usual(s);
    device_online(s->device);
    lacks(s, note, hash);
}

static void log__certificate__under_another_tag(void **state)
{
    struct scene *s = *state;
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *note = contact_note(s, 1, hash);
    add_usual(s);
    add(s, DOCUMENT_CERTIFICATE, hash, "carl@" FIXTURE_DOMAIN);
    device_online(s->device);
    lacks(s, note, hash);
}

static void log__own__not_logged(void **state)
{
    struct scene *s = *state;
    add(s, DOCUMENT_POLICY, s->policy_hash, NULL);
    device_online(s->device);
    assert_int_equal(device_own_logged(s->device), HAVE_NOT_YET);
    follow(s);
    assert_said(s, "WARNING: this device's certificate is not in the public log");
    assert_int_not_equal(device_own_logged(s->device), HAVE);
    add(s, DOCUMENT_CERTIFICATE, s->own_hash, "carl@" FIXTURE_DOMAIN); /* a wrong tag */
    restart(s);
    follow(s);
    assert_said(s, "WARNING: this device's certificate is not in the public log");
    add(s, DOCUMENT_CERTIFICATE, s->own_hash, ACCOUNT);
    restart(s);
    follow(s);
    assert_quiet(s);
    assert_int_equal(device_own_logged(s->device), HAVE);
}

/* ---- warnings ---- */

static void log__warns__of_a_ghost_certificate(void **state)
{
    struct scene *s = *state;
    const uint8_t ghost[HASH_BYTES] = {66}, second[HASH_BYTES] = {67};
    add_usual(s);
    device_online(s->device);
    follow(s);
    assert_quiet(s);
    add(s, DOCUMENT_CERTIFICATE, ghost, ACCOUNT);
    restart(s);
    follow(s);
    assert_said(s, "WARNING: a ghost certificate: the public log has 2 certificates of this "
                   "account, and this device's is number 1.");
    device_log_refresh(s->device);
    device_tick(s->device);
    follow(s);
    assert_int_equal(times_said(s, "ghost"), 1);
    add(s, DOCUMENT_CERTIFICATE, second, ACCOUNT);
    device_log_refresh(s->device);
    device_tick(s->device);
    follow(s);
    assert_int_equal(times_said(s, "ghost"), 2);
    assert_said(s, "has 3 certificates");
}

static void log__warns__of_a_ghost_before_it(void **state)
{
    struct scene *s = *state;
    const uint8_t ghost[HASH_BYTES] = {66};
    add(s, DOCUMENT_CERTIFICATE, ghost, ACCOUNT); /* serial 1, which this device has */
    add_usual(s);
    device_online(s->device);
    follow(s);
    assert_said(s, "ghost certificate: the public log has 2");
}

/* A device that took another one's place: the earlier serial is no ghost. */
static void log__warns__not_of_earlier_serials(void **state)
{
    struct scene *s = *state;
    const uint8_t earlier[HASH_BYTES] = {65}, ghost[HASH_BYTES] = {66};
    add(s, DOCUMENT_CERTIFICATE, earlier, ACCOUNT);
    device_online(s->device);
    follow(s);
    assert_int_equal(times_said(s, "ghost"), 0);
    add_usual(s);
    restart(s);
    follow(s);
    assert_quiet(s);
    add(s, DOCUMENT_CERTIFICATE, ghost, ACCOUNT);
    restart(s);
    follow(s);
    assert_said(s, "has 3 certificates of this account, and this device's is number 2.");
}

static void log__warns__of_lacking_earlier_serials(void **state)
{
    struct scene *s = *state;
    add_usual(s);
    device_online(s->device);
    follow(s);
    assert_said(s, "WARNING: the public log lacks earlier certificates of this account");
}

/* The next page of a log whose entry `at` was another. */
static void log__warns__of_a_fork(void **state)
{
    struct scene *s = *state;
    add_usual(s);
    for (uint32_t i = 0; i < 5; i++)
        add_other(s, i);
    device_online(s->device);
    follow(s);
    s->entries[4].hash[0] ^= 1;
    add_other(s, 9);
    restart(s);
    serve_page(s);
    assert_said(s, "WARNING: the public log has forked: what this device is shown, of 8 entries, "
                   "does not continue what it has verified, of 7.");
    assert_int_equal(s->device->log.range.size, 7);
    /* Both notes are kept, the verified one first. */
    CLEANUP_SECRET char *kept = store_get(s->store, VALUE_LOG_FORK, NULL);
    assert_non_null(kept);
    assert_non_null(strstr(kept, "\n7\n"));
    assert_true(strstr(kept, "\n8\n") > strstr(kept, "\n7\n"));
    /* The same again is not said twice in a session, but in the next one. */
    device_log_refresh(s->device);
    device_tick(s->device);
    serve_page(s);
    assert_int_equal(times_said(s, "forked"), 1);
    restart(s);
    serve_page(s);
    assert_int_equal(times_said(s, "forked"), 1);
    /* The true log goes on. */
    s->entries[4].hash[0] ^= 1;
    restart(s);
    follow(s);
    assert_quiet(s);
    assert_int_equal(s->device->log.range.size, 8);
}

static void log__warns__of_another_log_of_that_size(void **state)
{
    struct scene *s = *state;
    add_usual(s);
    add_other(s, 1);
    device_online(s->device);
    follow(s);
    s->entries[2].hash[0] ^= 1;
    restart(s);
    serve_page(s);
    assert_said(s, "forked: what this device is shown, of 3 entries");
}

static void log__warns__of_a_log_that_shrinks(void **state)
{
    struct scene *s = *state;
    add_usual(s);
    for (uint32_t i = 0; i < 5; i++)
        add_other(s, i);
    device_online(s->device);
    follow(s);
    s->count = 6;
    restart(s);
    serve_page(s);
    assert_said(s, "WARNING: the public log has shrunk: this device has verified 7 entries, and is "
                   "shown 6.");
    assert_int_equal(s->device->log.range.size, 7);
    CLEANUP_SECRET char *kept = store_get(s->store, VALUE_LOG_SHRINK, NULL);
    assert_non_null(kept);
    assert_non_null(strstr(kept, "\n6\n"));
}

/* ---- answers that are none ---- */

static void log__answer__signed_by_another(void **state)
{
    struct scene *s = *state;
    struct fixture_signer other;
    fixture_signer_init(&other, "registrar." FIXTURE_DOMAIN, "another key");
    add_usual(s);
    s->signer = &other;
    device_online(s->device);
    serve_page(s);
    assert_said(s, "WARNING: the public log is shown without the registrar's signature");
    assert_int_equal(s->device->log.range.size, 0);
    assert_int_equal(s->device->newest, 0);
    s->signer = &s->f->bots[0].signer;
    restart(s);
    serve_page(s);
    assert_int_equal(s->device->log.range.size, 0);
    s->signer = &s->f->registrar;
    s->origin = "another/log";
    restart(s);
    serve_page(s);
    assert_int_equal(s->device->log.range.size, 0);
}

/* A page that overlaps, one that leaves out, one whose checkpoint is of more or fewer entries, one
 * that says that nothing follows where something does, an error, and no answer: each changes
 * nothing, and is asked for again later. */
static void log__answer__does_not_fit(void **state)
{
    struct scene *s = *state;
    static const struct {
        uint64_t from, size, checkpoint;
        size_t count;
    } bad[] = {{1, 9, 7, 6}, {3, 9, 7, 4}, {0, 9, 4, 4}, {2, 9, 9, 4},
               {2, 9, 5, 4}, {2, 2, 9, 0}, {2, 4, 4, 0}};
    add_usual(s);
    device_online(s->device);
    follow(s);
    for (uint32_t i = 0; i < 7; i++)
        add_other(s, i);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        static struct log_page p;
        CLEANUP_BUF struct buf note = BUF_INIT(CHECKPOINT_MAX_BYTES);
        restart(s);
        p = (struct log_page){.from = bad[i].from, .size = bad[i].size, .count = bad[i].count};
        memcpy(p.entries, s->entries + p.from, p.count * sizeof *p.entries);
        sign_tree(s, bad[i].checkpoint, &note);
        answer_page(take_query(s, "<log "), &p, &note);
        assert_int_equal(s->device->log.range.size, 2);
        assert_quiet(s);
        assert_false(asked(s, "<log ")); /* after a pause */
        assert_true(device_log_due(s->device) > 0 && device_log_due(s->device) <= 500);
    }
    restart(s);
    answer(take_query(s, "<log "), "<log xmlns='" REGISTRY_NS "' from='2' size='9'/>");
    assert_int_equal(s->device->log.range.size, 2);
    restart(s);
    answer(take_query(s, "<log "), "");
    restart(s);
    struct query q = take_query(s, "<log ");
    q.answer(q.context, NULL);
    assert_int_equal(s->device->log.range.size, 2);
    restart(s);
    follow(s);
    assert_int_equal(s->device->log.range.size, 9);
    assert_quiet(s);
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
#define SECOND_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up_second, tear_down)

int main(void)
{
    secret_init();
    const struct CMUnitTest tests[] = {
        SCENE_TEST(log__follow__from_the_first_session_on),
        SCENE_TEST(log__follow__by_pages),
        SCENE_TEST(log__follow__on_an_announcement),
        SCENE_TEST(log__policy__not_before_it_is_logged),
        SCENE_TEST(log__policy__that_the_log_lacks),
        SCENE_TEST(log__policy__of_the_bundle),
        SCENE_TEST(log__certificate__not_before_it_is_logged),
        SCENE_TEST(log__certificate__that_the_log_lacks),
        SCENE_TEST(log__certificate__under_another_tag),
        SCENE_TEST(log__own__not_logged),
        SCENE_TEST(log__warns__of_a_ghost_certificate),
        SCENE_TEST(log__warns__of_a_ghost_before_it),
        SECOND_TEST(log__warns__not_of_earlier_serials),
        SECOND_TEST(log__warns__of_lacking_earlier_serials),
        SCENE_TEST(log__warns__of_a_fork),
        SCENE_TEST(log__warns__of_another_log_of_that_size),
        SCENE_TEST(log__warns__of_a_log_that_shrinks),
        SCENE_TEST(log__answer__signed_by_another),
        SCENE_TEST(log__answer__does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
