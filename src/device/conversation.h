/* What the engine's files share about conversations, contacts and groups.
 *
 * A message is kept with what it says (store/content.h), and what follows from that is done in the
 * same transaction: texts are taken away, group documents come into force, what waited is shown.
 * What the user should hear of it is said once the transaction has been committed.
 */
#ifndef IRONSIDE_DEVICE_CONVERSATION_H
#define IRONSIDE_DEVICE_CONVERSATION_H

#include "device/device_internal.h"
#include "device/say.h"
#include "store/content.h"
#include "store/file_rows.h"
#include "wire/group.h"

/* conversation.c. Within the caller's transaction: */

/* The conversation's line. `sender`: its certificate. Sets m->number; `ret_held`: it is a
 * stranger's, and not to be shown. ERR_EXISTS: (sender, id) is there already. */
int conversation_keep(struct device *d, struct store_message *m, const struct certificate *sender,
                      bool *ret_held) MUST_USE;
/* follow.c: what follows from a line that is shown. `g`: the group's list that it carries, or NULL.
 */
int conversation_follow(struct device *d, const struct store_message *m,
                        const struct store_content *row, const struct content *c,
                        const struct group *g) MUST_USE;
/* The group that it is said to: one that this device holds, by one of its members. "": none. */
const char *conversation_group(struct device *d, const struct content *c, const char *sender);
/* Shows what waited of that sender: all (`group` NULL), or what was said to that group. */
int conversation_release(struct device *d, const char *sender, const char *group) MUST_USE;
/* late.c: the message with this number, and a line of the device's own, heard after the commit. */
void conversation_show_later(struct device *d, int64_t number, const char *from);
int conversation_say(struct device *d, const char *peer, const char *fmt, ...)
    PRINTF_LIKE(3, 4) MUST_USE;
/* … and behind it: tells what was said and shown, or forgets it. */
void conversation_settle(struct device *d, bool committed);

/* conversation.c: takes away what has run out. */
void conversation_expire(struct device *d);
/* In ms from now; -1: no timer runs. */
int64_t conversation_due(struct device *d);

/* peers.c */
/* Nobody has to consent: a replay's devices. */
bool peers_accept_all(struct device *d);
enum peer_state peers_state(struct device *d, const char *account);
/* Not to be asked again before consent: a stranger of whom as much waits as may. */
bool peers_enough(struct device *d, const char *account);
/* The certificate's keys are others than those that the user has compared. */
bool peers_differ(struct device *d, const struct certificate *c);
/* What a QR code says of a device, 64 hexadecimal digits: SHA-256 of "ironside identity 1\0" |
 * account \0 | signing key | identity. */
#define PEERS_FINGERPRINT_LEN 64
void peers_fingerprint(const struct certificate *c, char ret[static PEERS_FINGERPRINT_LEN + 1]);

/* Are its keys those? `expect`: a safety number, a fingerprint, or "". */
bool peers_as_expected(const struct device *d, const char *expect, const struct certificate *c);

/* contacts.c
 * In the caller's transaction: they are a contact from now on. `expect` NULL: as it was. */
int peers_add(struct device *d, const char *account, const char *expect) MUST_USE;

/* groups.c */
bool groups_member(struct device *d, const char *id, const char *account);
/* Is there a group that both this device and the account are members of? */
bool groups_shared(struct device *d, const char *account);
/* The document in this message, if it is good: signed by the sender, who changed it. NULL: not. */
struct group *groups_document(struct device *d, const struct content *c,
                              const struct certificate *sender);
/* The list that counts, or NULL: none is held. The caller's. */
struct group *groups_current(struct device *d, const char *id);
/* "Skat: anna@chat.example added ben@chat.example" as the one became the other; `before` may be
 * NULL. The caller's. */
char *groups_words(const struct group *before, const struct group *after);

/* The list that counts, by the group's id or, where no group has that, by its name. ERR_NOT_FOUND:
 * of none, or of several; ERR_IO. */
int groups_named(struct store *s, const char *domain, const char *name, struct group **ret,
                 struct diag *diag) MUST_USE;
/* The same, of which this device must be a member: ERR_INVALID_STATE. */
int groups_find(struct device *d, const char *name, struct group **ret, struct diag *diag) MUST_USE;

/* queue.c: a body as it is, in the caller's transaction, without looking whom it goes to; or a
 * file (else NULL), and the body comes once it is uploaded. */
int device_queue(struct device *d, const struct device_text *m, const struct file_row *file,
                 char *ret_id, struct diag *diag) MUST_USE;

#endif
