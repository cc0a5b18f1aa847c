/* A small network with real keys, for tests: custodians, registrar, bots, warrants with their day
 * keys and agencies, policies, devices, messages and rounds of verdicts.
 *
 * Keys come from names alone, so that they are the same in every run; messages have fresh content
 * keys. What cannot be made ends the process with a line. Nothing here needs cmocka: seed
 * generators use it too. Strings that are returned are the caller's.
 */
#ifndef IRONSIDE_TESTS_WIRE_FIXTURE_H
#define IRONSIDE_TESTS_WIRE_FIXTURE_H

#include "crypto/age.h"
#include "wire/certificate.h"
#include "wire/envelope.h"
#include "wire/network_note.h"
#include "wire/policy_set.h"
#include "wire/verdict.h"

#define FIXTURE_DOMAIN "chat.example"
#define FIXTURE_BOT "ibot.chat.example"
#define FIXTURE_WARRANT "2019-0147"
#define FIXTURE_DAY INT64_C(18785)                                       /* 2021-06-07 */
#define FIXTURE_AT (FIXTURE_DAY * INT64_C(86400000) + INT64_C(36672123)) /* at 10:11:12.123 */

/* Ends the process unless `ok`. */
#define FIXTURE_MUST(ok) fixture_must((ok), __FILE__, __LINE__, #ok)
void fixture_must(bool ok, const char *file, int line, const char *what);

/* The seed that a key of this name is made from. */
void fixture_seed(const char *name, uint8_t ret[static 32]);

struct fixture_signer {
    char name[NOTE_NAME_MAX + 1];
    struct note_key key; /* its name points at `name`: not to be moved */
    uint8_t secret[SIGN_SECRET_BYTES];
};
/* A signer whose lines bear `name` and whose key is made from `label`. */
void fixture_signer_init(struct fixture_signer *s, const char *name, const char *label);

struct fixture_bot {
    const char *jid;
    struct fixture_signer signer;
    const char *countries; /* "NL US"; NULL: the default bot */
};

struct fixture_warrant {
    char *id;
    char *bot;
    int64_t from_day, until_day;
    struct hpke_keypair *day_keys;
    int64_t first_key_day;
    size_t key_count;
    struct age_identity agencies[2]; /* "north" and "south" */
    struct fixture_signer desk;      /* north's, whether the warrant names it or not */
    char *epochs_text, *epochs_note;
    char *text, *note;
    uint8_t hash[HASH_BYTES]; /* of its text */
};

struct fixture {
    char *domain;
    struct fixture_signer custodians[NETWORK_CUSTODIANS_MAX]; /* custodian-1, … */
    size_t custodian_count, quorum;
    struct fixture_signer registrar;
    struct fixture_bot bots[POLICY_BOTS_MAX]; /* the default one first */
    size_t bot_count;
    struct fixture_warrant warrants[POLICY_WARRANTS_MAX]; /* as they were added */
    size_t warrant_count;
    char *network_text, *network_note;
    struct network_note *network; /* that note, opened */
};

struct fixture_options { /* what is zero has the value in brackets */
    const char *domain;  /* [FIXTURE_DOMAIN] */
    size_t custodians;   /* [3] */
    size_t quorum;       /* [2] */
    bool replay;
};
/* With one bot, ibot.DOMAIN, and no warrant. `o` may be NULL. */
struct fixture *fixture_new(const struct fixture_options *o);
void fixture_free(struct fixture *f);
DEFINE_CLEANUP(struct fixture, fixture_free)

/* Text, empty line and a signature line of each of the signers. */
char *fixture_sign(const char *text, const struct fixture_signer *signers, size_t count);
/* The same by as many custodians as it needs. */
char *fixture_sign_quorum(const struct fixture *f, const char *text);

/* `countries` as its policy line lists them. */
struct fixture_bot *fixture_add_bot(struct fixture *f, const char *jid, const char *countries);

const struct fixture_bot *fixture_bot_of(const struct fixture *f, const char *jid);

struct fixture_warrant_options {
    const char *id;                /* [FIXTURE_WARRANT] */
    const char *bot;               /* [the default one] */
    int64_t from_day, until_day;   /* [the day before FIXTURE_DAY to the day after it] */
    int64_t keys_from, keys_until; /* of the epochs note [as the warrant's days] */
    const char *scope;             /* as in its line [all] */
    const char *exclude;           /* [no such line] */
    int64_t low_order_day;         /* its public key is of low order [none] */
    bool desk;                     /* it names north's desk */
};
/* `o` may be NULL. The pointer holds until the fixture is freed. */
struct fixture_warrant *fixture_add_warrant(struct fixture *f,
                                            const struct fixture_warrant_options *o);
