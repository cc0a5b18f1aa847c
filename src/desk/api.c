#include "desk/api.h"

#include <string.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/secret.h"
#include "crypto/hash.h"
#include "desk/answers.h"
#include "desk/api_internal.h"
#include "desk/sight.h"

#define ARENA_BYTES (8U << 20)
#define SIGN_INS_AT_ONCE 8U
#define REFUSALS_AT_ONCE 20U

int desk_api_new(const struct desk_api_options *o, struct desk_api **ret, struct diag *d)
{
    CLEANUP_FREE struct desk_api *a = mem_new(sizeof *a);
    a->o = *o;
    if (o->monotonic_ms == NULL)
        a->o.monotonic_ms = clock_monotonic_ms;
    a->sign_ins = (struct api_bucket){.size = SIGN_INS_AT_ONCE, .each_ms = CLOCK_SECOND_MS};
    a->challenged = (struct api_bucket){.size = SIGN_INS_AT_ONCE, .each_ms = CLOCK_SECOND_MS};
    a->refusals = (struct api_bucket){.size = REFUSALS_AT_ONCE, .each_ms = CLOCK_SECOND_MS / 2};
    a->sql = desk_index_sql(o->index);
    json_object_seed(0); /* from the system's randomness */
    int r = api_saved_open(a->sql, d);
    if (r == 0)
        r = api_bulk_open(a->sql, d);
    if (r < 0)
        return r;
    desk_network_new(o->index, &a->network);
    *ret = TAKE(a);
    return 0;
}

void desk_api_free(struct desk_api *a)
{
    if (a == NULL)
        return;
    zone_free(a->zone);
    desk_network_free(a->network);
    api_waits_clear(a);
    secret_wipe(a->token, sizeof a->token);
    secret_wipe(&a->original, sizeof a->original);
    secret_wipe(&a->challenges, sizeof a->challenges);
    free(a);
}

bool desk_api_tidy(struct desk_api *a)
{
    struct diag d;
    int r;
    bool more = desk_network_step(a->network, &r, &d);
    if (r < 0)
        log_line("betweenness: %s", d.text);
    return more;
}

/* ---- may it be answered? ---- */

static int judge_session(struct api_call *c)
{
    const struct desk_route *r = &c->route->open;
    if (r->roles == 0)
        return 0;
    if (!c->has_session)
        return api_refuse(c, API_SESSION, "sign in first");
    if ((r->roles & DESK_ROLE_BIT(c->session.role)) == 0)
        return api_refuse(c, API_ROLE, "this is not for a %s", desk_role_text(c->session.role));
    return (r->roles & DESK_ROLE_UNBOUND) != 0 ? api_check_unbound(c) : 0;
}

static int judge_csrf(struct api_call *c)
{
    size_t len = strlen(c->session.csrf);
    if (!c->route->open.changes || c->route->open.roles == 0)
        return 0;
    if (strlen(c->q->csrf) == len && secret_equal(c->q->csrf, c->session.csrf, len))
        return 0;
    return api_refuse(c, API_CSRF,
                      "the token that GET /api/session gives is missing or is another's");
}

static int judge_purpose(struct api_call *c)
{
    bool wanted = c->session.role == DESK_REVIEWER || c->api->o.purpose_of_all;
    if (!c->route->open.purpose || !wanted)
        return 0;
    if (c->q->purpose[strspn(c->q->purpose, " \t")] != '\0')
        return 0;
    return api_refuse(c, API_PURPOSE, "say for which purpose");
}

bool desk_api_is_use(const struct question *q)
{
    return q->method != QUESTION_GET || strcmp(q->path, "/api/session") != 0;
}

static int find_session(struct api_call *c)
{
    return (desk_api_is_use(c->q) ? desk_session_of : desk_session_look)(
        c->api->o.users, c->q->session, c->now, &c->session);
}

/* From here on the index answers from what they may see, whichever the route. */
static int take_sight(struct api_call *c)
{
    if (!c->has_session || desk_sight_of(c->api->o.index, &c->session, &c->d) == 0)
        return 0;
    return api_refuse(c, API_INTERNAL, "what you may see cannot be read: %s", c->d.text);
}

/* Who asks is found out first, so that the log names them whatever is wrong. */
static int judge(struct api_call *c)
{
    c->has_session = find_session(c) == 0;
    int r = take_sight(c);
    if (r == 0)
        r = api_find(c);
    if (r == 0)
        r = api_form(c);
    if (r == 0)
        r = judge_session(c);
    if (r == 0)
        r = judge_csrf(c);
    return r < 0 ? r : judge_purpose(c);
}

