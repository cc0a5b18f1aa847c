/* ironside exchange pack: what a query of a desk finds, as a package that proves itself. */
#include <inttypes.h>
#include <stdio.h>

#include "archive/identity.h"
#include "base/clock.h"
#include "base/secret.h"
#include "cli/desk.h"
#include "cli/exchange.h"
#include "cli/print.h"
#include "desk/packages.h"
#include "stamping/stamping.h"

struct words {
    const char *dir, *query, *out, *name, *purpose, *redact, *reason, *passphrase_file, *stamp;
    const char *to[AGE_RECIPIENTS_MAX + 1];
    bool json;
};

static int parse(const struct verb *v, int argc, char **argv, struct words *w)
{
    const struct option_spec options[] = {
        {.name = "query", .value = &w->query},
        {.name = "out", .value = &w->out},
        {.name = "name", .value = &w->name},
        {.name = "purpose", .value = &w->purpose},
        {.name = "redact", .value = &w->redact},
        {.name = "reason", .value = &w->reason},
        {.name = "passphrase-file", .value = &w->passphrase_file},
        {.name = "stamp", .value = &w->stamp},
        {.name = "to", .list = w->to, .list_max = AGE_RECIPIENTS_MAX},
        {.name = "json", .flag = true, .set = &w->json}};
    size_t count;
    *w = (struct words){.purpose = ""};
    int r =
        verb_parse(v, argc, argv, options, sizeof options / sizeof *options, &w->dir, 1, &count);
    if (r != VERB_OK)
        return r;
    if (count != 1)
        return verb_misused(v, "which desk?");
    if (w->query == NULL)
        return verb_misused(v, "which messages? Say it with --query QUERY");
    if (w->out == NULL || w->name == NULL)
        return verb_misused(v, "into which file, and under which --name? Name --out FILE");
    if ((w->redact == NULL) != (w->reason == NULL))
        return verb_misused(v, "what is redacted has a --reason: name --redact QUERY and both");
    return w->to[0] == NULL ? verb_misused(v, "to whom? Name each receiver's --to RECIPIENT")
                            : VERB_OK;
}

static int read_recipients(const struct verb *v, const struct words *w, struct age_recipient *ret,
                           size_t *ret_count)
{
    for (*ret_count = 0; w->to[*ret_count] != NULL; (*ret_count)++)
        if (age_recipient_parse(w->to[*ret_count], &ret[*ret_count]) < 0)
            return verb_fail(v, "'%s' is not an age recipient: it begins with age1",
                             w->to[*ret_count]);
    return VERB_OK;
}

void exchange_print_packed(const char *name, const char *out, const struct pack_counts *c,
                           bool stamped, bool json)
{
    if (json) {
        json_t *o =
            json_pack("{ss ss sI sI sI sI sI sI sI sI}", "package", name, "file", out, "records",
                      (json_int_t)c->counts[PACKAGE_SHOWN], "scope",
                      (json_int_t)c->counts[PACKAGE_OUT_OF_SCOPE], "privileged",
                      (json_int_t)c->counts[PACKAGE_PRIVILEGED], "redacted",
                      (json_int_t)c->counts[PACKAGE_REDACTED], "unverified",
                      (json_int_t)c->counts[PACKAGE_UNVERIFIED], "files", (json_int_t)c->files,
                      "files_missing", (json_int_t)c->files_missing, "bytes", (json_int_t)c->bytes);
        if (stamped)
            json_object_set_new(o, "stamp", exchange_stamp_json(&c->stamp));
        print_json(o);
        json_decref(o);
        return;
    }
    printf("%s: ", out);
    print_count(c->counts[PACKAGE_SHOWN], "record, ", "records, ");
    printf("withheld %" PRIu64 " privileged, %" PRIu64 " redacted and %" PRIu64 " unverified, ",
           c->counts[PACKAGE_PRIVILEGED], c->counts[PACKAGE_REDACTED],
           c->counts[PACKAGE_UNVERIFIED]);
    if (c->files > 0)
        print_count(c->files, "file, ", "files, ");
    print_count(c->bytes, "byte\n", "bytes\n");
    if (stamped)
        exchange_stamp_print(&c->stamp);
    if (c->files_missing > 0) {
        print_count(c->files_missing, "file could not be had\n", "files could not be had\n");
        print_aside("the first", c->missing);
    }
}

static int ask_stamp(void *context, const struct buf *request, struct buf *ret, struct diag *d)
{
    return stamping_ask(((const struct words *)context)->stamp, request, ret, d);
}

static int pack(const struct verb *v, struct words *w, const struct desk_opened *x)
{
    CLEANUP_SECRET struct age_identities *identities = NULL;
    CLEANUP_FREE char *path = desk_folder_identity(&x->folder, getenv("CREDENTIALS_DIRECTORY"));
    struct age_recipient recipients[AGE_RECIPIENTS_MAX];
    struct clock live = clock_live();
    struct pack_counts counts;
    struct diag d = {""};
    const struct stamp_asker stamper = {ask_stamp, w};
    struct desk_package_options o = {.folder = &x->folder,
                                     .engine = &x->engine,
                                     .path = w->out,
                                     .name = w->name,
                                     .query = w->query,
                                     .redact = w->redact,
                                     .reason = w->reason,
                                     .purpose = w->purpose,
                                     .recipients = recipients,
                                     .stamper = w->stamp == NULL ? NULL : &stamper,
                                     .now_unix_ms = clock_now_ms(&live)};
    int r = read_recipients(v, w, recipients, &o.recipient_count);
    if (r != VERB_OK)
        return r;
    if (identity_read(path, &identities, &d) < 0)
        return verb_fail(v, "%s", d.text);
    o.identities = identities;
    if (desk_package_make(&o, &counts, &d) < 0)
        return verb_fail(v, "%s", d.text);
    exchange_print_packed(w->name, w->out, &counts, w->stamp != NULL, w->json);
    return VERB_OK;
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct words w;
    CLEANUP_DESK struct desk_opened x = {.passphrase = NULL};
    int r = parse(v, argc, argv, &w);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    r = desk_open(v, w.dir, w.passphrase_file, &x);
    return r == VERB_OK ? pack(v, &w, &x) : r;
}

const struct verb verb_exchange_pack = {
    .noun = "exchange",
    .name = "pack",
    .usage =
        "DESK --query QUERY --to RECIPIENT... --name NAME --out FILE [--redact QUERY]\n"
        "       [--reason TEXT] [--purpose TEXT] [--stamp URL] [--passphrase-file FILE] [--json]",
    .help = "pass on what a query finds, with what proves it",
    .more = "While the desk is stopped. Times in the query are UTC unless they name a zone.\n\n"
            "  --query QUERY    as on the desk (ironside-query(7))\n"
            "  --to RECIPIENT   an age recipient of the receiver's; may be given several times\n"
            "  --name NAME      the package's: lower case letters, digits and '-'\n"
            "  --out FILE       the age file that is made\n"
            "  --redact QUERY   of these whose messages are withheld as redacted: their text, "
            "files and\n"
            "                   ids are in no form, only that there was one\n"
            "  --reason TEXT    why they are: it stands in their place\n"
            "  --purpose TEXT   why: it stands in the desk's access log\n"
            "  --stamp URL      a time stamp authority's (RFC 3161, http or https), which is asked "
            "for one\n" DESK_PASSPHRASE_MORE "  --json           for programs: one JSON object\n",
    .run = run,
};
