#include "vault/vault_page.h"

#include <sodium.h>
#include <string.h>

#include "base/secret.h"

#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define CONTENT_BYTES (VAULT_PAGE_BYTES - VAULT_RESERVED_BYTES)
#define BARE_HEADER_BYTES 16 /* of a frame: what is not sealed */
#define FRAME_CONTENT_BYTES (VAULT_FRAME_BYTES - BARE_HEADER_BYTES - VAULT_RESERVED_BYTES)

_Static_assert(NONCE_BYTES + TAG_BYTES == VAULT_RESERVED_BYTES, "the reserved bytes hold both");

struct place { /* associated data */
    uint8_t bytes[1 + 4 + BARE_HEADER_BYTES];
    size_t len;
};

static struct place place_of(char file, uint32_t number, const uint8_t *header, size_t header_len)
{
    struct place p = {.bytes = {(uint8_t)file, (uint8_t)(number >> 24), (uint8_t)(number >> 16),
                                (uint8_t)(number >> 8), (uint8_t)number},
                      .len = 5 + header_len};
    if (header_len > 0)
        memcpy(p.bytes + 5, header, header_len);
    return p;
}

static void seal(const uint8_t *key, const struct place *p, uint8_t *body, size_t len)
{
    uint8_t *nonce = body + len;
    secret_random(nonce, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt_detached(body, nonce + NONCE_BYTES, NULL, body, len,
                                                        p->bytes, p->len, NULL, nonce, key);
}

static int open_sealed(const uint8_t *key, const struct place *p, uint8_t *body, size_t len)
{
    uint8_t *nonce = body + len;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
            body, NULL, body, len, nonce + NONCE_BYTES, p->bytes, p->len, nonce, key) != 0)
        return ERR_AUTH;
    /* SQLite's frame checksums cover these bytes too: they must be the same at each reading. */
    memset(nonce, 0, VAULT_RESERVED_BYTES);
    return 0;
}

bool vault_page_reserved_free(const uint8_t page[static VAULT_PAGE_BYTES])
{
    return sodium_is_zero(page + CONTENT_BYTES, VAULT_RESERVED_BYTES);
}

void vault_page_seal(const uint8_t key[static VAULT_KEY_BYTES], uint32_t number,
                     uint8_t page[static VAULT_PAGE_BYTES])
{
    struct place p = place_of('D', number, NULL, 0);
    seal(key, &p, page, CONTENT_BYTES);
}

int vault_page_open(const uint8_t key[static VAULT_KEY_BYTES], uint32_t number,
                    uint8_t page[static VAULT_PAGE_BYTES])
{
    struct place p = place_of('D', number, NULL, 0);
    return open_sealed(key, &p, page, CONTENT_BYTES);
}

void vault_page_seal_frame(const uint8_t key[static VAULT_KEY_BYTES], uint32_t number,
                           uint8_t frame[static VAULT_FRAME_BYTES])
{
    struct place p = place_of('W', number, frame, BARE_HEADER_BYTES);
    seal(key, &p, frame + BARE_HEADER_BYTES, FRAME_CONTENT_BYTES);
}

int vault_page_open_frame(const uint8_t key[static VAULT_KEY_BYTES], uint32_t number,
                          uint8_t frame[static VAULT_FRAME_BYTES])
{
    struct place p = place_of('W', number, frame, BARE_HEADER_BYTES);
    return open_sealed(key, &p, frame + BARE_HEADER_BYTES, FRAME_CONTENT_BYTES);
}
