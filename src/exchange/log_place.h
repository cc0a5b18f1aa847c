/* Where the public log has the certificates of a package's records, so that nobody can have been
 * given one in secret: `data/log/checkpoint.note` is the registrar's newest checkpoint, and
 * `data/log/places.txt` has a line for each certificate that the log has,
 *
 *     LEAF HASH TAG PATH…
 *
 * the number of its entry, the certificate's hash, its account's tag in the log, and the hashes
 * from the entry's leaf "ironside log 1 device HASH TAG" to the checkpoint's root (RFC 9162,
 * 2.1.3), hexadecimal.
 */
#ifndef IRONSIDE_EXCHANGE_LOG_PLACE_H
#define IRONSIDE_EXCHANGE_LOG_PLACE_H

#include "archive/proof_log.h"

#define LOG_PLACE_CHECKPOINT "data/log/checkpoint.note"
#define LOG_PLACE_LINES "data/log/places.txt"
#define LOG_PLACE_CERTIFICATES_MAX 200000U

/* Appends it with its newline. */
void log_place_put(struct buf *b, const struct proof_logged *p);
/* Reads one without its newline. ERR_FORMAT. */
int log_place_get(const char *text, size_t len, struct proof_logged *ret) MUST_USE;
/* Does it lead to the checkpoint's root? */
bool log_place_leads(const struct proof_logged *p, const struct checkpoint *c);

/* The certificates of records, each once, in the order in which they came. */
struct log_places;
struct log_places *log_places_new(void);
void log_places_free(struct log_places *s);
DEFINE_CLEANUP(struct log_places, log_places_free)
/* ERR_LIMIT. */
int log_places_note(struct log_places *s, const uint8_t certificate[static HASH_BYTES]) MUST_USE;
size_t log_places_count(const struct log_places *s);
int log_places_each(const struct log_places *s,
                    int (*take)(void *context, const uint8_t certificate[static HASH_BYTES]),
                    void *context) MUST_USE;
/* Its place has come. ERR_NOT_FOUND: no record has it; ERR_EXISTS: for the second time. */
int log_places_found(struct log_places *s, const uint8_t certificate[static HASH_BYTES]) MUST_USE;

#endif
