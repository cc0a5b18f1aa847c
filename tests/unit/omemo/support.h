/* What the tests of this room share: parties with databases in memory, and letters between them. */
#ifndef IRONSIDE_TESTS_OMEMO_SUPPORT_H
#define IRONSIDE_TESTS_OMEMO_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypto/hash.h"
#include "omemo/omemo.h"

#define NOW INT64_C(1600000000000)
#define DAY INT64_C(86400000)

struct party {
    const char *jid;
    sqlite3 *db;
    struct omemo *o;
};

void party_open(struct party *p, const char *jid);
/* Closes and opens the OMEMO handle, as a restart would. */
void party_reopen(struct party *p);
void party_close(struct party *p);
void run_sql(sqlite3 *db, const char *sql);
int64_t number(sqlite3 *db, const char *sql);
/* Of everything that is stored: equal while nothing has changed. */
void state_of(const struct party *p, uint8_t ret[static HASH_BYTES]);

/* The bundle that `p` publishes, through XML. It lives until the next call. */
const struct omemo_bundle *bundle_of(const struct party *p);
/* A session from `from` to `to`, with its identity expected. */
void start(struct party *from, const struct party *to);

struct letter {
    struct party *from, *to;
    uint8_t content[PAYLOAD_CONTENT_BYTES];
    uint8_t key[OMEMO_KEY_MAX];
    size_t len;
    bool prekey;
};
/* Fresh content, encrypted. */
void write_letter(struct letter *l, struct party *from, struct party *to);
/* Decrypts it, the sender's identity expected. Checks the content when it succeeds, and that
 * nothing has changed when it fails. */
int read_letter(const struct letter *l);
int read_letter_at(const struct letter *l, int64_t now_unix_ms);
/* Writes a letter and reads it. */
void exchange(struct party *from, struct party *to);

#endif
