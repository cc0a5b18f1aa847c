/* bench: what the bot's work costs, as ratios of one run. These machines are noisy: primitives and
 * pipeline are measured in turn, several times, and medians are printed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/process.h"
#include "base/secret.h"
#include "bench/measure.h"
#include "launch/fleet.h"

#define TURNS 7
#define TURNS_AT_LEAST 3
#define TURNS_SECONDS 45        /* after which no further turn begins */
#define SECONDS_EACH 0.1        /* for a primitive, in a turn */
#define PIPELINE_MESSAGES 8000U /* in a turn */
#define NETWORK_MESSAGES 1200U

static const char *const part_names[MEASURE_PARTS] = {
    "devices", "ejabberd", "link", "opener", "keeper", "registrar", "this program"};

/* What the turns gave: crypto[i] and crypto[i + 1] stand around pipeline[i]. */
struct results {
    struct measure_crypto crypto[TURNS + 1];
    struct measure_pipeline pipeline[TURNS];
    struct measure_text text[TURNS];
    size_t turns;
};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct spread {
    double low, median, high;
};

static struct spread spread_of(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return (struct spread){values[0], values[count / 2], values[count - 1]};
}

/* The median of one figure over all turns. */
static double crypto_median(const struct results *r,
                            double (*figure)(const struct measure_crypto *))
{
    double values[TURNS + 1];
    for (size_t i = 0; i <= r->turns; i++)
        values[i] = figure(&r->crypto[i]);
    return spread_of(values, r->turns + 1).median;
}

#define FIGURE(name, expression)                                                                   \
    static double name(const struct measure_crypto *m)                                             \
    {                                                                                              \
        return expression;                                                                         \
    }
FIGURE(sodium_x25519, m->sodium_x25519)
FIGURE(openssl_x25519, m->openssl_x25519)
FIGURE(sodium_verify, m->sodium_verify)
FIGURE(openssl_verify, m->openssl_verify)
FIGURE(ed25519_sign, m->sign)
FIGURE(our_verify, m->our_verify)
FIGURE(seal, m->hpke_seal)
FIGURE(open, m->hpke_open)
FIGURE(seal_ratio, m->hpke_seal / measure_x25519(m))
FIGURE(open_ratio, m->hpke_open / measure_x25519(m))
FIGURE(verify_ratio, m->our_verify / measure_verify(m))

static void print_crypto(const struct results *r)
{
    printf("primitives, a second and core       libsodium      OpenSSL\n"
           "  X25519                            %9.0f    %9.0f\n"
           "  Ed25519 verify, 400 bytes         %9.0f    %9.0f\n"
           "  Ed25519 sign                      %9.0f\n\n",
           crypto_median(r, sodium_x25519), crypto_median(r, openssl_x25519),
           crypto_median(r, sodium_verify), crypto_median(r, openssl_verify),
           crypto_median(r, ed25519_sign));
    printf("ours, of the faster library's            rate        ratio\n"
           "  HPKE seal, of X25519              %9.0f         %.2f\n"
           "  HPKE open, of X25519              %9.0f         %.2f\n"
           "  verify, of Ed25519 verify         %9.0f         %.2f\n\n",
           crypto_median(r, seal), crypto_median(r, seal_ratio), crypto_median(r, open),
           crypto_median(r, open_ratio), crypto_median(r, our_verify),
           crypto_median(r, verify_ratio));
}

/* The limit that held around turn `i`. */
static double limit_of(const struct results *r, size_t i)
{
    return (measure_limit(&r->crypto[i]) + measure_limit(&r->crypto[i + 1])) / 2;
}

