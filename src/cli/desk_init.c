/* ironside desk init: the folder of an agency's desk. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "cli/ask.h"
#include "cli/desk.h"
#include "front/tls.h"

#define DEFAULT_LISTEN "127.0.0.1:8443"

struct words {
    const char *network, *identity, *listen, *name, *certificate, *key, *site, *passphrase_file;
    bool purpose_of_all;
    const char *bots[FOLLOWER_BOTS_MAX + 1];
};

/* "127.0.0.1:8443", "[::1]:8443" */
static int parse_listen(const struct verb *v, const char *text, struct desk_folder *f)
{
    const char *colon = strrchr(text, ':');
    size_t len = colon == NULL ? 0 : (size_t)(colon - text);
    uint64_t port = 0;
    if (len > 2 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    }
    if (len == 0 || len > DESK_ADDRESS_MAX || value_parse_u64(colon + 1, 65535, &port) < 0 ||
        port == 0)
        return verb_misused(v, "--listen is not ADDRESS:PORT, such as " DEFAULT_LISTEN);
    snprintf(f->address, sizeof f->address, "%.*s", (int)len, text);
    f->port = (uint16_t)port;
    uint8_t address[sizeof(struct in6_addr)];
    if (inet_pton(AF_INET, f->address, address) != 1 &&
        inet_pton(AF_INET6, f->address, address) != 1)
        return verb_misused(v, "--listen is not ADDRESS:PORT, such as " DEFAULT_LISTEN);
    return VERB_OK;
}

/* An identity may be a credential of systemd's. */
static char *path_of(const char *word)
{
    if (word == NULL)
        return NULL;
    return strncmp(word, DESK_CREDENTIAL, strlen(DESK_CREDENTIAL)) == 0 ? mem_string(word)
                                                                        : file_absolute(word);
}

static void fill(const char *dir, const struct words *w, struct desk_folder *f)
{
    f->dir = file_absolute(dir);
    f->name = mem_string(w->name);
    f->network = file_absolute(w->network);
    f->identity = path_of(w->identity);
    f->certificate = path_of(w->certificate);
    f->key = path_of(w->key);
    f->site = w->site == NULL ? NULL : mem_string(w->site);
    f->purpose_of_all = w->purpose_of_all;
    for (; w->bots[f->bot_count] != NULL; f->bot_count++)
        f->bots[f->bot_count] = mem_string(w->bots[f->bot_count]);
    if (f->bot_count == 0)
        f->bots[f->bot_count++] = mem_string("ibot");
}

/* On a terminal it is asked for; an empty line, and where nobody can be asked: a key file. */
static int choose_passphrase(const char *file, char **ret, struct diag *d)
{
    if (file != NULL)
        return ask_file(file, "passphrase", ret, d);
    if (!ask_possible())
        return 0;
    int r = ask_twice("Choose a passphrase for this desk (empty: a key file instead): ", ret, d);
    return r == ERR_NOT_FOUND ? 0 : r;
}

static int make(const struct verb *v, const struct desk_folder *f, const char *passphrase_file)
{
    CLEANUP(network_note_free_cleanup) struct network_note *net = NULL;
    CLEANUP_SECRET char *passphrase = NULL;
    CLEANUP_FRONT_TLS struct front_tls tls = {NULL, NULL, false};
    struct diag d = {""};
    int r = desk_folder_note(f, &net, &d);
    if (r == 0 && f->certificate != NULL && f->key != NULL)
        r = front_tls_read(f->certificate, f->key, &tls, &d);
    if (r == 0)
        r = choose_passphrase(passphrase_file, &passphrase, &d);
    if (r == 0)
        r = desk_folder_create(f, &d);
    if (r == 0)
        r = desk_engine_create(f, passphrase, NULL, &d);
    if (r < 0)
        return verb_fail(v, "%s", d.text);
    printf("%s: a desk for %s, opened by %s. It has no users yet.\n"
           "  first      ironside desk user add %s NAME --role administrator\n"
           "  then       ironside desk run %s\n",
           f->dir, net->domain, passphrase == NULL ? "vault.key beside it" : "its passphrase",
           f->dir, f->dir);
    return VERB_OK;
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct words w = {.listen = DEFAULT_LISTEN, .name = "desk"};
    const struct option_spec options[] = {
        {.name = "network", .value = &w.network},
        {.name = "identity", .value = &w.identity},
        {.name = "bot", .list = w.bots, .list_max = FOLLOWER_BOTS_MAX},
        {.name = "listen", .value = &w.listen},
        {.name = "certificate", .value = &w.certificate},
        {.name = "key", .value = &w.key},
        {.name = "site", .value = &w.site},
        {.name = "purpose-of-all", .flag = true, .set = &w.purpose_of_all},
        {.name = "name", .value = &w.name},
        {.name = "passphrase-file", .value = &w.passphrase_file},
    };
    CLEANUP_DESK_FOLDER struct desk_folder f = {.dir = NULL};
    const char *dir;
    size_t count;
    int r = verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], &dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1)
        return verb_misused(v, "which folder?");
    if (w.network == NULL || w.identity == NULL)
        return verb_misused(v, "what does it follow, and with which key? Name --network DIR and "
                               "--identity FILE");
    if ((r = parse_listen(v, w.listen, &f)) != VERB_OK)
        return r;
    fill(dir, &w, &f);
    return make(v, &f, w.passphrase_file);
}

const struct verb verb_desk_init = {
    .noun = "desk",
    .name = "init",
    .usage = "FOLDER --network DIR --identity FILE [--bot NAME]...\n"
             "                     [--listen ADDRESS:PORT] [--certificate FILE --key FILE]\n"
             "                     [--site ORIGIN] [--purpose-of-all]\n"
             "                     [--name NAME] [--passphrase-file FILE]",
    .help = "make the folder of an agency's desk",
    .more =
        "  --network DIR           the network's folder, or a copy of its note, documents and\n"
        "                          journals\n"
        "  --identity FILE         the agency's age identities; credential:NAME is one of "
        "systemd's\n"
        "  --bot NAME              whose journal it follows, one to sixteen times (ibot)\n"
        "  --listen ADDRESS:PORT   where browsers reach it (127.0.0.1:8443)\n"
        "  --certificate FILE      for TLS, in PEM; without one it listens on loopback alone\n"
        "  --key FILE              the certificate's key, in PEM\n"
        "  --site ORIGIN           where browsers find it, such as https://desk.example, for "
        "passkeys\n"
        "  --purpose-of-all        supervisors, too, say why they look; reviewers always do\n"
        "  --name NAME             of the key that signs its access log (desk)\n"
        "  --passphrase-file FILE  holds a passphrase for the vault (else it is asked for, or a\n"
        "                          key file is made)\n",
    .run = run,
};
