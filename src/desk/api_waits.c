/* Questions that wait for the reader, the translators or a password's hash. Nothing of one is kept
 * but its bytes: when that has told, it is asked again from the beginning, and who may not ask any
 * more gets no answer.
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
        if (a->waiting[i].waits && !a->waiting[i].told && a->o.requests != NULL)
            desk_requests_forget(a->o.requests, &a->waiting[i]);
        if (a->waiting[i].waits && !a->waiting[i].told && a->o.translating != NULL)
            desk_translating_forget(a->o.translating, &a->waiting[i]);
        if (a->waiting[i].waits && !a->waiting[i].told && a->o.hashing != NULL)
            desk_hashing_forget(a->o.hashing, &a->waiting[i]);
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

/* Whom it waits for, and what it asks. */
struct asking {
    const char *whom;
    const struct desk_request *request; /* of the reader, or … */
    const struct translation_job *job;  /* … of the translators, or … */
    const struct desk_hash_ask *hashes; /* … of the workers */
};

static int send(struct api_call *c, const struct asking *x, struct api_waiting *w)
{
    const struct desk_api_options *o = &c->api->o;
    if (x->hashes != NULL)
        return desk_hashing_send(o->hashing, x->hashes, take_reply, w);
    return x->request != NULL ? desk_requests_send(o->requests, x->request, take_reply, w)
                              : desk_translating_send(o->translating, x->job, take_reply, w);
}

static int begin(struct api_call *c, const struct asking *x)
{
    struct api_waiting *w = find_free(c->api);
    if (w == NULL)
        return api_refuse(c, API_AWAY, "too many questions wait for %s: ask again", x->whom);
    w->question = (struct buf)BUF_INIT_SECRET(DESK_QUESTION_MAX);
    w->reply = (struct buf)BUF_INIT_SECRET(DESK_REPLY_BODY_MAX);
    if (question_put(&w->question, c->q) < 0 || send(c, x, w) < 0) {
        api_waits_release(w);
        return api_refuse(c, API_AWAY, "%s takes no more questions: ask again", x->whom);
    }
    w->waits = c->waits = true;
    return ERR_AGAIN;
}

int api_request(struct api_call *c, const struct desk_request *r, const struct buf **ret)
{
    const struct asking x = {.whom = "the reader", .request = r};
    if (c->told == NULL && c->api->o.requests == NULL)
        return api_refuse(c, API_AWAY, "no reader is there to ask");
    if (c->told == NULL)
        return begin(c, &x);
    if (c->told->code < 0) {
        diag_set(&c->d, c->told->code, "%s", c->told->line);
        return api_fail(c, c->told->code);
    }
    *ret = &c->told->reply;
    return 0;
}

int api_request_translation(struct api_call *c, const struct translation_job *j,
                            const struct buf **ret)
{
    const struct asking x = {.whom = "what translates", .job = j};
    if (c->told == NULL)
        return begin(c, &x);
    *ret = &c->told->reply;
    return 0;
}

int api_request_hashes(struct api_call *c, const struct desk_hash_ask *ask, const char **ret)
{
    const struct asking x = {.whom = "a password's hash", .hashes = ask};
    if (c->told == NULL && c->api->o.hashing == NULL)
        return api_refuse(c, API_AWAY, "nobody is there to look at a password");
    if (c->told == NULL)
        return begin(c, &x);
    if (c->told->code < 0 || c->told->reply.len != ask->count * DESK_PASSWORD_HASH_BYTES)
        return api_refuse(c, API_AWAY, "%s", c->told->line);
    *ret = (const char *)c->told->reply.data;
    return 0;
}

struct api_waiting *api_waits_told(struct desk_api *a)
{
    for (size_t i = 0; i < API_WAITING_MAX; i++)
        if (a->waiting[i].told)
            return &a->waiting[i];
    return NULL;
}
