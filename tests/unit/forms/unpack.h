/* What is inside the forms that pack: mails, zips. */
#ifndef IRONSIDE_TESTS_FORMS_UNPACK_H
#define IRONSIDE_TESTS_FORMS_UNPACK_H

#include <jansson.h>

#include "base/buf.h"

/* The file of that name in the rsmf.zip of a mail; the caller's. Fails when there is none. */
char *unpack_rsmf(const char *mail, const char *name);
/* All that a mail holds, taken out of base64 and zip, names first. */
void unpack_rsmf_all(const char *mail, struct buf *b);

/* The contents of every stream of a PDF that is compressed, as it was before; counts them. */
size_t unpack_pdf(const void *pdf, size_t len, struct buf *b);

#endif
