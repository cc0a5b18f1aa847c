/* The network's own ejabberd: a private instance as a child of this process, without ejabberdctl,
 * epmd, distribution or a link to other servers.
 *
 * It listens for devices on the network's port, and on UNIX sockets in run/ for components and
 * administration; who may enter that folder is all that guards those. Its files hold no readable
 * message: it logs warnings only, writes no crash dumps, and stores what devices have encrypted.
 */
#ifndef IRONSIDE_NETWORK_EJABBERD_H
#define IRONSIDE_NETWORK_EJABBERD_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "network/settings.h"

/* How long a device may take from its first byte to its resource; ejabberd ends the stream then. */
#define EJABBERD_NEGOTIATION_SECONDS 20

struct ejabberd;

/* Writes its configuration (0600, it holds the components' secrets): the registrar, and a bot
 * NAME.DOMAIN for each folder bots/NAME. ERR_FORMAT: the folder's path has
 * characters that its files cannot carry; ERR_NOT_FOUND, ERR_KEY: a secret or the server's
 * certificate; ERR_IO. */
int ejabberd_write_config(const char *dir, const struct settings *s, struct diag *d) MUST_USE;

/* Writes the configuration, starts it and waits until port and sockets answer, 60 seconds at most.
 * The child ends with the thread that calls this. ERR_EXISTS: the network runs already, or the port
 * is taken; ERR_INVALID_STATE: it ended while starting (the line has what its log says);
 * ERR_TIMEOUT; and all of ejabberd_write_config and layout_check_run. */
int ejabberd_start(const char *dir, const struct settings *s, struct ejabberd **ret,
                   struct diag *d) MUST_USE;
pid_t ejabberd_pid(const struct ejabberd *e);
/* Has it died? Then the line says how, with the last error of its log. */
bool ejabberd_ended(struct ejabberd *e, struct diag *d);
/* Stops it cleanly (some three seconds), lets the network go and frees `e`. NULL is harmless. */
void ejabberd_stop(struct ejabberd *e);
DEFINE_CLEANUP(struct ejabberd, ejabberd_stop)

#endif
