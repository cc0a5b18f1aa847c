/* A mirror's folder: a network's public and sealed data, kept like those of another machine. Laid
 * out as the network's own folder, so that whatever reads one reads the other.
 *
 *     mirror.json            {"url":"https://bots.example:8460","server":"HEX","bots":["ibot"]}
 *     tls.key, tls.pem       its TLS key (0600) and certificate (serve/tls.h)
 *     network.note           as its keeper has got it by a way that is trusted
 *     documents/ bots/NAME/  what is fetched
 *
 * "server" is the SHA-256 of the server's TLS key.
 */
#ifndef IRONSIDE_MIRROR_FOLDER_H
#define IRONSIDE_MIRROR_FOLDER_H

#include "base/cleanup.h"
#include "crypto/hash.h"
#include "wire/network_note.h"

#define MIRROR_BOTS_MAX 16U
#define MIRROR_URL_MAX 256U

struct mirror_folder {
    char *dir; /* absolute */
    char url[MIRROR_URL_MAX + 1];
    uint8_t server[HASH_BYTES];
    char *bots[MIRROR_BOTS_MAX];
    size_t bot_count;
};

/* ERR_NOT_FOUND: no mirror there; ERR_FORMAT, ERR_IO. */
int mirror_folder_open(const char *dir, struct mirror_folder *ret, struct diag *d) MUST_USE;
/* Makes it, with a fresh key and that network's note, which is checked. ERR_EXISTS, ERR_FORMAT,
 * ERR_AUTH, ERR_IO. */
int mirror_folder_create(const struct mirror_folder *f, const char *note, struct diag *d) MUST_USE;
void mirror_folder_clear(struct mirror_folder *f);
#define CLEANUP_MIRROR_FOLDER CLEANUP(mirror_folder_clear)

/* The hash by which the server knows it. ERR_NOT_FOUND, ERR_FORMAT, ERR_IO. */
int mirror_folder_key(const struct mirror_folder *f, uint8_t ret[static HASH_BYTES],
                      struct diag *d) MUST_USE;
/* Its network's note. ERR_IO, ERR_FORMAT, ERR_AUTH. */
int mirror_folder_note(const struct mirror_folder *f, struct network_note **ret,
                       struct diag *d) MUST_USE;

#endif
