/* A conversation's most telling lines. */
#include "desk/api_internal.h"
#include "desk/telling.h"

#define LINES_USUAL 5

static int take_line(void *context, const struct desk_message *m, double rank)
{
    struct api_lines *lines = context;
    size_t at = json_array_size(lines->list);
    int r = api_take_line(lines, m);
    if (r < 0)
        return r;
    json_t *message = json_incref(json_array_get(lines->list, at));
    return json_array_set_new(lines->list, at,
                              json_pack("{sf so}", "rank", rank, "message", message));
}

int api_telling(struct api_call *c)
{
    struct api_lines lines = {.call = c, .list = json_array()};
    struct desk_telling_over over = {0};
    const struct desk_telling t = {.conversation = c->arguments[0],
                                   .user = c->session.user,
                                   .limit = (unsigned)api_number(c, "limit", LINES_USUAL)};
    c->answer = json_pack("{ss so}", "method", "LexRank", "lines", lines.list);
    api_what(c, "telling lines of conversation %s", c->arguments[0]);
    int r = desk_telling(c->api->o.index, &t, take_line, &lines, &over, &c->d);
    if (r < 0)
        return api_fail(c, r);
    json_t *told = json_pack("{sI sI sI sI sI}", "messages", (json_int_t)over.messages, "looked",
                             (json_int_t)over.looked, "weighed", (json_int_t)over.weighed, "first",
                             (json_int_t)over.first_unix_ms, "last", (json_int_t)over.last_unix_ms);
    json_object_update(c->answer, told);
    json_decref(told);
    return 0;
}
