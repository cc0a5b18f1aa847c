/* The private day keys of a bot, as anyone reads them who has its folder and its credential: a line
 * "DAY HEX" for each live slot, the day counted from 1970. The format is that of
 * src/daykeys/daykeys.h, read here anew, so that a scenario can look for these keys where they may
 * not be.
 *
 *     day_keys DAYKEYS-FILE CREDENTIAL-FILE
 */
#include <sodium.h>
#include <stdio.h>

#include "base/process.h"

#define HEADER_BYTES 64
#define SLOT_BYTES 192
#define MADE_AT 8 /* from here to the nonce it is the associated data */
#define DAY_AT 16
#define NONCE_AT 120
#define SEALED_AT 144
#define SEALED_BYTES 48
#define DESTROYED 3

static int print_slot(const unsigned char slot[static SLOT_BYTES],
                      const unsigned char credential[static 32])
{
    unsigned char key[32];
    unsigned long long day = 0;
    char hex[65];
    for (int i = 0; i < 8; i++)
        day = day << 8 | slot[DAY_AT + i];
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(key, NULL, NULL, slot + SEALED_AT, SEALED_BYTES,
                                                   slot + MADE_AT, NONCE_AT - MADE_AT,
                                                   slot + NONCE_AT, credential) != 0)
        return 1;
    printf("%llu %s\n", day, sodium_bin2hex(hex, sizeof hex, key, sizeof key));
    return 0;
}

int main(int argc, char **argv)
{
    process_begin();
    unsigned char credential[32], header[HEADER_BYTES], slot[SLOT_BYTES];
    int status = 0;
    if (argc != 3 || sodium_init() < 0)
        return 2;
    FILE *keys = fopen(argv[1], "rb"), *seal = fopen(argv[2], "rb");
    if (keys == NULL || seal == NULL || fread(credential, sizeof credential, 1, seal) != 1 ||
        fread(header, sizeof header, 1, keys) != 1)
        status = 1;
    while (status == 0 && fread(slot, sizeof slot, 1, keys) == 1)
        status = slot[0] != DESTROYED ? print_slot(slot, credential) : 0;
    if (keys != NULL)
        fclose(keys);
    if (seal != NULL)
        fclose(seal);
    return status;
}
