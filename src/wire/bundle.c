#include "wire/bundle.h"

#include <string.h>

#include <jansson.h>

#include "base/encode.h"
#include "base/memory.h"
#include "base/secret.h"

static void put_member(struct buf *b, const char *name, const char *value)
{
    buf_format(b, ",\n \"%s\": ", name);
    value_put_json(b, value);
}

/* By hand, since jansson does not wipe what it frees. */
void bundle_put(struct buf *b, const struct bundle *u)
{
    char secret[ENCODE_BASE64_LEN(REGISTRY_SECRET_BYTES) + 1];
    encode_secret_base64(u->secret, sizeof u->secret, secret);
    buf_put_text(b, "{\n \"ironside\": \"bundle 1\"");
    put_member(b, "account", u->account);
    put_member(b, "password", u->password);
    put_member(b, "secret", secret);
    put_member(b, "host", u->host);
    buf_format(b, ",\n \"port\": %u", (unsigned)u->port);
    put_member(b, "authority", u->authority);
    put_member(b, "network", u->network);
    put_member(b, "policy", u->policy);
    buf_put_text(b, ",\n \"warrants\": [");
    for (size_t i = 0; i < u->warrant_count; i++) {
        buf_put_text(b, i == 0 ? "\n  " : ",\n  ");
        value_put_json(b, u->warrants[i]);
    }
    buf_put_u8(b, ']');
    encode_secret_base64(u->log_key, sizeof u->log_key, secret);
    put_member(b, "log_key", secret);
    buf_put_text(b, "\n}\n");
    secret_wipe(secret, sizeof secret);
}

static int malformed(struct diag *d, const char *name)
{
    return diag_set(d, ERR_FORMAT, "bundle: '%s' is missing or malformed", name);
}

/* A member that must be a string of 1 to `max` bytes. */
static const char *member(struct bundle *u, const json_t *o, const char *name, size_t max,
                          struct diag *d)
{
    const json_t *v = json_object_get(o, name);
    const char *s = json_string_value(v);
    if (s == NULL || s[0] == '\0' || json_string_length(v) > max) {
        (void)malformed(d, name);
        return NULL;
    }
    return arena_string(&u->arena, s);
}

static int read_warrants(struct bundle *u, const json_t *o, struct diag *d)
{
    const json_t *list = json_object_get(o, "warrants");
    if (!json_is_array(list) || json_array_size(list) > POLICY_WARRANTS_MAX)
        return malformed(d, "warrants");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *note = json_string_value(json_array_get(list, i));
        if (note == NULL || note[0] == '\0' || strlen(note) > VALUE_NOTE_MAX)
            return malformed(d, "warrants");
        u->warrants[u->warrant_count++] = arena_string(&u->arena, note);
    }
    return 0;
}

static int read_members(struct bundle *u, const json_t *o, struct diag *d)
{
    const char *kind = json_string_value(json_object_get(o, "ironside"));
    if (kind == NULL || strcmp(kind, "bundle 1") != 0)
        return diag_set(d, ERR_FORMAT, "not an activation bundle of this version");
    const char *secret = json_string_value(json_object_get(o, "secret"));
    const char *log_key = json_string_value(json_object_get(o, "log_key"));
    const json_t *port = json_object_get(o, "port");
    if ((u->account = member(u, o, "account", VALUE_JID_MAX, d)) == NULL ||
        (u->password = member(u, o, "password", BUNDLE_PASSWORD_MAX, d)) == NULL ||
        (u->host = member(u, o, "host", VALUE_DOMAIN_MAX, d)) == NULL ||
        (u->authority = member(u, o, "authority", BUNDLE_AUTHORITY_MAX, d)) == NULL ||
        (u->network = member(u, o, "network", VALUE_NOTE_MAX, d)) == NULL ||
        (u->policy = member(u, o, "policy", VALUE_NOTE_MAX, d)) == NULL)
        return ERR_FORMAT;
    if (!value_bare_valid(u->account) || strchr(u->account, '@') == NULL)
        return malformed(d, "account");
    if (secret == NULL ||
        decode_secret_base64_exact(secret, strlen(secret), u->secret, sizeof u->secret) < 0)
        return malformed(d, "secret");
    if (log_key == NULL ||
        decode_secret_base64_exact(log_key, strlen(log_key), u->log_key, sizeof u->log_key) < 0)
        return malformed(d, "log_key");
    if (!value_line_valid(u->host, VALUE_DOMAIN_MAX))
        return malformed(d, "host");
    if (!json_is_integer(port) || json_integer_value(port) < 1 ||
        json_integer_value(port) > VALUE_PORT_MAX)
        return malformed(d, "port");
    u->port = (uint16_t)json_integer_value(port);
    return read_warrants(u, o, d);
}

/* What jansson keeps of a member; copies that it made while reading are out of reach. */
static void wipe_member(const json_t *o, const char *name)
{
    const char *s = json_string_value(json_object_get(o, name));
    if (s != NULL)
        secret_wipe((char *)(uintptr_t)s, strlen(s));
}

int bundle_parse(const char *text, size_t len, struct bundle **ret, struct diag *d)
{
    if (len > BUNDLE_MAX)
        return diag_set(d, ERR_LIMIT, "bundle: larger than %u bytes", BUNDLE_MAX);
    CLEANUP(bundle_free_cleanup) struct bundle *u = mem_new(sizeof *u);
    u->arena = (struct arena)ARENA_INIT(2 * BUNDLE_MAX);
    json_error_t error;
    json_t *o = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    int r = json_is_object(o) ? read_members(u, o, d)
                              : diag_set(d, ERR_FORMAT, "not an activation bundle: not JSON");
    wipe_member(o, "password");
    wipe_member(o, "secret");
    wipe_member(o, "log_key");
    json_decref(o);
    if (r == 0)
        *ret = TAKE(u);
    return r;
}

void bundle_free(struct bundle *u)
{
    if (u == NULL)
        return;
    if (u->password != NULL)
        secret_wipe((char *)(uintptr_t)u->password, strlen(u->password));
    secret_wipe(u->secret, sizeof u->secret);
    secret_wipe(u->log_key, sizeof u->log_key);
    arena_clear(&u->arena);
    free(u);
}
