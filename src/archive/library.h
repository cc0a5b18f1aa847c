/* The public documents of a network, read from a folder of notes: every policy with its warrants
 * and epochs, each checked against the network note.
 */
#ifndef IRONSIDE_ARCHIVE_LIBRARY_H
#define IRONSIDE_ARCHIVE_LIBRARY_H

#include "crypto/age.h"
#include "wire/network_note.h"
#include "wire/policy_set.h"

#define LIBRARY_NOTES_MAX 10000U

struct library;

/* A document with what a line calls it, its file's path. */
struct library_note {
    char *name, *text;
};
/* Of notes in memory, the caller's; others than policies, warrants and epochs are passed over. The
 * errors of library_open. */
int library_new(const struct network_note *net, const struct library_note *notes, size_t count,
                struct library **ret, struct diag *d) MUST_USE;
/* Reads every *.note of the folder. A policy whose warrants or epochs are not all there is kept
 * with what there is. ERR_IO, ERR_FORMAT, ERR_AUTH with a line that names the file. */
int library_open(const struct network_note *net, const char *folder, struct library **ret,
                 struct diag *d) MUST_USE;
void library_free(struct library *l);
DEFINE_CLEANUP(struct library, library_free)

/* NULL when it has no such policy. */
const struct policy_set *library_policy(const struct library *l, uint32_t serial);
/* The newest policy; NULL when there is none. */
const struct policy_set *library_newest(const struct library *l);
/* The newest one with a lower serial; NULL. */
const struct policy_set *library_before(const struct library *l, uint32_t serial);
/* The bot's key by the newest policy that names it, so that what a bot wrote can be checked after
 * it was taken away; NULL: none does. */
const uint8_t *library_bot_key(const struct library *l, const char *jid);
/* The warrant of this id under any policy; NULL. */
const struct warrant *library_warrant(const struct library *l, const char *id);

/* Is one of these an agency of the warrant? */
bool library_names(const struct warrant *w, const struct age_identity *identities, size_t count);
/* Of any warrant in it? */
bool library_names_any(const struct library *l, const struct age_identity *identities,
                       size_t count);

#endif
