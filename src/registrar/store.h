/* The registrar's database, in a vault: documents and certificates by the SHA-256 of their text,
 * accounts with what their bundle is worth, and distributors. What it stores is checked by its
 * caller.
 */
#ifndef IRONSIDE_REGISTRAR_STORE_H
#define IRONSIDE_REGISTRAR_STORE_H

#include <stdbool.h>

#include "vault/vault.h"
#include "wire/registry.h"

struct registrar_store;

/* Makes the vault with its first distributor, "main", without a quota. ERR_EXISTS, ERR_IO. */
int registrar_store_create(const char *path, const uint8_t key[static VAULT_KEY_BYTES],
                           struct diag *d) MUST_USE;
/* As vault_open. */
int registrar_store_open(const char *path, const uint8_t key[static VAULT_KEY_BYTES],
                         struct registrar_store **ret, struct diag *d) MUST_USE;
void registrar_store_close(struct registrar_store *s);
DEFINE_CLEANUP(struct registrar_store, registrar_store_close)

/* For tables of other files of this room (exempt.h). */
struct sql *registrar_store_sql(struct registrar_store *s);

/* All below: ERR_IO, ERR_AUTH when the database cannot be read or written. Outside of a transaction
 * each is durable by itself. */

/* What `work` writes is one transaction: sql_transaction, with its errors (sql/sql.h). */
int registrar_store_transaction(struct registrar_store *s,
                                int (*work)(void *context, struct diag *d), void *context,
                                struct diag *d) MUST_USE;

struct registrar_document {
    enum document_kind kind;
    uint8_t hash[HASH_BYTES];
    const char *handle; /* of a certificate, the bot of a report, the desk of a statement of use;
                           NULL in what is read */
    uint64_t serial; /* of a policy, certificate or statement of use; a statement's or exemptions'
                        day; 0: none */
    char *note;      /* owned by the caller */
    size_t note_len;
};
void registrar_document_clear(struct registrar_document *x);
#define CLEANUP_DOCUMENT CLEANUP(registrar_document_clear)

/* ERR_EXISTS: the hash, the policy's serial, the account's or desk's serial, or the bot's day is
 * there. */
int registrar_store_put_document(struct registrar_store *s, const struct registrar_document *x,
                                 struct diag *d) MUST_USE;
/* A day key that a destruction names. ERR_EXISTS: one did before. */
int registrar_store_put_destroyed(struct registrar_store *s, const char *warrant, int64_t day,
                                  struct diag *d) MUST_USE;
/* These four: ERR_NOT_FOUND. */
int registrar_store_document(struct registrar_store *s, const uint8_t hash[static HASH_BYTES],
                             struct registrar_document *ret, struct diag *d) MUST_USE;
/* `serial` 0: the newest. */
int registrar_store_policy(struct registrar_store *s, uint32_t serial,
                           struct registrar_document *ret, struct diag *d) MUST_USE;
/* The newest of the account. */
int registrar_store_certificate(struct registrar_store *s, const char *handle,
                                struct registrar_document *ret, struct diag *d) MUST_USE;
/* The newest statement of use of that desk (wire/use.h). */
int registrar_store_use(struct registrar_store *s, const char *desk, struct registrar_document *ret,
                        struct diag *d) MUST_USE;

/* Every document in an order in which it can be logged: warrants and epochs before policies, these
 * by serial, statements of use by theirs. `handle` is there. A negative code of `each` ends it. */
int registrar_store_documents(struct registrar_store *s,
                              int (*each)(void *context, const struct registrar_document *x),
                              void *context, struct diag *d) MUST_USE;

/* A size and root that the public log has had. Size 0: none yet. */
int registrar_store_log(struct registrar_store *s, uint64_t *ret_size,
                        uint8_t ret_root[static HASH_BYTES], struct diag *d) MUST_USE;
int registrar_store_set_log(struct registrar_store *s, uint64_t size,
                            const uint8_t root[static HASH_BYTES], struct diag *d) MUST_USE;

struct registrar_account {
    char handle[VALUE_HANDLE_MAX + 1];
    char distributor[VALUE_HANDLE_MAX + 1];
    bool activated; /* the bundle has been used */
    int64_t created_unix_ms;
    uint64_t serial;                       /* of its newest certificate; 0: none */
    uint8_t secret[REGISTRY_SECRET_BYTES]; /* of its bundle; zeros once it has been used */
    uint8_t request[HASH_BYTES];           /* SHA-256 of the request that used it */
};

/* ERR_NOT_FOUND. */
int registrar_store_account(struct registrar_store *s, const char *handle,
                            struct registrar_account *ret, struct diag *d) MUST_USE;
/* Adds it or puts it in the place of the one with this handle. `serial` is not stored: the
 * certificates tell. */
int registrar_store_put_account(struct registrar_store *s, const struct registrar_account *x,
                                struct diag *d) MUST_USE;
/* At most `max` accounts in the order of their handles, those after `after` ("": all). A negative
 * code of `each` ends it and is returned. */
int registrar_store_accounts(struct registrar_store *s, const char *after, uint32_t max,
                             int (*each)(void *context, const struct registrar_account *x),
                             void *context, struct diag *d) MUST_USE;
int registrar_store_count(struct registrar_store *s, uint64_t *ret_accounts,
                          uint64_t *ret_activated, struct diag *d) MUST_USE;

#define REGISTRAR_UNLIMITED INT64_C(-1)
struct registrar_distributor {
    char name[VALUE_HANDLE_MAX + 1];
    int64_t quota; /* accounts that it may provision; REGISTRAR_UNLIMITED */
    int64_t used;
};

/* ERR_NOT_FOUND. */
int registrar_store_distributor(struct registrar_store *s, const char *name,
                                struct registrar_distributor *ret, struct diag *d) MUST_USE;
int registrar_store_put_distributor(struct registrar_store *s,
                                    const struct registrar_distributor *x, struct diag *d) MUST_USE;
int registrar_store_distributors(struct registrar_store *s,
                                 int (*each)(void *context, const struct registrar_distributor *x),
                                 void *context, struct diag *d) MUST_USE;

/* The newest policy serial that all have been told; 0: none. */
int registrar_store_announced(struct registrar_store *s, uint32_t *ret, struct diag *d) MUST_USE;
int registrar_store_set_announced(struct registrar_store *s, uint32_t serial,
                                  struct diag *d) MUST_USE;

#endif
