#include "cli/exchange.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/identity.h"
#include "base/calendar.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/secret.h"
#include "cli/print.h"
#include "wire/json.h"

struct words {
    const char *path, *identity, *network, *authority;
    bool json;
};

static int parse(const struct verb *v, int argc, char **argv, struct words *w)
{
    const struct option_spec options[] = {{.name = "identity", .value = &w->identity},
                                          {.name = "network", .value = &w->network},
                                          {.name = "stamp-authority", .value = &w->authority},
                                          {.name = "json", .flag = true, .set = &w->json}};
    size_t count;
    int r =
        verb_parse(v, argc, argv, options, sizeof options / sizeof *options, &w->path, 1, &count);
    if (r == VERB_OK && count != 1)
        r = verb_misused(v, "which package?");
    return r;
}

/* ---- its time stamp ---- */

json_t *exchange_stamp_json(const struct stamp *s)
{
    return json_pack("{so ss sb}", "at", json_of_instant(s->at_unix_ms), "authority", s->authority,
                     "compared", s->compared);
}

void exchange_stamp_print(const struct stamp *s)
{
    char at[CALENDAR_SHOWN_LEN + 1];
    CLEANUP_LINE struct line l = LINE_INIT;
    calendar_show(s->at_unix_ms, at);
    printf("stamped:  %s by ", at);
    line_foreign(&l, s->authority);
    line_end(&l, 0);
}

static void print_stamp(const struct package_verified *r)
{
    if (!r->stamped)
        return;
    exchange_stamp_print(&r->stamp);
    if (!r->stamp.compared)
        puts("          which was not compared: name a trusted copy of its certificate, "
             "--stamp-authority FILE");
}

/* ---- what a package says of itself ---- */

static json_t *bot_json(const struct package_bot *b)
{
    json_t *o = json_pack("{ss sI}", "bot", b->jid, "leaves", (json_int_t)b->size);
    for (enum package_why why = 0; why < PACKAGE_WHYS; why++)
        json_object_set_new(o, package_why_text(why), json_integer((json_int_t)b->counts[why]));
    return o;
}

static void print_whole(const struct package_verified *r, const char *network)
{
    const struct package *p = r->package;
    json_t *warrants = json_array(), *bots = json_array();
    for (size_t i = 0; i < p->warrant_count; i++)
        json_array_append_new(warrants, json_string(p->warrants[i].id));
    for (size_t i = 0; i < p->bot_count; i++)
        json_array_append_new(bots, bot_json(&p->bots[i]));
    json_t *o =
        json_pack("{sb ss ss ss ss so ss so so sI sI sI}", "verified", 1, "package", p->name,
                  "agency", p->agency, "network", r->network, "network_hash", network, "made",
                  json_of_instant(p->made_unix_ms), "scope", p->scope, "warrants", warrants, "bots",
                  bots, "records", (json_int_t)r->records, "files", (json_int_t)r->files,
                  "files_missing", (json_int_t)r->files_missing);
    json_object_set_new(o, "public_log",
                        json_pack("{sI sI sI}", "entries", (json_int_t)r->log_size, "certificates",
                                  (json_int_t)r->certificates, "logged", (json_int_t)r->logged));
    json_object_set_new(o, "stamp", r->stamped ? exchange_stamp_json(&r->stamp) : json_null());
    print_json(o);
    json_decref(o);
}

static void print_bot(const struct package_bot *b)
{
    printf("%s: ", b->jid);
    print_count(b->size, "leaf: ", "leaves: ");
    print_count(b->counts[PACKAGE_SHOWN], "record shown", "records shown");
    printf(", withheld %" PRIu64 " out of scope, %" PRIu64 " privileged, %" PRIu64
           " redacted, %" PRIu64 " unverified\n",
           b->counts[PACKAGE_OUT_OF_SCOPE], b->counts[PACKAGE_PRIVILEGED],
           b->counts[PACKAGE_REDACTED], b->counts[PACKAGE_UNVERIFIED]);
}

static void print_log(const struct package_verified *r)
{
    if (r->log_size == 0) {
        puts("log:      nothing of the public log is in it: its certificates are not compared");
        return;
    }
    fputs("log:      ", stdout);
    print_count(r->log_size, "entry, ", "entries, ");
    printf("%" PRIu64 " of ", r->logged);
    print_count(r->certificates, "certificate in it\n", "certificates in it\n");
}

static void print_verified(const struct package_verified *r, bool json)
{
    const struct package *p = r->package;
    char network[2 * HASH_BYTES + 1], made[CALENDAR_SHOWN_LEN + 1];
    encode_hex(r->network_hash, HASH_BYTES, network);
    if (json) {
        print_whole(r, network);
        return;
    }
    calendar_show(p->made_unix_ms, made);
    CLEANUP_LINE struct line l = LINE_INIT;
    printf("package:  %s of %s, %s\n", p->name, p->agency, made);
    line_put(&l, "scope:    ");
    line_foreign(&l, p->scope);
    line_end(&l, 0);
    for (size_t i = 0; i < p->warrant_count; i++)
        printf("warrant:  %s\n", p->warrants[i].id);
    printf("network:  %s, note %s\n", r->network, network);
    print_log(r);
    print_stamp(r);
    for (size_t i = 0; i < p->bot_count; i++)
        print_bot(&p->bots[i]);
    if (r->files_missing > 0)
        print_count(r->files_missing, "file that a record sends is not in the package\n",
                    "files that records send are not in the package\n");
    fputs("verified: ", stdout);
    print_count(r->members, "member, ", "members, ");
    if (r->files > 0)
        print_count(r->files, "file as it was sent, ", "files as they were sent, ");
    print_count(r->records, "record, each with its signature, seal, verdict and place\n",
                "records, each with its signature, seal, verdict and place\n");
}

/* ---- reading it ---- */

static int check(struct words *w, int (*message)(void *context, const struct verify_message *m),
                 struct package_verified *ret, struct diag *d)
{
    CLEANUP_SECRET struct age_identities *identities = NULL;
    CLEANUP_FREE char *network = NULL, *authority = NULL;
    int r = w->identity == NULL ? 0 : identity_read(w->identity, &identities, d);
    if (r == 0 && w->network != NULL)
        r = file_read_text(w->network, VALUE_NOTE_MAX, &network, d);
    if (r == 0 && w->authority != NULL)
        r = file_read_text(w->authority, STAMP_AUTHORITIES_MAX, &authority, d);
    const struct package_verify_options o = {
        .path = w->path,
        .identities = identities == NULL ? NULL : identities->list,
        .identity_count = identities == NULL ? 0 : identities->count,
        .network = network,
        .authorities = authority,
        .message = message,
        .context = &w->json};
    return r == 0 ? package_verify(&o, ret, d) : r;
}

int exchange_run(const struct verb *v, int argc, char **argv,
                 int (*message)(void *context, const struct verify_message *m))
{
    struct words w = {.path = NULL};
    CLEANUP_VERIFIED struct package_verified verified = {.package = NULL};
    struct diag d = {""};
    int r = parse(v, argc, argv, &w);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (check(&w, message, &verified, &d) < 0)
        return verb_fail(v, "%s", d.text);
    print_verified(&verified, w.json);
    return VERB_OK;
}
