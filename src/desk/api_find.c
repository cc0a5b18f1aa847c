/* A question's route, and the arguments of its path. */
#include <string.h>

#include "desk/api_internal.h"

/* The next segment of a path, without its '/'; NULL at the end. */
static const char *next_segment(const char **path, size_t *ret_len)
{
    if (**path != '/')
        return NULL;
    const char *at = *path + 1;
    *ret_len = strcspn(at, "/");
    *path = at + *ret_len;
    return at;
}

static int take_argument(struct api_call *c, const char *text, size_t len)
{
    if (len == 0 || c->argument_count == API_ARGUMENTS_MAX)
        return ERR_NOT_FOUND;
    char *copy = arena_string_n(&c->arena, text, len);
    if (copy == NULL)
        return ERR_LIMIT;
    c->arguments[c->argument_count++] = copy;
    return 0;
}

/* Takes the arguments as it goes. */
static bool path_fits(struct api_call *c, const char *pattern)
{
    const char *path = c->q->path, *want, *have;
    size_t want_len = 0, have_len = 0;
    c->argument_count = 0;
    for (;;) {
        want = next_segment(&pattern, &want_len);
        have = next_segment(&path, &have_len);
        if (want == NULL || have == NULL)
            return want == NULL && have == NULL && *path == '\0';
        if (want[0] == '{') {
            if (take_argument(c, have, have_len) < 0)
                return false;
        } else if (want_len != have_len || memcmp(want, have, want_len) != 0) {
            return false;
        }
    }
}

/* Is it a path without arguments? Then it is no other's with some (OpenAPI, 4.8.8.2). */
static bool is_plain_path(struct api_call *c)
{
    const struct api_route *r;
    for (size_t i = 0; (r = api_route_at(i)) != NULL; i++)
        if (path_fits(c, r->open.path) && c->argument_count == 0)
            return true;
    return false;
}

int api_find(struct api_call *c)
{
    bool path_is_there = false, plain = is_plain_path(c);
    const struct api_route *r;
    for (size_t i = 0; (r = api_route_at(i)) != NULL; i++) {
        if (!path_fits(c, r->open.path) || (plain && c->argument_count > 0))
            continue;
        path_is_there = true;
        if (r->open.method != c->q->method)
            continue;
        c->route = r;
        return 0;
    }
    if (path_is_there)
        return api_refuse(c, API_METHOD, "this address does not take that method");
    return api_refuse(c, API_ROUTE, "there is nothing at this address");
}
