/* Who held a place token for which country on which day: rows of the registrar's database, kept
 * until the day's document is published, so that each account counts once.
 */
#ifndef IRONSIDE_REGISTRAR_EXEMPT_H
#define IRONSIDE_REGISTRAR_EXEMPT_H

#include "registrar/store.h"
#include "wire/exemptions.h"

/* All: ERR_IO. */

/* Makes the tables if they are not there. */
int registrar_exempt_prepare(struct registrar_store *s, struct diag *d) MUST_USE;
/* The account held a token for the country on that day. Once more is fine. */
int registrar_exempt_add(struct registrar_store *s, int64_t day, const char *country,
                         const char *handle, struct diag *d) MUST_USE;
/* That day has a document to come, whether anybody is counted on it or not. */
int registrar_exempt_begin(struct registrar_store *s, int64_t day, struct diag *d) MUST_USE;
/* The first day before `before` whose document is to come, with its counts. ERR_NOT_FOUND. */
int registrar_exempt_next(struct registrar_store *s, int64_t before, struct exemptions *ret,
                          struct diag *d) MUST_USE;
int registrar_exempt_forget(struct registrar_store *s, int64_t day, struct diag *d) MUST_USE;
/* Each document that was published, by day. A negative code of `each` ends it. */
int registrar_exempt_documents(struct registrar_store *s,
                               int (*each)(void *context, const char *note, size_t len),
                               void *context, struct diag *d) MUST_USE;

#endif
