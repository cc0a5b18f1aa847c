/* Questions that wait for the reader. Nothing of one is kept but its bytes: when the reader has
 * told, it is asked again from the beginning, and who may not ask any more gets no answer.
 */
#include <stdio.h>

#include "desk/answers.h"
#include "desk/api_internal.h"

void api_waits_release(struct api_waiting *w)
{
    buf_clear(&w->question);
    buf_clear(&w->reply);
    *w = (struct api_waiting){.waits = false};
}

void api_waits_clear(struct desk_api *a)
{
    for (size_t i = 0; i < API_WAITING_MAX; i++) {
        if (a->waiting[i].waits && !a->waiting[i].told)
            desk_requests_forget(a->o.requests, &a->waiting[i]);
        api_waits_release(&a->waiting[i]);
    }
}

static void take_reply(void *context, const struct desk_reply *r)
{
    struct api_waiting *w = context;
    w->told = true;
    w->code = r->code;
    snprintf(w->line, sizeof w->line, "%s", r->line);
    buf_put(&w->reply, r->body, r->body_len);
}

static struct api_waiting *find_free(struct desk_api *a)
{
    for (size_t i = 0; i < API_WAITING_MAX; i++)
        if (!a->waiting[i].waits)
            return &a->waiting[i];
    return NULL;
}

static int begin(struct api_call *c, const struct desk_request *r)
{
    struct desk_requests *requests = c->api->o.requests;
    struct api_waiting *w = find_free(c->api);
    if (requests == NULL)
        return api_refuse(c, API_AWAY, "no reader is there to ask");
    if (w == NULL)
        return api_refuse(c, API_AWAY, "too many questions wait for the reader: ask again");
    w->question = (struct buf)BUF_INIT_SECRET(DESK_QUESTION_MAX);
    w->reply = (struct buf)BUF_INIT_SECRET(DESK_REPLY_BODY_MAX);
    if (question_put(&w->question, c->q) < 0 ||
        desk_requests_send(requests, r, take_reply, w) < 0) {
        api_waits_release(w);
        return api_refuse(c, API_AWAY, "the reader takes no more questions: ask again");
    }
    w->waits = c->waits = true;
    return ERR_AGAIN;
}

int api_request(struct api_call *c, const struct desk_request *r, const struct buf **ret)
{
    if (c->told == NULL)
        return begin(c, r);
    if (c->told->code < 0) {
        diag_set(&c->d, c->told->code, "%s", c->told->line);
        return api_fail(c, c->told->code);
    }
    *ret = &c->told->reply;
    return 0;
}

struct api_waiting *api_waits_told(struct desk_api *a)
{
    for (size_t i = 0; i < API_WAITING_MAX; i++)
        if (a->waiting[i].told)
            return &a->waiting[i];
    return NULL;
}
