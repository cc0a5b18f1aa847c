/* ejabberd's administration interface (mod_http_api) on the UNIX socket of a private instance.
 *
 * Each call waits for its answers, ten seconds at most each. What changes an account is on the
 * server's disk when the call returns: a server that is killed then remembers it.
 */
#ifndef IRONSIDE_NETWORK_ADMIN_H
#define IRONSIDE_NETWORK_ADMIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/connector.h"
#include "base/error.h"

struct admin;

/* For the accounts of `domain`. Connects with the first call only. */
struct admin *admin_new(const char *socket_path, const char *domain);
void admin_free(struct admin *a);
DEFINE_CLEANUP(struct admin, admin_free)

/* Its connections are to number `socket` of the connector, which outlives it: for a process that
 * may not connect by itself. */
void admin_connect_by(struct admin *a, struct connector *connector, size_t socket);

/* All below: ERR_IO, ERR_TIMEOUT: the server is not there or does not answer; ERR_FORMAT: not a
 * handle, not letters and digits (passwords), or not an answer that we understand. */

/* ERR_EXISTS. */
int admin_register(struct admin *a, const char *handle, const char *password,
                   struct diag *d) MUST_USE;
/* An account that is not there is fine. Its sessions end. */
int admin_unregister(struct admin *a, const char *handle, struct diag *d) MUST_USE;
/* Sessions live on. ERR_NOT_FOUND. */
int admin_change_password(struct admin *a, const char *handle, const char *password,
                          struct diag *d) MUST_USE;

struct admin_session {
    char *resource;
    char *address; /* the device's IP address */
};
struct admin_sessions {
    struct admin_session *list;
    size_t count;
};
/* None for an account that is not there. */
int admin_sessions(struct admin *a, const char *handle, struct admin_sessions *ret,
                   struct diag *d) MUST_USE;
void admin_sessions_clear(struct admin_sessions *s);
#define CLEANUP_SESSIONS CLEANUP(admin_sessions_clear)

/* Ends the account's sessions but the one with this resource (NULL: all). A stream that has
 * authenticated but has no resource yet is no session: it can become one within ejabberd's
 * negotiation_timeout (EJABBERD_NEGOTIATION_SECONDS). */
int admin_end_sessions(struct admin *a, const char *handle, const char *keep,
                       struct diag *d) MUST_USE;

/* What ejabberd writes to its log until it ends: "warning", or "debug": all that the server sees,
 * for showing just that. Passwords that are set meanwhile stand in that log too: give out bundles
 * before. ERR_FORMAT: another word. */
int admin_set_loglevel(struct admin *a, const char *level, struct diag *d) MUST_USE;

#endif
