/* bench: what the bot's work costs, as ratios of one run. These machines are noisy: only the ratios
 * mean something, and the primitives are measured before and after. */
#include <stdio.h>
#include <stdlib.h>

#include "base/secret.h"
#include "bench/measure.h"

#define SECONDS_EACH 0.4
#define MESSAGES 20000U

static double mean(double a, double b)
{
    return (a + b) / 2;
}

int main(int argc, char **argv)
{
    struct measure_crypto before, after;
    struct measure_pipeline p;
    if (argc < 2 || argc > 3) {
        fputs("usage: ironside-bench IBOT [MESSAGES]\n", stderr);
        return 2;
    }
    unsigned messages = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : MESSAGES;
    secret_init();
    measure_crypto(SECONDS_EACH, &before);
    if (measure_pipeline(argv[1], messages, &p) < 0)
        return 1;
    measure_crypto(SECONDS_EACH, &after);
    double limit = mean(measure_limit(&before), measure_limit(&after));
    printf("primitives, operations a second and core\n"
           "  X25519          libsodium %8.0f   OpenSSL %8.0f\n"
           "  Ed25519 verify  libsodium %8.0f   OpenSSL %8.0f\n"
           "  Ed25519 sign    %8.0f\n"
           "  HPKE seal       %8.0f   open %8.0f   (%.2f and %.2f of the faster X25519)\n",
           mean(before.sodium_x25519, after.sodium_x25519),
           mean(before.openssl_x25519, after.openssl_x25519),
           mean(before.sodium_verify, after.sodium_verify),
           mean(before.openssl_verify, after.openssl_verify), mean(before.sign, after.sign),
           mean(before.hpke_seal, after.hpke_seal), mean(before.hpke_open, after.hpke_open),
           mean(before.hpke_seal, after.hpke_seal) /
               mean(before.openssl_x25519, after.openssl_x25519),
           mean(before.hpke_open, after.hpke_open) /
               mean(before.openssl_x25519, after.openssl_x25519));
    printf("the bot's pipeline, %u messages of 600 bytes, link's parser to signed verdict\n"
           "  processor time  link %.1f   opener %.1f   keeper %.1f µs a message\n"
           "  %.0f messages a second and core; limit 1/(1/X25519 + 1/verify) = %.0f\n"
           "  ratio           %.2f of the limit (aim: 0.70)\n"
           "  by the clock    %.0f messages a second on this machine\n",
           p.messages, p.link, p.opener, p.keeper, p.per_core, limit, p.per_core / limit,
           p.per_second);
    return 0;
}
