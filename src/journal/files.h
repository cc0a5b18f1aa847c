/* The journal's word on files: which ciphertexts the archived messages name, each once, with a leaf
 * of its own in the tree. The bytes lie beside the journal, in the keeper's store.
 *
 *     leaf     "ironside file 1 SHA256 SIZE", hexadecimal and decimal, behind the round's batches
 */
#ifndef IRONSIDE_JOURNAL_FILES_H
#define IRONSIDE_JOURNAL_FILES_H

#include "journal/journal.h"

/* Appends the text of a file's leaf. */
void journal_file_leaf_text(struct buf *b, const uint8_t sha256[static HASH_BYTES], uint64_t size);

/* "FOLDER/ab/abcd…", where the bytes lie; the caller's. */
char *journal_file_path(const char *folder, const uint8_t sha256[static HASH_BYTES]);

struct journal_file_row {
    struct journal_file file;
    int64_t round;           /* that it was first named in */
    uint64_t leaf;           /* of that round */
    int64_t named_unix_ms;   /* by the latest round that names it: its retention counts from here */
    int64_t removed_unix_ms; /* retention has removed its bytes; 0: they are kept */
};
typedef int journal_file_fn(void *context, const struct journal_file_row *row);
/* Those that one round added, in the order of their leaves; with round 0 those of every round. A
 * journal from before there were files has none. */
int journal_files(struct journal *j, int64_t round, journal_file_fn *fn, void *context,
                  struct diag *d) MUST_USE;
/* ERR_NOT_FOUND: no message names it; ERR_FORMAT, ERR_IO: the journal cannot tell. */
int journal_file(struct journal *j, const uint8_t sha256[static HASH_BYTES],
                 struct journal_file_row *ret) MUST_USE;
/* The same row as it is now, whatever moment `j` sees. Its errors, with a line. */
int journal_file_now(const struct journal *j, const uint8_t sha256[static HASH_BYTES],
                     struct journal_file_row *ret, struct diag *d) MUST_USE;
/* Of those whose bytes are kept though their newest naming is older than that, in the order of
 * their naming, the one behind the first `skip`. ERR_NOT_FOUND: none; ERR_FORMAT, ERR_IO: the
 * journal cannot tell. */
int journal_file_expired(struct journal *j, int64_t before_unix_ms, uint32_t skip,
                         struct journal_file_row *ret) MUST_USE;
/* Bytes of the files that are kept and count as that account's: of the first who named each.
 * ERR_IO.
 */
int journal_files_used(struct journal *j, const uint8_t account[static HASH_BYTES],
                       uint64_t *ret) MUST_USE;
/* The writer's: its bytes are to be removed. Committed before they are. */
int journal_file_removed(struct journal *j, const uint8_t sha256[static HASH_BYTES],
                         int64_t at_unix_ms, struct diag *d) MUST_USE;

#endif
