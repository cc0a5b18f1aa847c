/* What the page and its JSON share. */
#ifndef IRONSIDE_AUTHORITY_PAGE_INTERNAL_H
#define IRONSIDE_AUTHORITY_PAGE_INTERNAL_H

#include "authority/page.h"

enum page_signature { PAGE_SIGNED, PAGE_MISSING, PAGE_FALSE };
/* Of the custodian number `i`. */
enum page_signature page_signature_of(const struct network_note *net, const struct document *x,
                                      size_t i);
/* Is the account of the scope? */
bool page_names(const struct warrant *w, const char *handle);
void page_hex(const uint8_t hash[static HASH_BYTES], char ret[static 2 * HASH_BYTES + 1]);

#define PAGE_LIST_MAX 2048U
/* "DE, FR and NL": `last` is " and ". */
void page_list(const char *const *words, size_t count, const char *last, char *ret, size_t size);
/* The text's hash, and of each custodian whether they have signed it. */
void page_signatures(struct buf *b, const struct page_context *c, const struct document *x);

#endif
