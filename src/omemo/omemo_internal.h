/* What the files of this room share. */
#ifndef IRONSIDE_OMEMO_OMEMO_INTERNAL_H
#define IRONSIDE_OMEMO_OMEMO_INTERNAL_H

#include <omemo/key_helper.h>
#include <omemo/protocol.h>
#include <omemo/session_builder.h>
#include <omemo/session_cipher.h>
#include <omemo/signal_protocol.h>

#include "omemo/omemo.h"

#define OMEMO_VERSION 3 /* libomemo-c's session version for `eu.siacs.conversations.axolotl` */

enum omemo_statement {
    S_SELF,
    S_VERSIONS,
    S_CHANGED,
    S_PUBLISHED,
    S_NEXT_PREKEY,
    S_PUT_PREKEY,
    S_PREKEY,
    S_USE_PREKEY,
    S_BUNDLE_PREKEYS,
    S_COUNT_PREKEYS,
    S_FIX_PREKEYS,
    S_DESTROY_PREKEYS,
    S_PUT_SIGNED,
    S_SIGNED,
    S_CURRENT_SIGNED,
    S_RETIRE_SIGNED,
    S_FIX_SIGNED,
    S_DESTROY_SIGNED,
    S_SESSION,
    S_PUT_SESSION,
    S_FORGET_SESSION,
    OMEMO_STATEMENTS
};

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
    sqlite3 *db;
    sqlite3_stmt *statements[OMEMO_STATEMENTS]; /* prepared when first used */
    signal_context *signal;
    signal_protocol_store_context *store;
    uint32_t device;
    uint8_t identity[OMEMO_IDENTITY_BYTES];
    uint8_t *private_key; /* 32 bytes in secret memory */
    struct omemo_operation operation;
};

/* omemo.c */
sqlite3_stmt *omemo_statement(struct omemo *o, enum omemo_statement which);
/* Steps a statement that returns no row, and resets it and its values. */
int omemo_run(struct omemo *o, enum omemo_statement which) MUST_USE;
/* Ends one that returned rows: 0 when `step` is SQLITE_DONE or SQLITE_ROW. */
int omemo_finish(sqlite3_stmt *s, int step) MUST_USE;
/* The blob in that column as libomemo-c's buffer; wiped and freed by omemo_buffer_free. */
signal_buffer *omemo_column(sqlite3_stmt *s, int column);
void omemo_buffer_free(signal_buffer *b);
int omemo_failed(const struct omemo *o, struct diag *d);
int omemo_identity_pair(struct omemo *o, ratchet_identity_key_pair **ret) MUST_USE;

/* omemo_crypto.c, omemo_store.c: what libomemo-c asks of us. */
extern const signal_crypto_provider omemo_crypto;
signal_protocol_store_context *omemo_store_new(struct omemo *o);

/* omemo_keys.c: the first keys. */
int omemo_make_keys(struct omemo *o, int64_t now_unix_ms) MUST_USE;

#endif
