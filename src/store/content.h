/* The part of the store that holds what messages say beside their words, whom the device accepts
 * messages from, and groups. Everything here is written in the caller's transaction.
 */
#ifndef IRONSIDE_STORE_CONTENT_H
#define IRONSIDE_STORE_CONTENT_H

#include "store/store.h"
#include "wire/content.h"

/* Its text is not on this device any more. */
enum store_gone { STORE_HERE, STORE_RETRACTED, STORE_EXPIRED };

/* Beside a message. Strings are copied when it is put, and lie in the arena when it is got. */
struct store_content {
    enum content_kind kind;
    const char *sender;
    const char *about_from, *about_id; /* the message that it is about; "" */
    const char *group;                 /* that it was said to, by a member; "" */
    uint32_t timer_s;
    int64_t read_unix_ms; /* 0: not yet */
    bool held;            /* from a stranger: not shown before the user's consent */
    enum store_gone gone;
};
int store_put_content(struct store *s, int64_t number, const struct store_content *c) MUST_USE;
/* ERR_NOT_FOUND. */
int store_content(struct store *s, int64_t number, struct arena *a,
                  struct store_content *ret) MUST_USE;
/* A message by its number, or by its sender and id; strings in the arena. ERR_NOT_FOUND. */
int store_message(struct store *s, int64_t number, struct arena *a,
                  struct store_message *ret) MUST_USE;
int store_message_of(struct store *s, const char *sender, const char *id, struct arena *a,
                     struct store_message *ret) MUST_USE;
/* The senders of up to `max` messages with that id, each once; strings in the arena. */
int store_senders_of(struct store *s, const char *id, struct arena *a, const char **ret, size_t max,
                     size_t *ret_count) MUST_USE;
/* Numbers of what is shown and about that message, of one kind, by time of signing: the newest
 * `max`. */
int store_about(struct store *s, const char *from, const char *id, enum content_kind kind,
                int64_t *ret, size_t max, size_t *ret_count) MUST_USE;
/* The newest of each sender alone, so that nobody's many push out another's; in the order in which
 * they first said something. */
int store_about_newest(struct store *s, const char *from, const char *id, enum content_kind kind,
                       int64_t *ret, size_t max, size_t *ret_count) MUST_USE;
#define STORE_ABOUT_MAX 4096U

/* Takes the texts away: of the message, and of all that follows it (content_traits). */
int store_erase(struct store *s, const char *sender, const char *id, enum store_gone gone) MUST_USE;
/* Of one line alone. */
int store_erase_line(struct store *s, int64_t number, enum store_gone gone) MUST_USE;
int store_set_read(struct store *s, int64_t number, int64_t at_unix_ms) MUST_USE;
/* Numbers of incoming messages that are shown and not marked as read. */
int store_unread(struct store *s, int64_t after, int64_t *ret, size_t max,
                 size_t *ret_count) MUST_USE;
/* The first message whose timer has run out by then: ERR_NOT_FOUND when there is none. */
int store_next_expired(struct store *s, int64_t now_unix_ms, int64_t *ret) MUST_USE;
/* When the next timer runs out; -1: none runs. */
int64_t store_expiry(struct store *s);

/* What waits for consent: of one sender, ascending. */
#define STORE_HELD_MAX 16U /* of one stranger */
int store_held(struct store *s, const char *sender, int64_t ret[static STORE_HELD_MAX],
               size_t *ret_count) MUST_USE;
int store_release(struct store *s, int64_t number, const char *group) MUST_USE;
/* Forgets that it was there, but not its digest. */
int store_drop_held(struct store *s, const char *sender) MUST_USE;

/* Whom the device accepts messages from. Who is in no row is a stranger. */
enum peer_state { PEER_STRANGER, PEER_CONTACT, PEER_BLOCKED };
struct store_peer {
    char account[VALUE_JID_MAX + 1];
    enum peer_state state;
    char expect[80]; /* a safety number or fingerprint that its keys must have; "" */
    int64_t since_unix_ms;
};
/* PEER_STRANGER when there is no row. */
int store_peer(struct store *s, const char *account, struct store_peer *ret) MUST_USE;
int store_put_peer(struct store *s, const struct store_peer *p) MUST_USE;
int store_drop_peer(struct store *s, const char *account) MUST_USE;
typedef int store_peer_fn(void *context, const struct store_peer *p);
int store_peers(struct store *s, store_peer_fn *fn, void *context) MUST_USE;
/* Strangers whose messages wait, with how many and since when (`since_unix_ms`). */
typedef int store_request_fn(void *context, const char *account, unsigned count,
                             int64_t since_unix_ms);
int store_requests(struct store *s, store_request_fn *fn, void *context) MUST_USE;

/* Group documents: every one that was taken. The one with the highest serial counts, and of two
 * with the same the one whose hash is lower. */
int store_put_group(struct store *s, const char *id, uint32_t serial,
                    const uint8_t hash[static HASH_BYTES], const char *note) MUST_USE;
/* The note that counts, the caller's; NULL: there is none. */
char *store_group(struct store *s, const char *id);
/* Is that one held? */
bool store_has_group(struct store *s, const char *id, const uint8_t hash[static HASH_BYTES]);
/* Of every group the note that counts, by id; of one (`id` not NULL) every note, by serial. */
typedef int store_group_fn(void *context, const char *note);
int store_groups(struct store *s, const char *id, store_group_fn *fn, void *context) MUST_USE;

#endif
