/* The names of a network's folder, in one place.
 *
 *     network.note                    the signed network note
 *     network.json                    how devices reach the server (settings.h)
 *     authority/ca.key ca.pem         the TLS authority; NAME.key: the custodians' keys
 *     agencies/NAME.key               the agencies' identities
 *     documents/NAME.note             public documents: policies, warrants, epochs
 *     log/log.db                      the public log (public_log/store.h)
 *     registrar/sign.key component.secret vault.key registrar.db log.key
 *     bots/NAME/component.secret      of the bot NAME.DOMAIN, with its other files
 *     desks/NAME/                     an agency's desk (desk/folder.h)
 *     server/server.pem               ejabberd's key and certificate; conf/ log/ mnesia/ spool/
 *     server/upload/                  the upload host's files, as devices encrypted them
 *     run/                            clock, lock and sockets: who may enter it may do everything,
 *                                     so it is 0700
 */
#ifndef IRONSIDE_NETWORK_LAYOUT_H
#define IRONSIDE_NETWORK_LAYOUT_H

#include "base/error.h"

enum layout_name {
    LAYOUT_NETWORK_NOTE,
    LAYOUT_SETTINGS,
    LAYOUT_AUTHORITY,
    LAYOUT_AUTHORITY_KEY,
    LAYOUT_AUTHORITY_CERTIFICATE,
    LAYOUT_AGENCIES,
    LAYOUT_DOCUMENTS,
    LAYOUT_LOG,
    LAYOUT_LOG_DATABASE,
    LAYOUT_REGISTRAR,
    LAYOUT_REGISTRAR_KEY,
    LAYOUT_REGISTRAR_SECRET,
    LAYOUT_REGISTRAR_VAULT_KEY,
    LAYOUT_REGISTRAR_VAULT,
    LAYOUT_LOG_KEY,
    LAYOUT_BOTS,
    LAYOUT_DESKS,
    LAYOUT_SERVER,
    LAYOUT_SERVER_CERTIFICATE,
    LAYOUT_SERVER_CONF,
    LAYOUT_SERVER_LOG,
    LAYOUT_SERVER_MNESIA,
    LAYOUT_SERVER_SPOOL,
    LAYOUT_SERVER_UPLOAD,
    LAYOUT_RUN,
    LAYOUT_CLOCK,
    LAYOUT_LOCK,
    LAYOUT_REGISTRAR_SOCKET,
    LAYOUT_COMPONENT_SOCKET,
    LAYOUT_ADMIN_SOCKET,
    LAYOUT_UPLOAD_SOCKET,
    LAYOUT_NAMES
};

/* That file or folder of the network in `dir`; owned by the caller. */
char *layout_path(const char *dir, enum layout_name name);
/* The same for a file whose name someone chose: authority/NAME.key, agencies/NAME.key,
 * documents/NAME.note, or the folder bots/NAME. NAME has a warrant id's form, so that it stays
 * inside its folder: else ERR_FORMAT. So is a bot's that the server routes to a host of its own. */
int layout_custodian_key(const char *dir, const char *name, char **ret, struct diag *d) MUST_USE;
int layout_agency_key(const char *dir, const char *name, char **ret, struct diag *d) MUST_USE;
int layout_document(const char *dir, const char *name, char **ret, struct diag *d) MUST_USE;
int layout_bot(const char *dir, const char *name, char **ret, struct diag *d) MUST_USE;

/* Makes the folders, those with keys in them 0700. Folders that are there stay as they are. */
int layout_make(const char *dir, struct diag *d) MUST_USE;
/* May sockets be made in run/, and by nobody else? Their paths fit (107 bytes), the folder is this
 * user's and closed to others. ERR_LIMIT, ERR_KEY, ERR_NOT_FOUND; the line says what to do. */
int layout_check_run(const char *dir, struct diag *d) MUST_USE;

#endif
