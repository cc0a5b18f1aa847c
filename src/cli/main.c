/* ironside: the command line. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/process.h"
#include "base/secret.h"
#include "base/streams.h"
#include "cli/verb.h"

static const struct verb *const verbs[] = {
    &verb_init,
    &verb_up,
    &verb_simulate,
    &verb_status,
    &verb_server_trace,
    &verb_device_activate,
    &verb_device_send,
    &verb_device_poll,
    &verb_device_vote,
    &verb_device_receive,
    &verb_device_messages,
    &verb_device_read,
    &verb_device_markers,
    &verb_device_contacts,
    &verb_device_policy,
    &verb_device_outbox,
    &verb_device_log,
    &verb_device_save,
    &verb_device_wipe,
    &verb_contact_add,
    &verb_contact_qr,
    &verb_contact_scan,
    &verb_contact_requests,
    &verb_contact_accept,
    &verb_contact_decline,
    &verb_contact_block,
    &verb_contact_unblock,
    &verb_contact_list,
    &verb_group_new,
    &verb_group_list,
    &verb_group_show,
    &verb_group_rename,
    &verb_group_add,
    &verb_group_remove,
    &verb_distributor_add,
    &verb_distributor_list,
    &verb_distributor_provision,
    &verb_custodian_new,
    &verb_bot_add,
    &verb_warrant_offer,
    &verb_warrant_share,
    &verb_warrant_recover,
    &verb_warrant_draft,
    &verb_warrant_show,
    &verb_warrant_sign,
    &verb_warrant_publish,
    &verb_warrant_revoke,
    &verb_policy_draft,
    &verb_policy_show,
    &verb_archive_read,
    &verb_archive_verify,
    &verb_archive_stats,
    &verb_archive_checkpoint,
    &verb_archive_serve_init,
    &verb_archive_serve,
    &verb_archive_mirror_init,
    &verb_archive_mirror,
    &verb_desk_init,
    &verb_desk_run,
    &verb_desk_verify,
    &verb_desk_user_add,
    &verb_desk_user_password,
    &verb_desk_user_list,
    &verb_desk_log_show,
    &verb_desk_log_verify,
    &verb_desk_statement,
    &verb_exchange_pack,
    &verb_exchange_receive,
    &verb_exchange_verify,
    &verb_exchange_show,
    &verb_exchange_partner_add,
    &verb_exchange_partner_list,
    &verb_exchange_partner_remove,
    &verb_exchange_pass,
    &verb_log_show,
    &verb_log_verify,
    &verb_log_checkpoint,
    &verb_log_submit,
    &verb_replay_devices,
};
#define VERB_COUNT (sizeof verbs / sizeof verbs[0])

static void print_verb(const struct verb *v)
{
    char words[64];
    snprintf(words, sizeof words, "%s%s%s", v->noun, v->noun[0] == '\0' ? "" : " ", v->name);
    printf("  %-24s %s\n", words, v->help);
}

static void print_help(void)
{
    fputs("usage: ironside [--utc] [NOUN] VERB ...\n"
          "A closed, end-to-end encrypted messaging network with a disclosed archive.\n\n",
          stdout);
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (verbs[i]->help[0] != '\0')
            print_verb(verbs[i]);
    puts("\n'ironside [NOUN] VERB --help' says more about each, 'ironside --version' which this "
         "is.\nTimes are shown in your own zone, with --utc in UTC.");
}

static bool is_shown(const struct verb *v, const char *noun)
{
    return v->help[0] != '\0' && v->noun[0] != '\0' && strcmp(v->noun, noun) == 0;
}

/* A shown text of the user's, safe on a terminal. */
static void print_word(const char *word)
{
    char text[256];
    snprintf(text, sizeof text, "%s", word);
    diag_clean(text);
    fprintf(stderr, "'%s'", text);
}

static bool is_noun(const char *noun)
{
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (is_shown(verbs[i], noun))
            return true;
    return false;
}

/* In one line what could have been said. `verb` is NULL where it is missing. */
static int refuse(const char *noun, const char *verb)
{
    bool known = is_noun(noun);
    const char *between = " ";
    fprintf(stderr, "ironside%s%s: ", known ? " " : "", known ? noun : "");
    if (!known || verb != NULL)
        print_word(known ? verb : noun);
    fputs(!known         ? " is not one of its words"
          : verb == NULL ? "which verb?"
                         : " is none of its verbs:",
          stderr);
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (is_shown(verbs[i], noun)) {
            fprintf(stderr, "%s%s", between, verbs[i]->name);
            between = ", ";
        }
    fputs(" (see ironside --help)\n", stderr);
    return VERB_USAGE;
}

/* 'ironside device --help' */
static void print_noun_help(const char *noun)
{
    printf("usage: ironside %s VERB ...\n\n", noun);
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (is_shown(verbs[i], noun))
            print_verb(verbs[i]);
    printf("\n'ironside %s VERB --help' says more about each.\n", noun);
}

/* Do the words begin with those of the name, which are parted by blanks? The last one's place. */
static bool begin_with(int argc, char **argv, int at, const char *name, int *ret_last)
{
    for (; at < argc; at++) {
        size_t len = strcspn(name, " ");
        if (strlen(argv[at]) != len || strncmp(argv[at], name, len) != 0)
            return false;
        if (name[len] == '\0') {
            *ret_last = at;
            return true;
        }
        name += len + 1;
    }
    return false;
}

/* The verb that the words begin with, or NULL; the place of the last word of its name. */
static const struct verb *find(int argc, char **argv, int *ret_skip)
{
    for (size_t i = 0; i < VERB_COUNT; i++) {
        const struct verb *v = verbs[i];
        int at = v->noun[0] == '\0' ? 1 : 2;
        if ((at == 1 || strcmp(argv[1], v->noun) == 0) &&
            begin_with(argc, argv, at, v->name, ret_skip))
            return v;
    }
    return NULL;
}

static int run(int argc, char **argv)
{
    int skip;
    if (argc > 1 && strcmp(argv[1], VERB_UTC) == 0) {
        calendar_show_utc();
        argc--;
        argv++;
    }
    if (argc < 2) {
        fputs("ironside: what is it to do? (see --help)\n", stderr);
        return VERB_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_help();
        return VERB_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("ironside " IRONSIDE_VERSION);
        return VERB_OK;
    }
    const struct verb *v = find(argc, argv, &skip);
    if (v != NULL)
        return v->run(v, argc - skip, argv + skip);
    if (argc > 2 && strcmp(argv[2], "--help") == 0 && is_noun(argv[1])) {
        print_noun_help(argv[1]);
        return VERB_OK;
    }
    return refuse(argv[1], argc > 2 ? argv[2] : NULL);
}

/* What was not shown has not been done well, whatever was done. */
int main(int argc, char **argv)
{
    process_begin();
    struct diag d = {""};
    setlocale(LC_ALL, "C.UTF-8");
    signal(SIGPIPE, SIG_DFL);
    secret_init();
    int status = run(argc, argv);
    if (streams_close(&d) == 0 || status != VERB_OK)
        return status;
    fprintf(stderr, "ironside: %s\n", d.text);
    return VERB_FAILED;
}