static void print_pipeline(const struct results *r)
{
    double core[TURNS], clock[TURNS], limit[TURNS], ratio[TURNS];
    double link[TURNS], opener[TURNS], keeper[TURNS];
    for (size_t i = 0; i < r->turns; i++) {
        const struct measure_pipeline *p = &r->pipeline[i];
        core[i] = p->per_core;
        clock[i] = p->per_second;
        limit[i] = limit_of(r, i);
        ratio[i] = core[i] / limit[i];
        link[i] = p->link;
        opener[i] = p->opener;
        keeper[i] = p->keeper;
    }
    struct spread s = spread_of(ratio, r->turns);
    printf("the bot's pipeline, link's parser to signed verdict, %zu times %u messages\n"
           "  processor time for a message      link %.1f  opener %.1f  keeper %.1f us\n"
           "  messages a second and core        %9.0f\n"
           "  limit 1/(1/X25519 + 1/verify)     %9.0f\n"
           "  ratio                                  %.2f  (%.2f to %.2f; aim 0.70)\n"
           "  messages a second, by the clock   %9.0f\n\n",
           r->turns, PIPELINE_MESSAGES, spread_of(link, r->turns).median,
           spread_of(opener, r->turns).median, spread_of(keeper, r->turns).median,
           spread_of(core, r->turns).median, spread_of(limit, r->turns).median, s.median, s.low,
           s.high, spread_of(clock, r->turns).median);
}

static void print_text(const struct results *r)
{
    static const char *const names[MEASURE_TEXTS] = {[MEASURE_ASCII] = "ASCII",
                                                     [MEASURE_ACCENTS] = "Latin with accents",
                                                     [MEASURE_THAI] = "Thai"};
    printf("words of texts, with pairs and Latin forms    ns a word    ratio to ASCII\n");
    for (int k = 0; k < MEASURE_TEXTS; k++) {
        double ns[TURNS], ratio[TURNS];
        for (size_t i = 0; i < r->turns; i++) {
            ns[i] = r->text[i].ns[k];
            ratio[i] = ns[i] / r->text[i].ns[MEASURE_ASCII];
        }
        printf("  %-32s  %15.1f           %7.1f\n", names[k], spread_of(ns, r->turns).median,
               spread_of(ratio, r->turns).median);
    }
    printf("\n");
}

static void print_network(const struct measure_network *m)
{
    double all = 0;
    for (int i = 0; i < MEASURE_PARTS; i++)
        all += m->seconds[i];
    printf("the whole network, %u messages of %u devices\n"
           "  messages a second, by the clock   %9.1f\n"
           "  messages a second and core        %9.1f\n"
           "  part             processor time    share    memory at most\n",
           m->messages, m->devices, m->per_second, m->messages / all);
    for (int i = 0; i < MEASURE_PARTS; i++)
        printf("  %-16s %10.2f ms   %5.1f %%   %10.1f MB\n", part_names[i],
               m->seconds[i] * 1000 / m->messages, 100 * m->seconds[i] / all,
               (double)m->peak_kb[i] / 1024);
}

/* A machine that is busy with other things gets fewer turns. */
static int measure_turns(const char *ibot, const char *work, struct results *r)
{
    int64_t end = clock_monotonic_ms() + TURNS_SECONDS * 1000;
    measure_crypto(SECONDS_EACH, &r->crypto[0]);
    while (r->turns < TURNS && (r->turns < TURNS_AT_LEAST || clock_monotonic_ms() < end)) {
        if (measure_pipeline(ibot, work, PIPELINE_MESSAGES, &r->pipeline[r->turns]) < 0 ||
            measure_text(SECONDS_EACH, &r->text[r->turns]) < 0)
            return -1;
        measure_crypto(SECONDS_EACH, &r->crypto[++r->turns]);
    }
    return 0;
}

int main(int argc, char **argv)
{
    process_begin();
    static struct results results;
    struct measure_network network;
    secret_init();
    /* The replay starts this program again for its devices. */
    if (argc == 4 && strcmp(argv[1], "replay") == 0 && strcmp(argv[2], "devices") == 0)
        return fleet_run(argv[3]);
    if (argc != 3) {
        fputs("usage: ironside-bench IBOT WORK-FOLDER\n", stderr);
        return 2;
    }
    if (measure_turns(argv[1], argv[2], &results) < 0)
        return 1;
    print_crypto(&results);
    print_pipeline(&results);
    print_text(&results);
    fflush(stdout);
    if (measure_network(argv[2], NETWORK_MESSAGES, &network) < 0)
        return 1;
    print_network(&network);
    return 0;
}
