#include "launch/found.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "authority/draft.h"
#include "base/calendar.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "crypto/age.h"
#include "daykeys/offer.h"
#include "network/layout.h"
#include "network/settings.h"
#include "network/tls_authority.h"
#include "registrar/core.h"
#include "registrar/country_map.h"
#include "vault/vault.h"

#define CUSTODIANS 3
#define QUORUM 2
#define AGENCIES 2
#define BOT "ibot"

static const char *const agency_names[AGENCIES] = {"north", "south"};

/* What the steps hand on to each other. */
struct founding {
    const struct found_options *o;
    struct signing_key *custodians[CUSTODIANS]; /* that are made here */
    struct signing_key *registrar;
    struct bot_folder bot;
    char *authority; /* PEM */
    uint8_t authority_hash[HASH_BYTES];
    char recipients[AGENCIES][AGE_RECIPIENT_LEN + 1];
    char warrant_id[32];
    char *proposal; /* the folder in which the network note waits for signatures */
    struct diag *d;
};

static void founding_clear(struct founding *f)
{
    for (size_t i = 0; i < CUSTODIANS; i++)
        secret_free(f->custodians[i]);
    secret_free(f->registrar);
    bot_folder_clear(&f->bot);
    free(f->authority);
    free(f->proposal);
}

static int check_options(const struct found_options *o, struct diag *d)
{
    if (!value_domain_valid(o->domain))
        return diag_set(d, ERR_FORMAT,
                        "'%s' is not a domain name: lower-case letters, digits, '-' and '.'",
                        o->domain);
    if (o->custodian_count > NETWORK_CUSTODIANS_MAX ||
        (o->custodian_count > 0 && (o->quorum < 1 || o->quorum > o->custodian_count)))
        return diag_set(d, ERR_FORMAT,
                        "a network has one to %u custodians, and one to all of them must sign",
                        NETWORK_CUSTODIANS_MAX);
    if (o->until_day < o->from_day || o->until_day - o->from_day >= WARRANT_DAYS_MAX)
        return diag_set(d, ERR_FORMAT,
                        "the warrant's last day is before its first, or over ten years after it");
    if (o->authority != NULL && !value_line_valid(o->authority, WARRANT_AUTHORITY_MAX))
        return diag_set(d, ERR_FORMAT, "the authority is not one line of at most %u bytes",
                        WARRANT_AUTHORITY_MAX);
    for (size_t i = 0; i < o->excluded_count; i++) {
        if (!value_country_valid(o->excluded[i]))
            return diag_set(d, ERR_FORMAT, "'%s' is not a country code such as NL", o->excluded[i]);
        if (i > 0 && strcmp(o->excluded[i - 1], o->excluded[i]) >= 0)
            return diag_set(d, ERR_FORMAT, "the excluded countries do not ascend at %s",
                            o->excluded[i]);
    }
    return 0;
}

static int check_places(const char *path, struct diag *d)
{
    CLEANUP(country_map_free_cleanup) struct country_map *map = NULL;
    if (path == NULL)
        return 0;
    CLEANUP_FREE char *whole = file_absolute(path);
    if (strlen(whole) > SETTINGS_PATH_MAX)
        return diag_set(d, ERR_LIMIT, "%s: the path is too long", path);
    return country_map_open(path, &map, d);
}

/* An empty folder may be there already. */
static int check_folder(const char *dir, struct diag *d)
{
    DIR *folder = opendir(dir);
    /* What is there and can't be looked into is not ours to replace, nor to remove on failure. */
    if (folder == NULL)
        return errno == ENOENT
                   ? 0
                   : diag_set(d, ERR_EXISTS, "%s: %s: choose a new folder", dir, strerror(errno));
    size_t entries = 0;
    while (readdir(folder) != NULL)
        entries++;
    closedir(folder);
    return entries > 2 ? diag_set(d, ERR_EXISTS, "%s is not empty: choose a new folder", dir) : 0;
}

static int make_settings(struct founding *f)
{
    struct settings s = {
        .port = f->o->port, .upload_port = f->o->upload_port, .replay = f->o->replay};
    snprintf(s.domain, sizeof s.domain, "%s", f->o->domain);
    snprintf(s.host, sizeof s.host, "%s", f->o->host);
    if (f->o->places != NULL) {
        CLEANUP_FREE char *path = file_absolute(f->o->places);
        snprintf(s.places, sizeof s.places, "%s", path);
    }
    return settings_write(f->o->dir, &s, f->d);
}

