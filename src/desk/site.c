#include "desk/site.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/folder.h"
#include "wire/value.h"

#define SCHEME "https://"
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-."
#define HTTP_PORT 80U
#define HTTPS_PORT 443U

/* The last label of a name has a letter, that of an address has none. */
static bool is_name(const char *name, size_t len)
{
    size_t last = len;
    while (last > 0 && name[last - 1] != '.')
        last--;
    return len > 0 && len <= VALUE_DOMAIN_MAX && name[0] != '.' && last < len &&
           strcspn(name + last, "abcdefghijklmnopqrstuvwxyz") < len - last;
}

bool desk_site_valid(const char *origin)
{
    uint64_t port;
    if (strncmp(origin, SCHEME, strlen(SCHEME)) != 0)
        return false;
    const char *name = origin + strlen(SCHEME);
    size_t len = strspn(name, NAME_CHARACTERS);
    if (!is_name(name, len))
        return false;
    if (name[len] == '\0')
        return true;
    return name[len] == ':' && value_parse_u64(name + len + 1, 65535, &port) == 0 && port != 0 &&
           port != HTTPS_PORT;
}

static struct desk_site site_named(const char *origin)
{
    const char *name = origin + strlen(SCHEME);
    return (struct desk_site){mem_string_n(name, strcspn(name, ":")), mem_string(origin)};
}

struct desk_site desk_site_of(const struct desk_folder *f)
{
    bool tls = f->key != NULL;
    const char *scheme = tls ? "https" : "http";
    if (f->site != NULL)
        return site_named(f->site);
    if (!desk_folder_loopback(f))
        return (struct desk_site){NULL, NULL};
    if (f->port == (tls ? HTTPS_PORT : HTTP_PORT))
        return (struct desk_site){mem_string("localhost"), mem_format("%s://localhost", scheme)};
    return (struct desk_site){mem_string("localhost"),
                              mem_format("%s://localhost:%u", scheme, f->port)};
}

void desk_site_clear(struct desk_site *s)
{
    free(s->id);
    free(s->origin);
    *s = (struct desk_site){NULL, NULL};
}
