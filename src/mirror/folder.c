#include "mirror/folder.h"

#include <jansson.h>
#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "network/layout.h"
#include "serve/tls.h"
#include "wire/value.h"

#define SETTINGS "mirror.json"
#define SETTINGS_MAX 16384U
#define SCHEME "https://"

void mirror_folder_clear(struct mirror_folder *f)
{
    for (size_t i = 0; i < f->bot_count; i++)
        free(f->bots[i]);
    free(f->dir);
    *f = (struct mirror_folder){0};
}

static const char *take_bots(const json_t *list, struct mirror_folder *f)
{
    if (!json_is_array(list) || json_array_size(list) == 0 ||
        json_array_size(list) > MIRROR_BOTS_MAX)
        return "'bots' is not a list of 1 to 16 names";
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        if (name == NULL || !value_warrant_valid(name))
            return "'bots' names something that is no bot";
        for (size_t k = 0; k < f->bot_count; k++)
            if (strcmp(f->bots[k], name) == 0)
                return "'bots' names one twice";
        f->bots[f->bot_count++] = mem_string(name);
    }
    return NULL;
}

/* Says which member is wrong; NULL: none. */
static const char *take(const json_t *o, struct mirror_folder *f)
{
    const char *url = json_string_value(json_object_get(o, "url"));
    const char *server = json_string_value(json_object_get(o, "server"));
    if (json_object_size(o) != 3)
        return "it has not just the members url, server and bots";
    if (url == NULL || strncmp(url, SCHEME, strlen(SCHEME)) != 0 || strlen(url) > MIRROR_URL_MAX ||
        url[strlen(SCHEME)] == '\0' || strpbrk(url + strlen(SCHEME), "/?#@ ") != NULL)
        return "'url' is not such as https://bots.example:8460, with nothing behind it";
    if (server == NULL || decode_hex_exact(server, strlen(server), f->server, HASH_BYTES) < 0)
        return "'server' is not 64 hexadecimal digits: the hash of the server's TLS key";
    snprintf(f->url, sizeof f->url, "%s", url);
    return take_bots(json_object_get(o, "bots"), f);
}

int mirror_folder_open(const char *dir, struct mirror_folder *ret, struct diag *d)
{
    CLEANUP_MIRROR_FOLDER struct mirror_folder f = {.dir = file_absolute(dir)};
    CLEANUP_FREE char *path = file_join(f.dir, SETTINGS), *text = NULL;
    if (!file_exists(path))
        return diag_set(d, ERR_NOT_FOUND,
                        "%s: no mirror is there: 'ironside archive mirror init' makes one", dir);
    int r = file_read_text(path, SETTINGS_MAX, &text, d);
    if (r < 0)
        return r;
    json_t *o = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    const char *wrong = o == NULL ? "it is not JSON" : take(o, &f);
    json_decref(o);
    if (wrong != NULL)
        return diag_set(d, ERR_FORMAT, "%s: %s", path, wrong);
    *ret = f;
    f = (struct mirror_folder){0};
    return 0;
}

static char *as_text(const struct mirror_folder *f, const char **ret_wrong)
{
    struct mirror_folder again = {0};
    char hex[2 * HASH_BYTES + 1];
    encode_hex(f->server, HASH_BYTES, hex);
    json_t *bots = json_array();
    for (size_t i = 0; i < f->bot_count; i++)
        json_array_append_new(bots, json_string(f->bots[i]));
    json_t *o = json_pack("{ss ss so}", "url", f->url, "server", hex, "bots", bots);
    *ret_wrong = take(o, &again);
    mirror_folder_clear(&again);
    CLEANUP_FREE char *text = json_dumps(o, JSON_INDENT(2));
    json_decref(o);
    return mem_format("%s\n", text);
}

int mirror_folder_create(const struct mirror_folder *f, const char *note, struct diag *d)
{
    CLEANUP(network_note_free_cleanup) struct network_note *net = NULL;
    CLEANUP_FREE char *path = file_join(f->dir, SETTINGS), *stem = file_join(f->dir, "tls");
    CLEANUP_FREE char *note_path = layout_path(f->dir, LAYOUT_NETWORK_NOTE);
    CLEANUP_FREE char *documents = layout_path(f->dir, LAYOUT_DOCUMENTS);
    const char *wrong = NULL;
    CLEANUP_FREE char *text = as_text(f, &wrong);
    if (wrong != NULL)
        return diag_set(d, ERR_FORMAT, "%s", wrong);
    if (file_exists(path))
        return diag_set(d, ERR_EXISTS, "%s: a mirror is there already", f->dir);
    int r = network_note_open(note, strlen(note), &net, d);
    if (r == 0)
        r = file_make_folder(documents, 0755, d);
    if (r == 0)
        r = file_create(note_path, note, strlen(note), 0644, d);
    if (r == 0)
        r = serve_tls_create(stem, d);
    return r < 0 ? r : file_create(path, text, strlen(text), 0644, d);
}

int mirror_folder_key(const struct mirror_folder *f, uint8_t ret[static HASH_BYTES], struct diag *d)
{
    CLEANUP_FREE char *stem = file_join(f->dir, "tls"), *pem = NULL, *key = NULL;
    int r = serve_tls_read(stem, &pem, &key, d);
    if (key != NULL)
        secret_wipe(key, strlen(key));
    if (r == 0 && (r = serve_tls_hash(pem, ret)) < 0)
        diag_set(d, r, "%s.pem is not a certificate", stem);
    return r;
}

int mirror_folder_note(const struct mirror_folder *f, struct network_note **ret, struct diag *d)
{
    CLEANUP_FREE char *path = layout_path(f->dir, LAYOUT_NETWORK_NOTE), *note = NULL;
    int r = file_read_text(path, VALUE_NOTE_MAX, &note, d);
    if (r == 0)
        r = network_note_open(note, strlen(note), ret, d);
    return r < 0 ? diag_prefix(d, r, "%s", path) : 0;
}
