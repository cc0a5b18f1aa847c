/* What the routes of the contact network share. */
#ifndef IRONSIDE_DESK_API_NETWORK_H
#define IRONSIDE_DESK_API_NETWORK_H

#include "desk/api_internal.h"

/* Hands `fn` the network that the question names, and notes what was asked. What it returned, or
 * the refusal. */
typedef int api_network_fn(struct api_call *c, const struct desk_network_view *v);
int api_network_with(struct api_call *c, api_network_fn *fn);

json_t *api_network_person(const struct desk_network_view *v, uint32_t person);

struct api_ranked {
    double value; /* PageRank */
    uint32_t person, community;
};
/* All people, the foremost first; the caller frees it. */
struct api_ranked *api_network_rank(const struct desk_network_view *v);

/* How much was said between each two of these communities, most first; each of them gets a member
 * `inside`: how much was said within it. */
json_t *api_network_ties(const struct desk_network_view *v, json_t *communities);

#endif
