/* Between the engine's files. */
#ifndef IRONSIDE_DEVICE_FILES_INTERNAL_H
#define IRONSIDE_DEVICE_FILES_INTERNAL_H

#include "device/device_internal.h"
#include "device/files.h"
#include "store/file_rows.h"

/* files.c */
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
