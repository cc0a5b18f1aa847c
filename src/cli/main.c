/* ironside: the command line. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "cli/verb.h"

static const struct verb *const verbs[] = {
    &verb_init,
    &verb_up,
    &verb_status,
    &verb_server_trace,
    &verb_device_activate,
    &verb_device_send,
    &verb_device_receive,
    &verb_device_messages,
    &verb_device_contacts,
    &verb_device_policy,
    &verb_device_outbox,
    &verb_device_wipe,
    &verb_distributor_add,
    &verb_distributor_list,
    &verb_distributor_provision,
    &verb_archive_read,
    &verb_archive_verify,
    &verb_archive_stats,
    &verb_replay_devices,
};
#define VERB_COUNT (sizeof verbs / sizeof verbs[0])

static void print_verb(FILE *to, const struct verb *v)
{
    char words[64];
    snprintf(words, sizeof words, "%s%s%s", v->noun, v->noun[0] == '\0' ? "" : " ", v->name);
    fprintf(to, "  %-22s %s\n", words, v->help);
}

static void print_help(FILE *to)
{
    fputs("usage: ironside NOUN VERB …\n"
          "A closed, end-to-end encrypted messaging network with a disclosed archive.\n\n",
          to);
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (verbs[i]->help[0] != '\0')
            print_verb(to, verbs[i]);
    fputs("\n'ironside NOUN VERB --help' says more about each.\n", to);
}

/* The verbs of a noun, when its verb is missing or unknown. */
static int print_noun(const char *noun)
{
    bool any = false;
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (strcmp(verbs[i]->noun, noun) == 0 && noun[0] != '\0') {
            if (!any)
                fprintf(stderr, "ironside %s: which verb?\n", noun);
            print_verb(stderr, verbs[i]);
            any = true;
        }
    if (!any)
        fprintf(stderr, "ironside: '%s' is not one of its words: see 'ironside --help'\n", noun);
    return VERB_USAGE;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    signal(SIGPIPE, SIG_DFL);
    secret_init();
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(argc < 2 ? stderr : stdout);
        return argc < 2 ? VERB_USAGE : VERB_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("ironside " IRONSIDE_VERSION);
        return VERB_OK;
    }
    for (size_t i = 0; i < VERB_COUNT; i++) {
        const struct verb *v = verbs[i];
        int skip = v->noun[0] == '\0' ? 1 : 2;
        if (argc <= skip - 1 || (skip == 2 && (argc < 3 || strcmp(argv[1], v->noun) != 0)) ||
            strcmp(argv[skip], v->name) != 0)
            continue;
        return v->run(v, argc - skip, argv + skip);
    }
    return print_noun(argv[1]);
}
