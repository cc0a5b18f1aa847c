#include "launch/found.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "authority/sign.h"
#include "base/calendar.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "crypto/age.h"
#include "ibot/folder.h"
#include "network/layout.h"
#include "network/registrar_store.h"
#include "network/settings.h"
#include "network/tls_authority.h"
#include "vault/vault.h"
#include "wire/policy.h"
#include "wire/warrant.h"

#define CUSTODIANS 3
#define QUORUM 2
#define AGENCIES 2
#define BOT "ibot"

static const char *const agency_names[AGENCIES] = {"north", "south"};

/* What the steps hand on to each other. */
struct founding {
    const struct found_options *o;
    struct signing_key *custodians[CUSTODIANS];
    struct signing_key *registrar;
    struct bot_folder bot;
    char *authority; /* PEM */
    uint8_t authority_hash[HASH_BYTES];
    char recipients[AGENCIES][AGE_RECIPIENT_LEN + 1];
    char warrant_id[32];
    uint8_t epochs_hash[HASH_BYTES], warrant_hash[HASH_BYTES];
    struct diag *d;
};

static void founding_clear(struct founding *f)
{
    for (size_t i = 0; i < CUSTODIANS; i++)
        secret_free(f->custodians[i]);
    secret_free(f->registrar);
    bot_folder_clear(&f->bot);
    free(f->authority);
}

static int check_options(const struct found_options *o, struct diag *d)
{
    if (!value_domain_valid(o->domain))
        return diag_set(d, ERR_FORMAT,
                        "'%s' is not a domain name: lower-case letters, digits, '-' and '.'",
                        o->domain);
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
    struct settings s = {.port = f->o->port, .replay = f->o->replay};
    snprintf(s.domain, sizeof s.domain, "%s", f->o->domain);
    snprintf(s.host, sizeof s.host, "%s", f->o->host);
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
    return r < 0 ? r : make_registrar_store(f, vault);
}

/* Signs the text with the first two custodians (or the key given), writes documents/NAME.note or
 * the path, and gives the text's hash. */
static int write_note(struct founding *f, const char *path, const struct buf *text,
                      struct signing_key *const *keys, size_t key_count, uint8_t *ret_hash)
{
    CLEANUP_BUF struct buf note = BUF_INIT(2 * VALUE_EPOCHS_MAX);
    authority_sign(&note, text, keys, key_count);
    if (buf_failed(text) || buf_failed(&note))
        return diag_set(f->d, ERR_LIMIT, "%s would be too large", path);
    if (ret_hash != NULL)
        hash_sha256(text->data, text->len, ret_hash);
    return file_create(path, note.data, note.len, 0644, f->d);
}

static int write_document(struct founding *f, const char *name, const struct buf *text,
                          struct signing_key *const *keys, size_t key_count, uint8_t *ret_hash)
{
    CLEANUP_FREE char *path = NULL;
    int r = layout_document(f->o->dir, name, &path, f->d);
    return r < 0 ? r : write_note(f, path, text, keys, key_count, ret_hash);
}

static int make_network_note(struct founding *f)
{
    CLEANUP_FREE char *path = layout_path(f->o->dir, LAYOUT_NETWORK_NOTE);
    CLEANUP_FREE char *upload = mem_format("upload.%s", f->o->domain);
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_NOTE_MAX);
    struct network_note n = {.domain = f->o->domain,
                             .replay = f->o->replay,
                             .custodian_count = CUSTODIANS,
                             .quorum = QUORUM,
                             .upload = upload};
    memcpy(n.authority, f->authority_hash, HASH_BYTES);
    memcpy(n.registrar_key, f->registrar->public, SIGN_PUBLIC_BYTES);
    for (size_t i = 0; i < CUSTODIANS; i++)
        n.custodians[i] = keys_verifier(f->custodians[i]);
    network_note_format(&text, &n);
    return write_note(f, path, &text, f->custodians, QUORUM, NULL);
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

