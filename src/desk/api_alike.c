/* Messages that are alike. */
#include <stdio.h>

#include "desk/api_internal.h"

#define ALIKE_USUAL 50
#define SCOPE_BYTES 64U

int api_alike(struct api_call *c)
{
    char scope[SCOPE_BYTES];
    struct api_lines lines = {.call = c, .list = json_array()};
    struct desk_likes l = {.user = c->session.user,
                           .limit = (unsigned)api_number(c, "limit", ALIKE_USUAL)};
    uint64_t count = 0;
    c->answer = json_pack("{so}", "messages", lines.list);
    int r = api_id(c, 0, &l.id);
    if (r < 0)
        return r;
    api_what(c, "what is alike with message %lld", (long long)l.id);
    snprintf(scope, sizeof scope, "alike %lld", (long long)l.id);
    r = api_after(c, scope, 0, &l.before);
    if (r < 0)
        return r;
    r = desk_alike(c->api->o.index, &l, api_take_line, &lines, &count, &c->d);
    if (r < 0)
        return api_fail(c, r);
    json_object_set_new(c->answer, "count", json_integer((json_int_t)count));
    api_put_after(c, json_array_size(lines.list), l.limit, scope, lines.last);
    return 0;
}
