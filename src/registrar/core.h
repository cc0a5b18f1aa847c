/* The registrar: who has an account, which certificate belongs to it, and which documents are in
 * force. It signs certificates and hands out documents that custodians have signed; it decides
 * nothing else, and no message ever reaches it.
 *
 * This is the registrar without sockets. The server's half, passwords and sessions, is behind
 * struct registrar_server; stanzas are stanzas.h's.
 */
#ifndef IRONSIDE_REGISTRAR_CORE_H
#define IRONSIDE_REGISTRAR_CORE_H

#include "base/clock.h"
#include "network/settings.h"
#include "registrar/store.h"
#include "wire/bundle.h"
#include "wire/log.h"
#include "wire/network_note.h"
#include "wire/policy_set.h"
#include "wire/use.h"

struct registrar;

/* What it asks of the server. Functions of registrar_on_server, or a test's. */
struct registrar_server {
    void *context;
    /* Makes the account, or gives the one that is there this password. */
    int (*put_account)(void *context, const char *handle, const char *password, struct diag *d);
    /* Ends the account's sessions but that of the resource `keep` (NULL: all). */
    int (*end_sessions)(void *context, const char *handle, const char *keep, struct diag *d);
    /* The address that the account's session comes from; the caller's. ERR_NOT_FOUND. */
    int (*session_address)(void *context, const char *handle, const char *resource, char **ret,
                           struct diag *d);
};
/* Makes the public log and its key, once, in a network's new folder. ERR_EXISTS, ERR_IO. */
int registrar_log_create(const char *dir, struct diag *d) MUST_USE;

struct admin;
struct registrar_server registrar_on_server(struct admin *a);

/* Opens the network in `dir`: settings, network note, authority, signing key, vault, clock and the
 * newest policy, and checks that they belong together; logs what is stored and not in the public
 * log yet. The line names the file that does not belong. ERR_INVALID_STATE also for a log that is
 * an older copy: what would go on from it is a fork. The server's context must outlive it. */
int registrar_open(const char *dir, const struct registrar_server *server, struct registrar **ret,
                   struct diag *d) MUST_USE;
void registrar_close(struct registrar *r);
DEFINE_CLEANUP(struct registrar, registrar_close)

const struct network_note *registrar_network(const struct registrar *r);
/* NULL: no policy yet. */
const struct policy *registrar_policy(const struct registrar *r);
struct registrar_store *registrar_database(struct registrar *r);
int64_t registrar_now_ms(const struct registrar *r); /* the network's time */

struct registrar_order {
    const char *handle;
    const char *distributor; /* NULL: "main", or the account's own one */
    bool replace;            /* a new device for an account that is there */
};
/* Makes the account at the server with a random password and a bundle that activates it once. To
 * replace means a new password, all sessions ended, and a new bundle; the certificate stays until
 * the new device has one. Warrants that do not fit into a bundle are left out of it: the device
 * fetches them. ERR_FORMAT: not a handle; ERR_EXISTS, ERR_NOT_FOUND: the account or distributor;
 * ERR_LIMIT: its quota; ERR_INVALID_STATE: no policy yet, or another distributor's account; and
 * what the server says. After a failure to replace, the server may have the new password, which
 * nobody knows: replace it again. */
int registrar_provision(struct registrar *r, const struct registrar_order *o, struct bundle **ret,
                        struct diag *d) MUST_USE;
/* Adds a distributor, or changes its quota (REGISTRAR_UNLIMITED), which is not below what it has
 * used. ERR_FORMAT, ERR_LIMIT. */
int registrar_put_distributor(struct registrar *r, const char *name, int64_t quota,
                              struct diag *d) MUST_USE;

/* Answers a query that the account or component `from` (a full JID) asks, with the document's first
 * piece or the one asked for; it lives until the next call. Activation:
 *
 * the request is signed by its key, is for the sender's own account, and has the bundle's HMAC. The
 * certificate is durable, and the account's other sessions have ended, when this returns; they are
 * ended once more when streams that were authenticated before must have become sessions
 * (registrar_tick). The same request gets the same certificate again.
 *
 * ERR_FORMAT: malformed; ERR_NOT_FOUND: no such document, account or offset; ERR_AUTH: wrong
 * sender, signature or HMAC; ERR_EXISTS: the bundle has been used; and what the server says: the
 * device asks again then. */
int registrar_answer(struct registrar *r, const char *from, const struct registry_query *q,
                     struct registry_piece *ret, struct diag *d) MUST_USE;

/* The page of the public log from that leaf on. Its checkpoint lives until the next call. What an
 * answer may tell is logged before: who asks for the log after it finds it there. ERR_IO. */
int registrar_log_page(struct registrar *r, uint64_t from, struct log_page *ret,
                       struct diag *d) MUST_USE;

/* Takes a statement or destruction of the bot `from`, which the newest policy must name and whose
 * key must have signed it; it is stored and in the log when this returns. The same again gets the
 * same answer. ERR_AUTH: not such a bot, not signed by it, or another bot's keys; ERR_FORMAT,
 * ERR_LIMIT: not such a document; ERR_EXISTS: another statement of that day is there, or a key was
 * destroyed before; ERR_IO. */
int registrar_submit(struct registrar *r, const char *from, const struct registry_query *q,
                     uint8_t ret_hash[static HASH_BYTES], struct diag *d) MUST_USE;

/* Takes a statement of use, which an agency hands in through whoever runs the network; it is stored
 * and in the log when this returns, and `ret` is what it says, the caller's. The same again gets
 * the same answer. ERR_FORMAT, ERR_LIMIT: not such a document, or a day that is none of its
 * warrant's; ERR_AUTH: no policy names the warrant, the warrant no such desk, or it is not signed
 * by that; ERR_INVALID_STATE: the day is not over, the warrant was not in force any more, or the
 * statement does not follow the one before it; ERR_IO. */
int registrar_submit_use(struct registrar *r, const char *note, size_t len, struct use **ret,
                         struct diag *d) MUST_USE;

/* When registrar_tick wants to be called at the latest, in ms; -1: no limit. */
int registrar_timeout_ms(const struct registrar *r);
/* Does what is due now. What fails is tried again; the line is for the operator. */
int registrar_tick(struct registrar *r, struct diag *d) MUST_USE;

/* What an import found. */
struct registrar_report {
    size_t imported; /* policies */
    size_t offers;   /* epochs that no policy names */
    char **problems; /* lines that each name a file */
    size_t problem_count;
};
void registrar_report_clear(struct registrar_report *x);
#define CLEANUP_REPORT CLEANUP(registrar_report_clear)

/* Takes over the policies in documents/ that are newer than the newest one: each signed by the
 * custodians and with all of its warrants and epochs there. They come into the public log, warrants
 * and epochs first. Epochs that no policy names are an offer of day keys: signed by a bot of the
 * newest policy they are stored and logged, too. Other documents are left alone. ERR_IO: the
 * folder, the database or the log. */
int registrar_import(struct registrar *r, struct registrar_report *ret, struct diag *d) MUST_USE;

/* The newest policy's serial if it has not been announced to all, else 0. */
uint32_t registrar_unannounced(const struct registrar *r);
/* Everyone who is to be told: the bots of the newest policy and all activated accounts. */
int registrar_audience(struct registrar *r, void (*each)(void *context, const char *jid),
                       void *context, struct diag *d) MUST_USE;
int registrar_announced(struct registrar *r, struct diag *d) MUST_USE;

#endif
