/* ironside desk verify: is all on the desk that the archives hold for it? */
#include <inttypes.h>
#include <stdio.h>

#include "archive/identity.h"
#include "base/secret.h"
#include "cli/desk.h"
#include "cli/print.h"
#include "desk/verify.h"

#define SHOWN_MAX 20U /* lines of each kind */

struct showing {
    const struct verb *verb;
    uint64_t shown[DESK_FINDINGS];
};

static void show(void *context, enum desk_finding what, const char *line)
{
    static const char *const words[] = {[DESK_MISSING] = "missing",
                                        [DESK_DOUBLED] = "doubled",
                                        [DESK_CHANGED] = "changed",
                                        [DESK_STRANGER] = "of no leaf"};
    _Static_assert(sizeof words / sizeof words[0] == DESK_FINDINGS, "a word for each finding");
    struct showing *x = context;
    if (x->shown[what]++ < SHOWN_MAX)
        (void)verb_fail(x->verb, "%s: %s", words[what], line);
}

static void print_figures(const struct desk_verify_counts *c, bool quick)
{
    print_count(c->leaves, "leaf of warrants that name the agency, ",
                "leaves of warrants that name the agency, ");
    print_count(c->records, "record in the index\n", "records in the index\n");
    if (!quick)
        print_count(c->opened, "message opened again and compared\n",
                    "messages opened again and compared\n");
    if (c->unread > 0)
        print_count(c->unread, "leaf is not read yet\n", "leaves are not read yet\n");
    printf("%" PRIu64 " missing, %" PRIu64 " doubled, %" PRIu64 " changed, %" PRIu64
           " of no leaf\n",
           c->found[DESK_MISSING], c->found[DESK_DOUBLED], c->found[DESK_CHANGED],
           c->found[DESK_STRANGER]);
}

static int run(const struct verb *v, int argc, char **argv)
{
    const char *dir, *file = NULL;
    bool quick = false;
    const struct option_spec options[] = {{.name = "passphrase-file", .value = &file},
                                          {.name = "quick", .flag = true, .set = &quick}};
    CLEANUP_DESK struct desk_opened x = {.passphrase = NULL};
    CLEANUP_SECRET struct age_identities *identities = NULL;
    struct desk_verify_counts counts;
    struct showing showing = {.verb = v};
    struct diag d = {""};
    size_t count;
    int r = verb_parse(v, argc, argv, options, 2, &dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1)
        return verb_misused(v, "which desk?");
    r = desk_open(v, dir, file, &x);
    if (r != VERB_OK)
        return r;
    CLEANUP_FREE char *path = desk_folder_identity(&x.folder, getenv("CREDENTIALS_DIRECTORY"));
    if (identity_read(path, &identities, &d) < 0)
        return verb_fail(v, "%s", d.text);
    struct desk_verify_options o = {.folder = &x.folder,
                                    .engine = &x.engine,
                                    .identities = identities,
                                    .quick = quick,
                                    .fn = show,
                                    .context = &showing};
    r = desk_verify(&o, &counts, &d);
    print_figures(&counts, quick);
    return r < 0 ? verb_fail(v, "%s", d.text) : VERB_OK;
}

const struct verb verb_desk_verify = {
    .noun = "desk",
    .name = "verify",
    .usage = "FOLDER [--quick] [--passphrase-file FILE]",
    .help = "compare a desk that is stopped with the journals, leaf by leaf",
    .more = "  --quick   leaves, records and digests alone; no message is opened "
            "again\n" DESK_PASSPHRASE_MORE,
    .run = run,
};
