#include "daykeys/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <jansson.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "journal/journal.h"
#include "network/layout.h"

#define ACCOUNT_QUOTA_BYTES (INT64_C(10) << 30)
#define RETENTION_DAYS_MAX 36500

char *bot_folder_file(const struct bot_folder *f, const char *name)
{
    return file_join(f->path, name);
}

char *bot_folder_journal(const struct bot_folder *f)
{
    return file_join(f->path, "journal/journal.db");
}

void bot_folder_clear(struct bot_folder *f)
{
    free(TAKE(f->network));
    free(TAKE(f->path));
}

static int write_settings(const struct bot_folder *f, struct diag *d)
{
    CLEANUP_FREE char *path = bot_folder_file(f, "bot.json");
    char key[ENCODE_BASE64_LEN(SIGN_PUBLIC_BYTES) + 1];
    encode_base64(f->key, sizeof f->key, key);
    CLEANUP_FREE char *text =
        mem_format("{\"jid\":\"%s\",\"key\":\"%s\",\"openers\":%zu}\n", f->jid, key, f->openers);
    return file_create(path, text, strlen(text), 0644, d);
}

static int create_keys(struct bot_folder *f, struct diag *d)
{
    CLEANUP_FREE char *sign = bot_folder_file(f, "sign.key");
    CLEANUP_FREE char *secret = bot_folder_file(f, "component.secret");
    CLEANUP_FREE char *credential = bot_folder_file(f, "credential");
    CLEANUP_FREE char *daykeys = bot_folder_file(f, "daykeys");
    CLEANUP_SECRET struct signing_key *key = NULL;
    uint8_t bytes[DAYKEYS_CREDENTIAL_BYTES];
    int r = keys_signing_create(sign, f->jid, &key, d);
    if (r == 0 && !file_exists(secret))
        r = keys_secret_create(secret, d);
    if (r < 0)
        return r;
    memcpy(f->key, key->public, sizeof f->key);
    secret_random(bytes, sizeof bytes);
    r = file_create(credential, bytes, sizeof bytes, 0600, d);
    secret_wipe(bytes, sizeof bytes);
    return r < 0 ? r : daykeys_create(daykeys, d);
}

int bot_folder_create(const char *network, const char *domain, const char *name, size_t openers,
                      struct diag *d)
{
    CLEANUP_BOT_FOLDER struct bot_folder f = {.openers = openers};
    int r = layout_bot(network, name, &f.path, d);
    if (r < 0)
        return r;
    snprintf(f.jid, sizeof f.jid, "%s.%s", name, domain);
    if (strcmp(name, "registrar") == 0 || strcmp(name, "upload") == 0)
        return diag_set(d, ERR_FORMAT, "'%s' cannot name a bot: the address is taken", name);
    if (!value_domain_valid(f.jid) || openers < 1 || openers > FOLDER_OPENERS_MAX)
        return diag_set(d, ERR_FORMAT, "'%s' is not a name for a bot, or not 1 to %u openers", name,
                        FOLDER_OPENERS_MAX);
    CLEANUP_FREE char *journal = bot_folder_file(&f, "journal");
    r = file_make_folder(f.path, 0700, d);
    if (r == 0)
        r = file_make_folder(journal, 0700, d);
    if (r == 0)
        r = create_keys(&f, d);
    if (r < 0)
        return r;
    CLEANUP_FREE char *database = bot_folder_journal(&f);
    r = journal_create(database, f.jid, f.key, d);
    return r < 0 ? r : write_settings(&f, d);
}

int bot_folder_open(const char *network, const char *name, struct bot_folder *ret, struct diag *d)
{
    CLEANUP_BOT_FOLDER struct bot_folder f = {.network = file_absolute(network)};
    CLEANUP_FREE char *text = NULL;
    int r = layout_bot(f.network, name, &f.path, d);
    if (r < 0)
        return r;
    CLEANUP_FREE char *path = bot_folder_file(&f, "bot.json");
    r = file_read_text(path, 4096, &text, d);
    if (r < 0)
        return r;
    json_error_t error;
    json_t *o = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    const char *jid = json_string_value(json_object_get(o, "jid"));
    const char *key = json_string_value(json_object_get(o, "key"));
    json_int_t openers = json_integer_value(json_object_get(o, "openers"));
    json_int_t quota = json_integer_value(json_object_get(o, "file_quota_bytes"));
    const json_t *named = json_object_get(o, "file_account_quota_bytes");
    json_int_t account = named == NULL ? ACCOUNT_QUOTA_BYTES : json_integer_value(named);
    json_int_t retention = json_integer_value(json_object_get(o, "file_retention_days"));
    bool good = jid != NULL && value_domain_valid(jid) && openers >= 1 &&
                openers <= (json_int_t)FOLDER_OPENERS_MAX && key != NULL &&
                decode_base64_exact(key, strlen(key), f.key, sizeof f.key) == 0 && quota >= 0 &&
                account >= 0 && retention >= 0 && retention <= RETENTION_DAYS_MAX;
    if (good) {
        snprintf(f.jid, sizeof f.jid, "%s", jid);
        f.openers = (size_t)openers;
        f.file_quota_bytes = (uint64_t)quota;
        f.file_account_quota_bytes = (uint64_t)account;
        f.file_retention_days = (uint32_t)retention;
    }
    json_decref(o);
    if (!good)
        return diag_set(
            d, ERR_FORMAT,
            "%s: 'jid', 'key' or 'openers' is missing or malformed, or "
            "'file_quota_bytes', 'file_account_quota_bytes' or 'file_retention_days' is",
            path);
    *ret = f;
    f.network = f.path = NULL;
    return 0;
}

int bot_folder_signing_key(const struct bot_folder *f, struct signing_key **ret, struct diag *d)
{
    CLEANUP_FREE char *path = bot_folder_file(f, "sign.key");
    return keys_signing_read(path, ret, d);
}

int bot_folder_credential(const struct bot_folder *f, uint8_t ret[static DAYKEYS_CREDENTIAL_BYTES],
                          struct diag *d)
{
    CLEANUP_FREE char *path = bot_folder_file(f, "credential");
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(DAYKEYS_CREDENTIAL_BYTES);
    int r = file_read(path, &b, d);
    if (r < 0)
        return r;
    if (b.len != DAYKEYS_CREDENTIAL_BYTES)
        return diag_set(d, ERR_FORMAT, "%s is not a credential of %d bytes", path,
                        DAYKEYS_CREDENTIAL_BYTES);
    memcpy(ret, b.data, b.len);
    return 0;
}

int bot_folder_daykeys(const struct bot_folder *f, struct diag *d)
{
    CLEANUP_FREE char *path = bot_folder_file(f, "daykeys");
    int fd = open(path, O_RDWR | O_CLOEXEC);
    return fd < 0 ? diag_set(d, ERR_IO, "cannot open %s: %s", path, strerror(errno)) : fd;
}