/* ---- answering ---- */

/* What it writes, the answer's bytes and the log's entry, as one commit. */
static int write_and_log(void *context, struct diag *d)
{
    struct api_call *c = context;
    (void)d; /* c->d, where the lines of all steps go */
    int r = c->route->write == NULL ? 0 : c->route->write(c);
    if (r == 0)
        r = api_render(c);
    if (r == 0 && c->route->open.action != ACCESS_ACTIONS)
        r = api_log(c);
    return r;
}

static int perform(struct api_call *c)
{
    int r = c->route->read == NULL ? 0 : c->route->read(c);
    if (r < 0)
        return r;
    if (c->route->write == NULL && c->route->open.action == ACCESS_ACTIONS)
        return api_render(c);
    r = sql_transaction(c->api->sql, write_and_log, c, &c->d);
    if (r < 0 && desk_rules_reload(c->api->o.threats, NULL) < 0)
        return api_refuse(c, API_INTERNAL, "the rules cannot be read");
    if (r < 0 && c->error == API_ERRORS) /* it is the commit that failed */
        return api_refuse(c, API_NOT_LOGGED, "what cannot be written is not answered: %s",
                          c->d.text);
    return r;
}

static const char *etag_of(struct api_call *c)
{
    uint8_t hash[HASH_BYTES];
    char *etag = c->api->etag;
    hash_sha256(c->out->data, c->out->len, hash);
    etag[0] = '"';
    encode_hex(hash, sizeof hash, etag + 1);
    memcpy(etag + 1 + 2 * sizeof hash, "\"", 2);
    return etag;
}

static void finish(struct api_call *c, int r, struct answer *ret)
{
    *ret = (struct answer){.number = c->q->number,
                           .status = c->status,
                           .etag = "",
                           .set_session = "",
                           .type = "",
                           .name = ""};
    if (r < 0) {
        api_log_refusal(c);
        api_render_refusal(c);
        ret->status = api_error_status(c->error);
    } else {
        ret->set_session = c->set_session;
        ret->type = c->has_original ? desk_original_type(&c->api->original) : c->type;
        c->api->has_original = c->has_original;
        if (c->route->etag)
            ret->etag = etag_of(c);
    }
    ret->body = buf_text(c->out);
    ret->body_len = c->out->len;
}

static void call_clear(struct api_call *c)
{
    json_decref(c->form);
    json_decref(c->answer);
    buf_clear(&c->what);
    arena_clear(&c->arena);
    secret_wipe(&c->session, sizeof c->session);
}

/* `told`: the reader's reply to what it asked before, or NULL. False: it waits. */
static bool answer(struct desk_api *a, const struct question *q, const struct api_waiting *told,
                   struct buf *body, struct answer *ret)
{
    CLEANUP(call_clear)
    struct api_call c = {
        .api = a,
        .q = q,
        .arena = ARENA_INIT(ARENA_BYTES),
        .now = clock_now_ms(a->o.clock),
        .what = BUF_INIT(ACCESS_TEXT_MAX),
        .told = told,
        .status = API_OK,
        .set_session = "",
        .type = "",
        .out = body,
        .error = API_ERRORS,
    };
    buf_reset(body);
    secret_wipe(a->token, sizeof a->token); /* of the last answer */
    secret_wipe(&a->original, sizeof a->original);
    a->has_original = false;
    int r = judge(&c);
    if (r == 0)
        r = perform(&c);
    desk_sight_common(a->o.index);
    if (!c.waits)
        finish(&c, r, ret);
    return !c.waits;
}

bool desk_api_answer(struct desk_api *a, const struct question *q, struct buf *body,
                     struct answer *ret)
{
    return answer(a, q, NULL, body, ret);
}

bool desk_api_waited(struct desk_api *a, struct buf *body, struct answer *ret)
{
    CLEANUP_ARENA struct arena arena = ARENA_INIT(2 * DESK_QUESTION_MAX);
    struct api_waiting *w = api_waits_told(a);
    struct question q;
    if (w == NULL)
        return false;
    struct cursor c = cursor_over(w->question.data, w->question.len);
    bool answered = question_get(&c, &arena, &q) == 0 && answer(a, &q, w, body, ret);
    api_waits_release(w);
    return answered;
}

const struct desk_original *desk_api_original(const struct desk_api *a)
{
    return a->has_original ? &a->original : NULL;
}
