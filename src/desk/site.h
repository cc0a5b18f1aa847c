/* Where browsers find a desk's page, for passkeys, which are bound to it: what desk.json names as
 * its 'site', or localhost where it listens on loopback. An address of numbers is no site: browsers
 * make no passkeys for one.
 */
#ifndef IRONSIDE_DESK_SITE_H
#define IRONSIDE_DESK_SITE_H

#include <stdbool.h>

struct desk_folder;

struct desk_site {
    char *id;     /* the relying party's: "localhost"; NULL: there is none */
    char *origin; /* "http://localhost:8443" */
};

/* "https://NAME" or "https://NAME:PORT" as browsers write it: small letters, no port 443. */
bool desk_site_valid(const char *origin);
/* The caller's, to be cleared. Its members are NULL where passkeys cannot be made. */
struct desk_site desk_site_of(const struct desk_folder *f);
void desk_site_clear(struct desk_site *s);

#endif
