/* A network that runs on this machine: ejabberd, the registrar and the bots as children of this
 * process, started again when they end.
 */
#ifndef IRONSIDE_LAUNCH_RUNNING_H
#define IRONSIDE_LAUNCH_RUNNING_H

#include "base/cleanup.h"
#include "base/error.h"
#include "network/settings.h"

#define RUNNING_BOTS_MAX 8U
#define RUNNING_DESKS_MAX 4U

struct running;

/* Starts all parts and waits until the registrar answers. A replay network's clock page must be
 * there before. ERR_EXISTS: it runs already; the errors of ejabberd_start; ERR_TIMEOUT. */
int running_start(const char *dir, const struct settings *s, struct running **ret,
                  struct diag *d) MUST_USE;
/* Starts a desk for each folder in desks/ that a key file opens; one with a passphrase is named in
 * a line and left to 'ironside desk run'. ERR_LIMIT. */
int running_start_desks(struct running *r, struct diag *d) MUST_USE;
/* Where each of them is: "desk north", "http://127.0.0.1:8443". */
typedef void running_desk_fn(void *context, const char *name, const char *address);
void running_each_desk(const struct running *r, running_desk_fn *fn, void *context);
/* Starts what has ended again, after growing pauses, and says so; hands in what desks have stated
 * of their use. To be called several times a second. */
void running_watch(struct running *r);
/* Ends the parts in the order in which nothing is lost: desks, bots, registrar, ejabberd. */
void running_stop(struct running *r);
DEFINE_CLEANUP(struct running, running_stop)

#endif
