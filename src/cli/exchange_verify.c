/* ironside exchange verify and show: does a package prove what it says, and what is that? */
#include "cli/exchange.h"
#include "cli/print_record.h"

static int verify(const struct verb *v, int argc, char **argv)
{
    return exchange_run(v, argc, argv, NULL);
}

static int print_message(void *context, const struct verify_message *m)
{
    const struct print_record r = {.leaf = m->leaf,
                                   .record = m->record,
                                   .body = m->body,
                                   .body_len = m->body_len,
                                   .wrong = ""};
    print_record(&r, *(const bool *)context);
    return 0;
}

static int show(const struct verb *v, int argc, char **argv)
{
    return exchange_run(v, argc, argv, print_message);
}

const struct verb verb_exchange_verify = {
    .noun = "exchange",
    .name = "verify",
    .usage = "PACKAGE [--identity FILE] [--network FILE] [--stamp-authority FILE] [--json]",
    .help = "check a package with nothing but its bytes",
    .more = "PACKAGE is the file as it was received, or the folder that it was unpacked "
            "to.\n\n" EXCHANGE_IDENTITY_MORE EXCHANGE_NETWORK_MORE EXCHANGE_STAMP_MORE
            "  --json           for programs: one JSON object\n",
    .run = verify,
};

const struct verb verb_exchange_show = {
    .noun = "exchange",
    .name = "show",
    .usage = "PACKAGE [--identity FILE] [--network FILE] [--stamp-authority FILE] [--json]",
    .help = "print a package's messages, each checked",
    .more =
        "Whether the package is whole is known at its end alone: what is printed before a line "
        "that\nsays what is wrong is not proved.\n\n" EXCHANGE_IDENTITY_MORE EXCHANGE_NETWORK_MORE
            EXCHANGE_STAMP_MORE
        "  --json           for programs: one JSON object in a line each, the package's last\n",
    .run = show,
};
