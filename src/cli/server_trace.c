#include <stdio.h>

#include "cli/verb.h"
#include "network/admin.h"
#include "network/layout.h"
#include "network/settings.h"

static int run(const struct verb *v, int argc, char **argv)
{
    bool off = false;
    const char *dir[1];
    const struct option_spec options[] = {{.name = "off", .flag = true, .set = &off}};
    struct settings s;
    struct diag d = {""};
    size_t count;
    int r = verb_parse(v, argc, argv, options, 1, dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1)
        return verb_misused(v, "which network?");
    if (settings_read(dir[0], &s, &d) < 0)
        return verb_fail(v, "%s", d.text);
    CLEANUP_FREE char *socket = layout_path(dir[0], LAYOUT_ADMIN_SOCKET);
    CLEANUP(admin_free_cleanup) struct admin *a = admin_new(socket, s.domain);
    if (admin_set_loglevel(a, off ? "warning" : "debug", &d) < 0)
        return verb_fail(v, "%s", d.text);
    printf(off ? "the server writes warnings only\n"
               : "the server writes every stanza that it sees to %s/server/log, until it ends\n",
           dir[0]);
    return VERB_OK;
}

const struct verb verb_server_trace = {
    .noun = "server",
    .name = "trace",
    .usage = "DIR [--off]",
    .help = "let the server write down what it sees, to look at just that",
    .more = "What it sees of a message is who, to whom, when, how much, and ciphertext. While it\n"
            "writes, passwords that are set stand in its log too: make no accounts meanwhile.\n\n"
            "  --off  write warnings only again\n",
    .run = run,
};
