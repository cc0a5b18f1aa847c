/* Sealing of pages: XChaCha20-Poly1305, in place, under a fresh random nonce.
 *
 *   a page of the database, 4096 bytes       a frame of the log, 4120 bytes
 *      0  4056  sealed: content                 0    16  frame header: page, size, salts
 *   4056    24  nonce                          16  4064  sealed: checksum (8), content (4056)
 *   4080    16  tag                          4080    24  nonce
 *                                            4104    16  tag
 *   aad: 'D' | page number (4)               aad: 'W' | frame number (4) | frame header (16)
 *
 * The last 40 bytes of a page are SQLite's reserved bytes. SQLite's checksum of a frame covers
 * the readable content and is linear in it, so it is sealed along with it.
 */
#ifndef IRONSIDE_VAULT_VAULT_PAGE_H
#define IRONSIDE_VAULT_VAULT_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "vault/vault.h"

#define VAULT_PAGE_BYTES 4096
#define VAULT_RESERVED_BYTES 40
#define VAULT_FRAME_HEADER_BYTES 24 /* as SQLite has it, checksum included */
#define VAULT_FRAME_BYTES (VAULT_FRAME_HEADER_BYTES + VAULT_PAGE_BYTES)

/* Are the page's reserved bytes zero, so that nothing is lost when they are used? */
bool vault_page_reserved_free(const uint8_t page[static VAULT_PAGE_BYTES]);

/* Pages and frames count from 1, as SQLite counts them. */
void vault_page_seal(const uint8_t key[static VAULT_KEY_BYTES], uint32_t number,
                     uint8_t page[static VAULT_PAGE_BYTES]);
/* Leaves zeros in the reserved bytes. ERR_AUTH leaves `page` unspecified. */
int vault_page_open(const uint8_t key[static VAULT_KEY_BYTES], uint32_t number,
                    uint8_t page[static VAULT_PAGE_BYTES]) MUST_USE;

void vault_page_seal_frame(const uint8_t key[static VAULT_KEY_BYTES], uint32_t number,
                           uint8_t frame[static VAULT_FRAME_BYTES]);
int vault_page_open_frame(const uint8_t key[static VAULT_KEY_BYTES], uint32_t number,
                          uint8_t frame[static VAULT_FRAME_BYTES]) MUST_USE;

#endif
