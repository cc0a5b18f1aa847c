#include <sodium.h>
#include <string.h>

#include "base/cursor.h"
#include "base/encode.h"
#include "base/secret.h"
#include "crypto/age_internal.h"
#include "crypto/dh.h"
#include "crypto/hash.h"

#define VERSION "age-encryption.org/v1"
#define KIND "X25519"
#define STANZA "-> "
#define MAC "---"
#define COLUMNS 64
#define COLUMNS_BYTES 48 /* that a full line holds */

static const uint8_t zero_nonce[12];

/* HKDF(ikm = shared secret, salt = share | recipient, info). */
static void wrap_key(const uint8_t shared[static DH_BYTES],
                     const uint8_t share[static AGE_KEY_BYTES],
                     const uint8_t recipient[static AGE_KEY_BYTES], uint8_t ret[static 32])
{
    static const char label[] = "age-encryption.org/v1/X25519";
    uint8_t salt[2 * AGE_KEY_BYTES], prk[HASH_BYTES];
    const struct hash_part ikm = {shared, DH_BYTES}, info = {label, sizeof label - 1};
    memcpy(salt, share, AGE_KEY_BYTES);
    memcpy(salt + AGE_KEY_BYTES, recipient, AGE_KEY_BYTES);
    hash_hkdf_extract(salt, sizeof salt, &ikm, 1, prk);
    hash_hkdf_expand(prk, &info, 1, ret, 32);
    secret_wipe(prk, sizeof prk);
}

static void mac_of(const uint8_t file_key[static AGE_FILE_KEY_BYTES], const void *header,
                   size_t len, uint8_t ret[static AGE_MAC_BYTES])
{
    uint8_t prk[HASH_BYTES], key[HASH_BYTES];
    const struct hash_part ikm = {file_key, AGE_FILE_KEY_BYTES}, info = {"header", 6};
    const struct hash_part covered = {header, len};
    hash_hkdf_extract(NULL, 0, &ikm, 1, prk);
    hash_hkdf_expand(prk, &info, 1, key, sizeof key);
    hash_hmac(key, sizeof key, &covered, 1, ret);
    secret_wipe(prk, sizeof prk);
    secret_wipe(key, sizeof key);
}

/* A stanza under an ephemeral key of its own. */
static int stanza_seal(const struct age_recipient *recipient,
                       const uint8_t file_key[static AGE_FILE_KEY_BYTES], struct age_stanza *ret)
{
    uint8_t ephemeral[DH_BYTES], shared[DH_BYTES], key[32];
    secret_random(ephemeral, sizeof ephemeral);
    dh_public_of(ephemeral, ret->share);
    int r = dh_shared(ephemeral, ret->share, recipient->key, shared);
    if (r == 0) {
        wrap_key(shared, ret->share, recipient->key, key);
        (void)crypto_aead_chacha20poly1305_ietf_encrypt(
            ret->body, NULL, file_key, AGE_FILE_KEY_BYTES, NULL, 0, NULL, zero_nonce, key);
        secret_wipe(key, sizeof key);
        secret_wipe(shared, sizeof shared);
    }
    secret_wipe(ephemeral, sizeof ephemeral);
    return r;
}

int age_header_write(const struct age_recipient *recipients, size_t count,
                     const uint8_t file_key[static AGE_FILE_KEY_BYTES], struct buf *out)
{
    struct age_stanza s;
    uint8_t mac[AGE_MAC_BYTES];
    size_t start = out->len;
    if (count == 0 || count > AGE_RECIPIENTS_MAX)
        return ERR_LIMIT;
    buf_put_text(out, VERSION "\n");
    for (size_t i = 0; i < count; i++) {
        int r = stanza_seal(&recipients[i], file_key, &s);
        if (r < 0)
            return r;
        buf_put_text(out, STANZA KIND " ");
        encode_base64_raw_buf(out, s.share, sizeof s.share);
        buf_put_u8(out, '\n');
        encode_base64_raw_buf(out, s.body, sizeof s.body);
        buf_put_u8(out, '\n');
    }
    buf_put_text(out, MAC);
    if (buf_failed(out))
        return ERR_LIMIT;
    mac_of(file_key, out->data + start, out->len - start, mac);
    buf_put_u8(out, ' ');
    encode_base64_raw_buf(out, mac, sizeof mac);
    buf_put_u8(out, '\n');
    return buf_failed(out) ? ERR_LIMIT : 0;
}

struct line {
    const char *text;
    size_t len;
};

static int line_next(struct cursor *c, struct line *ret)
{
    const uint8_t *newline = memchr(c->pos, '\n', cursor_left(c));
    if (newline == NULL)
        return ERR_FORMAT;
    *ret = (struct line){(const char *)c->pos, (size_t)(newline - c->pos)};
    c->pos = newline + 1;
    return 0;
}

static bool line_is(const struct line *l, const char *text)
{
    return l->len == strlen(text) && memcmp(l->text, text, l->len) == 0;
}

static bool line_begins(const struct line *l, const char *text)
{
    return l->len >= strlen(text) && memcmp(l->text, text, strlen(text)) == 0;
}

static int raw_exact(const char *text, size_t text_len, uint8_t *ret, size_t len)
{
    size_t got;
    return decode_base64_raw(text, text_len, ret, len, &got) < 0 || got != len ? ERR_FORMAT : 0;
}

/* The next argument: one or more visible ASCII characters, parted by single spaces. */
static int argument_next(struct line *rest, struct line *ret)
{
    size_t len = 0;
    while (len < rest->len && rest->text[len] > ' ' && rest->text[len] < 0x7f)
        len++;
    if (len == 0 || (len < rest->len && (rest->text[len] != ' ' || len + 1 == rest->len)))
        return ERR_FORMAT;
    *ret = (struct line){rest->text, len};
    size_t taken = len < rest->len ? len + 1 : len;
    *rest = (struct line){rest->text + taken, rest->len - taken};
    return 0;
}

