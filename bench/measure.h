/* Timing for the benchmarks: operations per second of processor time, over a fixed time each. */
#ifndef IRONSIDE_BENCH_MEASURE_H
#define IRONSIDE_BENCH_MEASURE_H

#include <stdint.h>
#include <sys/types.h>

/* Calls `op` for about `seconds` of this thread's processor time. */
double measure_rate(void (*op)(void *context), void *context, double seconds);

/* The primitives and constructions that a bot's work consists of, in operations per second. */
struct measure_crypto {
    double sodium_x25519, openssl_x25519; /* with a prepared secret key */
    double sodium_verify, openssl_verify; /* Ed25519 over 400 bytes */
    double hpke_seal, hpke_open;          /* ours, of one key content */
    double our_verify;                    /* sign.h over 400 bytes */
    double sign;
};
void measure_crypto(double seconds_each, struct measure_crypto *ret);
/* The faster library's rate of each. */
double measure_x25519(const struct measure_crypto *m);
double measure_verify(const struct measure_crypto *m);
/* Messages a second and core at best, if a message cost one X25519 and one verification. */
double measure_limit(const struct measure_crypto *m);

/* The bot's pipeline: link's parser in this process, fed from memory, with a real opener and a real
 * keeper as processes, in a folder made below `work`. 0, or a negative code on failure, with a line
 * on standard error. */
struct measure_pipeline {
    double per_core, per_second; /* by the processor time of all three; by the clock */
    double link, opener, keeper; /* µs of processor time for a message */
};
int measure_pipeline(const char *ibot_program, const char *work, unsigned messages,
                     struct measure_pipeline *ret);

/* The whole network: ejabberd, registrar, bot and devices as processes, sending messages that are
 * made up here. Counts from the first message that is sent to the last that is delivered. */
enum measure_part {
    PART_DEVICES,
    PART_SERVER,
    PART_LINK,
    PART_OPENER,
    PART_KEEPER,
    PART_REGISTRAR,
    PART_DRIVER, /* this process */
    MEASURE_PARTS
};
struct measure_network {
    unsigned messages, devices;
    double per_second;               /* messages, by the clock */
    double seconds[MEASURE_PARTS];   /* of processor time */
    uint64_t peak_kb[MEASURE_PARTS]; /* VmHWM: of a part's largest process */
};
int measure_network(const char *work, unsigned messages, struct measure_network *ret);

/* The words of texts (text/text.h), pairs and Latin forms included: nanoseconds of processor time
 * for each. 0, or a negative code, with a line on standard error. */
enum measure_script {
    MEASURE_ASCII,
    MEASURE_ACCENTS, /* German, French, Spanish, Portuguese */
    MEASURE_THAI,
    MEASURE_TEXTS
};
struct measure_text {
    double ns[MEASURE_TEXTS];
};
int measure_text(double seconds_each, struct measure_text *ret);

/* Seconds of processor time that a process has used, all threads; 0: this one. */
double measure_process_seconds(pid_t pid);

#endif
