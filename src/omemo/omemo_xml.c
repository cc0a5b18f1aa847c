/* The XML of XEP-0384 0.3: bundles, device lists and a stanza's encrypted element. */
#include <inttypes.h>
#include <string.h>

#include "base/encode.h"
#include "omemo/omemo.h"
#include "wire/value.h"

static void put_prekey(struct buf *b, const char *name, const char *id_name,
                       const struct omemo_prekey *key)
{
    buf_format(b, "<%s %s='%" PRIu32 "'>", name, id_name, key->id);
    encode_base64_buf(b, key->key, sizeof key->key);
    buf_format(b, "</%s>", name);
}

void omemo_bundle_put(struct buf *b, const struct omemo_bundle *bundle)
{
    buf_put_text(b, "<bundle xmlns='" OMEMO_NS "'>");
    put_prekey(b, "signedPreKeyPublic", "signedPreKeyId", &bundle->signed_prekey);
    xml_put_base64(b, "signedPreKeySignature", bundle->signature, sizeof bundle->signature);
    xml_put_base64(b, "identityKey", bundle->identity, sizeof bundle->identity);
    buf_put_text(b, "<prekeys>");
    for (size_t i = 0; i < bundle->prekey_count; i++)
        put_prekey(b, "preKeyPublic", "preKeyId", &bundle->prekeys[i]);
    buf_put_text(b, "</prekeys></bundle>");
}

static int read_bytes(const struct xml_element *x, uint8_t *ret, size_t len, struct diag *d)
{
    if (x->first != NULL || decode_base64_exact(x->text, x->text_len, ret, len) < 0)
        return diag_set(d, ERR_FORMAT, "%s: not %zu bytes in base64", x->name, len);
    return 0;
}

static int read_number(const struct xml_element *x, const char *name, uint64_t min, uint64_t max,
                       uint32_t *ret, struct diag *d)
{
    const char *text = xml_attribute_of(x, name);
    uint64_t v = 0;
    if (text == NULL || value_parse_u64(text, max, &v) < 0 || v < min)
        return diag_set(d, ERR_FORMAT, "%s: %s is missing or not a number in range", x->name, name);
    *ret = (uint32_t)v;
    return 0;
}

/* 0x05 says that an X25519 key follows. */
static int read_prekey(const struct xml_element *x, const char *id_name, struct omemo_prekey *ret,
                       struct diag *d)
{
    int r = read_number(x, id_name, 0, UINT32_MAX, &ret->id, d);
    if (r == 0)
        r = read_bytes(x, ret->key, sizeof ret->key, d);
    if (r == 0 && ret->key[0] != 0x05)
        r = diag_set(d, ERR_FORMAT, "%s: not a key of a kind that is known", x->name);
    return r;
}

static int read_prekeys(const struct xml_element *list, struct arena *a, struct omemo_bundle *b,
                        struct diag *d)
{
    size_t count = 0;
    for (const struct xml_element *x = list->first; x != NULL; x = x->next)
        count++;
    if (count == 0)
        return diag_set(d, ERR_FORMAT, "prekeys: none");
    if (count > OMEMO_PREKEYS_MAX ||
        (b->prekeys = arena_array(a, count, sizeof *b->prekeys)) == NULL)
        return diag_set(d, ERR_LIMIT, "prekeys: more than %u", OMEMO_PREKEYS_MAX);
    for (const struct xml_element *x = list->first; x != NULL; x = x->next) {
        if (!xml_is(x, "preKeyPublic", OMEMO_NS))
            return diag_set(d, ERR_FORMAT, "prekeys: holds something else");
        int r = read_prekey(x, "preKeyId", &b->prekeys[b->prekey_count++], d);
        if (r < 0)
            return r;
    }
    return 0;
}

int omemo_bundle_parse(const struct xml_element *x, struct arena *a, struct omemo_bundle *ret,
                       struct diag *d)
{
    struct omemo_bundle b = {0};
    if (!xml_is(x, "bundle", OMEMO_NS))
        return diag_set(d, ERR_FORMAT, "not a bundle");
    const struct xml_element *key = xml_only_child(x, "signedPreKeyPublic", OMEMO_NS);
    const struct xml_element *signature = xml_only_child(x, "signedPreKeySignature", OMEMO_NS);
    const struct xml_element *identity = xml_only_child(x, "identityKey", OMEMO_NS);
    const struct xml_element *prekeys = xml_only_child(x, "prekeys", OMEMO_NS);
    if (key == NULL || signature == NULL || identity == NULL || prekeys == NULL)
        return diag_set(d, ERR_FORMAT, "bundle: a part is missing or there twice");
    int r = read_prekey(key, "signedPreKeyId", &b.signed_prekey, d);
    if (r == 0)
        r = read_bytes(signature, b.signature, sizeof b.signature, d);
    if (r == 0)
        r = read_bytes(identity, b.identity, sizeof b.identity, d);
    if (r == 0 && b.identity[0] != 0x05)
        r = diag_set(d, ERR_FORMAT, "identityKey: not a key of a kind that is known");
    if (r == 0)
        r = read_prekeys(prekeys, a, &b, d);
    if (r == 0)
        *ret = b;
    return r;
}

void omemo_put_device_list(struct buf *b, uint32_t device)
{
    buf_format(b, "<list xmlns='" OMEMO_NS "'><device id='%" PRIu32 "'/></list>", device);
}

