/* What a device shows of the archive: who can read, under which warrant, until when, and every
 * change of that which it has seen. As JSON; the command line and the window render it.
 */
#ifndef IRONSIDE_HOST_DISCLOSURE_H
#define IRONSIDE_HOST_DISCLOSURE_H

#include <jansson.h>

#include "store/store.h"
#include "wire/network_note.h"
#include "wire/policy_set.h"

/* {"account","network","kind","policy":{"serial","issued","notice","without_warrant"},
 *  "bots":[{"address","default","countries":[…]}],
 *  "warrants":[{"id","authority","bot","from","until","scope","countries","accounts","exclude":[…],
 *               "agencies":[{"name","recipient","desk":KEY|null}],"in_force","names_you"}],
 *  "readers":["north",…]}   whose keys open what this account sends today
 * Needs the set's warrants, not its epochs. */
json_t *disclosure_of(const struct network_note *net, const struct policy_set *set,
                      const char *account, int64_t now_unix_ms);

/* The same from a device's store, with "history":[{"serial","issued","seen","changes":["…"]}],
 * oldest first, and with each agency what disclosure_use.h adds. ERR_NOT_FOUND: the store holds no
 * policy yet; ERR_FORMAT. */
int disclosure_from_store(struct store *s, int64_t now_unix_ms, json_t **ret,
                          struct diag *d) MUST_USE;

#endif
