#include "serve/settings.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "serve/tls.h"

#define FILE_NAME "serve.json"
#define FILE_MAX 65536

char *serve_settings_file(const char *dir, const char *name)
{
    return mem_format("%s/" SERVE_FOLDER "/%s", dir, name);
}

static bool address_valid(const char *s)
{
    uint8_t a[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, s, a) == 1 || inet_pton(AF_INET6, s, a) == 1;
}

static int take_agency(const char *name, const json_t *v, struct serve_settings *s)
{
    const char *hex = json_string_value(v);
    if (s->agency_count == SERVE_AGENCIES_MAX || !value_warrant_valid(name) || hex == NULL)
        return ERR_FORMAT;
    struct serve_agency *a = &s->agencies[s->agency_count++];
    snprintf(a->name, sizeof a->name, "%s", name);
    return decode_hex_exact(hex, strlen(hex), a->key, sizeof a->key);
}

/* Says which member is wrong; NULL: none. */
static const char *take(const json_t *o, struct serve_settings *s)
{
    const char *address = json_string_value(json_object_get(o, "address")), *name;
    json_t *port = json_object_get(o, "port"), *agencies = json_object_get(o, "agencies"), *v;
    if (address == NULL || strlen(address) > SERVE_ADDRESS_MAX || !address_valid(address))
        return "'address' is not an address to listen on, such as 127.0.0.1";
    if (!json_is_integer(port) || json_integer_value(port) < 0 ||
        json_integer_value(port) > VALUE_PORT_MAX)
        return "'port' is not between 0 and 65535";
    if (!json_is_object(agencies) || json_object_size(o) != 3)
        return "it has not just the members address, port and agencies";
    snprintf(s->address, sizeof s->address, "%s", address);
    s->port = (uint16_t)json_integer_value(port);
    json_object_foreach(agencies, name, v) if (take_agency(name, v, s) <
                                               0) return "'agencies' is not of names, each with 64 "
                                                         "hexadecimal digits: its TLS key's hash";
    return NULL;
}

int serve_settings_read(const char *dir, struct serve_settings *ret, struct diag *d)
{
    CLEANUP_FREE char *path = serve_settings_file(dir, FILE_NAME), *text = NULL;
    struct serve_settings s = {.port = 0};
    if (!file_exists(path))
        return diag_set(d, ERR_NOT_FOUND,
                        "%s is not there: 'ironside archive serve init %s' makes it", path, dir);
    int r = file_read_text(path, FILE_MAX, &text, d);
    if (r < 0)
        return r;
    json_t *o = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    const char *wrong = o == NULL ? "it is not JSON" : take(o, &s);
    json_decref(o);
    if (wrong != NULL)
        return diag_set(d, ERR_FORMAT, "%s: %s", path, wrong);
    *ret = s;
    return 0;
}

static json_t *as_json(const struct serve_settings *s)
{
    json_t *agencies = json_object();
    for (size_t i = 0; i < s->agency_count; i++) {
        char hex[2 * HASH_BYTES + 1];
        encode_hex(s->agencies[i].key, HASH_BYTES, hex);
        json_object_set_new(agencies, s->agencies[i].name, json_string(hex));
    }
    return json_pack("{ss si so}", "address", s->address, "port", (int)s->port, "agencies",
                     agencies);
}

int serve_settings_create(const char *dir, const struct serve_settings *s, struct diag *d)
{
    CLEANUP_FREE char *folder = file_join(dir, SERVE_FOLDER);
    CLEANUP_FREE char *path = serve_settings_file(dir, FILE_NAME);
    CLEANUP_FREE char *stem = serve_settings_file(dir, "tls");
    json_t *o = as_json(s);
    struct serve_settings again = {.port = 0};
    const char *wrong = take(o, &again);
    CLEANUP_FREE char *text = json_dumps(o, JSON_INDENT(2));
    json_decref(o);
    if (wrong != NULL)
        return diag_set(d, ERR_FORMAT, "%s", wrong);
    if (file_exists(path))
        return diag_set(d, ERR_EXISTS, "%s is there already", path);
    CLEANUP_FREE char *lines = mem_format("%s\n", text);
    int r = file_make_folder(folder, 0700, d);
    if (r == 0)
        r = serve_tls_create(stem, d);
    return r < 0 ? r : file_create(path, lines, strlen(lines), 0644, d);
}

const struct serve_agency *serve_settings_agency(const struct serve_settings *s,
                                                 const uint8_t key[static HASH_BYTES])
{
    for (size_t i = 0; i < s->agency_count; i++)
        if (memcmp(s->agencies[i].key, key, HASH_BYTES) == 0)
            return &s->agencies[i];
    return NULL;
}