int omemo_device_list_parse(const struct xml_element *x, uint32_t ret[static OMEMO_DEVICES_MAX],
                            size_t *ret_count, struct diag *d)
{
    uint32_t ids[OMEMO_DEVICES_MAX];
    size_t n = 0;
    if (!xml_is(x, "list", OMEMO_NS))
        return diag_set(d, ERR_FORMAT, "not a device list");
    for (const struct xml_element *c = x->first; c != NULL; c = c->next) {
        if (!xml_is(c, "device", OMEMO_NS))
            return diag_set(d, ERR_FORMAT, "list: holds something else");
        if (n == OMEMO_DEVICES_MAX)
            return diag_set(d, ERR_LIMIT, "list: more than %u devices", OMEMO_DEVICES_MAX);
        int r = read_number(c, "id", 1, OMEMO_DEVICE_MAX, &ids[n++], d);
        if (r < 0)
            return r;
    }
    memcpy(ret, ids, n * sizeof *ids);
    *ret_count = n;
    return 0;
}

void omemo_begin_encrypted(struct buf *b, uint32_t sid)
{
    buf_format(b, "<encrypted xmlns='" OMEMO_NS "'><header sid='%" PRIu32 "'>", sid);
}

void omemo_put_key(struct buf *b, uint32_t rid, const void *key, size_t len, bool prekey)
{
    buf_format(b, "<key rid='%" PRIu32 "'%s>", rid, prekey ? " prekey='true'" : "");
    encode_base64_buf(b, key, len);
    buf_put_text(b, "</key>");
}

void omemo_end_encrypted(struct buf *b, const uint8_t iv[static PAYLOAD_IV_BYTES],
                         const void *payload, size_t len)
{
    xml_put_base64(b, "iv", iv, PAYLOAD_IV_BYTES);
    buf_put_text(b, "</header>");
    if (payload != NULL)
        xml_put_base64(b, "payload", payload, len);
    buf_put_text(b, "</encrypted>");
}

static int read_block(const struct xml_element *x, size_t max, struct arena *a, const uint8_t **ret,
                      size_t *ret_len, struct diag *d)
{
    uint8_t *bytes = arena_new(a, x->text_len / 4 * 3 + 3);
    int r = bytes == NULL ? ERR_LIMIT : decode_base64(x->text, x->text_len, bytes, max, ret_len);
    if (r == ERR_LIMIT)
        return diag_set(d, r, "%s: more than %zu bytes", x->name, max);
    if (r < 0 || x->first != NULL)
        return diag_set(d, ERR_FORMAT, "%s: not base64", x->name);
    *ret = bytes;
    return 0;
}

static int read_flag(const struct xml_element *x, const char *name, bool *ret, struct diag *d)
{
    const char *v = xml_attribute_of(x, name);
    *ret = v != NULL && (strcmp(v, "true") == 0 || strcmp(v, "1") == 0);
    if (v != NULL && !*ret && strcmp(v, "false") != 0 && strcmp(v, "0") != 0)
        return diag_set(d, ERR_FORMAT, "%s: %s is neither true nor false", x->name, name);
    return 0;
}

/* Other devices' keys are not looked at: all that is to be known of them is that they are not
 * ours. */
static int read_own_key(const struct xml_element *header, uint32_t device, struct arena *a,
                        struct omemo_encrypted *e, struct diag *d)
{
    for (const struct xml_element *x = header->first; x != NULL; x = x->next) {
        uint32_t rid = 0;
        if (!xml_is(x, "key", OMEMO_NS))
            continue;
        int r = read_number(x, "rid", 1, OMEMO_DEVICE_MAX, &rid, d);
        if (r < 0)
            return r;
        if (rid != device)
            continue;
        if (e->key != NULL)
            return diag_set(d, ERR_FORMAT, "key: two for this device");
        r = read_flag(x, "prekey", &e->prekey, d);
        if (r == 0)
            r = read_block(x, OMEMO_KEY_MAX, a, &e->key, &e->key_len, d);
        if (r < 0)
            return r;
    }
    return 0;
}

int omemo_encrypted_parse(const struct xml_element *x, uint32_t device, struct arena *a,
                          struct omemo_encrypted *ret, struct diag *d)
{
    struct omemo_encrypted e = {0};
    const struct xml_element *header = NULL, *iv = NULL;
    if (xml_is(x, "encrypted", OMEMO_NS))
        header = xml_only_child(x, "header", OMEMO_NS);
    if (header != NULL)
        iv = xml_only_child(header, "iv", OMEMO_NS);
    if (iv == NULL)
        return diag_set(d, ERR_FORMAT, "encrypted: header or iv is missing or there twice");
    int r = read_number(header, "sid", 1, OMEMO_DEVICE_MAX, &e.sid, d);
    if (r == 0)
        r = read_bytes(iv, e.iv, sizeof e.iv, d);
    if (r == 0)
        r = read_own_key(header, device, a, &e, d);
    const struct xml_element *payload = xml_child(x, "payload", OMEMO_NS);
    if (r == 0 && payload != NULL && xml_only_child(x, "payload", OMEMO_NS) == NULL)
        r = diag_set(d, ERR_FORMAT, "payload: there twice");
    if (r == 0 && payload != NULL)
        r = read_block(payload, VALUE_BODY_MAX, a, &e.payload, &e.payload_len, d);
    if (r == 0)
        *ret = e;
    return r;
}
