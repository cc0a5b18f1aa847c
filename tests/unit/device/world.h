/* A whole network in one process, without a socket: devices with real stores, the registrar's
 * documents, the server's nodes, and a bot that keeps its promises unless a test tells it
 * otherwise. Everything that a device sends waits in a queue until world_run hands it over.
 */
#ifndef IRONSIDE_TESTS_DEVICE_WORLD_H
#define IRONSIDE_TESTS_DEVICE_WORLD_H

#include <setjmp.h> /* cmocka.h needs these before it */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "device/device_internal.h"
#include "device/keys.h"
#include "device/wants.h"
#include "log_book.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define WORLD_PARTIES 3
#define WORLD_LINES 64
#define WORLD_DOCUMENTS 64
#define WORLD_NODES 16
#define WORLD_CHAINS 8
#define DAY_MS INT64_C(86400000)

struct world;

/* A device of one account, anna, bert or cara. */
struct party {
    struct world *w;
    const char *handle;
    char account[VALUE_JID_MAX + 1];
    char folder[128];
    uint32_t serial;     /* of its certificate */
    const char *country; /* of the place tokens that the registrar gives it; NULL: it knows none */
    struct store *store;
    struct device *device;
    char *shown[WORLD_LINES]; /* bodies */
    size_t shown_count;
    char *notices[WORLD_LINES];
    size_t notice_count;
    char *progress[WORLD_LINES]; /* "ID word detail" */
    size_t progress_count;
    /* A crash before, or right behind, that commit of its store from party_open on (0: none). From
     * then on nothing that it does reaches its store, the network or its user. */
    unsigned crash_at, commits;
    bool crash_behind, dead;
    unsigned receipts; /* that it has sent */
    unsigned deliveries, blind_copies, session_messages;
};

/* What waits to be handed over. */
struct post {
    struct party *from;
    char *to;   /* of a stanza and a query */
    char *text; /* stanza, payload, or a node's content */
    char *node; /* of a node's publication or fetch */
    bool is_stanza, is_publication, lost;
    device_answer *answer;
    void *answer_context;
    struct post *next;
};

/* How the bot answers the next blind copies; `strange` counts what no device in order sends. */
struct world_bot {
    bool silent;
    bool withheld;              /* it takes them, and its answers do not arrive */
    enum verdict_reason refuse; /* 0: archives */
    enum later_reason later;    /* 0: a verdict */
    int once;                   /* the two above hold for that many answers; 0: for all */
    bool forge;                 /* by a key that is not the bot's */
    unsigned archived, refused, strange, asked_proof;
    char *proof; /* answer to a question for inclusion; NULL: not yet */
    struct {
        uint8_t certificate[HASH_BYTES], bot_key[SIGN_PUBLIC_BYTES], digest[HASH_BYTES];
        uint64_t n;
        char *answer;
    } chains[WORLD_CHAINS];
    size_t chain_count;
    char last_id[VALUE_ID_MAX + 1];
    uint64_t last_n;
};

struct world {
    struct fixture *f;
    struct policy_set *rules; /* of the newest policy */
    char folder[64];
    struct party parties[WORLD_PARTIES];
    struct {
        enum document_kind kind;
        uint8_t hash[HASH_BYTES];
        char *note;
        char *account;   /* of a certificate */
        uint32_t serial; /* of a policy or certificate */
    } documents[WORLD_DOCUMENTS];
    size_t document_count;
    struct log_book log;
    struct {
        char *account, *node, *payload;
    } nodes[WORLD_NODES];
    size_t node_count;
    struct post *first, **last;
    struct world_bot bot;
    bool registrar_down;      /* its queries get no answer */
    unsigned asked_registrar; /* for documents */
    bool mute;                /* pings get no answer */
    bool full;                /* the sessions' queues take no stanza */
    /* NULL, or sees each delivery to an account; true: keeps it from arriving. */
    bool (*tap)(struct world *w, struct party *to, const char *stanza);
    char *tapped; /* the last delivery that world_hold kept */
    /* NULL, or is given each blind copy and appends what comes back; false: the bot here takes it.
     */
    bool (*other_bot)(struct world *w, const char *stanza, struct buf *answer);
    uint32_t
        hidden_from; /* policies from that serial on are logged, and given to nobody; 0: none */
};

