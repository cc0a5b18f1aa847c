#include "network/settings.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/memory.h"
#include "network/layout.h"

#define FILE_MAX 4096

/* Addresses are written in full: programs that take less, as 127.1 or 0x7f000001, take what ends in
 * a number for an address, others for a name. */
static bool ends_in_number(const char *name)
{
    const char *dot = strrchr(name, '.'), *last = dot == NULL ? name : dot + 1;
    return last[strspn(last, "0123456789")] == '\0' || strncmp(last, "0x", 2) == 0;
}

/* An IPv4 address that is written as an IPv6 one is refused: it has a form of its own. */
static bool host_valid(const char *s)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, s, &four) == 1)
        return four.s_addr != INADDR_ANY;
    if (inet_pton(AF_INET6, s, &six) == 1)
        return !IN6_IS_ADDR_V4MAPPED(&six) && !IN6_IS_ADDR_V4COMPAT(&six) &&
               !IN6_IS_ADDR_UNSPECIFIED(&six);
    return value_domain_valid(s) && !ends_in_number(s);
}

static int check(const struct settings *s, const char *path, struct diag *d)
{
    if (!value_domain_valid(s->domain))
        return diag_set(d, ERR_FORMAT, "%s: 'domain' is not a domain name in lower case", path);
    if (!host_valid(s->host))
        return diag_set(d, ERR_FORMAT,
                        "%s: 'host' is neither a name nor an address that devices reach, such as "
                        "203.0.113.7",
                        path);
    if (s->port == 0)
        return diag_set(d, ERR_FORMAT, "%s: 'port' is not between 1 and 65535", path);
    if (s->upload_port == s->port)
        return diag_set(d, ERR_FORMAT, "%s: 'upload_port' is 'port', too: choose another", path);
    return 0;
}

static int read_port(const json_t *o, const char *name, uint16_t *ret, const char *path,
                     struct diag *d)
{
    const json_t *v = json_object_get(o, name);
    if (!json_is_integer(v) || json_integer_value(v) < 1 || json_integer_value(v) > VALUE_PORT_MAX)
        return diag_set(d, ERR_FORMAT, "%s: '%s' is not between 1 and 65535", path, name);
    *ret = (uint16_t)json_integer_value(v);
    return 0;
}

static int read_text(const json_t *o, const char *name, char *ret, size_t max, const char *path,
                     struct diag *d)
{
    const json_t *v = json_object_get(o, name);
    const char *s = json_string_value(v);
    if (s == NULL || strlen(s) != json_string_length(v) || strlen(s) > max)
        return diag_set(d, ERR_FORMAT, "%s: '%s' is missing or not a text", path, name);
    snprintf(ret, max + 1, "%s", s);
    return 0;
}

static int read_places(const json_t *o, const char *path, struct settings *s, struct diag *d)
{
    if (json_object_get(o, "places") == NULL)
        return 0;
    int r = read_text(o, "places", s->places, SETTINGS_PATH_MAX, path, d);
    if (r == 0 && s->places[0] == '\0')
        r = diag_set(d, ERR_FORMAT, "%s: 'places' names no file", path);
    return r;
}

static int read_members(const json_t *o, const char *path, struct settings *s, struct diag *d)
{
    int r = read_text(o, "domain", s->domain, VALUE_DOMAIN_MAX, path, d);
    if (r == 0)
        r = read_text(o, "host", s->host, VALUE_DOMAIN_MAX, path, d);
    if (r == 0)
        r = read_places(o, path, s, d);
    if (r < 0)
        return r;
    const json_t *replay = json_object_get(o, "replay");
    bool upload = json_object_get(o, "upload_port") != NULL;
    r = read_port(o, "port", &s->port, path, d);
    if (r == 0 && upload)
        r = read_port(o, "upload_port", &s->upload_port, path, d);
    if (r < 0)
        return r;
    if (!json_is_boolean(replay))
        return diag_set(d, ERR_FORMAT, "%s: 'replay' is neither true nor false", path);
    if (json_object_size(o) != 4U + (s->places[0] != '\0') + upload)
        return diag_set(d, ERR_FORMAT,
                        "%s: has members other than domain, host, port, upload_port, replay and "
                        "places",
                        path);
    s->replay = json_is_true(replay);
    return check(s, path, d);
}

int settings_read(const char *dir, struct settings *ret, struct diag *d)
{
    CLEANUP_FREE char *path = layout_path(dir, LAYOUT_SETTINGS);
    CLEANUP_FREE char *text = NULL;
    int r = file_read_text(path, FILE_MAX, &text, d);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "%s is not a network: make one with 'ironside init'", dir);
    if (r < 0)
        return r;
    json_error_t error;
    json_t *o = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    struct settings s = {0};
    if (json_is_object(o))
        r = read_members(o, path, &s, d);
    else if (o == NULL)
        r = diag_set(d, ERR_FORMAT, "%s: line %d: %s", path, error.line, error.text);
    else
        r = diag_set(d, ERR_FORMAT, "%s: not a JSON object", path);
    json_decref(o);
    if (r == 0)
        *ret = s;
    return r;
}

int settings_write(const char *dir, const struct settings *s, struct diag *d)
{
    CLEANUP_FREE char *path = layout_path(dir, LAYOUT_SETTINGS);
    int r = check(s, path, d);
    if (r < 0)
        return r;
    json_t *o = json_pack("{ss ss si sb}", "domain", s->domain, "host", s->host, "port",
                          (int)s->port, "replay", s->replay ? 1 : 0);
    if (s->upload_port != 0)
        (void)json_object_set_new(o, "upload_port", json_integer(s->upload_port));
    if (s->places[0] != '\0' && json_object_set_new(o, "places", json_string(s->places)) < 0)
        r = diag_set(d, ERR_FORMAT, "%s: the path of the places is not UTF-8", path);
    char *text = json_dumps(o, JSON_INDENT(1));
    json_decref(o);
    CLEANUP_FREE char *line = mem_format("%s\n", text == NULL ? "" : text);
    free(text);
    return r < 0 ? r : file_write(path, line, strlen(line), 0644, d);
}

char *settings_places(const char *dir, const struct settings *s)
{
    if (s->places[0] == '\0')
        return NULL;
    return s->places[0] == '/' ? mem_string(s->places) : file_join(dir, s->places);
}

bool settings_loopback(const struct settings *s)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, s->host, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    if (inet_pton(AF_INET6, s->host, &six) == 1)
        return IN6_IS_ADDR_LOOPBACK(&six);
    const char *dot = strrchr(s->host, '.');
    return strcmp(dot == NULL ? s->host : dot + 1, "localhost") == 0; /* RFC 6761 section 6.3 */
}
