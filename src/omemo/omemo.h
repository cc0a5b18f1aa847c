/* OMEMO sessions (XEP-0384 0.3, `eu.siacs.conversations.axolotl`) over libomemo-c: one device's
 * identity, its prekeys and its sessions with other devices, and the XML that carries them. No
 * sockets here: what is to be published or sent is handed over as XML.
 *
 * Everything is kept in tables "omemo_…" of the caller's database. Nothing here begins or ends a
 * transaction: what is written belongs to the caller's, so that a ratchet step and the message that
 * it belongs to are committed together or not at all. After a rollback the `struct omemo` is as
 * good as before: it keeps nothing but the identity. After ERR_IO the caller must roll back.
 *
 * Addresses are a bare JID and a device id, 1 to 2^31 - 1. An identity key is 33 bytes, 0x05 and
 * the X25519 key. A session has one identity; which one is right is the caller's to say (the
 * certified one), and a session or a message of another one is refused.
 *
 * Private keys lie in the database as they are: it must be an encrypted one. They are wiped from
 * memory as far as libomemo-c lets us; it frees some of its own copies unwiped.
 */
#ifndef IRONSIDE_OMEMO_OMEMO_H
#define IRONSIDE_OMEMO_OMEMO_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "crypto/payload.h"
#include "wire/xml.h"

#define OMEMO_NS "eu.siacs.conversations.axolotl"
#define OMEMO_DEVICES_NODE OMEMO_NS ".devicelist"
#define OMEMO_BUNDLE_NODE OMEMO_NS ".bundles:" /* and the device id */
#define OMEMO_DEVICE_MAX INT32_MAX
#define OMEMO_IDENTITY_BYTES 33
#define OMEMO_SIGNATURE_BYTES 64
#define OMEMO_PREKEYS 100U     /* one-time prekeys in our bundle */
#define OMEMO_PREKEYS_MAX 256U /* in another's */
#define OMEMO_DEVICES_MAX 64U  /* in a device list */
#define OMEMO_KEY_MAX 1024U    /* bytes of an encrypted key */
#define OMEMO_GRACE_MS INT64_C(86400000)

struct omemo;

/* Makes the tables, an identity, a random device id, a signed prekey and the one-time prekeys.
 * ERR_EXISTS: there is one already; ERR_IO. */
int omemo_create(sqlite3 *db, int64_t now_unix_ms, struct diag *d) MUST_USE;
/* `db` must outlive it. Sets `PRAGMA secure_delete`, so that a destroyed key leaves no trace in the
 * file's free pages. ERR_NOT_FOUND: omemo_create was not called; ERR_IO. */
int omemo_open(sqlite3 *db, struct omemo **ret, struct diag *d) MUST_USE;
void omemo_close(struct omemo *o);
DEFINE_CLEANUP(struct omemo, omemo_close)
#define CLEANUP_OMEMO CLEANUP(omemo_close_cleanup)

uint32_t omemo_device_id(const struct omemo *o);
const uint8_t *omemo_identity(const struct omemo *o); /* OMEMO_IDENTITY_BYTES */

/* Our bundle (omemo_keys.c). */

/* Appends `<bundle>` as it is to be published now; `*ret_version` tells it from others. ERR_IO. */
int omemo_put_bundle(struct omemo *o, struct buf *b, uint64_t *ret_version) MUST_USE;
/* The server has taken that version. ERR_IO. */
int omemo_mark_published(struct omemo *o, uint64_t version) MUST_USE;
/* Must the bundle be published (again)? A one-time prekey that was used leaves it at once. ERR_IO.
 */
int omemo_bundle_changed(struct omemo *o, bool *ret) MUST_USE;
/* To be called at least daily, and when the bundle has changed, before it is published: makes the
 * one-time prekeys 100 again, destroys those that were used `grace_ms` ago (until then a second
 * sender that had picked the same one is still understood; OMEMO_GRACE_MS), makes a new signed
 * prekey every week and destroys a replaced one after two more. ERR_IO. */
int omemo_maintain(struct omemo *o, int64_t now_unix_ms, int64_t grace_ms) MUST_USE;

/* Sessions (omemo_session.c). `identity` NULL: whatever the session has; for a device without a
 * session, whatever it brings. Every failure leaves the stored sessions and prekeys as they were.
 */

