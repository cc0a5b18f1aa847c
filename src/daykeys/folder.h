/* A bot's folder, bots/NAME of a network:
 *
 *     bot.json           {"jid":"ibot.chat.example","key":BASE64 of sign.key's public
 * half,"openers":1}, and where wanted "file_quota_bytes", "file_account_quota_bytes" and
 * "file_retention_days" sign.key signs
 * verdicts, checkpoints and epochs: the keeper's (network/keys.h) component.secret   link's, for
 * the server credential         32 random bytes that the day keys are sealed under: the opener's.
 * On a host with a TPM or systemd's credentials it should come from there instead. daykeys
 * (daykeys.h) journal/journal.db
 */
#ifndef IRONSIDE_DAYKEYS_FOLDER_H
#define IRONSIDE_DAYKEYS_FOLDER_H

#include "base/cleanup.h"
#include "daykeys/daykeys.h"
#include "network/keys.h"
#include "wire/document.h"
#include "wire/network_note.h"

#define FOLDER_OPENERS_MAX 16U

struct bot_folder {
    char *network; /* the network's folder, absolute */
    char *path;
    char jid[VALUE_DOMAIN_MAX + 1];
    uint8_t key[SIGN_PUBLIC_BYTES];
    size_t openers;                    /* 1 to FOLDER_OPENERS_MAX */
    uint64_t file_quota_bytes;         /* of files that are kept; 0: as many as the disk holds */
    uint64_t file_account_quota_bytes; /* of one account's; 0: no limit of its own */
    uint32_t file_retention_days;      /* that a file is kept after it was last sent; 0: for ever */
};

/* Makes the folder for NAME.DOMAIN with fresh keys, an empty file of day keys and an empty journal.
 * The component's secret must exist already or is made. ERR_EXISTS, ERR_IO, ERR_FORMAT. */
int bot_folder_create(const char *network, const char *domain, const char *name, size_t openers,
                      struct diag *d) MUST_USE;
/* ERR_NOT_FOUND, ERR_FORMAT. */
int bot_folder_open(const char *network, const char *name, struct bot_folder *ret,
                    struct diag *d) MUST_USE;
void bot_folder_clear(struct bot_folder *f);
#define CLEANUP_BOT_FOLDER CLEANUP(bot_folder_clear)

int bot_folder_signing_key(const struct bot_folder *f, struct signing_key **ret,
                           struct diag *d) MUST_USE;
/* `ret` should lie in secret memory. */
int bot_folder_credential(const struct bot_folder *f, uint8_t ret[static DAYKEYS_CREDENTIAL_BYTES],
                          struct diag *d) MUST_USE;
/* Opens the file of day keys, for reading and writing. Returns the descriptor or an error. */
int bot_folder_daykeys(const struct bot_folder *f, struct diag *d) MUST_USE;
char *bot_folder_journal(const struct bot_folder *f);                /* the caller's */
char *bot_folder_file(const struct bot_folder *f, const char *name); /* the caller's */

#endif
