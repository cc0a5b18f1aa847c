/* Keys for recipients' devices. */
#ifndef IRONSIDE_DEVICE_KEYS_H
#define IRONSIDE_DEVICE_KEYS_H

#include "store/outbox.h"

struct device;
struct certificate;

/* Encrypts the entry's key for the certificate's device and writes the delivery, in the caller's
 * transaction. */
int device_encrypt_key(struct device *d, const struct outbox_entry *e, const struct certificate *c,
                       struct diag *diag) MUST_USE;
/* Makes the key of every waiting delivery to this account anew. */
void device_rekey(struct device *d, const struct certificate *c);
/* Learns of a contact's certificate; a new serial is said and deliveries are keyed anew. `newest`:
 * the registrar has just named it as such; what comes with a message may be an old device's. */
void device_learn_contact(struct device *d, const struct certificate *c, bool newest);
/* Sends an empty OMEMO message on a fresh session, so that the other side makes its keys anew. */
void device_send_session_message(struct device *d, const struct certificate *c);

#endif
