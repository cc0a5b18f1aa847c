/* The network, its parties and their stores. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "store/values.h"

static const uint8_t vault_bytes[VAULT_KEY_BYTES] = {7};
static const struct vault_key vault_key = {.bytes = vault_bytes};

int64_t world_now(void)
{
    struct clock live = clock_live();
    return clock_now_ms(&live);
}

void world_put_document(struct world *w, enum document_kind kind, const struct document *d,
                        char *account, uint32_t serial)
{
    size_t i = w->document_count++;
    FIXTURE_MUST(i < WORLD_DOCUMENTS);
    w->documents[i].kind = kind;
    memcpy(w->documents[i].hash, d->hash, HASH_BYTES);
    w->documents[i].note = mem_string(d->note);
    w->documents[i].account = account;
    w->documents[i].serial = serial;
    if (kind != DOCUMENT_CERTIFICATE || account != NULL)
        log_book_add(&w->log, kind, d->hash, account);
}

void world_new_policy(struct world *w, const struct fixture_policy_options *options)
{
    struct fixture_policy_options o = *options;
    struct policy_set *before = TAKE(w->rules);
    if (before != NULL && o.previous == NULL)
        o.previous = before->policy->document.hash;
    if (before != NULL && o.issued_unix_ms == 0)
        o.issued_unix_ms = before->policy->issued_unix_ms;
    w->rules = fixture_policy(w->f, &o);
    policy_set_free(before);
    const struct policy *p = w->rules->policy;
    world_put_document(w, DOCUMENT_POLICY, &p->document, NULL, p->serial);
    for (size_t i = 0; i < p->warrant_count; i++) {
        world_put_document(w, DOCUMENT_WARRANT, &w->rules->warrants[i]->document, NULL, 0);
        world_put_document(w, DOCUMENT_EPOCHS, &w->rules->epochs[i]->document, NULL, 0);
    }
}

char *world_place(const struct party *p, const char *country, int64_t at_unix_ms)
{
    const struct fixture_device dev = {.certificate = p->device->certificate};
    return fixture_place(p->w->f, &dev, country, at_unix_ms);
}

void world_announce(struct world *w, struct party *p)
{
    CLEANUP_FREE char *text =
        mem_format("<message xmlns='jabber:client' from='%s' to='%s'>"
                   "<policy xmlns='" REGISTRY_NS "' serial='%u'/></message>",
                   w->f->network->registrar, p->account, w->rules->policy->serial);
    party_take(p, text);
}

struct certificate *world_certify(struct world *w, const char *account, uint32_t serial,
                                  const uint8_t key[static SIGN_PUBLIC_BYTES], uint32_t device,
                                  const uint8_t identity[static OMEMO_IDENTITY_BYTES],
                                  const struct fixture_signer *by)
{
    int64_t today = calendar_day_of(world_now());
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_CERTIFICATE_MAX);
    struct certificate c = {.account = account,
                            .serial = serial,
                            .omemo_device = device,
                            .from_day = today - 1,
                            .until_day = today + 30};
    memcpy(c.key, key, sizeof c.key);
    memcpy(c.omemo_identity, identity, sizeof c.omemo_identity);
    secret_random(c.blind, sizeof c.blind);
    certificate_format(&text, w->f->domain, &c);
    CLEANUP_FREE char *note = fixture_sign(buf_text(&text), by, 1);
    struct certificate *ret = NULL;
    struct note view;
    FIXTURE_MUST(note_parse(note, strlen(note), VALUE_NOTE_MAX, &view) == 0);
    if (by != &w->f->registrar) { /* a forgery: only the registrar's copy of it is wanted */
        struct document d = {.note = note};
        hash_sha256(view.text, view.text_len, d.hash);
        world_put_document(w, DOCUMENT_CERTIFICATE, &d, NULL, 0);
        return NULL;
    }
    FIXTURE_MUST(certificate_open(w->f->network, note, strlen(note), &ret, NULL) == 0);
    world_put_document(w, DOCUMENT_CERTIFICATE, &ret->document, mem_string(account), serial);
    return ret;
}

