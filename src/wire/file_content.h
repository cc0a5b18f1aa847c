/* The text of a message that sends a file: a content (content.h) whose link, preview and name are
 * what devices of this network make. A stock client shows it as a link, and as a picture where it
 * knows XEP-0454. The size is that of the file's readable bytes.
 */
#ifndef IRONSIDE_WIRE_FILE_CONTENT_H
#define IRONSIDE_WIRE_FILE_CONTENT_H

#include "wire/content.h"
#include "wire/envelope.h"
#include "wire/file_uri.h"

#define FILE_CONTENT_NAME_MAX CONTENT_NAME_MAX
#define FILE_CONTENT_TYPE_MAX CONTENT_TYPE_MAX
#define FILE_CONTENT_PREVIEW_MAX 8192U /* bytes of the JPEG */
#define FILE_CONTENT_DURATION_MAX 86400U
#define FILE_CONTENT_TAG_BYTES 16U /* the ciphertext is longer by this */

struct file_content {
    struct file_uri uri;
    const char *preview; /* base64 of a JPEG, not terminated; NULL: none */
    size_t preview_len;
    char name[FILE_CONTENT_NAME_MAX + 1];
    char type[FILE_CONTENT_TYPE_MAX + 1]; /* media type */
    uint64_t size;
    uint32_t duration_seconds;            /* of a voice note; 0: none */
    uint32_t timer_seconds;               /* 0: it stays */
    char group[CONTENT_GROUP_ID_LEN + 1]; /* that it is said to; "": to none */
};

/* A name that can stand as a file's in any folder: a line without '/', not "." or "..". */
bool file_content_name_valid(const char *name);

/* The errors of content_write. */
int file_content_put(struct buf *b, const struct file_content *f, struct diag *d) MUST_USE;
/* ERR_NOT_FOUND: the text is of another kind; ERR_FORMAT: it sends a file, but not as devices do.
 * `preview` points into the text. */
int file_content_parse(const char *text, size_t len, struct file_content *ret) MUST_USE;

/* Does what a text says go together with the files that its message's envelope names? A file's text
 * names just the one of the envelope, on the network's upload host; any other text none. */
bool file_content_matches(const char *text, size_t len, const struct envelope *e,
                          const char *upload_host);

#endif
