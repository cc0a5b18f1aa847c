/* The `ironside` command: a table of verbs, one file each. A verb parses its words, asks the rooms
 * and prints; it decides nothing itself.
 */
#ifndef IRONSIDE_CLI_VERB_H
#define IRONSIDE_CLI_VERB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct verb {
    const char *noun;  /* "" for verbs that stand alone */
    const char *name;  /* one word, or two: "user add" */
    const char *usage; /* what follows the name */
    const char *help;  /* one line */
    const char *more;  /* further lines of --help: every option, …; or NULL */
    int (*run)(const struct verb *v, int argc, char **argv); /* argv[0] is the name */
};

extern const struct verb verb_init, verb_up, verb_status, verb_simulate, verb_server_trace;
extern const struct verb verb_device_activate, verb_device_send, verb_device_receive,
    verb_device_messages, verb_device_contacts, verb_device_policy, verb_device_outbox,
    verb_device_wipe, verb_device_log, verb_device_save;
extern const struct verb verb_device_read, verb_device_markers, verb_device_poll, verb_device_vote;
extern const struct verb verb_contact_add, verb_contact_accept, verb_contact_decline,
    verb_contact_block, verb_contact_unblock, verb_contact_list, verb_contact_requests,
    verb_contact_qr, verb_contact_scan;
extern const struct verb verb_group_new, verb_group_list, verb_group_show, verb_group_rename,
    verb_group_add, verb_group_remove;
extern const struct verb verb_distributor_add, verb_distributor_list, verb_distributor_provision;
extern const struct verb verb_archive_read, verb_archive_verify, verb_archive_stats,
    verb_archive_checkpoint, verb_archive_serve, verb_archive_serve_init, verb_archive_mirror,
    verb_archive_mirror_init;
extern const struct verb verb_desk_init, verb_desk_run, verb_desk_verify, verb_desk_user_add,
    verb_desk_user_password, verb_desk_user_list, verb_desk_log_show, verb_desk_log_verify,
    verb_desk_statement;
extern const struct verb verb_exchange_pack, verb_exchange_pass, verb_exchange_receive,
    verb_exchange_verify, verb_exchange_show, verb_exchange_partner_add, verb_exchange_partner_list,
    verb_exchange_partner_remove;
extern const struct verb verb_custodian_new, verb_bot_add;
extern const struct verb verb_warrant_offer, verb_warrant_draft, verb_warrant_show,
    verb_warrant_sign, verb_warrant_publish, verb_warrant_revoke, verb_warrant_share,
    verb_warrant_recover;
extern const struct verb verb_policy_draft, verb_policy_show;
extern const struct verb verb_log_show, verb_log_verify, verb_log_checkpoint, verb_log_submit;
extern const struct verb verb_replay_devices;

#define VERB_OK 0
#define VERB_FAILED 1
#define VERB_USAGE 2

#define VERB_UTC "--utc" /* before a noun or anywhere behind a verb: times are shown in UTC */

/* One option of a verb. */
struct option_spec {
    const char *name; /* "store": --store VALUE, or --store=VALUE */
    bool flag;        /* takes no value */
    const char **value;
    bool *set;
    const char **list; /* may be given several times: NULL-ended; others once */
    size_t list_max;
};

/* Takes the options (at most 64) out of argv; what is left are the words, in order. A word or value
 * that is empty or no UTF-8, a value that looks like an option, a second value of an option that is
 * no list, and -x that does not stand behind -- are refused: each is a mistake that would pass for
 * something else. Prints usage errors. Returns VERB_OK, VERB_USAGE, or -1 when --help was given and
 * printed. */
int verb_parse(const struct verb *v, int argc, char **argv, const struct option_spec *options,
               size_t count, const char **ret_words, size_t max_words, size_t *ret_count);
/* The day that an option says, from 1970-01-01, where clocks begin, to 9899-12-31: a replay's
 * certificates last a hundred years. VERB_USAGE after the line. */
int verb_day(const struct verb *v, const char *option, const char *text, int64_t *ret);
/* "ironside device send: LINE" on standard error; VERB_FAILED. */
int verb_fail(const struct verb *v, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The same with where to look behind it; VERB_USAGE. */
int verb_misused(const struct verb *v, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* To be asked before something is done because a person was shown it: has standard output taken
 * what was printed? VERB_OK, or that line and VERB_FAILED. At the end main() asks. */
int verb_shown(const struct verb *v) MUST_USE;

#endif
