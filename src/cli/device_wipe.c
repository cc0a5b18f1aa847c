#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/verb.h"
#include "host/agent_link.h"
#include "host/folder.h"
#include "store/store.h"

static int run(const struct verb *v, int argc, char **argv)
{
    const char *folder = NULL, *none[1];
    bool yes = false;
    const struct option_spec options[] = {{.name = "store", .value = &folder},
                                          {.name = "yes", .flag = true, .set = &yes}};
    struct diag d = {""};
    struct agent_link *agent = NULL;
    char answer[16] = "";
    size_t count;
    int r = verb_parse(v, argc, argv, options, 2, none, 0, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (folder == NULL)
        return verb_misused(v, "which device? Name its folder with --store");
    CLEANUP_FREE char *store = file_join(folder, STORE_FILE);
    if (!file_exists(store))
        return verb_fail(v, "%s: no device lives there", folder);
    if (agent_link_open(folder, &agent, &d) == 0) {
        agent_link_free(agent);
        return verb_fail(v, "%s: the device is running: end that process first", folder);
    }
    if (!yes) {
        if (!isatty(STDIN_FILENO))
            return verb_fail(v, "without a terminal, say with --yes that all of it shall go");
        printf("Every message and key in %s will be gone. Type 'wipe': ", folder);
        if ((r = verb_shown(v)) != VERB_OK)
            return r;
        if (fgets(answer, sizeof answer, stdin) == NULL || strcmp(answer, "wipe\n") != 0)
            return verb_fail(v, "nothing was wiped");
    }
    if (folder_wipe(folder, &d) < 0)
        return verb_fail(v, "%s", d.text);
    printf("%s is gone. What was archived stays archived.\n", folder);
    return VERB_OK;
}

const struct verb verb_device_wipe = {
    .noun = "device",
    .name = "wipe",
    .usage = "--store DIR [--yes]",
    .help = "remove a device with all its messages and keys",
    .more = "  --store DIR  the device's folder, which goes too\n"
            "  --yes        without asking; for scripts\n",
    .run = run,
};