/* The bot makes the day keys and publishes their public halves under its signature. */
static int make_epochs(struct founding *f)
{
    size_t count = (size_t)(f->o->until_day - f->o->from_day + 1);
    CLEANUP_FREE uint8_t(*keys)[HPKE_PUBLIC_BYTES] = mem_array(count, HPKE_PUBLIC_BYTES);
    CLEANUP_FREE struct epoch *days = mem_array(count, sizeof *days);
    CLEANUP_SECRET uint8_t *credential = secret_new(DAYKEYS_CREDENTIAL_BYTES);
    CLEANUP_SECRET struct signing_key *sign = NULL;
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_EPOCHS_MAX);
    CLEANUP_FREE char *name = mem_format("epochs-%s", f->warrant_id);
    CLEANUP_CLOSE int fd = bot_folder_daykeys(&f->bot, f->d);
    if (fd < 0)
        return fd;
    int r = bot_folder_credential(&f->bot, credential, f->d);
    if (r == 0)
        r = daykeys_make(fd, credential, f->warrant_id, f->o->from_day, count, keys, f->d);
    if (r == 0)
        r = bot_folder_signing_key(&f->bot, &sign, f->d);
    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++) {
        days[i].day = f->o->from_day + (int64_t)i;
        memcpy(days[i].key, keys[i], HPKE_PUBLIC_BYTES);
    }
    struct epochs e = {.warrant = f->warrant_id, .bot = f->bot.jid, .days = days, .count = count};
    epochs_format(&text, f->o->domain, &e);
    return write_document(f, name, &text, &sign, 1, f->epochs_hash);
}

static int make_warrant(struct founding *f)
{
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_NOTE_MAX);
    CLEANUP_FREE char *name = mem_format("warrant-%s", f->warrant_id);
    CLEANUP_FREE char *founder = mem_format("the founder of %s", f->o->domain);
    struct warrant w = {.network = f->o->domain,
                        .id = f->warrant_id,
                        .authority = f->o->authority != NULL ? f->o->authority : founder,
                        .bot = f->bot.jid,
                        .from_day = f->o->from_day,
                        .until_day = f->o->until_day,
                        .scope = WARRANT_ALL,
                        .excluded = (const char **)(uintptr_t)f->o->excluded,
                        .excluded_count = f->o->excluded_count,
                        .agency_count = AGENCIES};
    memcpy(w.epochs, f->epochs_hash, HASH_BYTES);
    for (size_t i = 0; i < AGENCIES; i++) {
        w.agencies[i].name = agency_names[i];
        w.agencies[i].recipient_text = f->recipients[i];
    }
    warrant_format(&text, &w);
    return write_document(f, name, &text, f->custodians, QUORUM, f->warrant_hash);
}

static int make_policy(struct founding *f)
{
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_NOTE_MAX);
    struct policy p = {
        .serial = 1,
        .issued_unix_ms = f->o->from_day * CALENDAR_DAY_MS,
        .bot_count = 1,
        .warrant_count = 1,
        .stop_without_warrant = true,
        .notice = "Messages on this network are archived. Who can read them, under which warrant "
                  "and until when stands on this device's policy page.",
    };
    p.bots[0] = (struct policy_bot){.jid = f->bot.jid, .is_default = true};
    memcpy(p.bots[0].key, f->bot.key, SIGN_PUBLIC_BYTES);
    p.warrants[0].id = f->warrant_id;
    memcpy(p.warrants[0].hash, f->warrant_hash, HASH_BYTES);
    policy_format(&text, f->o->domain, &p);
    return write_document(f, "policy-1", &text, f->custodians, QUORUM, NULL);
}

static int make_bot(struct founding *f)
{
    int r = bot_folder_create(f->o->dir, f->o->domain, BOT, f->o->openers, f->d);
    return r < 0 ? r : bot_folder_open(f->o->dir, BOT, &f->bot, f->d);
}

static int make_all(struct founding *f)
{
    char day[CALENDAR_DAY_LEN + 1];
    calendar_format_day(f->o->from_day, day);
    snprintf(f->warrant_id, sizeof f->warrant_id, "%.4s-0001", day);
    int r = layout_make(f->o->dir, f->d);
    if (r == 0)
        r = make_tls(f);
    if (r == 0)
        r = make_custodians(f);
    if (r == 0)
        r = make_registrar(f);
    if (r == 0)
        r = make_network_note(f);
    for (size_t i = 0; r == 0 && i < AGENCIES; i++)
        r = make_agency(f, i);
    if (r == 0)
        r = make_bot(f);
    if (r == 0)
        r = make_epochs(f);
    if (r == 0)
        r = make_warrant(f);
    if (r == 0)
        r = make_policy(f);
    /* Last: a folder without it is no network. */
    return r < 0 ? r : make_settings(f);
}

int found_network(const struct found_options *o, struct diag *d)
{
    int r = check_options(o, d);
    if (r == 0)
        r = check_folder(o->dir, d);
    if (r < 0)
        return r;
    struct founding f = {.o = o, .d = d};
    r = make_all(&f);
    founding_clear(&f);
    if (r < 0)
        (void)!file_remove_tree(o->dir, NULL);
    return r;
}
