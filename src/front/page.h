/* The page's files, read into memory at the start: the front has no file afterwards. */
#ifndef IRONSIDE_FRONT_PAGE_H
#define IRONSIDE_FRONT_PAGE_H

#include "base/cleanup.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define PAGE_BYTES_MAX (64U * 1024 * 1024)
#define PAGE_FILES_MAX 1024U
#define PAGE_DEPTH_MAX 4U

struct page;

struct page_file {
    char *path; /* "/assets/main.js" */
    const char *type;
    char etag[67]; /* "\"…\"" over its bytes */
    void *data;
    size_t len;
};

/* Reads the folder; NULL: an empty page. Hidden files and links are passed over. ERR_FORMAT: a kind
 * of file that the page may not have; ERR_LIMIT; ERR_IO. */
int page_open(const char *folder, struct page **ret, struct diag *d) MUST_USE;
void page_free(struct page *p);
DEFINE_CLEANUP(struct page, page_free)
/* "/" is "/index.html". NULL: none. */
const struct page_file *page_find(const struct page *p, const char *path);
/* Never another under the same name: what lies in /assets/ has a hash of its bytes in its name. */
bool page_file_settled(const struct page_file *f);

#endif
