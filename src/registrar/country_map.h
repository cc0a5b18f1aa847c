/* Which country an address is in: a MaxMind DB file (libmaxminddb) with a "country_code", or a
 * "country" with an "iso_code", for each network; or, for tests and networks of one machine, a text
 * file named *.map with a line "CIDR CC" for each network, where the longest prefix counts. Empty
 * lines and lines that begin with # are left out.
 *
 *     127.0.31.0/24 NL
 *     2001:db8::/32 DE
 */
#ifndef IRONSIDE_REGISTRAR_COUNTRY_MAP_H
#define IRONSIDE_REGISTRAR_COUNTRY_MAP_H

#include <netinet/in.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "wire/value.h"

struct country_map;

/* ERR_NOT_FOUND, ERR_IO; ERR_FORMAT: the line of a text file, or the file, that is wrong. */
int country_map_open(const char *path, struct country_map **ret, struct diag *d) MUST_USE;
void country_map_free(struct country_map *m);
DEFINE_CLEANUP(struct country_map, country_map_free)

/* IPv4 or IPv6 as text; an IPv4 address that is mapped into IPv6 counts as itself. ERR_NOT_FOUND:
 * the country is not known; ERR_FORMAT: not an address. */
int country_map_find(const struct country_map *m, const char *address,
                     char ret[static VALUE_COUNTRY_BYTES]) MUST_USE;
/* An address of 127.0.0.0/8 that stands for the country in a text file: the first of its network,
 * behind the network's own. ERR_NOT_FOUND. */
int country_map_loopback(const struct country_map *m, const char *country,
                         char ret[static INET_ADDRSTRLEN]) MUST_USE;

#endif
