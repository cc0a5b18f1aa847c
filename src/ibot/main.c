/* ironside-ibot: the bot of a network. */
#include <stdio.h>
#include <string.h>

#include "base/connector.h"
#include "base/log.h"
#include "base/process.h"
#include "base/secret.h"
#include "base/streams.h"
#include "ibot/roles.h"

static int usage(FILE *to, int status)
{
    fputs("usage: ironside-ibot DIR [NAME]\n", to);
    if (status == 0)
        fputs("Runs the bot NAME (ibot) of the network in DIR until it is told to end.\n", to);
    return status;
}

static int run_role(const char *role, const char *network, const char *name)
{
    static const struct {
        const char *name, *program;
        int (*run)(const struct bot_folder *f);
    } roles[] = {{"link", "ironside-ibot link", role_link},
                 {"opener", "ironside-ibot opener", role_opener},
                 {"keeper", "ironside-ibot keeper", role_keeper}};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        if (strcmp(roles[i].name, role) != 0)
            continue;
        CLEANUP_BOT_FOLDER struct bot_folder f = {0};
        struct diag d;
        uint8_t warm[HASH_BYTES];
        hash_sha256("", 0, warm); /* OpenSSL reads its configuration at the first use */
        log_open(roles[i].program);
        if (bot_folder_open(network, name, &f, &d) < 0) {
            log_line("%s", d.text);
            return 1;
        }
        int r = roles[i].run(&f);
        return r < 0 && r != ERR_CLOSED;
    }
    return usage(stderr, 2);
}

static int run(const char *network, const char *name)
{
    CLEANUP_BOT_FOLDER struct bot_folder f = {0};
    struct diag d;
    log_open("ironside-ibot");
    if (bot_folder_open(network, name, &f, &d) < 0) {
        log_line("%s", d.text);
        return 1;
    }
    return supervise(&f, name);
}

static int run_words(int argc, char **argv)
{
    if (connector_is_asked_for(argc, argv))
        return connector_main(argc, argv);
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return usage(stdout, 0);
    if (argc == 5 && strcmp(argv[1], "--role") == 0)
        return run_role(argv[2], argv[3], argv[4]);
    if (argc < 2 || argc > 3 || argv[1][0] == '-')
        return usage(stderr, 2);
    return run(argv[1], argc == 3 ? argv[2] : "ibot");
}

int main(int argc, char **argv)
{
    process_begin();
    struct diag d;
    secret_init();
    int status = run_words(argc, argv);
    if (status != 0 || streams_close(&d) == 0)
        return status;
    log_line("%s", d.text);
    return 1;
}
