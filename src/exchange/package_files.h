/* The files of a package: where each lies, and whether it is what its message's sender has signed:
 * the hash of its ciphertext, which is made again with the key that the message has.
 */
#ifndef IRONSIDE_EXCHANGE_PACKAGE_FILES_H
#define IRONSIDE_EXCHANGE_PACKAGE_FILES_H

#include "base/buf.h"
#include "wire/record.h"

#define PACKAGE_FILES_PATH_MAX 120U

/* "files/00000012-photo.jpg", below data/: of the message of that Bates number, with those letters
 * of its name that a bag's member may have. */
void package_files_path(uint64_t number, const char *name,
                        char ret[static PACKAGE_FILES_PATH_MAX + 1]);

/* Those that records name, as they come. `fn` is given the ciphertext of each, which is made again,
 * and NULL and 0 once it is whole and the one that its sender has signed; it may be NULL. */
struct package_files;
typedef int package_files_fn(void *context, const uint8_t sha256[static HASH_BYTES],
                             const void *sealed, size_t len);
struct package_files *package_files_new(package_files_fn *fn, void *context);
void package_files_free(struct package_files *f); /* wipes */
/* A record's, where it sends one. ERR_LIMIT. */
int package_files_expect(struct package_files *f, uint64_t number, const struct record *rec,
                         const char *body, size_t body_len) MUST_USE;

uint64_t package_files_sent(const struct package_files *f); /* by the records so far */

/* One that comes, by its path below data/. ERR_NOT_FOUND: no record before it sends it. */
int package_files_begin(struct package_files *f, const char *path) MUST_USE;
int package_files_add(struct package_files *f, const void *data, size_t len) MUST_USE;
/* ERR_AUTH: it is another. Of both: what `fn` returned. */
int package_files_end(struct package_files *f) MUST_USE;

#endif
