/* The registrar's public log, as tests keep and show it. */
#ifndef IRONSIDE_TESTS_DEVICE_LOG_BOOK_H
#define IRONSIDE_TESTS_DEVICE_LOG_BOOK_H

#include "wire/fixture.h"
#include "wire/log.h"

#define LOG_BOOK_ENTRIES 2000

struct log_book {
    uint8_t key[LOG_KEY_BYTES];
    struct log_entry entries[LOG_BOOK_ENTRIES];
    size_t count;
    const char *origin;
    const struct fixture_signer *signer;
};

/* Empty, under the fixture's registrar. */
void log_book_init(struct log_book *b, const struct fixture *f);
/* One more entry; `account` NULL: without a tag. */
void log_book_add(struct log_book *b, enum document_kind kind,
                  const uint8_t hash[static HASH_BYTES], const char *account);
/* Appends a checkpoint of the first `size` entries, by `signer` under `origin`. */
void log_book_sign(const struct log_book *b, size_t size, struct buf *ret);
/* Appends the page from `from` on, as an honest registrar gives it. */
void log_book_put_page(const struct log_book *b, uint64_t from, struct buf *ret);

#endif
