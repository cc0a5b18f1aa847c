/* ironside exchange pass: the next package to a partner, while the desk is stopped. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/identity.h"
#include "base/clock.h"
#include "base/secret.h"
#include "cli/desk.h"
#include "cli/exchange.h"
#include "cli/print.h"
#include "desk/packages.h"

#define PARTNER_BYTES (VALUE_NOTE_MAX + (1U << 16))

struct words {
    const char *words[2]; /* the desk, and the partner's name */
    const char *purpose, *passphrase_file;
    bool json;
};

static int parse(const struct verb *v, int argc, char **argv, struct words *w)
{
    const struct option_spec options[] = {{.name = "purpose", .value = &w->purpose},
                                          {.name = "passphrase-file", .value = &w->passphrase_file},
                                          {.name = "json", .flag = true, .set = &w->json}};
    size_t count;
    *w = (struct words){.purpose = ""};
    int r = verb_parse(v, argc, argv, options, 3, w->words, 2, &count);
    return r == VERB_OK && count != 2 ? verb_misused(v, "from which desk, to which partner?") : r;
}

struct finding {
    const char *name;
    struct arena *arena;
    struct desk_partner partner;
    bool found;
};

static int take_named(void *context, const struct desk_partner *p)
{
    struct finding *f = context;
    if (strcmp(p->name, f->name) != 0)
        return 0;
    f->found = true;
    return desk_partner_copy(f->arena, p, &f->partner);
}

static int find_partner(const struct desk_opened *x, struct finding *f, struct diag *d)
{
    int r = desk_partners_each(x->engine.index, take_named, f, d);
    return r == 0 && !f->found ? diag_set(d, ERR_NOT_FOUND, "there is no partner %s", f->name) : r;
}

static void print_nothing_new(const struct words *w)
{
    if (!w->json) {
        printf("nothing is new for %s: no package is made\n", w->words[1]);
        return;
    }
    json_t *o = json_pack("{sn}", "package");
    print_json(o);
    json_decref(o);
}

static int pass(const struct words *w, const struct desk_opened *x, struct diag *d)
{
    CLEANUP_SECRET struct age_identities *identities = NULL;
    CLEANUP_ARENA struct arena arena = ARENA_INIT(PARTNER_BYTES);
    CLEANUP_FREE char *path = desk_folder_identity(&x->folder, getenv("CREDENTIALS_DIRECTORY"));
    struct finding f = {.name = w->words[1], .arena = &arena};
    struct clock live = clock_live();
    struct desk_package_passed passed = {.path = NULL};
    int r = find_partner(x, &f, d);
    if (r == 0)
        r = identity_read(path, &identities, d);
    if (r < 0)
        return r;
    const struct desk_package_options o = {.folder = &x->folder,
                                           .engine = &x->engine,
                                           .identities = identities,
                                           .purpose = w->purpose,
                                           .now_unix_ms = clock_now_ms(&live)};
    r = desk_package_pass(&o, &f.partner, &passed, d);
    if (r == 0)
        exchange_print_packed(passed.name, passed.path, &passed.counts, false, w->json);
    free(passed.path);
    if (r == DESK_PACKAGE_NOTHING)
        print_nothing_new(w);
    return r;
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct words w;
    CLEANUP_DESK struct desk_opened x = {.passphrase = NULL};
    struct diag d = {""};
    int r = parse(v, argc, argv, &w);
    if (r == VERB_OK)
        r = desk_open(v, w.words[0], w.passphrase_file, &x);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    return pass(&w, &x, &d) < 0 ? verb_fail(v, "%s", d.text) : VERB_OK;
}

const struct verb verb_exchange_pass = {
    .noun = "exchange",
    .name = "pass",
    .usage = "DESK PARTNER [--purpose TEXT] [--passphrase-file FILE] [--json]",
    .help = "the next package to a partner of a desk that is stopped",
    .more = "It has what the partner's scope finds and no package to it had, and is laid into its\n"
            "folder, whole or not at all. What ended half-way is made again first.\n\n"
            "  --purpose TEXT   why: it stands in the desk's access log\n" DESK_PASSPHRASE_MORE
            "  --json           for programs: one JSON object\n",
    .run = run,
};
