/* Files of a device: they are encrypted into its folder, uploaded, and named in a message that is
 * signed once the upload host has them (docs/protocol.md, "Files").
 *
 * The ciphertext stays in the folder until the message has every receipt, so that it can be
 * uploaded again when the host has lost it before the bot had it. One upload at a time; a broken
 * one starts again, since ejabberd takes no parts.
 */
#ifndef IRONSIDE_DEVICE_FILES_H
#define IRONSIDE_DEVICE_FILES_H

#include "device/say.h"

enum device_file_kind {
    DEVICE_FILE,
    DEVICE_PHOTO, /* with a preview */
    DEVICE_VOICE, /* with a duration */
    DEVICE_FILE_KINDS
};

struct device_file {
    enum device_file_kind kind;
    const char *path;
    bool keep_metadata;        /* else what a photo says besides its picture is removed */
    uint32_t duration_seconds; /* of a voice note; 0: read it from the file */
};

/* Says this file: `m` names to whom, and a timer; its kind and file are set here. Besides
 * device_say's errors: ERR_IO: the file can't be read, or the folder not written; ERR_LIMIT: over
 * 50 MiB; ERR_FORMAT: not the kind of file that it is said to be. */
int device_say_file(struct device *d, const struct device_say *m, const struct device_file *f,
                    char *ret_id, struct diag *diag) MUST_USE;

#endif