struct omemo_bundle;
/* A session with this device and identity? False, too, when the database fails. */
bool omemo_has_session(struct omemo *o, const char *jid, uint32_t device, const uint8_t *identity);
/* Starts one from a bundle, with a one-time prekey picked at random; older ones with the same
 * identity still decrypt. ERR_AUTH: the bundle's identity is not the expected one, or has not
 * signed the signed prekey; ERR_FORMAT: a key that is none; ERR_IO. */
int omemo_start_session(struct omemo *o, const char *jid, uint32_t device,
                        const struct omemo_bundle *bundle, const uint8_t *identity,
                        struct diag *d) MUST_USE;
/* Appends a key's content (message key and tag), encrypted for that device. `*ret_prekey`: in the
 * form that starts a session at the other side. ERR_NOT_FOUND: no session; ERR_AUTH: a session with
 * another identity; ERR_IO. */
int omemo_encrypt_key(struct omemo *o, const char *jid, uint32_t device, const uint8_t *identity,
                      const uint8_t content[static PAYLOAD_CONTENT_BYTES], struct buf *b,
                      bool *ret_prekey, struct diag *d) MUST_USE;
/* ERR_AUTH: by another identity; ERR_NOT_FOUND: no session, or a prekey of ours that is not there
 * (any more); ERR_EXISTS: decrypted before; ERR_FORMAT: malformed, not authentic under any session,
 * or other content than 32 bytes; ERR_LIMIT: over OMEMO_KEY_MAX; ERR_IO. After ERR_NOT_FOUND and
 * ERR_FORMAT a new session may help. */
int omemo_decrypt_key(struct omemo *o, const char *jid, uint32_t device, const uint8_t *identity,
                      const void *key, size_t len, bool prekey, int64_t now_unix_ms,
                      uint8_t ret_content[static PAYLOAD_CONTENT_BYTES], struct diag *d) MUST_USE;
/* Forgets the session with that device. ERR_IO. */
int omemo_forget_session(struct omemo *o, const char *jid, uint32_t device) MUST_USE;

/* XML (omemo_xml.c). The readers are strict and take their memory from the arena. ERR_FORMAT with
 * a line that names the part, ERR_LIMIT. */

struct omemo_prekey {
    uint32_t id;
    uint8_t key[OMEMO_IDENTITY_BYTES];
};
struct omemo_bundle {
    uint8_t identity[OMEMO_IDENTITY_BYTES];
    struct omemo_prekey signed_prekey;
    uint8_t signature[OMEMO_SIGNATURE_BYTES];
    struct omemo_prekey *prekeys;
    size_t prekey_count; /* at least 1 */
};
void omemo_bundle_put(struct buf *b, const struct omemo_bundle *bundle);
int omemo_bundle_parse(const struct xml_element *x, struct arena *a, struct omemo_bundle *ret,
                       struct diag *d) MUST_USE;

/* `<list>` with just this device: an account has one. */
void omemo_put_device_list(struct buf *b, uint32_t device);
int omemo_device_list_parse(const struct xml_element *x, uint32_t ret[static OMEMO_DEVICES_MAX],
                            size_t *ret_count, struct diag *d) MUST_USE;

/* A stanza's `<encrypted>`: begin, then a key for each device, then end. */
void omemo_begin_encrypted(struct buf *b, uint32_t sid);
void omemo_put_key(struct buf *b, uint32_t rid, const void *key, size_t len, bool prekey);
/* `payload` NULL: none, for a message that only moves the session on. */
void omemo_end_encrypted(struct buf *b, const uint8_t iv[static PAYLOAD_IV_BYTES],
                         const void *payload, size_t len);

struct omemo_encrypted {
    uint32_t sid;
    uint8_t iv[PAYLOAD_IV_BYTES];
    const uint8_t *key; /* the one for our device; NULL: none */
    size_t key_len;
    bool prekey;
    const uint8_t *payload; /* NULL: none */
    size_t payload_len;
};
int omemo_encrypted_parse(const struct xml_element *x, uint32_t device, struct arena *a,
                          struct omemo_encrypted *ret, struct diag *d) MUST_USE;

#endif
