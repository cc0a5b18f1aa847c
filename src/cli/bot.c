#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "cli/print.h"
#include "cli/verb.h"
#include "daykeys/folder.h"
#include "network/settings.h"

static int make(const struct verb *v, const char *dir, const char *name, size_t openers, bool json)
{
    struct settings s;
    struct diag d = {""};
    char key[ENCODE_BASE64_LEN(SIGN_PUBLIC_BYTES) + 1];
    CLEANUP_BOT_FOLDER struct bot_folder f = {.network = NULL};
    if (settings_read(dir, &s, &d) < 0 || bot_folder_create(dir, s.domain, name, openers, &d) < 0 ||
        bot_folder_open(dir, name, &f, &d) < 0)
        return verb_fail(v, "%s", d.text);
    encode_base64(f.key, sizeof f.key, key);
    if (json) {
        json_t *o = json_pack("{ss ss ss}", "bot", f.jid, "key", key, "folder", f.path);
        print_json(o);
        json_decref(o);
    } else {
        printf("%s: the bot %s, with the key %s. 'ironside up' runs it from its next start on; "
               "devices use it when a policy names it: ironside policy draft %s --bot %s=CC,...\n",
               f.path, f.jid, key, dir, name);
    }
    return VERB_OK;
}

static int run(const struct verb *v, int argc, char **argv)
{
    const char *words[2], *openers = "1";
    bool json = false;
    const struct option_spec options[] = {{.name = "openers", .value = &openers},
                                          {.name = "json", .flag = true, .set = &json}};
    uint64_t number = 0;
    size_t count;
    int r = verb_parse(v, argc, argv, options, 2, words, 2, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 2)
        return verb_misused(v, "which network, and what is the bot's name?");
    if (value_parse_u64(openers, FOLDER_OPENERS_MAX, &number) < 0 || number == 0)
        return verb_misused(v, "--openers '%s' is not 1 to %u", openers, FOLDER_OPENERS_MAX);
    return make(v, words[0], words[1], (size_t)number, json);
}

const struct verb verb_bot_add = {
    .noun = "bot",
    .name = "add",
    .usage = "DIR NAME [--openers N] [--json]",
    .help = "make the folder of a further bot, with keys of its own",
    .more = "  --openers N  processes that open seals (1)\n"
            "  --json       for programs: one JSON object in a line\n",
    .run = run,
};
