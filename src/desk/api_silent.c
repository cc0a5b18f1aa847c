/* Who has fallen silent. */
#include "desk/activity.h"
#include "desk/api_internal.h"

#define SILENT_DAYS_USUAL 7
#define SILENT_LEAST_USUAL 20
#define SILENT_USUAL 100

static int take_silent(void *context, const struct desk_silent *s)
{
    json_array_append_new(context,
                          json_pack("{so sI sI}", "account", api_string(s->account), "last",
                                    (json_int_t)s->last_unix_ms, "sent", (json_int_t)s->sent));
    return 0;
}

int api_silent(struct api_call *c)
{
    json_t *list = json_array();
    unsigned days = (unsigned)api_number(c, "days", SILENT_DAYS_USUAL);
    uint64_t least = (uint64_t)api_number(c, "least", SILENT_LEAST_USUAL);
    api_what(c, "silent for %u days after %llu messages", days, (unsigned long long)least);
    c->answer = json_pack("{so}", "people", list);
    return desk_activity_silent(c->api->o.index, c->now, days, least,
                                (unsigned)api_number(c, "limit", SILENT_USUAL), take_silent, list);
}
