/* ironside archive mirror: a local copy of what is served elsewhere, for a desk. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/role.h"
#include "cli/verb.h"
#include "mirror/mirror.h"
#include "wire/value.h"

#define POLL_MS 1000

struct words {
    const char *dir, *url, *server, *network;
    const char *bots[MIRROR_BOTS_MAX + 1];
};

static int make(const struct verb *v, const struct words *w)
{
    CLEANUP_MIRROR_FOLDER struct mirror_folder f = {.dir = file_absolute(w->dir)};
    CLEANUP_FREE char *note = NULL;
    struct diag d = {""};
    uint8_t key[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    if (decode_hex_exact(w->server, strlen(w->server), f.server, HASH_BYTES) < 0)
        return verb_misused(v, "--server is not the 64 hexadecimal digits that 'archive serve "
                               "init' has shown");
    snprintf(f.url, sizeof f.url, "%s", w->url);
    for (; w->bots[f.bot_count] != NULL; f.bot_count++)
        f.bots[f.bot_count] = mem_string(w->bots[f.bot_count]);
    if (f.bot_count == 0)
        f.bots[f.bot_count++] = mem_string("ibot");
    int r = file_read_text(w->network, VALUE_NOTE_MAX, &note, &d);
    if (r == 0)
        r = mirror_folder_create(&f, note, &d);
    if (r == 0)
        r = mirror_folder_key(&f, key, &d);
    if (r < 0)
        return verb_fail(v, "%s", d.text);
    encode_hex(key, sizeof key, hex);
    printf("TLS key %s\n"
           "  there      enter it in serve/serve.json: \"agencies\":{\"NAME\":\"%s\"}\n"
           "  then       ironside archive mirror %s\n"
           "  the desk   ironside desk init DESK --network %s --identity AGENCY.key\n",
           hex, hex, w->dir, w->dir);
    return VERB_OK;
}

static int run_init(const struct verb *v, int argc, char **argv)
{
    struct words w = {NULL};
    const struct option_spec options[] = {
        {.name = "url", .value = &w.url},
        {.name = "server", .value = &w.server},
        {.name = "network", .value = &w.network},
        {.name = "bot", .list = w.bots, .list_max = MIRROR_BOTS_MAX}};
    size_t count;
    int r = verb_parse(v, argc, argv, options, sizeof options / sizeof *options, &w.dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1)
        return verb_misused(v, "in which folder?");
    if (w.url == NULL || w.server == NULL || w.network == NULL)
        return verb_misused(v, "of whom? Name --url, --server and --network");
    return make(v, &w);
}

/* ---- keeping it ---- */

static void say(void *context, const char *what, const char *line)
{
    (void)context;
    if (line[0] == '\0')
        log_line("%s: goes on", what);
    else
        log_line("%s: %s", what, line);
}

static int keep(const char *dir, bool once, struct diag *d)
{
    CLEANUP_MIRROR_FOLDER struct mirror_folder f = {.dir = NULL};
    CLEANUP(mirror_close_cleanup) struct mirror *m = NULL;
    uint8_t warm[HASH_BYTES];
    int r = mirror_folder_open(dir, &f, d);
    const struct mirror_options o = {.folder = &f, .stop = role_end_flag(), .say = say};
    if (r == 0)
        r = mirror_open(&o, &m, d);
    tzset(); /* reads a file at its first use, which is some library's */
    hash_sha256("", 0, warm);
    if (r == 0)
        r = role_confine(CONFINE_MIRROR, (const char *const[]){f.dir}, d);
    while (r == 0 && !role_told_to_end()) {
        int news = mirror_turn(m);
        if (once && news == 0)
            return mirror_stands(m) ? diag_set(d, ERR_AUTH, "not all of it has come") : 0;
        if (news == 0)
            poll(NULL, 0, POLL_MS);
    }
    return r;
}

static int run_mirror(const struct verb *v, int argc, char **argv)
{
    const char *dir;
    bool once = false;
    const struct option_spec options[] = {{.name = "once", .flag = true, .set = &once}};
    struct diag d = {""};
    size_t count;
    int r = verb_parse(v, argc, argv, options, 1, &dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1)
        return verb_misused(v, "in which folder?");
    log_open("ironside archive mirror");
    role_catch_signals();
    if (keep(dir, once, &d) == 0)
        return VERB_OK;
    log_line("%s", d.text); /* it may be confined: the verbs' own way asks for the terminal */
    return VERB_FAILED;
}

const struct verb verb_archive_mirror_init = {
    .noun = "archive",
    .name = "mirror init",
    .usage = "FOLDER --url URL --server KEY --network FILE [--bot NAME...]",
    .help = "make the folder of a mirror, with a TLS key of its own",
    .more = "  --url URL       of 'archive serve', such as https://bots.example:8460\n"
            "  --server KEY    its TLS key, which 'archive serve init' has shown\n"
            "  --network FILE  the network's note, got by a way that is trusted\n"
            "  --bot NAME      whose journal is kept (ibot); may be given several times\n",
    .run = run_init,
};

const struct verb verb_archive_mirror = {
    .noun = "archive",
    .name = "mirror",
    .usage = "FOLDER [--once]",
    .help = "keep a local copy of what 'archive serve' gives, checked before it is written",
    .more = "Until Ctrl-C. What a desk or 'archive verify' reads as a network's folder.\n"
            "  --once  end when all is here\n",
    .run = run_mirror,
};
