/* A device's store: one vault (vault/vault.h) with its keys, documents, conversations and outbox.
 *
 * Changes that belong together are one transaction: store_transaction. What the engine must never
 * lose or double is decided by these commits alone.
 */
#ifndef IRONSIDE_STORE_STORE_H
#define IRONSIDE_STORE_STORE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/arena.h"
#include "vault/vault.h"
#include "wire/bundle.h"
#include "wire/envelope.h"
#include "wire/verdict.h"

struct store;

/* The vault file inside a device's folder. */
#define STORE_FILE "device.vault"
#define STORE_KEY_FILE "device.key" /* beside it, when no passphrase was chosen */

/* Makes folder and vault, with the tables. ERR_EXISTS, ERR_IO, and the errors of vault_create. */
int store_create(const char *folder, const struct vault_key *key, struct diag *d) MUST_USE;
/* The errors of vault_open. */
int store_open(const char *folder, const struct vault_key *key, struct store **ret,
               struct diag *d) MUST_USE;
void store_close(struct store *s);
/* Has anything of it been met that cannot be read? Then what was answered from it since may lack
 * something: it is not to be shown, and nothing more is committed. 0, or ERR_AUTH with the line for
 * the person, which names the page. */
int store_fault(struct store *s, struct diag *d) MUST_USE;
DEFINE_CLEANUP(struct store, store_close)
sqlite3 *store_database(struct store *s); /* for the OMEMO room's tables */

/* What `work` writes is one transaction: sql_transaction, with its errors (sql/sql.h). A fault of
 * the store ends it also where what failed in between was taken for "there is none". */
int store_transaction(struct store *s, int (*work)(void *context, struct diag *d), void *context,
                      struct diag *d) MUST_USE;

/* Named values: text or bytes. Getting gives a copy in secret memory with a NUL behind it, for the
 * caller to let go with secret_free, or NULL. */
int store_put(struct store *s, const char *name, const void *data, size_t len) MUST_USE;
int store_put_text(struct store *s, const char *name, const char *text) MUST_USE;
char *store_get(struct store *s, const char *name, size_t *ret_len);
int store_drop(struct store *s, const char *name) MUST_USE; /* fine when there is none */

/* Documents by their hash. */
int store_put_document(struct store *s, enum document_kind kind,
                       const uint8_t hash[static HASH_BYTES], const char *note) MUST_USE;
/* The note, or NULL; the caller's. */
char *store_document(struct store *s, const uint8_t hash[static HASH_BYTES]);

/* Every policy that this device has seen. */
struct store_policy {
    uint32_t serial;
    uint8_t hash[HASH_BYTES];
    int64_t seen_unix_ms;
};
int store_put_policy(struct store *s, const struct store_policy *p) MUST_USE;
int store_drop_policy(struct store *s, uint32_t serial) MUST_USE;
/* By serial; 0: the newest. ERR_NOT_FOUND. */
int store_policy(struct store *s, uint32_t serial, struct store_policy *ret) MUST_USE;
typedef int store_policy_fn(void *context, const struct store_policy *p);
int store_policies(struct store *s, store_policy_fn *fn, void *context) MUST_USE; /* ascending */

/* What the verified public log has: certificates, each under its account's tag, and policies. */
int store_put_logged(struct store *s, const struct log_entry *e) MUST_USE;
int store_logged(struct store *s, const struct log_entry *e, bool *ret) MUST_USE;
/* Serials of the first and the newest policy that were seen and are logged; both 0: none. */
int store_policy_range(struct store *s, uint32_t *ret_first, uint32_t *ret_newest) MUST_USE;

/* The newest certificate that is known of an account. */
struct store_contact {
    char account[VALUE_JID_MAX + 1];
    uint8_t certificate[HASH_BYTES];
    uint64_t serial;
    int64_t checked_unix_ms; /* when the registrar was last asked */
};
int store_put_contact(struct store *s, const struct store_contact *c) MUST_USE;
int store_contact(struct store *s, const char *account, struct store_contact *ret) MUST_USE;
typedef int store_contact_fn(void *context, const struct store_contact *c);
int store_contacts(struct store *s, store_contact_fn *fn, void *context) MUST_USE;

/* The head of this device's chain with a bot key. n 0 and zeros when there is none. */
int store_chain(struct store *s, const uint8_t bot_key[static SIGN_PUBLIC_BYTES], uint64_t *ret_n,
                uint8_t ret_digest[static HASH_BYTES]) MUST_USE;
