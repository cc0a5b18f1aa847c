/* A desk's folder:
 *
 *     desk.json          what it follows and where it listens
 *     index/desk.vault   the index, users, access log and the seed that signs it
 *     vault.key          what opens it; a desk without has a passphrase
 *     access.pub         NAME KEY: whose signatures the access log's checkpoints bear
 *     page/              the page's files, where there is a page
 *     received/          ciphertexts of the files that came in packages (desk/receive.h)
 *
 * desk.json has exactly these members,
 *
 *     {"name":"desk.north","network":"../..","bots":["ibot"],
 *      "identity":"../../agencies/north.key","address":"127.0.0.1","port":8443}
 *
 * and may have
 *
 *     "certificate", "key"   files in PEM, for TLS
 *     "site"                 where browsers find it, such as "https://desk.example" (desk/site.h)
 *     "purpose_of_all"       true: supervisors, too, say why they look
 *     "translate"            programs that translate (desk/adapters.h)
 *
 * Paths are relative to the folder unless they begin with /. An identity "credential:NAME" is a
 * credential of systemd's.
 *
 * The network's folder may be a copy: network.note, documents/, log/, bots/NAME/journal/ and
 * bots/NAME/files/ of it are read, and a replay network's run/clock.
 */
#ifndef IRONSIDE_DESK_FOLDER_H
#define IRONSIDE_DESK_FOLDER_H

#include "base/cleanup.h"
#include "base/secret.h"
#include "desk/adapters.h"
#include "follower/follower.h"
#include "public_log/store.h"
#include "vault/vault.h"
#include "wire/network_note.h"

#define DESK_ADDRESS_MAX 63U
#define DESK_CREDENTIAL "credential:"
#define DESK_RECEIVED "received" /* the folder of ciphertexts that came in packages */

struct desk_folder {
    char *dir; /* absolute, as all paths here */
    char *name;
    char *network;
    char *bots[FOLLOWER_BOTS_MAX];
    size_t bot_count;
    char *identity; /* a path, or "credential:NAME" */
    char address[DESK_ADDRESS_MAX + 1];
    uint16_t port;
    char *certificate, *key; /* NULL: plain HTTP */
    char *site;              /* NULL: not named */
    bool purpose_of_all;
    struct desk_adapters adapters; /* of "translate"; desk_folder_create writes none */
};

/* Reads desk.json. ERR_NOT_FOUND: no desk there; ERR_FORMAT; ERR_IO. */
int desk_folder_open(const char *dir, struct desk_folder *ret, struct diag *d) MUST_USE;
/* Makes the folder with desk.json and the empty folder of the vault; all but `dir` is written as it
 * is given. ERR_EXISTS, ERR_FORMAT, ERR_IO. */
int desk_folder_create(const struct desk_folder *f, struct diag *d) MUST_USE;
void desk_folder_clear(struct desk_folder *f);
#define CLEANUP_DESK_FOLDER CLEANUP(desk_folder_clear)

/* That file of it; the caller's. */
char *desk_folder_file(const struct desk_folder *f, const char *name);
/* Where the page lies: the desk's own page/, or else the one that came with the program. NULL:
 * neither is there. */
char *desk_folder_page(const struct desk_folder *f);
char *desk_folder_vault(const struct desk_folder *f);
char *desk_folder_documents(const struct desk_folder *f);
/* The public log; a copy of a network may lack it. */
char *desk_folder_log(const struct desk_folder *f);
/* To read; NULL where it is lacking. The errors of public_log_open. */
int desk_folder_open_log(const struct desk_folder *f, struct public_log **ret,
                         struct diag *d) MUST_USE;
/* The folder of that bot's journal, and the journal. */
char *desk_folder_journals(const struct desk_folder *f, size_t bot);
char *desk_folder_journal(const struct desk_folder *f, size_t bot);
/* The folder of that bot's archived files. */
char *desk_folder_files(const struct desk_folder *f, size_t bot);
/* Where its identity lies. `credentials`: the folder of systemd's credentials, from
 * $CREDENTIALS_DIRECTORY; NULL: none. */
char *desk_folder_identity(const struct desk_folder *f, const char *credentials);
/* Has it a key file? Else it is opened by a passphrase. */
bool desk_folder_has_key(const struct desk_folder *f);
/* "http://127.0.0.1:8443"; the caller's. */
char *desk_folder_address(const struct desk_folder *f);
/* Is its address one of this machine alone? */
bool desk_folder_loopback(const struct desk_folder *f);

/* Its network's note. ERR_IO, ERR_FORMAT, ERR_AUTH. */
int desk_folder_note(const struct desk_folder *f, struct network_note **ret,
                     struct diag *d) MUST_USE;
/* The address of a bot of it. */
void desk_folder_bot(const struct desk_folder *f, const struct network_note *net, size_t bot,
                     char ret[static VALUE_DOMAIN_MAX + 1]);

#endif
