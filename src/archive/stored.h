/* The files of an archive: ciphertexts beside the journal (ibot/files.h), each named by a leaf. The
 * key of each lies in the message that sends it.
 */
#ifndef IRONSIDE_ARCHIVE_STORED_H
#define IRONSIDE_ARCHIVE_STORED_H

#include "archive/reader.h"
#include "wire/file_content.h"

struct stored_counts {
    uint64_t files, bytes; /* that are there, each with its own hash */
    uint64_t removed;      /* by the retention: their leaves alone are left */
};

/* Reads every file that the journal names. ERR_AUTH: one has other bytes, or is there though it was
 * removed; ERR_NOT_FOUND: one is not there; the line names it. What the bot has removed or fetched
 * again since the journal's moment is right as it is now. */
int stored_check(struct journal *j, const char *folder, struct stored_counts *ret,
                 struct diag *d) MUST_USE;

#define STORED_NAME_MAX 140U /* bytes: what every file system takes, encrypted folders with it */

/* Opens the file of an archived message into `to`, as "LEAF-NAME", and gives that name (the
 * caller's). A sender's name that is too long is cut in its middle, its ending kept. ERR_NOT_FOUND:
 * it sends none (the line is empty), or its file is not there; ERR_AUTH: other bytes; ERR_EXISTS:
 * `to` has one of that name; ERR_IO. */
int stored_open(struct journal *j, const char *folder, const struct reader_message *m,
                const char *to, char **ret_name, struct diag *d) MUST_USE;

#endif
