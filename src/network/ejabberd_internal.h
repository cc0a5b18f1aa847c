/* Between the files of ejabberd.h. */
#ifndef IRONSIDE_NETWORK_EJABBERD_INTERNAL_H
#define IRONSIDE_NETWORK_EJABBERD_INTERNAL_H

#include "network/ejabberd.h"

/* The address that it listens on for devices. */
const char *ejabberd_bind_address(const struct settings *s);
/* The last line of the log, from `offset` on, that says what went wrong; what the system printed if
 * there is none. "" when there is neither. Owned by the caller. */
char *ejabberd_log_error(const char *dir, off_t offset);
off_t ejabberd_log_size(const char *dir);

#define EJABBERD_MODULE "mod_ironside"
/* Its source, into the folder of the configuration. */
int ejabberd_write_module(const char *dir, struct diag *d) MUST_USE;
/* The Erlang expression that compiles it there. Owned by the caller. */
char *ejabberd_module_compiled(const char *dir);

#endif
