#include "base/secret.h"

#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

void secret_init(void)
{
    if (sodium_init() < 0) {
        fputs("libsodium found no source of randomness\n", stderr);
        abort();
    }
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void *secret_new(size_t len)
{
    void *p = sodium_malloc(len == 0 ? 1 : len);
    if (p == NULL) {
        fputs("out of memory for secrets\n", stderr);
        abort();
    }
    memset(p, 0, len);
    return p;
}

void secret_free(void *p)
{
    sodium_free(p);
}

void secret_wipe(void *p, size_t len)
{
    sodium_memzero(p, len);
}

bool secret_equal(const void *a, const void *b, size_t len)
{
    return sodium_memcmp(a, b, len) == 0;
}

void secret_random(void *ret, size_t len)
{
    randombytes_buf(ret, len);
}
