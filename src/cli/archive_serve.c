/* ironside archive serve: what is sealed, for agencies whose desks are elsewhere. */
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/role.h"
#include "base/secret.h"
#include "cli/verb.h"
#include "network/layout.h"
#include "serve/serve.h"
#include "serve/tls.h"

#define TLS_NAME "tls" /* .key, .pem */
#define LOOKS_MS 500   /* a signal may have come to the daemon's thread */

static int show_key(const struct verb *v, const char *dir, const struct serve_settings *s)
{
    CLEANUP_FREE char *stem = serve_settings_file(dir, TLS_NAME), *pem = NULL;
    CLEANUP_FREE char *path = mem_format("%s.pem", stem);
    CLEANUP_FREE char *settings = serve_settings_file(dir, "serve.json");
    struct diag d = {""};
    uint8_t hash[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    int r = file_read_text(path, VALUE_NOTE_MAX, &pem, &d);
    if (r < 0 || serve_tls_hash(pem, hash) < 0)
        return verb_fail(v, "%s", r < 0 ? d.text : "its certificate cannot be read");
    encode_hex(hash, sizeof hash, hex);
    printf("TLS key %s\n"
           "  first      enter each agency's key in %s: \"agencies\":{\"north\":\"HEX\"}\n"
           "  then       ironside archive serve %s\n"
           "  elsewhere  ironside archive mirror init FOLDER --url https://%s:%u --server %s "
           "--network network.note\n",
           hex, settings, dir, s->address, s->port, hex);
    return VERB_OK;
}

static int take_agencies(const struct verb *v, const char *const *words, struct serve_settings *s)
{
    for (; *words != NULL; words++) {
        struct serve_agency *a = &s->agencies[s->agency_count++];
        const char *key = strchr(*words, '=');
        size_t len = key == NULL ? 0 : (size_t)(key - *words);
        if (len == 0 || len > VALUE_WARRANT_MAX ||
            decode_hex_exact(key + 1, strlen(key + 1), a->key, sizeof a->key) < 0)
            return verb_misused(v, "--agency is not NAME=KEY, with a key of 64 hexadecimal digits");
        snprintf(a->name, sizeof a->name, "%.*s", (int)len, *words);
    }
    return VERB_OK;
}

static int run_init(const struct verb *v, int argc, char **argv)
{
    struct serve_settings s = {.address = "127.0.0.1", .port = SERVE_DEFAULT_PORT};
    const char *dir, *address = NULL, *port = NULL, *agencies[SERVE_AGENCIES_MAX + 1] = {NULL};
    const struct option_spec options[] = {
        {.name = "address", .value = &address},
        {.name = "port", .value = &port},
        {.name = "agency", .list = agencies, .list_max = SERVE_AGENCIES_MAX}};
    struct diag d = {""};
    size_t count;
    uint64_t number = s.port;
    int r = verb_parse(v, argc, argv, options, sizeof options / sizeof *options, &dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1)
        return verb_misused(v, "which network?");
    if (port != NULL && value_parse_u64(port, VALUE_PORT_MAX, &number) < 0)
        return verb_misused(v, "--port is not between 0 and %d", VALUE_PORT_MAX);
    s.port = (uint16_t)number;
    if (address != NULL)
        snprintf(s.address, sizeof s.address, "%s", address);
    r = take_agencies(v, agencies, &s);
    if (r != VERB_OK)
        return r;
    CLEANUP_FREE char *note = layout_path(dir, LAYOUT_NETWORK_NOTE);
    if (!file_exists(note))
        return verb_fail(v, "%s is not there: which network?", note);
    return serve_settings_create(dir, &s, &d) < 0 ? verb_fail(v, "%s", d.text)
                                                  : show_key(v, dir, &s);
}

/* ---- serving ---- */

struct walls {
    const char *dir;
    char *folders[CONFINE_FOLDERS_MAX + 1];
    size_t count;
};

static void free_walls(struct walls *w)
{
    for (size_t i = 0; i < w->count; i++)
        free(w->folders[i]);
}

/* What is there when it starts; the last place stays NULL. */
static void add(struct walls *w, char *path)
{
    if (w->count < CONFINE_FOLDERS_MAX && file_exists(path))
        w->folders[w->count++] = path;
    else
        free(path);
}

static void add_bots(struct walls *w)
{
    CLEANUP_FREE char *bots = layout_path(w->dir, LAYOUT_BOTS);
    DIR *list = opendir(bots);
    for (const struct dirent *e; list != NULL && (e = readdir(list)) != NULL;) {
        if (!value_warrant_valid(e->d_name))
            continue;
        add(w, mem_format("%s/%s/journal", bots, e->d_name));
        add(w, mem_format("%s/%s/files", bots, e->d_name));
    }
    if (list != NULL)
        closedir(list);
}

static int confine(void *context, struct diag *d)
{
    struct walls *w = context;
    uint8_t warm[HASH_BYTES];
    add(w, layout_path(w->dir, LAYOUT_DOCUMENTS));
    add(w, layout_path(w->dir, LAYOUT_LOG));
    add_bots(w);
    tzset(); /* reads a file at its first use, which is some library's */
    hash_sha256("", 0, warm);
    return role_confine(CONFINE_SERVER, (const char *const *)w->folders, d);
}

static int serve(const char *dir, struct diag *d)
{
    CLEANUP(server_free_cleanup) struct server *server = NULL;
    CLEANUP(free_walls) struct walls walls = {.dir = dir};
    CLEANUP_FREE char *stem = serve_settings_file(dir, TLS_NAME), *pem = NULL, *key = NULL;
    struct serve_settings s;
    int r = serve_settings_read(dir, &s, d);
    if (r == 0)
        r = serve_tls_read(stem, &pem, &key, d);
    const struct server_options o = {.network = dir,
                                     .settings = &s,
                                     .certificate = pem,
                                     .key = key,
                                     .listens = confine,
                                     .context = &walls};
    if (r == 0)
        r = server_start(&o, &server, d);
    if (key != NULL)
        secret_wipe(key, strlen(key));
    if (r < 0)
        return r;
    log_line("listens on %s, port %u, for %zu agenc%s", s.address, server_port(server),
             s.agency_count, s.agency_count == 1 ? "y" : "ies");
    while (!role_told_to_end())
        poll(NULL, 0, LOOKS_MS);
    return 0;
}

static int run_serve(const struct verb *v, int argc, char **argv)
{
    const char *dir;
    struct diag d = {""};
    size_t count;
    int r = verb_parse(v, argc, argv, NULL, 0, &dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1)
        return verb_misused(v, "which network?");
    CLEANUP_FREE char *absolute = file_absolute(dir);
    log_open("ironside archive serve");
    role_catch_signals();
    if (serve(absolute, &d) == 0)
        return VERB_OK;
    log_line("%s", d.text); /* it may be confined: the verbs' own way asks for the terminal */
    return VERB_FAILED;
}

const struct verb verb_archive_serve_init = {
    .noun = "archive",
    .name = "serve init",
    .usage = "DIR [--address ADDRESS] [--port PORT] [--agency NAME=KEY...]",
    .help = "make the TLS key and settings of 'archive serve' in DIR/serve",
    .more = "  --address ADDRESS  where it listens (127.0.0.1)\n"
            "  --port PORT        at which port (8460)\n"
            "  --agency NAME=KEY  who may ask: the TLS key that 'archive mirror init' has shown; "
            "may be\n"
            "                     given several times, and be changed in DIR/serve/serve.json\n",
    .run = run_init,
};

const struct verb verb_archive_serve = {
    .noun = "archive",
    .name = "serve",
    .usage = "DIR",
    .help = "give agencies elsewhere, by HTTPS, what is sealed and what is public",
    .more = "Until Ctrl-C. Reads only, and gives nothing to whoever has none of the TLS keys that\n"
            "DIR/serve/serve.json names; it is read at the start. Bots that are added later are "
            "given\n"
            "once it has been started again.\n",
    .run = run_serve,
};
