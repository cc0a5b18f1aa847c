#include "launch/replay_places.h"

#include <inttypes.h>
#include <string.h>
#include <uthash.h>

#include "authority/published.h"
#include "base/memory.h"
#include "network/settings.h"
#include "registrar/country_map.h"

#define ANYWHERE "127.0.0.1" /* where devices connect from before they are somewhere */

/* A sender of whom a message said where it was sent from. */
struct placed {
    char *address;
    UT_hash_handle hh;
};

struct replay_places {
    struct country_map *map; /* NULL: none */
    size_t count;
    char (*at)[VALUE_COUNTRY_BYTES]; /* of each device; "": nowhere in particular */
    struct placed *placed;
    uint32_t demanding; /* serial of the policy that demands place tokens; 0: it does not */
    int64_t demanded_from_ms;
};

/* A folder without a policy demands nothing; what is wrong with it, others say. */
static void find_demand(struct replay_places *p, const char *dir)
{
    CLEANUP(published_free_cleanup) struct published *x = NULL;
    const struct policy *newest = published_open(dir, &x, NULL) < 0 ? NULL : published_policy(x);
    if (newest == NULL || !policy_demands_place(newest))
        return;
    p->demanding = newest->serial;
    p->demanded_from_ms = newest->issued_unix_ms;
}

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
    find_demand(p, dir);
    if (r == 0)
        *ret = TAKE(p);
    return r;
}

void replay_places_free(struct replay_places *p)
{
    if (p == NULL)
        return;
    struct placed *x, *next;
    HASH_ITER (hh, p->placed, x, next) {
        HASH_DEL(p->placed, x);
        free(x->address);
        free(x);
    }
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

int replay_places_demand(struct replay_places *p, const char *from, const char *country,
                         int64_t at_unix_ms, struct diag *d)
{
    struct placed *x;
    char anywhere[VALUE_COUNTRY_BYTES];
    HASH_FIND_STR(p->placed, from, x);
    if (x == NULL && country != NULL) {
        x = mem_new(sizeof *x);
        x->address = mem_string(from);
        HASH_ADD_KEYPTR(hh, p->placed, x->address, strlen(x->address), x);
    }
    if (x != NULL || p->demanding == 0 || at_unix_ms < p->demanded_from_ms ||
        (p->map != NULL && country_map_find(p->map, ANYWHERE, anywhere) == 0))
        return 0;
    return diag_set(d, ERR_NOT_FOUND,
                    "it does not say from which country it is sent, and policy %" PRIu32
                    " lets nothing pass without a place: give it a 'country', or draft a policy "
                    "with '--without-place default'",
                    p->demanding);
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