static void put_rules(struct world *w, struct store *s)
{
    const struct policy *p = w->rules->policy;
    struct store_policy row = {.serial = p->serial, .seen_unix_ms = world_now()};
    memcpy(row.hash, p->document.hash, HASH_BYTES);
    FIXTURE_MUST(store_put_policy(s, &row) == 0);
    for (size_t i = 0; i < w->document_count; i++)
        if (w->documents[i].kind != DOCUMENT_CERTIFICATE)
            FIXTURE_MUST(store_put_document(s, w->documents[i].kind, w->documents[i].hash,
                                            w->documents[i].note) == 0);
}

static int put_identity(void *context, struct diag *d)
{
    struct party *p = context;
    struct world *w = p->w;
    struct omemo *o = NULL;
    uint8_t seed[SIGN_SEED_BYTES], key[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES];
    (void)d;
    FIXTURE_MUST(omemo_create(store_database(p->store), world_now(), NULL) == 0);
    FIXTURE_MUST(omemo_open(store_database(p->store), &o, NULL) == 0);
    secret_random(seed, sizeof seed);
    sign_keypair_from_seed(seed, key, secret);
    struct certificate *c = world_certify(w, p->account, p->serial, key, omemo_device_id(o),
                                          omemo_identity(o), &w->f->registrar);
    FIXTURE_MUST(store_put(p->store, VALUE_SIGNING_SEED, seed, sizeof seed) == 0 &&
                 store_put_text(p->store, VALUE_STATE, STATE_ACTIVE) == 0 &&
                 store_put_text(p->store, VALUE_CONSENT, "1") == 0 &&
                 store_put_text(p->store, VALUE_ACCEPT_ALL, "1") == 0 &&
                 store_put_text(p->store, VALUE_NETWORK, w->f->network_note) == 0 &&
                 store_put_text(p->store, VALUE_CERTIFICATE, c->document.note) == 0 &&
                 store_put(p->store, VALUE_LOG_KEY, w->log.key, sizeof w->log.key) == 0);
    put_rules(w, p->store);
    certificate_free(c);
    omemo_close(o);
    return 0;
}

void party_activate(struct party *p)
{
    p->serial++;
    snprintf(p->folder, sizeof p->folder, "%s/%s-%u", p->w->folder, p->handle, p->serial);
    FIXTURE_MUST(store_create(p->folder, &vault_key, NULL) == 0);
    FIXTURE_MUST(store_open(p->folder, &vault_key, &p->store, NULL) == 0);
    FIXTURE_MUST(store_transaction(p->store, put_identity, p, NULL) == 0);
    store_close(TAKE(p->store));
}

static void note_line(const struct party *p, char **lines, size_t *count, char *line)
{
    if (p->dead) {
        free(line);
        return;
    }
    if (*count == WORLD_LINES) { /* the oldest goes */
        free(lines[0]);
        memmove(lines, lines + 1, (WORLD_LINES - 1) * sizeof *lines);
        --*count;
    }
    lines[(*count)++] = line;
}

static void on_message(void *context, const struct store_message *m)
{
    struct party *p = context;
    note_line(p, p->shown, &p->shown_count, mem_string_n(m->body, m->body_len));
}

static void on_notice(void *context, const char *peer, const char *text)
{
    struct party *p = context;
    (void)peer;
    note_line(p, p->notices, &p->notice_count, mem_string(text));
}

static void on_progress(void *context, const char *id, enum device_progress progress,
                        const char *detail)
{
    static const char *const words[] = {"signed",  "archived", "open",    "delivered", "done",
                                        "waiting", "resting",  "stopped", "uploading"};
    _Static_assert(sizeof words / sizeof words[0] == DEVICE_PROGRESSES, "a word for each");
    struct party *p = context;
    note_line(p, p->progress, &p->progress_count,
              mem_format("%s %s %s", id, words[progress], detail));
}

static int before_commit(void *context)
{
    struct party *p = context;
    p->commits++;
    if (p->commits == p->crash_at && !p->crash_behind)
        p->dead = true;
    return p->dead;
}

static int behind_commit(void *context, sqlite3 *db, const char *name, int pages)
{
    struct party *p = context;
    (void)db, (void)name, (void)pages;
    if (p->commits == p->crash_at)
        p->dead = true;
    return SQLITE_OK;
}

