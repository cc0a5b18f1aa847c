/* Warrants and their epochs.
 *
 *     ironside warrant 1                        ironside epochs 1
 *     network chat.example                      network chat.example
 *     id 2019-0147                              warrant 2019-0147
 *     authority District Court, North Holland   bot ibot.chat.example
 *     bot ibot.chat.example                     18176 KEY
 *     epochs SHA-256 of the epochs text         18177 KEY
 *     from 2019-10-07                           …
 *     until 2021-06-07
 *     scope all | accounts HASH … | countries CC …
 *     exclude CC …                              optional
 *     agency NAME age1…                         one to sixteen, each with
 *     desk KEY                                  optional
 *
 * Days are UTC days, both included. A warrant is signed by k custodians, its epochs by the bot
 * that made the day keys; the warrant names their text by its hash. The desk of the agency on the
 * line before has the key: it signs what the archive was used for (wire/use.h).
 */
#ifndef IRONSIDE_WIRE_WARRANT_H
#define IRONSIDE_WIRE_WARRANT_H

#include "crypto/age.h"
#include "crypto/hpke.h"
#include "wire/document.h"
#include "wire/network_note.h"
#include "wire/value.h"

#define WARRANT_AUTHORITY_MAX 1024U /* bytes */
#define WARRANT_AGENCIES_MAX 16U
#define WARRANT_COUNTRIES_MAX 260U
#define WARRANT_ACCOUNTS_MAX 900U /* what fits into the text */
#define WARRANT_DAYS_MAX 3660

struct warrant_agency {
    const char *name;
    const char *recipient_text;
    struct age_recipient recipient;
    bool has_desk;
    uint8_t desk[SIGN_PUBLIC_BYTES]; /* its desk's key, or zeros */
};

enum warrant_scope { WARRANT_ALL, WARRANT_ACCOUNTS, WARRANT_COUNTRIES };

struct warrant {
    struct document document;
    const char *network; /* domain */
    const char *id;
    const char *authority;
    const char *bot;
    uint8_t epochs[HASH_BYTES];
    int64_t from_day, until_day;
    enum warrant_scope scope;
    uint8_t (*accounts)[HASH_BYTES]; /* of scope accounts: account hashes, ascending */
    size_t account_count;
    const char **countries; /* of scope countries */
    size_t country_count;
    const char **excluded;
    size_t excluded_count;
    struct warrant_agency agencies[WARRANT_AGENCIES_MAX];
    size_t agency_count;
};

/* Parses, and checks the custodians' signatures. ERR_FORMAT, ERR_LIMIT, ERR_AUTH. */
int warrant_open(const struct network_note *net, const char *note, size_t len, struct warrant **ret,
                 struct diag *d) MUST_USE;
/* Parses without asking for signatures: drafts. */
int warrant_open_unsigned(const char *domain, const char *note, size_t len, struct warrant **ret,
                          struct diag *d) MUST_USE;
void warrant_free(struct warrant *w);
DEFINE_CLEANUP(struct warrant, warrant_free)

/* Appends the text that the custodians sign. */
void warrant_format(struct buf *b, const struct warrant *w);

/* The agency of that name; NULL: the warrant has none. */
const struct warrant_agency *warrant_agency(const struct warrant *w, const char *name);

/* HMAC-SHA256(key SHA-256(warrant id), handle): names an account only to those who know it. */
void warrant_account_hash(const char *warrant_id, const char *handle,
                          uint8_t ret[static HASH_BYTES]);

struct epoch {
    int64_t day;
    uint8_t key[HPKE_PUBLIC_BYTES];
};
struct epochs {
    struct document document;
    const char *warrant;
    const char *bot;
    struct epoch *days; /* ascending, without gaps */
    size_t count;
};

/* Parses, and checks the bot's signature and that this is the text that `w` names and that it has a
 * key for each of its days. A key of low order is refused when something is sealed to it. */
int epochs_open(const struct warrant *w, const uint8_t bot_key[static SIGN_PUBLIC_BYTES],
                const char *note, size_t len, struct epochs **ret, struct diag *d) MUST_USE;
/* The same for an offer that no warrant names yet. */
int epochs_open_offer(const char *domain, const char *bot,
                      const uint8_t bot_key[static SIGN_PUBLIC_BYTES], const char *note, size_t len,
                      struct epochs **ret, struct diag *d) MUST_USE;
void epochs_free(struct epochs *e);
DEFINE_CLEANUP(struct epochs, epochs_free)
/* Appends the text that the bot signs. */
void epochs_format(struct buf *b, const char *domain, const struct epochs *e);
/* The day's key or NULL. */
const uint8_t *epochs_key(const struct epochs *e, int64_t day);

#endif