/* The key pair of a day that the warrant has keys for. */
const struct hpke_keypair *fixture_day_key(const struct fixture_warrant *w, int64_t day);
/* "accounts HASH …" for the handles, as the warrant of this id names them. */
char *fixture_scope_accounts(const char *warrant_id, const char *const *handles, size_t count);

struct fixture_policy_options {
    uint32_t serial;         /* [1] */
    const uint8_t *previous; /* the text's hash; not for serial 1 [zeros] */
    int64_t issued_unix_ms;  /* [FIXTURE_AT] */
    const char *revoked;     /* whole lines [none] */
    const char *without;     /* [stop] */
    const char *place;       /* without one [no such line] */
    const char *notice;      /* [a line of text] */
};
/* Names all bots and warrants of the fixture. `o` may be NULL. */
char *fixture_policy_text(const struct fixture *f, const struct fixture_policy_options *o);
/* The same, signed, opened, and with every warrant and epochs note that it names. */
struct policy_set *fixture_policy(const struct fixture *f, const struct fixture_policy_options *o);

struct fixture_device {
    char *account;
    struct fixture_signer signer; /* its name is the account's */
    struct certificate *certificate;
    uint64_t n;               /* of its chain's last message; 0: none yet */
    uint8_t prev[HASH_BYTES]; /* that message's D */
};
/* Activated, with a certificate for the year around FIXTURE_DAY. */
struct fixture_device *fixture_device_new(const struct fixture *f, const char *handle,
                                          uint32_t serial);
void fixture_device_free(struct fixture_device *dev);
DEFINE_CLEANUP(struct fixture_device, fixture_device_free)
/* A place token from a minute before `at` on, for a day. */
char *fixture_place(const struct fixture *f, const struct fixture_device *dev, const char *country,
                    int64_t at_unix_ms);

struct fixture_message_options {
    const char *const *to; /* [one: bert@DOMAIN] */
    size_t to_count;
    const char *id;      /* [m1] */
    const char *body;    /* [a line of text] */
    int64_t at_unix_ms;  /* [FIXTURE_AT] */
    const char *bot;     /* [the default one] */
    const char *country; /* of `place` */
    const char *place;   /* a token's note, which must outlive the message */
    const struct envelope_file *files;
    size_t file_count;
};

struct fixture_message {
    struct envelope envelope; /* points into the message, the device and the policy set */
    char *strings[VALUE_RECIPIENTS_MAX + 1]; /* the recipients, and behind them the id */
    uint8_t *payload;
    uint8_t content[PAYLOAD_CONTENT_BYTES]; /* K */
    struct coverage cover;
    uint8_t transcript[HASH_BYTES];
    struct buf signed_bytes;
    uint8_t digest[HASH_BYTES];
};
/* The next message of the device's chain, encrypted, sealed to all that covers it, and signed. The
 * device's chain stays where it is. `o` may be NULL. */
struct fixture_message *fixture_message_new(const struct fixture *f, const struct policy_set *set,
                                            const struct fixture_device *dev,
                                            const struct fixture_message_options *o);
void fixture_message_free(struct fixture_message *m);
DEFINE_CLEANUP(struct fixture_message, fixture_message_free)
/* Makes seals, signature and digests again after fields of the envelope were changed; with `set`
 * NULL the seals stay as they are. */
void fixture_message_sign(struct fixture_message *m, const struct fixture *f,
                          const struct policy_set *set, const struct fixture_device *dev);
/* The bot has taken it: the device's chain goes on from it. */
void fixture_device_advance(struct fixture_device *dev, const struct fixture_message *m);
/* The stanza as the device sends it, or as the server hands it to the bot or to the first
 * recipient (with a `<key>` for that one). */
char *fixture_stanza(const struct fixture_message *m, bool blind);

/* A round as the bot signs it: `ret` takes a verdict for each of the lines. */
void fixture_round(const struct fixture_bot *bot, int64_t at_unix_ms,
                   const struct verdict_line *lines, uint32_t count, struct verdict *ret);

#endif
