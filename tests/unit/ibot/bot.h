/* A whole bot in memory: link, openers and keeper as objects of this process, joined by real socket
 * pairs, over the network of wire/fixture.h. Stanzas go in as text, the registrar's part is played,
 * and the answers come out parsed. Journal and day keys lie in a folder of its own.
 *
 * Monotonic time stands still but for bot_sleep: programs that use this wrap clock_monotonic_ms.
 * What cannot be made ends the process with a line.
 */
#ifndef IRONSIDE_TESTS_IBOT_BOT_H
#define IRONSIDE_TESTS_IBOT_BOT_H

#include "archive/audit.h"
#include "base/channel.h"
#include "ibot/keeper.h"
#include "ibot/link.h"
#include "ibot/opener.h"
#include "wire/registry.h"
#include "wire/test.h"

#define BOT_QUEUE_MAX (64U * 1024 * 1024)

struct bot;

/* An answer to a device, or to any IQ but the bot's own questions. */
struct bot_answer {
    char *text;                       /* the stanza */
    const struct xml_element *stanza; /* parsed again, in the bot's arena */
    const struct xml_element *child;  /* the element inside; NULL: none */
};

/* A note that the registrar has. */
struct bot_document {
    enum document_kind kind;
    uint8_t hash[HASH_BYTES];
    char *note;
};

/* Answers a question in the honest registrar's place: true when it did (or kept silent). */
typedef bool bot_registrar_fn(struct bot *b, const struct xml_element *iq,
                              const struct registry_query *q);

struct bot {
    struct fixture *f;
    struct clock clock;
    char folder[40];
    char *journal_path, *daykeys_path;
    struct journal *journal; /* the keeper's */
    struct daykeys *keys;
    int keys_fd;
    size_t opener_count;
    size_t link_queue; /* bytes that may wait for an opener */

    struct link *link;
    struct connector *nowhere; /* none of its sockets is there */
    struct component *component;
    struct xml_stream *output; /* reads what the component writes */
    struct opener *openers[FOLDER_OPENERS_MAX];
    struct keeper *keeper;
    /* Both ends: the role that is named first has end 0. */
    struct channel link_keeper[2], link_opener[FOLDER_OPENERS_MAX][2];
    struct channel opener_keeper[FOLDER_OPENERS_MAX][2];
    bool hold;     /* rounds stay open */
    bool no_files; /* the keeper's store lacks what is asked for; else it has everything */
    struct files *files;

    bot_registrar_fn *registrar; /* NULL: honest */
    struct bot_document *documents;
    size_t document_count;
    char *policy; /* the newest one's note; NULL: none */
    unsigned questions;
    char **reports; /* what the bot has handed in, in order: notes */
    size_t report_count;
    struct buf inbox; /* the registrar's answers */

    struct bot_answer *answers;
    size_t answer_count;
    struct arena arena; /* of the answers */

    int code; /* of the role that failed first */
    struct diag d;
};

struct bot_options {     /* what is zero has the value in brackets */
    size_t openers;      /* [1] */
    size_t link_queue;   /* [BOT_QUEUE_MAX] */
    int64_t missing_day; /* the bot has no key of it any more [none] */
};
/* Started and connected, with day keys for all warrants of the fixture, but without a policy. */
struct bot *bot_new(struct fixture *f, const struct bot_options *o);
void bot_free(struct bot *b); /* with its folder */
DEFINE_CLEANUP(struct bot, bot_free)

/* The file of day keys as daykeys.h describes it, with the fixture's own keys. */
void bot_write_daykeys(const struct fixture *f, const char *path, int64_t missing_day,
                       const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES]);

/* The registrar has the policy with all that it names, and it is the newest. */
void bot_publish(struct bot *b, const struct policy_set *set);
/* The registrar tells the bot that there is a newer policy. */
void bot_announce(struct bot *b);
/* The registrar has the certificate. */
void bot_register(struct bot *b, const struct fixture_device *dev);
/* The registrar's honest answer, from that address; and an error. */
void bot_answer_query(struct bot *b, const struct xml_element *iq, const struct registry_query *q,
                      const char *from);
void bot_answer_error(struct bot *b, const struct xml_element *iq, const char *condition);

/* What the server hands to the bot; it must be well-formed. */
void bot_feed(struct bot *b, const char *text);
/* Moves everything until nothing moves any more, and closes rounds then unless `hold`. 0 or the
 * code of the role that failed, whose line is in `d`. */
int bot_try_run(struct bot *b);
/* The same, which must not fail. */
void bot_run(struct bot *b);
/* The part of it that is bot_outside.c's: true when there was something. */
bool bot_carry_output(struct bot *b);
/* Moves the network's clock on (it is a replay's), lets all roles look at it, and runs. */
void bot_reach(struct bot *b, int64_t at_unix_ms);
/* Feeds the stanza and runs; there must be just one answer. It lives until bot_forget_answers. */
const struct bot_answer *bot_ask(struct bot *b, const char *stanza);
void bot_forget_answers(struct bot *b);

/* The session with the server breaks; a new one begins. */
void bot_break(struct bot *b);
void bot_reconnect(struct bot *b);
/* All roles end, and a new generation starts. */
void bot_restart(struct bot *b);
/* Moves monotonic time on, and lets link look at it. */
void bot_sleep(struct bot *b, int64_t ms);

/* The answer as a verdict on the device's message, verified with the bot's key; or as `later`.
 * Fails the test when it is neither, and shows it. */
struct verdict bot_verdict(const struct bot *b, const struct bot_answer *a,
                           const struct fixture_device *dev);
struct later bot_later(const struct bot_answer *a);

/* The head of the device's chain in the journal: 0 when it has none. */
uint64_t bot_head(struct bot *b, const struct fixture_device *dev, uint8_t ret[static HASH_BYTES]);
/* Audits the journal; the test fails when it is not in order. */
struct audit_counts bot_audit(const struct bot *b);

/* Sends the device's next message and fails unless it is archived; the chain goes on. */
void bot_archive_one(struct bot *b, const struct policy_set *set, struct fixture_device *dev);

/* Wraps the one of base/clock.h. */
int64_t __wrap_clock_monotonic_ms(void);

#endif