static int make_tls(struct founding *f)
{
    int r = tls_authority_create(f->o->dir, f->o->domain, f->d);
    if (r == 0)
        r = tls_authority_issue(f->o->dir, f->o->domain, f->d);
    return r < 0 ? r : tls_authority_read(f->o->dir, f->authority_hash, &f->authority, f->d);
}

static int make_custodians(struct founding *f)
{
    int r = 0;
    for (int i = 0; r == 0 && i < CUSTODIANS; i++) {
        char name[32];
        CLEANUP_FREE char *path = NULL;
        snprintf(name, sizeof name, "custodian-%d", i + 1);
        r = layout_custodian_key(f->o->dir, name, &path, f->d);
        if (r == 0)
            r = keys_signing_create(path, name, &f->custodians[i], f->d);
    }
    return r;
}

static int make_registrar_store(struct founding *f, const char *key_path)
{
    CLEANUP_FREE char *path = layout_path(f->o->dir, LAYOUT_REGISTRAR_VAULT);
    CLEANUP_SECRET uint8_t *key = secret_new(VAULT_KEY_BYTES);
    int r = vault_key_file_read(key_path, key, f->d);
    return r < 0 ? r : registrar_store_create(path, key, f->d);
}

static int make_registrar(struct founding *f)
{
    CLEANUP_FREE char *sign = layout_path(f->o->dir, LAYOUT_REGISTRAR_KEY);
    CLEANUP_FREE char *secret = layout_path(f->o->dir, LAYOUT_REGISTRAR_SECRET);
    CLEANUP_FREE char *vault = layout_path(f->o->dir, LAYOUT_REGISTRAR_VAULT_KEY);
    CLEANUP_FREE char *name = mem_format("registrar.%s", f->o->domain);
    int r = keys_signing_create(sign, name, &f->registrar, f->d);
    if (r == 0)
        r = keys_secret_create(secret, f->d);
    if (r == 0)
        r = vault_key_file_create(vault, f->d);
    if (r == 0)
        r = registrar_log_create(f->o->dir, f->d);
    return r < 0 ? r : make_registrar_store(f, vault);
}

/* The network note, which its custodians are yet to sign. */
static int make_network_draft(struct founding *f)
{
    CLEANUP_FREE char *upload = mem_format("upload.%s", f->o->domain);
    struct network_note n = {.domain = f->o->domain,
                             .replay = f->o->replay,
                             .custodian_count = f->o->custodian_count,
                             .quorum = f->o->quorum,
                             .upload = upload};
    memcpy(n.authority, f->authority_hash, HASH_BYTES);
    memcpy(n.registrar_key, f->registrar->public, SIGN_PUBLIC_BYTES);
    for (size_t i = 0; i < n.custodian_count; i++)
        n.custodians[i] = f->o->custodians[i];
    if (n.custodian_count == 0) {
        n.custodian_count = CUSTODIANS;
        n.quorum = QUORUM;
        for (size_t i = 0; i < CUSTODIANS; i++)
            n.custodians[i] = keys_verifier(f->custodians[i]);
    }
    f->proposal = mem_format("%s/" PUBLISHED_FOUNDING, f->o->dir);
    return draft_network(&n, f->proposal, f->d);
}

static int make_agency(struct founding *f, size_t i)
{
    CLEANUP_FREE char *path = NULL;
    CLEANUP_BUF struct buf text = BUF_INIT_SECRET(1024);
    char secret[AGE_IDENTITY_LEN + 1];
    struct age_identity id;
    int r = layout_agency_key(f->o->dir, agency_names[i], &path, f->d);
    if (r < 0)
        return r;
    age_identity_generate(&id);
    struct age_recipient recipient = age_identity_recipient(&id);
    age_recipient_format(&recipient, f->recipients[i]);
    age_identity_format(&id, secret);
    buf_format(&text, "# agency %s of %s\n# public key: %s\n%s\n", agency_names[i], f->o->domain,
               f->recipients[i], secret);
    r = file_create(path, text.data, text.len, 0600, f->d);
    secret_wipe(&id, sizeof id);
    secret_wipe(secret, sizeof secret);
    return r;
}

