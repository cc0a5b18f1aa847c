#include "log_book.h"

#include <string.h>

#include "base/memory.h"
#include "crypto/merkle_range.h"

void log_book_init(struct log_book *b, const struct fixture *f)
{
    b->key[0] = 5;
    b->count = 0;
    b->origin = "registrar." FIXTURE_DOMAIN "/log";
    b->signer = &f->registrar;
}

void log_book_add(struct log_book *b, enum document_kind kind,
                  const uint8_t hash[static HASH_BYTES], const char *account)
{
    FIXTURE_MUST(b->count < LOG_BOOK_ENTRIES);
    struct log_entry *e = &b->entries[b->count++];
    *e = (struct log_entry){.kind = kind};
    memcpy(e->hash, hash, HASH_BYTES);
    if (account != NULL)
        log_tag(b->key, account, e->tag);
}

void log_book_sign(const struct log_book *b, size_t size, struct buf *ret)
{
    struct merkle_range range = {0};
    struct checkpoint c = {.size = size};
    uint8_t leaf[MERKLE_BYTES];
    for (size_t i = 0; i < size; i++) {
        log_leaf(&b->entries[i], leaf);
        merkle_range_add(&range, leaf);
    }
    merkle_range_root(&range, c.root);
    checkpoint_sign(ret, b->origin, &c, "", &b->signer->key, b->signer->secret);
}

void log_book_put_page(const struct log_book *b, uint64_t from, struct buf *ret)
{
    CLEANUP_FREE struct log_page *p = mem_new(sizeof *p);
    CLEANUP_BUF struct buf note = BUF_INIT(CHECKPOINT_MAX_BYTES);
    p->from = from;
    p->size = b->count;
    while (from + p->count < b->count && p->count < LOG_PAGE_ENTRIES) {
        p->entries[p->count] = b->entries[from + p->count];
        p->count++;
    }
    log_book_sign(b, p->count > 0 ? from + p->count : b->count, &note);
    p->checkpoint = buf_text(&note);
    p->checkpoint_len = note.len;
    log_put_page(ret, p);
}
