#include "passkey/client_data.h"

#include <jansson.h>
#include <sodium.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/secret.h"

DEFINE_CLEANUP(json_t, json_decref)

static bool is_text(const json_t *o, const char *name, const char *value)
{
    const json_t *x = json_object_get(o, name);
    return json_is_string(x) && strcmp(json_string_value(x), value) == 0;
}

/* Base64url without padding, of exactly these bytes. */
static int read_challenge(const json_t *o, uint8_t ret[static PASSKEY_CHALLENGE_BYTES])
{
    const json_t *x = json_object_get(o, "challenge");
    size_t len = 0;
    bool good =
        json_is_string(x) &&
        sodium_base642bin(ret, PASSKEY_CHALLENGE_BYTES, json_string_value(x), json_string_length(x),
                          NULL, &len, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
        len == PASSKEY_CHALLENGE_BYTES;
    return good ? 0 : ERR_FORMAT;
}

static bool is_challenge(const json_t *o, const uint8_t challenge[static PASSKEY_CHALLENGE_BYTES])
{
    uint8_t said[PASSKEY_CHALLENGE_BYTES];
    return read_challenge(o, said) == 0 && secret_equal(said, challenge, sizeof said);
}

/* NULL: it is no object. */
static json_t *load(struct passkey_part client_data)
{
    json_t *o = NULL;
    if (client_data.len <= PASSKEY_DATA_MAX)
        o = json_loadb(client_data.data, client_data.len, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(o))
        return o;
    json_decref(o);
    return NULL;
}

int passkey_challenge(struct passkey_part client_data, uint8_t ret[static PASSKEY_CHALLENGE_BYTES])
{
    uint8_t said[PASSKEY_CHALLENGE_BYTES];
    CLEANUP(json_decref_cleanup) json_t *o = load(client_data);
    if (o == NULL || read_challenge(o, said) < 0)
        return ERR_FORMAT;
    memcpy(ret, said, sizeof said);
    return 0;
}

int client_data_check(struct passkey_part client_data, const char *type,
                      const struct passkey_site *site,
                      const uint8_t challenge[static PASSKEY_CHALLENGE_BYTES], struct diag *d)
{
    CLEANUP(json_decref_cleanup) json_t *o = load(client_data);
    if (o == NULL)
        return diag_set(d, ERR_FORMAT, "the client data is no JSON object");
    if (!is_text(o, "type", type))
        return diag_set(d, ERR_AUTH, "the client data is of another type than %s", type);
    if (!is_challenge(o, challenge))
        return diag_set(d, ERR_AUTH, "the client data is for another challenge");
    if (!is_text(o, "origin", site->origin) || json_is_true(json_object_get(o, "crossOrigin")))
        return diag_set(d, ERR_AUTH, "the client data is from another page than %s", site->origin);
    return 0;
}
