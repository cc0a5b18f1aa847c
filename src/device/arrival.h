/* A message from another device, while it is judged: docs/protocol.md, "Message to a recipient". */
#ifndef IRONSIDE_DEVICE_ARRIVAL_H
#define IRONSIDE_DEVICE_ARRIVAL_H

#include "device/device_internal.h"

#define DELAY_NS "urn:xmpp:delay" /* XEP-0203 */

struct arrival {
    struct device *d;
    const struct xml_element *stanza;
    struct arena *arena;
    struct envelope e;
    const struct policy_set *rules; /* that T names */
    const struct certificate *sender;
    uint8_t transcript[HASH_BYTES], digest[HASH_BYTES];
    struct coverage cover;
    bool has_verdict;
    struct verdict verdict;
    char handle[VALUE_HANDLE_MAX + 1]; /* the sender's */
    char country[VALUE_COUNTRY_BYTES]; /* of a place token; "" */
    struct store_message m;            /* what is shown, once it is kept */
    bool known_id;                     /* the account's id was shown before, under another digest */
    bool held;     /* a stranger's: kept, but not shown before the user's consent */
    char why[256]; /* it is refused; "" */
};

enum fate {
    SHOW,
    PARK,   /* a document is lacking and was asked for */
    REFUSE, /* `why` says it to the user */
    IGNORE, /* a repeat */
};

/* Writes the reason and returns REFUSE. */
enum fate arrival_refuse(struct arrival *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* What asks for its warrants, by its own words. */
struct coverage_query arrival_query(const struct arrival *a);
/* A policy that it is judged by, besides the one that it names, is not there: it waits as long as
 * that may still come. */
enum fate arrival_lack(struct arrival *a, enum have have, uint32_t serial);
/* arrival_judge.c: every check before decryption, in the order of the protocol. `stanza`, `d` and
 * `arena` are set. */
enum fate arrival_judge(struct arrival *a);
/* arrival_verdict.c: of a message that a warrant covers. */
enum fate arrival_check_verdict(struct arrival *a);

/* arrival_take.c */
/* Judges it and, where all is well, decrypts, keeps, shows and acknowledges it. */
enum fate arrival_take(struct device *d, const struct xml_element *x, struct arena *arena);
/* Once for each message and reason: a sender goes on sending what is not acknowledged. And not
 * more of a sender than so many lines a day: anyone can send what is refused. */
void arrival_say_refused(struct arrival *a, const char *from, const char *id);

/* Keeps the stanza of this account, once, until what it needs has come: park.c */
void device_park(struct device *d, const struct xml_element *x, const char *account);
/* Does something wait that this account sent earlier? */
bool device_is_held_up(struct device *d, const char *account);

/* receipts.c */
#define RECEIPTS_NS "urn:xmpp:receipts" /* XEP-0184 */
void device_take_receipt(struct device *d, const char *from, const char *id);
void device_send_receipt(struct device *d, const char *to, const char *id);

#endif
