/* ironside exchange verify: does a package prove what it says? */
#include "cli/exchange.h"

static int run(const struct verb *v, int argc, char **argv)
{
    struct exchange_words w;
    CLEANUP_VERIFIED struct package_verified verified = {.package = NULL};
    int r = exchange_parse(v, argc, argv, &w);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    r = exchange_check(v, &w, NULL, NULL, &verified);
    if (r == VERB_OK)
        exchange_print(&verified, w.json);
    return r;
}

const struct verb verb_exchange_verify = {
    .noun = "exchange",
    .name = "verify",
    .usage = "PACKAGE [--identity FILE] [--network FILE] [--json]",
    .help = "check a package with nothing but its bytes",
    .more = "PACKAGE is the file as it was received, or the folder that it was unpacked "
            "to.\n\n" EXCHANGE_IDENTITY_MORE EXCHANGE_NETWORK_MORE
            "  --json           for programs: one JSON object\n",
    .run = run,
};
