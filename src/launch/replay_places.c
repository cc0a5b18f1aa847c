#include "launch/replay_places.h"

#include <string.h>

#include "base/memory.h"
#include "network/country_map.h"
#include "network/settings.h"

struct replay_places {
    struct country_map *map; /* NULL: none */
    size_t count;
    char (*at)[3]; /* of each device; "": nowhere in particular */
};

int replay_places_open(const char *dir, size_t devices, struct replay_places **ret, struct diag *d)
{
    CLEANUP(replay_places_free_cleanup) struct replay_places *p = mem_new(sizeof *p);
    struct settings s;
    p->count = devices;
    p->at = mem_array(devices + 1, sizeof *p->at);
    int r = settings_read(dir, &s, d);
    if (r < 0)
        return r;
    CLEANUP_FREE char *path = settings_places(dir, &s);
    if (path != NULL)
        r = country_map_open(path, &p->map, d);
    if (r == 0)
        *ret = TAKE(p);
    return r;
}

void replay_places_free(struct replay_places *p)
{
    if (p == NULL)
        return;
    country_map_free(p->map);
    free(p->at);
    free(p);
}

int replay_places_check(const struct replay_places *p, const char *country, struct diag *d)
{
    char address[INET_ADDRSTRLEN];
    if (p->map == NULL)
        return diag_set(d, ERR_NOT_FOUND,
                        "it is sent from %s, but this network tells no countries: make it with "
                        "'ironside init --places FILE.map'",
                        country);
    if (country_map_loopback(p->map, country, address) < 0)
        return diag_set(d, ERR_NOT_FOUND,
                        "it is sent from %s, for which the network's map has no address of "
                        "127.0.0.0/8: add a line such as '127.0.31.0/24 %s'",
                        country, country);
    return 0;
}

bool replay_places_moves(const struct replay_places *p, size_t device, const char *country)
{
    return country != NULL && device < p->count && strcmp(p->at[device], country) != 0;
}

void replay_places_move(struct replay_places *p, size_t device, const char *country,
                        char ret[static INET_ADDRSTRLEN])
{
    memcpy(p->at[device], country, sizeof *p->at);
    if (country_map_loopback(p->map, country, ret) < 0)
        ret[0] = '\0';
}

bool replay_places_told(const struct replay_places *p)
{
    return p->map != NULL;
}
