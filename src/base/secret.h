/* Memory for keys: locked where the system allows it, between guard pages, left out of core
 * dumps, wiped when it is let go. It does not defend against someone who can read this
 * process's memory while it runs.
 */
#ifndef IRONSIDE_BASE_SECRET_H
#define IRONSIDE_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

/* To be called once before anything else of this library: starts libsodium, forbids core
 * dumps and reading by a debugger of the same user (prctl(2) PR_SET_DUMPABLE). Ends the
 * process when libsodium has no randomness. */
void secret_init(void);

/* `len` zero bytes. Ends the process when there is no memory. */
void *secret_new(size_t len) __attribute__((returns_nonnull)) MUST_USE;
void secret_free(void *p); /* wipes; NULL is harmless */

static inline void cleanup_secret(void *p)
{
    secret_free(*(void **)p);
}
#define CLEANUP_SECRET CLEANUP(cleanup_secret)

/* Overwrites `len` bytes in a way that the compiler may not leave out. */
void secret_wipe(void *p, size_t len);
/* Equal bytes? In time that depends on `len` alone. */
bool secret_equal(const void *a, const void *b, size_t len);
/* `len` random bytes from the system. */
void secret_random(void *ret, size_t len);

#endif