static int put_first_warrant(struct founding *f, struct draft *t, const struct buf *offer)
{
    CLEANUP_FREE char *founder = mem_format("the founder of %s", f->o->domain);
    struct warrant_agency agencies[AGENCIES];
    struct warrant_terms w = {.authority = f->o->authority != NULL ? f->o->authority : founder,
                              .from_day = f->o->from_day,
                              .until_day = f->o->until_day,
                              .scope = WARRANT_ALL,
                              .excluded = f->o->excluded,
                              .excluded_count = f->o->excluded_count,
                              .agencies = agencies,
                              .agency_count = AGENCIES};
    for (size_t i = 0; i < AGENCIES; i++)
        agencies[i] =
            (struct warrant_agency){.name = agency_names[i], .recipient_text = f->recipients[i]};
    if (f->o->desk != NULL) {
        agencies[0].has_desk = true;
        memcpy(agencies[0].desk, f->o->desk, sizeof agencies[0].desk);
    }
    int r = draft_put_bot(t, f->bot.jid, f->bot.key, NULL, 0, f->d);
    return r < 0 ? r : draft_add_warrant(t, &w, (const char *)offer->data, offer->len, f->d);
}

/* With the first day, but on a live network not later than now: it is in force from its start. */
static int64_t first_issued(const struct found_options *o)
{
    struct clock live = clock_live();
    int64_t now = clock_now_ms(&live), from = o->from_day * CALENDAR_DAY_MS;
    return o->replay || from < now ? from : now;
}

/* Drafts, signs and publishes what separate people would, with the keys that were made here. */
static int make_documents(struct founding *f)
{
    CLEANUP(published_free_cleanup) struct published *x = NULL;
    CLEANUP(draft_free_cleanup) struct draft *t = NULL;
    CLEANUP(proposal_free_cleanup) struct proposal *p = NULL;
    CLEANUP_BUF struct buf offer = BUF_INIT(VALUE_EPOCHS_MAX);
    CLEANUP_FREE char *first = file_join(f->proposal, "first");
    int r = offer_make(&f->bot, f->o->domain, f->warrant_id, f->o->from_day, f->o->until_day,
                       &offer, f->d);
    if (r == 0)
        r = published_open(f->o->dir, &x, f->d);
    if (r == 0)
        r = draft_new(x, first_issued(f->o), &t, f->d);
    if (r == 0)
        r = put_first_warrant(f, t, &offer);
    if (r == 0)
        r = draft_write(t, first, &p, f->d);
    for (size_t i = 0; r == 0 && i < QUORUM; i++)
        r = proposal_sign(p, f->custodians[i], f->d);
    if (r == 0)
        r = published_add(f->o->dir, p, f->d);
    return r < 0 ? r : file_remove_tree(f->proposal, f->d);
}

static int make_bot(struct founding *f)
{
    int r = bot_folder_create(f->o->dir, f->o->domain, BOT, f->o->openers, f->d);
    return r < 0 ? r : bot_folder_open(f->o->dir, BOT, &f->bot, f->d);
}

/* What needs custodians of our own: for others it waits until they have signed. */
static int make_own_documents(struct founding *f)
{
    char day[CALENDAR_DAY_LEN + 1];
    int r = 0;
    calendar_format_day(f->o->from_day, day);
    snprintf(f->warrant_id, sizeof f->warrant_id, "%.4s-0001", day);
    for (size_t i = 0; r == 0 && i < AGENCIES; i++)
        r = make_agency(f, i);
    return r < 0 ? r : make_documents(f);
}

static int make_all(struct founding *f)
{
    bool own = f->o->custodian_count == 0;
    int r = layout_make(f->o->dir, f->d);
    if (r == 0)
        r = make_tls(f);
    if (r == 0 && own)
        r = make_custodians(f);
    if (r == 0)
        r = make_registrar(f);
    if (r == 0)
        r = make_bot(f);
    if (r == 0)
        r = make_network_draft(f);
    if (r == 0 && own)
        r = make_own_documents(f);
    /* Last: a folder without it is no network. */
    return r < 0 ? r : make_settings(f);
}

int found_network(const struct found_options *o, struct diag *d)
{
    int r = check_options(o, d);
    if (r == 0)
        r = check_folder(o->dir, d);
    if (r == 0)
        r = check_places(o->places, d);
    if (r < 0)
        return r;
    struct founding f = {.o = o, .d = d};
    r = make_all(&f);
    founding_clear(&f);
    if (r < 0)
        (void)!file_remove_tree(o->dir, NULL);
    return r;
}
