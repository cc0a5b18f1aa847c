/* Files of messages: what was sent, and what the desk has made of it. */
#include "desk/api_internal.h"

/* The message is read as every other that is shown, so that who may not see it may not see its
 * file, and the log has its warrants. */
static int take_message(void *context, const struct desk_message *m)
{
    api_shown(context, m);
    return 0;
}

static int read_message(struct api_call *c, const char *what, int64_t *ret_id)
{
    int r = api_id(c, 0, ret_id);
    if (r < 0)
        return r;
    api_what(c, "%s of message %lld", what, (long long)*ret_id);
    r = desk_message(c->api->o.index, *ret_id, c->session.user, take_message, c, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_file(struct api_call *c)
{
    int64_t id;
    int r = read_message(c, "file", &id);
    if (r < 0)
        return r;
    r = desk_original_of(c->api->o.index, id, &c->api->original, &c->d);
    if (r < 0)
        return r == ERR_AUTH ? api_refuse(c, API_FILE, "%s", c->d.text) : api_fail(c, r);
    c->has_original = true;
    return 0;
}