void party_crash_at(struct party *p, unsigned commit, bool behind)
{
    p->commits = 0;
    p->crash_at = commit;
    p->crash_behind = behind;
}

void party_open(struct party *p)
{
    struct device_options o = {
        .net = world_net,
        .events = {
            .context = p, .message = on_message, .notice = on_notice, .progress = on_progress}};
    struct diag d = {""};
    FIXTURE_MUST(store_open(p->folder, &vault_key, &p->store, NULL) == 0);
    sqlite3_commit_hook(store_database(p->store), before_commit, p);
    sqlite3_wal_hook(store_database(p->store), behind_commit, p);
    o.store = p->store;
    o.net.context = p;
    if (device_open(&o, &p->device, &d) < 0)
        fail_msg("%s", d.text);
}

void party_close(struct party *p)
{
    struct post **at = &p->w->first;
    while (*at != NULL) {
        struct post *x = *at;
        if (x->from != p) {
            at = &x->next;
            continue;
        }
        *at = x->next;
        free(x->to);
        free(x->text);
        free(x->node);
        free(x);
    }
    p->w->last = at;
    device_free(TAKE(p->device));
    store_close(TAKE(p->store));
    p->dead = false;
    p->crash_at = 0;
}

void party_reopen(struct party *p)
{
    party_close(p);
    party_open(p);
    device_online(p->device);
}

static void clear_lines(char **lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(lines[i]);
}

int world_start(void **state)
{
    (void)state;
    secret_init();
    return 0;
}

struct world *world_new(const struct world_options *options)
{
    struct world_options o = options == NULL ? (struct world_options){0} : *options;
    static const char *const handles[WORLD_PARTIES] = {"anna", "bert", "cara"};
    int64_t today = calendar_day_of(world_now());
    struct world *w = mem_new(sizeof *w);
    w->last = &w->first;
    /* Each commit waits for the disk; in memory there is none to wait for. */
    snprintf(w->folder, sizeof w->folder, "%s/ironside-device-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    FIXTURE_MUST(mkdtemp(w->folder) != NULL);
    w->f = fixture_new(NULL);
    log_book_init(&w->log, w->f);
    if (!o.no_warrant)
        fixture_add_warrant(
            w->f, &(struct fixture_warrant_options){.from_day = today - 2, .until_day = today + 2});
    if (o.two_warrants)
        fixture_add_warrant(w->f, &(struct fixture_warrant_options){.id = "2020-0002",
                                                                    .from_day = today - 2,
                                                                    .until_day = today + 2});
    for (uint32_t serial = 5 - o.earlier; serial <= 5; serial++)
        world_new_policy(w, &(struct fixture_policy_options){.serial = serial,
                                                             .issued_unix_ms = world_now() - DAY_MS,
                                                             .without = o.without});
    for (size_t i = 0; i < WORLD_PARTIES; i++) {
        struct party *p = &w->parties[i];
        p->w = w;
        p->handle = handles[i];
        snprintf(p->account, sizeof p->account, "%s@%s", handles[i], w->f->domain);
        party_activate(p);
        party_open(p);
        device_online(p->device);
        world_run(w);
    }
    return w;
}

void world_free(struct world *w)
{
    for (size_t i = 0; i < WORLD_PARTIES; i++) {
        struct party *p = &w->parties[i];
        party_close(p);
        clear_lines(p->shown, p->shown_count);
        clear_lines(p->notices, p->notice_count);
        clear_lines(p->progress, p->progress_count);
    }
    for (size_t i = 0; i < w->document_count; i++) {
        free(w->documents[i].note);
        free(w->documents[i].account);
    }
    for (size_t i = 0; i < w->node_count; i++) {
        free(w->nodes[i].account);
        free(w->nodes[i].node);
        free(w->nodes[i].payload);
    }
    for (size_t i = 0; i < w->bot.chain_count; i++)
        free(w->bot.chains[i].answer);
    free(w->bot.proof);
    free(w->tapped);
    policy_set_free(w->rules);
    fixture_free(w->f);
    FIXTURE_MUST(file_remove_tree(w->folder, NULL) == 0);
    free(w);
}
