/* The file that a message sends: where its bytes are, and as what they may be served. */
#ifndef IRONSIDE_DESK_ORIGINAL_H
#define IRONSIDE_DESK_ORIGINAL_H

#include "desk/index.h"
#include "follower/originals.h"
#include "wire/file_content.h"

struct desk_original {
    char bot[VALUE_DOMAIN_MAX + 1];
    struct originals_file file;
    uint64_t size; /* bytes that can be read */
    char name[FILE_CONTENT_NAME_MAX + 1];
    char type[FILE_CONTENT_TYPE_MAX + 1]; /* as its sender says */
    uint32_t duration_seconds;            /* of a voice note, as its sender says; 0: none */
};

/* ERR_NOT_FOUND: there is no such message, or it sends no file; ERR_AUTH: what it says and what its
 * sender signed name other files. */
int desk_original_of(struct desk_index *x, int64_t message, struct desk_original *ret,
                     struct diag *d) MUST_USE;
/* A type that a browser shows or plays and does not run: the sender's if it is one of a list, else
 * "application/octet-stream". */
const char *desk_original_type(const struct desk_original *o);

#endif
