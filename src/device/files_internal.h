/* Between the engine's files. */
#ifndef IRONSIDE_DEVICE_FILES_INTERNAL_H
#define IRONSIDE_DEVICE_FILES_INTERNAL_H

#include "device/files.h"
#include "device/have.h"
#include "store/file_rows.h"

struct envelope_file;
struct outbox_entry;

/* The upload under way; one at a time. */
struct device_upload {
    enum { UPLOAD_NONE, UPLOAD_SLOT, UPLOAD_PUT } state;
    bool wanted; /* there is a file that waits */
    int64_t entry;
    char id[VALUE_ID_MAX + 1];
    struct file_uri place;
    unsigned percent; /* that was said */
    int64_t next_ms;
    int pause_ms;
};

/* spool.c */
char *device_spool_path(const struct device *d, const char *spool); /* the caller's */
/* Removes ciphertexts whose messages are done, and rests of a crash. */
void device_files_sweep(struct device *d);

/* files_upload.c */
/* The entry's files into its envelope. HAVE_NOT_YET: they are not uploaded. */
enum have device_files_ready(struct device *d, const struct outbox_entry *e,
                             struct envelope_file *ret, size_t *ret_count);
/* The bot says that a file is not what the message says: uploads it again, and the message is
 * encrypted anew, since its text names the new place. In the caller's transaction. */
int device_files_again(struct device *d, struct outbox_entry *e) MUST_USE;
void device_files_run(struct device *d);
int64_t device_files_due(const struct device *d); /* ms from now; -1: nothing */

#endif
