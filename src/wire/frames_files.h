/* Frames that carry files' ciphertext from link, which fetches it, to the keeper, which stores it.
 * A ticket is link's number for one file on its way.
 *
 *     ask      ticket (8) | sha256 (32) | size (8)    link; the keeper answers with a state
 *     data     ticket (8) | bytes, 1 to 64 KiB        link, after "wanted"
 *     end      ticket (8) | whole (1)                 link; when whole, a state comes
 *     state    ticket (8) | state (1)                 keeper
 */
#ifndef IRONSIDE_WIRE_FRAMES_FILES_H
#define IRONSIDE_WIRE_FRAMES_FILES_H

#include "wire/frames.h"

#define FRAMES_FILE_DATA_MAX (64U * 1024)

enum frames_file_state {
    FILE_STORED = 1, /* it is there, durably */
    FILE_WANTED,     /* send it */
    FILE_WRONG,      /* the bytes are others than the hash says */
    FILE_FULL,       /* no room: disk or quota */
    FILE_LATER,      /* too many are on their way, or another ticket brings this one */
};

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