struct world_options {
    const char *without; /* "open": what no warrant covers passes */
    bool no_warrant;
    bool two_warrants;
    unsigned earlier; /* policies before the one that all know, 5; at most 4 */
};
/* Once for a program: cmocka's group setup. */
int world_start(void **state);
/* With anna, bert and cara, activated, online, and knowing the policy. `o` may be NULL. */
struct world *world_new(const struct world_options *o);
void world_free(struct world *w);
DEFINE_CLEANUP(struct world, world_free)
#define CLEANUP_WORLD CLEANUP(world_free_cleanup)
static inline struct party *anna(struct world *w)
{
    return &w->parties[0];
}
static inline struct party *bert(struct world *w)
{
    return &w->parties[1];
}
static inline struct party *cara(struct world *w)
{
    return &w->parties[2];
}
int64_t world_now(void);

/* The registrar has it, in the log too, from now on. Takes the account over; it may be NULL: a
 * certificate without one is a forgery, and not logged. */
void world_put_document(struct world *w, enum document_kind kind, const struct document *d,
                        char *account, uint32_t serial);
/* A policy of all that the fixture has, with the registrar; devices are not told. What `o` leaves
 * open is as the chain needs it: the hash of the newest one's text, and its `issued`. */
void world_new_policy(struct world *w, const struct fixture_policy_options *o);
/* A place token for the party's device, from a minute before `at` on for a day; the caller's. */
char *world_place(const struct party *p, const char *country, int64_t at_unix_ms);
/* Tells a device that there is a new policy. */
void world_announce(struct world *w, struct party *p);

/* Makes the party's store, with fresh keys, and a certificate for them. */
void party_activate(struct party *p);
/* A certificate as the registrar would sign it for these keys. */
struct certificate *world_certify(struct world *w, const char *account, uint32_t serial,
                                  const uint8_t key[static SIGN_PUBLIC_BYTES], uint32_t device,
                                  const uint8_t identity[static OMEMO_IDENTITY_BYTES],
                                  const struct fixture_signer *by);
void party_open(struct party *p);
/* As a crash would: what it waits for is never answered. */
void party_close(struct party *p);
void party_reopen(struct party *p);
/* The next commits of an open party are counted from here. */
void party_crash_at(struct party *p, unsigned commit, bool behind);
/* Queues a message and runs the network. */
void party_send(struct party *p, const char *to, const char *id, const char *body);
/* Hands a stanza to the device, and runs the network. */
void party_take(struct party *p, const char *stanza);
/* Makes all pauses pass, and runs the network. */
void party_wait(struct party *p);
/* The latest line that was said, or "". */
const char *party_said(const struct party *p);
unsigned party_count_said(const struct party *p, const char *part);
unsigned party_count_progress(const struct party *p, const char *part);
unsigned party_count_shown(const struct party *p, const char *body);
/* Of all that must not change when something is refused or waits: messages, digests, chain, outbox,
 * the ratchet. */
void party_state(const struct party *p, uint8_t ret[static HASH_BYTES]);
/* One number out of the store. */
int64_t party_number(const struct party *p, const char *sql);
void party_sql(const struct party *p, const char *sql);

/* Hands over what waits, until nothing does. */
void world_run(struct world *w);
/* A tap that keeps every delivery back, the last one in `tapped`. */
bool world_hold(struct world *w, struct party *to, const char *stanza);
struct party *world_party(struct world *w, const char *bare);
extern const struct device_net world_net;

/* The bot: reads a blind copy and appends its answer as a stanza to `b`, or nothing. */
void world_bot_take(struct world *w, const struct xml_element *x, struct buf *b);
/* Appends the stanza with a verdict for that line, in a round of five. */
void world_put_verdict(struct world *w, struct buf *b, const struct fixture_bot *by, const char *to,
                       const char *id, const struct verdict_line *l, int64_t at_unix_ms);

#endif
