/* The file of a message: downloaded, checked and written out.
 *
 * Its ciphertext comes into the device's own folder, named by its hash, so that a download that
 * broke off is gone on with, whatever name the file is to have. Beside that name nothing is
 * touched.
 */
#ifndef IRONSIDE_HOST_SAVE_H
#define IRONSIDE_HOST_SAVE_H

#include "wire/file_uri.h"

#define SAVE_FOLDER "saving" /* in the device's folder: ciphertext that is on its way in */

struct save {
    const char *folder;         /* the device's */
    const char *server;         /* that devices connect to */
    const char *source;         /* the address to connect from, or NULL */
    const struct file_uri *uri; /* where it lies, and what opens it */
    const uint8_t *sha256;      /* HASH_BYTES: of the ciphertext, as the message names it */
    uint64_t size;              /* the same */
    const char *out;            /* to be written, mode 0600 */
    void *context;
    void (*progress)(void *context, uint64_t done, uint64_t size); /* may be NULL */
};

/* Waits for all of it. ERR_EXISTS: something has the name `out`; ERR_INVALID_STATE: another process
 * downloads it; ERR_AUTH: the host has other bytes, which are thrown away; ERR_IO; and the errors
 * of transfer_get. */
int save_run(const struct save *s, struct diag *d) MUST_USE;

#endif
