/* The store's rows of files: what is on its way out, and what came with messages.
 *
 * An outgoing file lies, encrypted, in the device's folder until its message has every receipt; its
 * row says with which key, and where it was uploaded. The message is signed only once it was. */
#ifndef IRONSIDE_STORE_FILE_ROWS_H
#define IRONSIDE_STORE_FILE_ROWS_H

#include "store/store.h"
#include "wire/file_content.h"

#define FILE_ROWS_FOLDER "files" /* in the device's folder: ciphertext of outgoing files */
#define FILE_ROWS_SPOOL_LEN 32U

struct file_row {
    char spool[FILE_ROWS_SPOOL_LEN + 1]; /* its name in FILE_ROWS_FOLDER */
    uint8_t sha256[HASH_BYTES];          /* of the ciphertext */
    uint64_t size;
    bool uploaded;
    struct file_content content; /* `uri` has host, port and path once it is uploaded; its preview
                                    lies in the arena */
};

/* Of an entry of the outbox: adds, or replaces. */
int file_rows_put(struct store *s, int64_t entry, const struct file_row *f) MUST_USE;
/* ERR_NOT_FOUND: its message has no file. */
int file_rows_get(struct store *s, int64_t entry, struct arena *a, struct file_row *ret) MUST_USE;
/* Drops the rows of entries that are done. */
int file_rows_drop_done(struct store *s) MUST_USE;
/* Is it the spool of a row? */
bool file_rows_has_spool(struct store *s, const char *spool);

/* The file that a message names, by the message's sender and id. */
int file_rows_put_attached(struct store *s, const char *from, const char *id,
                           const struct envelope_file *f) MUST_USE;
int file_rows_attached(struct store *s, const char *from, const char *id, struct arena *a,
                       struct envelope_file *ret) MUST_USE;

#endif
