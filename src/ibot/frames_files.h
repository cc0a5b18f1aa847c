/* Frames about files. An opener has judged a message and tells the keeper what it names; the keeper
 * lets link fetch that, if there is room; link carries the ciphertext to the keeper, which stores
 * it, and hands the message to the opener once more. A tag is link's number for the message, a
 * ticket for one file on its way, an account the hash that stands for it (frames_account).
 *
 *     expect   tag (8) | account (32) | count (1) | count times sha256 (32), size (8)    opener
 *     forget   tag (8): the message is not archived, it expects nothing        opener, link
 *     fetch    tag (8) | may (1): 1, or 0 there is no room                               keeper
 *     ask      ticket (8) | sha256 (32) | size (8)    link; the keeper answers with a state
 *     data     ticket (8) | bytes, 1 to 64 KiB        link, after "wanted"
 *     end      ticket (8) | whole (1)                 link; when whole, a state comes
 *     state    ticket (8) | state (1)                 keeper
 */
#ifndef IRONSIDE_IBOT_FRAMES_FILES_H
#define IRONSIDE_IBOT_FRAMES_FILES_H

#include "ibot/frames.h"

#define FRAMES_FILE_DATA_MAX (64U * 1024)

enum frames_file_state {
    FILE_STORED = 1, /* it is there, durably */
    FILE_WANTED,     /* send it */
    FILE_WRONG,      /* the bytes are others than the hash says */
    FILE_FULL,       /* no room: disk or quota */
    FILE_LATER,      /* too many are on their way, or another ticket brings this one */
};

struct frames_expected {
    uint64_t tag;
    uint8_t account[HASH_BYTES];
    struct frames_file files[VALUE_FILES_MAX];
    uint32_t count; /* 1 or more */
};
/* SHA-256( "ironside file account 1\0" | account ): in the journal are no names. */
void frames_account(const char *account, uint8_t ret[static HASH_BYTES]);
void frames_put_expected(struct buf *b, const struct frames_expected *x);
int frames_get_expected(const uint8_t *body, size_t len, struct frames_expected *ret) MUST_USE;
void frames_put_forget(struct buf *b, uint64_t tag);
int frames_get_forget(const uint8_t *body, size_t len, uint64_t *ret_tag) MUST_USE;
void frames_put_fetch(struct buf *b, uint64_t tag, bool may);
int frames_get_fetch(const uint8_t *body, size_t len, uint64_t *ret_tag, bool *ret_may) MUST_USE;

void frames_put_file_ask(struct buf *b, uint64_t ticket, const struct frames_file *f);
int frames_get_file_ask(const uint8_t *body, size_t len, uint64_t *ret_ticket,
                        struct frames_file *ret) MUST_USE;
/* The bytes lie inside the frame. */
int frames_get_file_data(const uint8_t *body, size_t len, uint64_t *ret_ticket,
                         const uint8_t **ret_data, size_t *ret_len) MUST_USE;
void frames_put_file_end(struct buf *b, uint64_t ticket, bool whole);
int frames_get_file_end(const uint8_t *body, size_t len, uint64_t *ret_ticket,
                        bool *ret_whole) MUST_USE;
void frames_put_file_state(struct buf *b, uint64_t ticket, enum frames_file_state state);
int frames_get_file_state(const uint8_t *body, size_t len, uint64_t *ret_ticket,
                          enum frames_file_state *ret) MUST_USE;

#endif