int store_put_chain(struct store *s, const uint8_t bot_key[static SIGN_PUBLIC_BYTES], uint64_t n,
                    const uint8_t digest[static HASH_BYTES]) MUST_USE;

/* Digests of incoming messages that have been dealt with. */
enum store_seen { STORE_NOT_SEEN, STORE_SHOWN, STORE_REFUSED };
int store_seen(struct store *s, const uint8_t digest[static HASH_BYTES],
               enum store_seen *ret) MUST_USE;
int store_put_seen(struct store *s, const uint8_t digest[static HASH_BYTES],
                   enum store_seen how) MUST_USE;

/* Conversations. A message once shown is never changed, but its text may go (content.h); a
 * notice is a line of the device's own. */
struct store_message {
    int64_t number;
    bool incoming;
    const char *id;
    const char *from;
    const char *to; /* separated by spaces */
    int64_t at_unix_ms;
    const char *body;
    size_t body_len;
    bool archived;
    const char *warrants; /* ids that cover it, separated by spaces; "" for none */
    int64_t verdict_unix_ms;
    bool plain;    /* not in the table: only a text, whatever its last line looks like */
    bool no_group; /* not in the table: nobody's group, whatever it names */
};
/* ERR_EXISTS: the account's id has been shown before. */
int store_put_message(struct store *s, const struct store_message *m) MUST_USE;
typedef int store_message_fn(void *context, const struct store_message *m);
/* From number `after` on (without it), ascending. */
int store_messages(struct store *s, int64_t after, store_message_fn *fn, void *context) MUST_USE;

struct store_notice {
    int64_t number;
    int64_t at_unix_ms;
    const char *peer; /* "" when it is about no conversation */
    const char *text;
};
int store_put_notice(struct store *s, int64_t at_unix_ms, const char *peer,
                     const char *text) MUST_USE;
/* Lines about the peer since then; SIZE_MAX: the store cannot be read. */
size_t store_count_notices(struct store *s, int64_t since_unix_ms, const char *peer);
typedef int store_notice_fn(void *context, const struct store_notice *n);
int store_notices(struct store *s, int64_t after, store_notice_fn *fn, void *context) MUST_USE;

/* Stanzas that came and wait for a document, in the order in which they came. When there are too
 * many, the last ones of whoever has the most there go: they come again. */
#define STORE_PARKED_MAX 16384
#define STORE_PARKED_BYTES_MAX (64U * 1024 * 1024)
struct store_parked {
    const char *account; /* of its sender, as the server vouches */
    const uint8_t *mark; /* HASH_BYTES of what repeats have in common, or NULL */
    const char *stanza;
    size_t len;
};
/* Once for each account and mark. ERR_LIMIT: there is no room, and nobody has more there; ERR_IO.
 */
int store_park(struct store *s, const struct store_parked *p) MUST_USE;
/* Is something of this account's there; with that mark, unless it is NULL? ERR_IO. */
int store_is_parked(struct store *s, const char *account, const uint8_t *mark, bool *ret) MUST_USE;
typedef int store_parked_fn(void *context, int64_t number, const char *account);
/* All of them, in their order; none of the stanzas is read. ERR_IO, or what `fn` says. */
int store_list_parked(struct store *s, store_parked_fn *fn, void *context) MUST_USE;
/* One stanza, the caller's, with a NUL behind it. ERR_NOT_FOUND, ERR_IO. */
int store_parked_stanza(struct store *s, int64_t number, char **ret, size_t *ret_len) MUST_USE;
int store_unpark(struct store *s, int64_t number) MUST_USE;
int store_count_parked(struct store *s, size_t *ret) MUST_USE; /* ERR_IO */

/* Rounds whose inclusion in the bot's tree has to be shown. */
struct store_round {
    int64_t number;
    uint8_t bot_key[SIGN_PUBLIC_BYTES];
    uint8_t root[MERKLE_BYTES];
    uint32_t count;
    int64_t at_unix_ms;   /* of the verdict */
    int64_t kept_unix_ms; /* system time when it came: the day counts from here */
    bool warned;
};
int store_put_round(struct store *s, const struct store_round *r) MUST_USE; /* once per root */
/* The oldest one; ERR_NOT_FOUND. */
int store_next_round(struct store *s, int64_t after, struct store_round *ret) MUST_USE;
int store_warn_round(struct store *s, int64_t number) MUST_USE;
int store_drop_round(struct store *s, int64_t number) MUST_USE;

#endif
