/* ironside exchange receive: packages of other agencies into a desk's index. */
#include <inttypes.h>
#include <stdio.h>

#include "archive/identity.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/secret.h"
#include "cli/desk.h"
#include "cli/exchange.h"
#include "cli/print.h"
#include "desk/receive.h"

#define PACKAGES_MAX 64U

struct words {
    const char *positions[1 + PACKAGES_MAX]; /* the desk, packages */
    size_t count;
    const char *network, *passphrase_file;
    bool json;
};

static int parse(const struct verb *v, int argc, char **argv, struct words *w)
{
    const struct option_spec options[] = {{.name = "network", .value = &w->network},
                                          {.name = "passphrase-file", .value = &w->passphrase_file},
                                          {.name = "json", .flag = true, .set = &w->json}};
    *w = (struct words){.count = 0};
    int r = verb_parse(v, argc, argv, options, sizeof options / sizeof *options, w->positions,
                       1 + PACKAGES_MAX, &w->count);
    if (r != VERB_OK)
        return r;
    return w->count < 2 ? verb_misused(v, "which desk, and which packages?") : VERB_OK;
}

static void print_json_of(const struct desk_receive_counts *c, const char *path)
{
    json_t *o =
        json_pack("{ss ss ss ss sI sb}", "file", path, "package", c->package, "agency", c->agency,
                  "network", c->network, "files", (json_int_t)c->files, "again", c->again);
    for (int k = 0; k < DESK_RECEIVED_KINDS; k++)
        json_object_set_new(o, desk_received_kind_text((enum desk_received_kind)k),
                            json_integer((json_int_t)c->records[k]));
    print_json(o);
    json_decref(o);
}

static void print_received(const struct desk_receive_counts *c, const char *path, bool json)
{
    const uint64_t *n = c->records;
    if (json) {
        print_json_of(c, path);
        return;
    }
    printf("%s of %s, %s: ", c->package, c->agency, c->network);
    if (c->again)
        fputs("was here already, nothing changed: ", stdout);
    print_count(n[DESK_RECEIVED_NEW] + n[DESK_RECEIVED_FORK], "record new, ", "records new, ");
    printf("%" PRIu64 " held already", n[DESK_RECEIVED_HELD]);
    fputs(c->files > 0 ? ", " : "\n", stdout);
    if (c->files > 0)
        print_count(c->files, "file\n", "files\n");
    if (n[DESK_RECEIVED_OTHER] > 0)
        print_count(n[DESK_RECEIVED_OTHER],
                    "record says something else than its message here: it was not taken in\n",
                    "records say something else than their messages here: they were not taken "
                    "in\n");
    if (n[DESK_RECEIVED_FORK] > 0)
        print_count(n[DESK_RECEIVED_FORK],
                    "record stands where its bot's tree was known to have another\n",
                    "records stand where their bots' trees were known to have others\n");
}

static int receive(const struct verb *v, const struct words *w, const struct desk_opened *x)
{
    CLEANUP_SECRET struct age_identities *identities = NULL;
    CLEANUP_FREE char *path = desk_folder_identity(&x->folder, getenv("CREDENTIALS_DIRECTORY"));
    CLEANUP_FREE char *network = NULL;
    struct clock live = clock_live();
    struct diag d = {""};
    int result = VERB_OK;
    int r = identity_read(path, &identities, &d);
    if (r == 0 && w->network != NULL)
        r = file_read_text(w->network, VALUE_NOTE_MAX, &network, &d);
    if (r < 0)
        return verb_fail(v, "%s", d.text);
    for (size_t i = 1; i < w->count; i++) {
        const struct desk_receive_options o = {.folder = &x->folder,
                                               .engine = &x->engine,
                                               .path = w->positions[i],
                                               .network = network,
                                               .identities = identities,
                                               .now_unix_ms = clock_now_ms(&live)};
        struct desk_receive_counts counts;
        if (desk_receive(&o, &counts, &d) < 0)
            result = verb_fail(v, "%s is refused: %s", w->positions[i], d.text);
        else
            print_received(&counts, w->positions[i], w->json);
    }
    return result;
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct words w;
    CLEANUP_DESK struct desk_opened x = {.passphrase = NULL};
    int r = parse(v, argc, argv, &w);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    r = desk_open(v, w.positions[0], w.passphrase_file, &x);
    return r == VERB_OK ? receive(v, &w, &x) : r;
}

const struct verb verb_exchange_receive = {
    .noun = "exchange",
    .name = "receive",
    .usage = "DESK PACKAGE... [--network FILE] [--passphrase-file FILE] [--json]",
    .help = "take in packages of other agencies",
    .more =
        "While the desk is stopped. Each is verified as a whole first; then its messages are "
        "on the\ndesk, each with where it is from, or nothing of it is. What the desk holds "
        "already is kept once.\n\n"
        "  --network FILE   the trusted copy of the sender's network's note; else the desk's "
        "own\n" DESK_PASSPHRASE_MORE "  --json           for programs: one JSON object a line\n",
    .run = run,
};
