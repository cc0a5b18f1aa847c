/* ironside exchange show: the messages of a package, each checked. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/exchange.h"
#include "cli/print_record.h"

struct showing {
    bool json;
};

static int show(void *context, const struct verify_message *m)
{
    const struct showing *x = context;
    const struct print_record r = {.leaf = m->leaf,
                                   .record = m->record,
                                   .body = m->body,
                                   .body_len = m->body_len,
                                   .wrong = ""};
    print_record(&r, x->json);
    return 0;
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct exchange_words w;
    CLEANUP_VERIFIED struct package_verified verified = {.package = NULL};
    int r = exchange_parse(v, argc, argv, &w);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    struct showing x = {w.json};
    r = exchange_check(v, &w, show, &x, &verified);
    if (r == VERB_OK)
        exchange_print(&verified, w.json);
    return r;
}

const struct verb verb_exchange_show = {
    .noun = "exchange",
    .name = "show",
    .usage = "PACKAGE [--identity FILE] [--network FILE] [--json]",
    .help = "print a package's messages, each checked",
    .more =
        "Whether the package is whole is known at its end alone: what is printed before a line "
        "that\nsays what is wrong is not proved.\n\n" EXCHANGE_IDENTITY_MORE EXCHANGE_NETWORK_MORE
        "  --json           for programs: one JSON object in a line each, the package's last\n",
    .run = run,
};
