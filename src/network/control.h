/* Asking the running registrar, for the command line: one JSON object in a line on its control
 * socket, one in a line as the answer, which has "ok":true or "error":"line" (docs/protocol.md,
 * "Control"). The socket answers the network's owner and root only.
 */
#ifndef IRONSIDE_NETWORK_CONTROL_H
#define IRONSIDE_NETWORK_CONTROL_H

#include <jansson.h>

#include "base/error.h"

#define CONTROL_REQUEST_MAX (64U * 1024)
#define CONTROL_ANSWER_MAX (4U * 1024 * 1024)
#define CONTROL_TIMEOUT_MS 60000

/* Takes the request over, also when it fails. Gives the answer, which has "ok", as the caller's
 * own. ERR_NOT_FOUND: the network is not running; ERR_INVALID_STATE: the registrar refused, with
 * its line; ERR_LIMIT; ERR_CLOSED, ERR_TIMEOUT: no answer; ERR_FORMAT: not an answer; ERR_IO. */
int control_ask(const char *dir, json_t *request, json_t **ret, struct diag *d) MUST_USE;

#endif