/* The body's lines up to the first that is not full. `ret` takes the last line's bytes: all of a
 * body of one line. */
static int body_parse(struct cursor *c, uint8_t ret[static COLUMNS_BYTES], size_t *ret_len)
{
    struct line l;
    size_t got;
    *ret_len = 0;
    do {
        if (line_next(c, &l) < 0 || decode_base64_raw(l.text, l.len, ret, COLUMNS_BYTES, &got) < 0)
            return ERR_FORMAT;
        *ret_len += got;
    } while (l.len == COLUMNS);
    return 0;
}

/* `l` is the line of arguments, after its "-> "; `nth` counts the header's stanzas from 1. */
static int stanza_parse(struct cursor *c, struct line l, size_t nth, bool *scrypt,
                        struct age_header *h)
{
    struct line kind, argument = {NULL, 0};
    uint8_t body[COLUMNS_BYTES];
    size_t arguments = 0, body_len;
    if (argument_next(&l, &kind) < 0)
        return ERR_FORMAT;
    for (; l.len > 0; arguments++) {
        if (argument_next(&l, &argument) < 0)
            return ERR_FORMAT;
    }
    if (body_parse(c, body, &body_len) < 0)
        return ERR_FORMAT;
    *scrypt = *scrypt || line_is(&kind, "scrypt");
    if (*scrypt && nth > 1) /* a passphrase stands alone */
        return ERR_FORMAT;
    if (!line_is(&kind, KIND))
        return 0;
    if (h->count == AGE_RECIPIENTS_MAX)
        return ERR_LIMIT;
    struct age_stanza *s = &h->stanzas[h->count++];
    if (arguments != 1 || body_len != sizeof s->body ||
        raw_exact(argument.text, argument.len, s->share, sizeof s->share) < 0)
        return ERR_FORMAT;
    memcpy(s->body, body, sizeof s->body);
    return 0;
}

/* The line that ends the header: "--- " and the MAC. */
static int mac_parse(const struct line *l, const uint8_t *file, struct age_header *h)
{
    const size_t mark = strlen(MAC);
    if (!line_begins(l, MAC " "))
        return ERR_FORMAT;
    h->mac_covers = (size_t)((const uint8_t *)l->text - file) + mark;
    h->len = h->mac_covers - mark + l->len + 1;
    return raw_exact(l->text + mark + 1, l->len - mark - 1, h->mac, sizeof h->mac);
}

int age_header_parse(const uint8_t *file, size_t len, struct age_header *ret)
{
    struct cursor c = cursor_over(file, len < AGE_HEADER_MAX_BYTES ? len : AGE_HEADER_MAX_BYTES);
    bool scrypt = false;
    struct line l;
    *ret = (struct age_header){0};
    if (line_next(&c, &l) < 0 || !line_is(&l, VERSION) || line_next(&c, &l) < 0 ||
        !line_begins(&l, STANZA))
        return ERR_FORMAT;
    for (size_t nth = 1; line_begins(&l, STANZA); nth++) {
        struct line arguments = {l.text + strlen(STANZA), l.len - strlen(STANZA)};
        int r = stanza_parse(&c, arguments, nth, &scrypt, ret);
        if (r < 0)
            return r;
        if (line_next(&c, &l) < 0)
            return ERR_FORMAT;
    }
    return mac_parse(&l, file, ret);
}

/* ERR_NOT_FOUND: not for this identity. A share of low order makes the whole file malformed. */
static int stanza_open(const struct age_stanza *s, struct dh_key *own,
                       const struct age_identity *id, uint8_t ret[static AGE_FILE_KEY_BYTES])
{
    uint8_t shared[DH_BYTES], key[32];
    if (dh_key_shared(own, s->share, shared) < 0)
        return ERR_FORMAT;
    wrap_key(shared, s->share, id->public, key);
    int r = crypto_aead_chacha20poly1305_ietf_decrypt(ret, NULL, NULL, s->body, sizeof s->body,
                                                      NULL, 0, zero_nonce, key);
    secret_wipe(shared, sizeof shared);
    secret_wipe(key, sizeof key);
    return r == 0 ? 0 : ERR_NOT_FOUND;
}

static int file_key_find(const struct age_header *h, const struct age_identity *identities,
                         size_t count, uint8_t ret[static AGE_FILE_KEY_BYTES])
{
    for (size_t i = 0; i < count; i++) {
        CLEANUP_DH_KEY struct dh_key *own = dh_key_new(identities[i].secret, identities[i].public);
        for (size_t j = 0; j < h->count; j++) {
            int r = stanza_open(&h->stanzas[j], own, &identities[i], ret);
            if (r != ERR_NOT_FOUND)
                return r;
        }
    }
    return ERR_NOT_FOUND;
}

int age_header_open(const struct age_header *h, const uint8_t *file,
                    const struct age_identity *identities, size_t count,
                    uint8_t ret[static AGE_FILE_KEY_BYTES])
{
    uint8_t file_key[AGE_FILE_KEY_BYTES], mac[AGE_MAC_BYTES];
    int r = file_key_find(h, identities, count, file_key);
    if (r < 0)
        return r;
    mac_of(file_key, file, h->mac_covers, mac);
    if (secret_equal(mac, h->mac, sizeof mac))
        memcpy(ret, file_key, sizeof file_key);
    else
        r = ERR_AUTH;
    secret_wipe(file_key, sizeof file_key);
    return r;
}
