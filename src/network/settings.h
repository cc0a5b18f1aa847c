/* How devices reach the network's server: network.json, of exactly these members,
 *
 *     {"domain":"chat.example","host":"203.0.113.7","port":5222,"upload_port":5223,"replay":false}
 *
 * and, where the registrar is to tell devices' countries, "places": the path of a file that does
 * (country_map.h), relative to the network's folder unless it begins with /.
 *
 * A network whose file lacks `upload_port` has no upload host, so that no files are sent in it.
 * Nothing in it is trusted by devices: what they pin stands in the network note.
 */
#ifndef IRONSIDE_NETWORK_SETTINGS_H
#define IRONSIDE_NETWORK_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "wire/value.h"

#define SETTINGS_PATH_MAX 1000U

struct settings {
    char domain[VALUE_DOMAIN_MAX + 1];
    char host[VALUE_DOMAIN_MAX + 1]; /* a name or an address, without brackets */
    uint16_t port;
    uint16_t upload_port; /* of the upload host; 0: there is none */
    bool replay;
    char places[SETTINGS_PATH_MAX + 1]; /* "": none */
};

/* Reads `dir`/network.json. ERR_NOT_FOUND: no network there; ERR_FORMAT; ERR_IO. */
int settings_read(const char *dir, struct settings *ret, struct diag *d) MUST_USE;
/* Replaces it. ERR_FORMAT: values that could not be read again. */
int settings_write(const char *dir, const struct settings *s, struct diag *d) MUST_USE;
/* Is the host this machine alone: an address of the loopback network, or localhost? */
bool settings_loopback(const struct settings *s);

/* The path of the file that tells countries; the caller's. NULL: there is none. */
char *settings_places(const char *dir, const struct settings *s);

#endif
