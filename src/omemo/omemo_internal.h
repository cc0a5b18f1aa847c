/* What the files of this room share. */
#ifndef IRONSIDE_OMEMO_OMEMO_INTERNAL_H
#define IRONSIDE_OMEMO_OMEMO_INTERNAL_H

#include <omemo/key_helper.h>
#include <omemo/protocol.h>
#include <omemo/session_builder.h>
#include <omemo/session_cipher.h>
#include <omemo/signal_protocol.h>

#include "omemo/omemo.h"
#include "sql/sql.h"

#define OMEMO_VERSION 3 /* libomemo-c's session version for `eu.siacs.conversations.axolotl` */

/* One call's work. libomemo-c is given what was loaded before and its results are written after it
 * has succeeded, so that a failure writes nothing. */
struct omemo_operation {
    const char *jid;
    uint32_t device;
    const uint8_t *expected;                /* NULL: any */
    uint8_t identity[OMEMO_IDENTITY_BYTES]; /* the session's, once it is known */
    signal_buffer *loaded;                  /* the stored session; NULL: none */
    signal_buffer *stored;                  /* the session to store; NULL: none */
    uint32_t used_prekey;                   /* 0: none */
    bool database_failed;
};

struct omemo {
    struct sql sql; /* over the caller's database */
    signal_context *signal;
    signal_protocol_store_context *store;
    uint32_t device;
    uint8_t identity[OMEMO_IDENTITY_BYTES];
    uint8_t *private_key; /* 32 bytes in secret memory */
    struct omemo_operation operation;
};

/* omemo.c */
/* Steps a statement that returns no row, and resets it and its values: 0 or ERR_IO. */
int omemo_run(sqlite3_stmt *q) MUST_USE;
/* Ends one that returned rows in the same way; `r` is what it came to. */
int omemo_ended(sqlite3_stmt *q, int r) MUST_USE;
/* The blob in that column as libomemo-c's buffer; wiped and freed by omemo_buffer_free. */
signal_buffer *omemo_column(sqlite3_stmt *s, int column);
void omemo_buffer_free(signal_buffer *b);
int omemo_failed(const struct omemo *o, struct diag *d);
int omemo_identity_pair(struct omemo *o, ratchet_identity_key_pair **ret) MUST_USE;

/* omemo_crypto.c, omemo_store.c: what libomemo-c asks of us. */
extern const signal_crypto_provider omemo_crypto;
signal_protocol_store_context *omemo_store_new(struct omemo *o);

/* omemo_keys.c */
/* The bundle is not any more what was published. */
int omemo_bundle_moved(struct omemo *o) MUST_USE;
/* The first keys. */
int omemo_make_keys(struct omemo *o, int64_t now_unix_ms) MUST_USE;

#endif
