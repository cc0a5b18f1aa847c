#include "log_scene.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "store/values.h"

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
    q->scene = s;
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

char *scene_certificate_note(struct scene *s, const char *account, uint64_t serial,
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

char *scene_policy_note(struct scene *s, uint32_t serial, uint8_t ret_hash[static HASH_BYTES])
{
    uint8_t previous[HASH_BYTES] = {0};
    struct note view;
    const struct fixture_policy_options o = {
        .serial = serial, .without = "open", .previous = previous};
    if (s->policy != NULL && note_parse(s->policy, strlen(s->policy), VALUE_NOTE_MAX, &view) == 0)
        hash_sha256(view.text, view.text_len, previous);
    CLEANUP_FREE char *text = fixture_policy_text(s->f, &o);
    hash_sha256(text, strlen(text), ret_hash);
    return fixture_sign_quorum(s->f, text);
}

void must(int r)
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
    CLEANUP_FREE char *note = scene_certificate_note(s, ACCOUNT, serial, public, omemo_device_id(o),
                                                     omemo_identity(o), s->own_hash);
    omemo_close(o);
    must(store_put_text(s->store, VALUE_CERTIFICATE, note));
}

static int make_identity(void *context, struct diag *d)
{
    return omemo_create(store_database(context), 0, d);
}

static void make_store(struct scene *s, uint64_t serial)
{
    const uint8_t vault[VAULT_KEY_BYTES] = {1}, seed[SIGN_SEED_BYTES] = {2};
    const struct vault_key key = {.bytes = vault};
    struct diag d = {""};
    struct store_policy row = {.serial = 1};
    must(store_create(s->dir, &key, &d));
    must(store_open(s->dir, &key, &s->store, &d));
    must(store_transaction(s->store, make_identity, s->store, &d));
    put_own_certificate(s, seed, serial);
    must(store_put_text(s->store, VALUE_STATE, STATE_ACTIVE));
    must(store_put_text(s->store, VALUE_CONSENT, "1"));
    must(store_put_text(s->store, VALUE_NETWORK, s->f->network_note));
    must(store_put(s->store, VALUE_SIGNING_SEED, seed, sizeof seed));
    must(store_put(s->store, VALUE_LOG_KEY, s->log.key, sizeof s->log.key));
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

static void set_up_as(struct scene *s, uint64_t serial, bool desk)
{
    strcpy(s->dir, "/tmp/ironside-device.XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    assert_int_equal(file_remove_tree(s->dir, NULL), 0);
    s->f = fixture_new(NULL);
    if (desk)
        fixture_add_warrant(s->f, &(struct fixture_warrant_options){.desk = true});
    log_book_init(&s->log, s->f);
    s->policy = scene_policy_note(s, 1, s->policy_hash);
    make_store(s, serial);
    open_device(s);
}

int scene_set_up(void **state)
{
    *state = mem_new(sizeof(struct scene));
    set_up_as(*state, 1, false);
    return 0;
}

int scene_set_up_second(void **state)
{
    *state = mem_new(sizeof(struct scene));
    set_up_as(*state, 2, false);
    return 0;
}

int scene_set_up_desk(void **state)
{
    *state = mem_new(sizeof(struct scene));
    set_up_as(*state, 1, true);
    return 0;
}

static void drop_queries(struct scene *s)
{
    s->device->online = false;
    for (size_t i = 0; i < s->query_count; i++)
        s->queries[i].answer(s->queries[i].context, NULL);
    s->query_count = 0;
}

int scene_tear_down(void **state)
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
void scene_restart(struct scene *s)
{
    drop_queries(s);
    device_free(s->device);
    s->notices[0] = '\0';
    open_device(s);
    device_online(s->device);
}

/* ---- the registrar ---- */

void scene_add_other(struct scene *s, uint32_t number)
{
    uint8_t hash[HASH_BYTES];
    hash_sha256(&number, sizeof number, hash);
    log_book_add(&s->log, DOCUMENT_CERTIFICATE, hash, "someone@" FIXTURE_DOMAIN);
}

void scene_add_usual(struct scene *s)
{
    log_book_add(&s->log, DOCUMENT_POLICY, s->policy_hash, NULL);
    log_book_add(&s->log, DOCUMENT_CERTIFICATE, s->own_hash, ACCOUNT);
}

/* The query that begins so, taken out of the list; there must be one. */
struct query scene_take_query(struct scene *s, const char *begins)
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

bool scene_asked(const struct scene *s, const char *begins)
{
    for (size_t i = 0; i < s->query_count; i++)
        if (strncmp(s->queries[i].payload, begins, strlen(begins)) == 0)
            return true;
    return false;
}

void scene_answer(struct query q, const char *payload)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(1U << 20);
    CLEANUP_FREE char *text =
        mem_format("<iq xmlns='jabber:client' type='result'>%s</iq>", payload);
    struct xml_element *x = NULL;
    must(xml_parse(&a, text, strlen(text), &x));
    q.answer(q.context, x);
    (void)device_tick(q.scene->device);
}

void scene_answer_page(struct query q, struct log_page *p, struct buf *note)
{
    CLEANUP_BUF struct buf b = BUF_INIT(1U << 20);
    p->checkpoint = buf_text(note);
    p->checkpoint_len = note->len;
    log_put_page(&b, p);
    scene_answer(q, buf_text(&b));
}

static uint64_t from_of(const struct query *q)
{
    const char *from = strstr(q->payload, "from='");
    assert_non_null(from);
    return strtoull(from + 6, NULL, 10);
}

uint64_t scene_serve_page(struct scene *s)
{
    CLEANUP_BUF struct buf page = BUF_INIT(1U << 20);
    struct query q = scene_take_query(s, "<log ");
    uint64_t from = from_of(&q);
    log_book_put_page(&s->log, from, &page);
    scene_answer(q, buf_text(&page));
    return from;
}

void scene_follow(struct scene *s)
{
    while (scene_asked(s, "<log "))
        scene_serve_page(s);
}

void scene_answer_document(struct scene *s, const char *begins, enum document_kind kind,
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
    scene_answer(scene_take_query(s, begins), buf_text(&b));
}

void assert_said(const struct scene *s, const char *text)
{
    if (strstr(s->notices, text) == NULL)
        fail_msg("not said: %s. Said: %s", text, s->notices);
}

void assert_quiet(const struct scene *s)
{
    if (strstr(s->notices, "WARNING") != NULL)
        fail_msg("said: %s", s->notices);
}

size_t scene_times_said(const struct scene *s, const char *text)
{
    size_t n = 0;
    for (const char *at = s->notices; (at = strstr(at, text)) != NULL; at++)
        n++;
    return n;
}
