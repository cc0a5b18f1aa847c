#include "device/safety_number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "wire/certificate.h"

#define GROUPS 12
#define GROUP_BYTES 5
#define GROUP_MODULUS 100000 /* five digits */

void safety_number_of(const struct certificate *a, const struct certificate *b,
                      char ret[static SAFETY_NUMBER_LEN + 1])
{
    static const char label[] = "ironside safety number 1"; /* with its NUL */
    const struct certificate *first = strcmp(a->account, b->account) <= 0 ? a : b;
    const struct certificate *second = first == a ? b : a;
    const struct hash_part parts[] = {
        {label, sizeof label},
        {first->account, strlen(first->account) + 1},
        {first->key, sizeof first->key},
        {first->omemo_identity, sizeof first->omemo_identity},
        {second->account, strlen(second->account) + 1},
        {second->key, sizeof second->key},
        {second->omemo_identity, sizeof second->omemo_identity},
    };
    uint8_t hash[2 * HASH_BYTES];
    hash_sha256_parts(parts, 7, hash);
    hash_sha256(hash, HASH_BYTES, hash + HASH_BYTES);
    size_t at = 0;
    for (int group = 0; group < GROUPS; group++) {
        uint64_t v = 0;
        for (int i = 0; i < GROUP_BYTES; i++)
            v = v << 8 | hash[group * GROUP_BYTES + i];
        at += (size_t)snprintf(ret + at, SAFETY_NUMBER_LEN + 1 - at, "%s%05" PRIu64,
                               group > 0 ? " " : "", v % GROUP_MODULUS);
    }
}
