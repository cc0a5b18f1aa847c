#include <stdio.h>

#include "archive/identity.h"
#include "base/file.h"
#include "base/secret.h"
#include "cli/print.h"
#include "cli/verb.h"
#include "daykeys/recovery.h"

static int open_share(const struct verb *v, const char *file, const char *identity, const char *out)
{
    CLEANUP_SECRET struct age_identities *ids = NULL;
    CLEANUP_BUF struct buf sealed = BUF_INIT(65536), text = BUF_INIT_SECRET(RECOVERY_SHARE_MAX);
    struct diag d = {""};
    int r = identity_read(identity, &ids, &d);
    if (r == 0)
        r = file_read(file, &sealed, &d);
    if (r == 0) {
        r = recovery_open_share(sealed.data, sealed.len, ids->list, ids->count, &text, &d);
        if (r < 0)
            diag_prefix(&d, r, "%s", file);
    }
    if (r == 0)
        r = file_create(out, text.data, text.len, 0600, &d);
    return r < 0 ? verb_fail(v, "%s", d.text) : VERB_OK;
}

static int run(const struct verb *v, int argc, char **argv)
{
    const char *file[1], *identity = NULL, *out = NULL;
    bool json = false;
    const struct option_spec options[] = {{.name = "identity", .value = &identity},
                                          {.name = "out", .value = &out},
                                          {.name = "json", .flag = true, .set = &json}};
    size_t count;
    int r = verb_parse(v, argc, argv, options, 3, file, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1 || identity == NULL || out == NULL)
        return verb_misused(v, count != 1         ? "which share?"
                               : identity == NULL ? "whose? --identity FILE"
                                                  : "where to? --out FILE");
    r = open_share(v, file[0], identity, out);
    if (r != VERB_OK)
        return r;
    if (json) {
        json_t *o = json_pack("{ss}", "file", out);
        print_json(o);
        json_decref(o);
    } else {
        printf("%s is your share, opened. Give it to whoever recovers the keys, by a safe way, and "
               "remove it afterwards.\n",
               out);
    }
    return VERB_OK;
}

const struct verb verb_warrant_share = {
    .noun = "warrant",
    .name = "share",
    .usage = "FILE --identity FILE --out FILE [--json]",
    .help = "open your share of a warrant's day keys, to recover them",
    .more = "  --identity FILE  an age identity file: each in it is tried\n"
            "  --out FILE       where the opened share goes\n"
            "  --json           for programs: one JSON object in a line\n",
    .run = run,
};
