/* What a browser hands in of a passkey. The first byte says which part is foreign: the attestation
 * object, the client data, or the authenticator's data and signature of a use. */
#include <string.h>

#include "fuzz.h"
#include "passkey/passkey.h"

static const struct passkey_site site = {"desk.example", "https://desk.example"};
static const uint8_t challenge[PASSKEY_CHALLENGE_BYTES];
#define CLIENT_DATA(type)                                                                          \
    "{\"type\":\"webauthn." type                                                                   \
    "\",\"challenge\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","                            \
    "\"origin\":\"https://desk.example\"}"
static const char creates[] = CLIENT_DATA("create"), gets[] = CLIENT_DATA("get");

static void create(struct passkey_part client_data, struct passkey_part attestation)
{
    struct passkey p;
    if (passkey_create(&site, challenge, client_data, attestation, &p, NULL) == 0 &&
        (p.id_len == 0 || p.id_len > PASSKEY_ID_MAX || p.key_len == 0))
        abort();
}

/* The key is P-256's generator. */
static void check(struct passkey_part data, struct passkey_part signature)
{
    static const struct passkey p = {
        .algorithm = -7,
        .key_len = 64,
        .key = {0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63,
                0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1,
                0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f,
                0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57,
                0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5}};
    const struct passkey_use use = {{gets, strlen(gets)}, data, signature};
    uint32_t count;
    (void)!passkey_check(&site, challenge, &p, &use, &count, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0)
        return 0;
    const struct passkey_part rest = {data + 1, len - 1};
    size_t half = rest.len < 37 ? rest.len : 37;
    if (data[0] % 3 == 0)
        create((struct passkey_part){creates, strlen(creates)}, rest);
    else if (data[0] % 3 == 1)
        create(rest, (struct passkey_part){"\xa0", 1});
    else
        check((struct passkey_part){rest.data, half},
              (struct passkey_part){data + 1 + half, rest.len - half});
    return 0;
}
