/* Timing for the benchmarks: operations per second of processor time, over a fixed time each. */
#ifndef IRONSIDE_BENCH_MEASURE_H
#define IRONSIDE_BENCH_MEASURE_H

/* Calls `op` for about `seconds` of this thread's processor time. */
double measure_rate(void (*op)(void *context), void *context, double seconds);

/* The primitives and constructions that a bot's work consists of, in operations per second. */
struct measure_crypto {
    double sodium_x25519, openssl_x25519; /* with a prepared secret key */
    double sodium_verify, openssl_verify; /* Ed25519 over 400 bytes */
    double hpke_seal, hpke_open;          /* ours, of one key content */
    double sign;
};
void measure_crypto(double seconds_each, struct measure_crypto *ret);
/* Messages a second and core at best, if a message cost one X25519 and one verification. */
double measure_limit(const struct measure_crypto *m);

/* The bot's pipeline: link's parser in this process, fed from memory, with a real opener and a real
 * keeper as processes. Returns messages per second of processor time of all three; 0 on failure,
 * with a line on standard error. */
struct measure_pipeline {
    double per_core, per_second; /* by processor time, by the clock */
    double link, opener, keeper; /* µs of processor time for a message */
    unsigned messages;
};
int measure_pipeline(const char *ibot_program, unsigned messages, struct measure_pipeline *ret);

#endif
