#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/print.h"
#include "cli/store_key.h"
#include "cli/verb.h"
#include "host/activate.h"
#include "host/disclosure.h"
#include "host/folder.h"

#define TIMEOUT_MS 60000

struct words {
    const char *bundle, *store, *passphrase_file, *source;
    bool consent;
};

static int parse(const struct verb *v, int argc, char **argv, struct words *w)
{
    const struct option_spec options[] = {
        {.name = "store", .value = &w->store},
        {.name = "passphrase-file", .value = &w->passphrase_file},
        {.name = "source", .value = &w->source},
        {.name = "consent", .flag = true, .set = &w->consent},
    };
    size_t count;
    int r = verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], &w->bundle, 1,
                       &count);
    if (r == VERB_OK && (count != 1 || w->store == NULL))
        r = verb_misused(v, count != 1 ? "which bundle?" : "where is the device to live? --store");
    return r;
}

/* Shows who can read, and asks. Nothing is made before. */
static int ask_consent(const struct verb *v, const struct words *w, const struct bundle *u,
                       const struct activation_terms *t)
{
    struct clock live = clock_live();
    char answer[16] = "";
    json_t *terms = disclosure_of(t->net, t->set, u->account, clock_now_ms(&live));
    print_policy(terms);
    json_decref(terms);
    int r = verb_shown(v);
    if (r != VERB_OK || w->consent)
        return r;
    if (!isatty(STDIN_FILENO))
        return verb_fail(v, "without a terminal, say with --consent that you have read the above");
    printf("Do you consent? Type 'yes': ");
    if ((r = verb_shown(v)) != VERB_OK)
        return r;
    if (fgets(answer, sizeof answer, stdin) == NULL || strcmp(answer, "yes\n") != 0)
        return verb_fail(v, "not activated: nothing was made");
    return VERB_OK;
}

static int prepare(const struct verb *v, const struct words *w, const struct bundle *u,
                   struct store_key *key)
{
    struct activation_terms t = {.net = NULL};
    struct diag d = {""};
    if (activate_read_terms(u, &t, &d) < 0)
        return verb_fail(v, "%s: %s", w->bundle, d.text);
    int r = folder_check(w->store, &d) < 0 ? verb_fail(v, "%s", d.text) : ask_consent(v, w, u, &t);
    if (r == VERB_OK && (store_key_choose(w->store, w->passphrase_file, key, &d) < 0 ||
                         activate_prepare(w->store, &key->key, u, &t, &d) < 0))
        r = verb_fail(v, "%s", d.text);
    activation_terms_clear(&t);
    return r;
}

static int activate(const struct verb *v, const struct words *w, const struct store_key *key,
                    const struct bundle *u)
{
    CLEANUP(store_close_cleanup) struct store *s = NULL;
    struct diag d = {""};
    if (store_open(w->store, &key->key, &s, &d) < 0)
        return verb_fail(v, "%s", d.text);
    int r = activate_run(w->store, s, w->source, TIMEOUT_MS, &d);
    struct diag fault = {""};
    if (store_fault(s, &fault) < 0)
        return verb_fail(v, "%s", fault.text);
    if (r < 0)
        return verb_fail(v, "%s; the same command tries again", d.text);
    printf("%s is active in %s. The bundle %s opens nothing any more.\n", u->account, w->store,
           w->bundle);
    return VERB_OK;
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct words w = {.bundle = NULL};
    struct diag d = {""};
    CLEANUP_BUF struct buf file = BUF_INIT_SECRET(BUNDLE_MAX);
    CLEANUP(bundle_free_cleanup) struct bundle *u = NULL;
    CLEANUP_STORE_KEY struct store_key key = {.passphrase = NULL};
    int r = parse(v, argc, argv, &w);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (file_read(w.bundle, &file, &d) < 0)
        return verb_fail(v, "%s", d.text);
    file_plain(&file);
    if (bundle_parse((const char *)file.data, file.len, &u, &d) < 0)
        return verb_fail(v, "%s: %s", w.bundle, d.text);
    CLEANUP_FREE char *store = file_join(w.store, STORE_FILE);
    if (file_exists(store)) /* an activation that was interrupted goes on */
        r = store_key_open(w.store, w.passphrase_file, &key, &d) < 0 ? verb_fail(v, "%s", d.text)
                                                                     : VERB_OK;
    else
        r = prepare(v, &w, u, &key);
    return r == VERB_OK ? activate(v, &w, &key, u) : r;
}

const struct verb verb_device_activate = {
    .noun = "device",
    .name = "activate",
    .usage = "BUNDLE --store DIR [--consent] [--passphrase-file FILE] [--source ADDRESS]",
    .help = "make a device from an activation bundle, after showing who can read",
    .more = "  --store DIR             where the device is to live\n"
            "  --consent               you have read who can read, and agree; for scripts\n"
            "  --passphrase-file FILE  instead of asking on the terminal\n"
            "  --source ADDRESS        the address to connect from\n",
    .run = run,
};
