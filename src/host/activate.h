/* Activation: from a distributor's bundle to a device with a certificate (docs/protocol.md,
 * "Activation"). Each step is written down before it is taken, so that it can be taken again after
 * a crash, with the same keys.
 *
 *     new               store made, keys generated, consent written down
 *     password changed  the bundle's password opens nothing any more
 *     active            the certificate is here and holds our own keys
 */
#ifndef IRONSIDE_HOST_ACTIVATE_H
#define IRONSIDE_HOST_ACTIVATE_H

#include "store/store.h"
#include "wire/bundle.h"
#include "wire/policy_set.h"

#define ACTIVATE_AUTHORITY_FILE "authority.pem" /* in the device's folder */

/* What a bundle says, checked: its network note, policy and warrants are signed as they must be,
 * and the authority's certificate is the one that the network note names. The set holds no epochs.
 * ERR_AUTH, ERR_FORMAT. */
struct activation_terms {
    struct network_note *net;
    struct policy_set *set;
};
int activate_read_terms(const struct bundle *u, struct activation_terms *ret,
                        struct diag *d) MUST_USE;
void activation_terms_clear(struct activation_terms *t);

/* Makes the store with fresh keys. To be called after the user has seen the terms and consented.
 * ERR_EXISTS: a device, or something else, is in the folder; ERR_IO. */
int activate_prepare(const char *folder, const struct vault_key *key, const struct bundle *u,
                     const struct activation_terms *t, struct diag *d) MUST_USE;

/* Takes the steps that are left, over the network, for at most `timeout_ms`. Harmless when it was
 * done before. ERR_INVALID_STATE: no consent; ERR_TIMEOUT; ERR_AUTH: the server or the registrar
 * refuses, with its reason; ERR_KEY: the certificate is not for our keys; ERR_IO. */
int activate_run(const char *folder, struct store *s, const char *source, int timeout_ms,
                 struct diag *d) MUST_USE;

#endif
