/* The proof of a message: bytes that whoever gets them checks without asking anybody. */
#include <string.h>

#include "archive/proof.h"
#include "base/encode.h"
#include "base/memory.h"
#include "desk/api_internal.h"

static json_t *base64(const void *data, size_t len)
{
    CLEANUP_FREE char *text = mem_new(ENCODE_BASE64_LEN(len) + 1);
    encode_base64(data, len, text);
    return json_string(text);
}

static json_t *hashes(const uint8_t (*path)[MERKLE_BYTES], size_t count)
{
    json_t *list = json_array();
    char hex[2 * MERKLE_BYTES + 1];
    for (size_t i = 0; i < count; i++) {
        encode_hex(path[i], MERKLE_BYTES, hex);
        json_array_append_new(list, json_string(hex));
    }
    return list;
}

static json_t *leaf_json(const struct proof_leaf *l)
{
    return json_pack("{sI so so}", "leaf", (json_int_t)l->index, "text", api_string(l->text),
                     "path", hashes((const uint8_t(*)[MERKLE_BYTES])l->path, l->path_count));
}

/* What the bot has signed is the round's root, to which the line's path leads. */
static json_t *verdict_json(const struct proof *p)
{
    const struct verdict *v = &p->verdict;
    CLEANUP_BUF struct buf signed_bytes = BUF_INIT(1024);
    uint8_t line[VERDICT_LINE_BYTES];
    verdict_line_put(&v->line, line);
    if (verdict_signed_bytes(v, p->bot, &signed_bytes) < 0)
        return NULL; /* json_pack hands that on */
    return json_pack("{so si si so so so}", "line", base64(line, sizeof line), "index",
                     (int)v->index, "count", (int)v->count, "path",
                     hashes((const uint8_t(*)[MERKLE_BYTES])v->path, v->path_count), "signed",
                     base64(signed_bytes.data, signed_bytes.len), "signature",
                     base64(v->signature, SIGN_BYTES));
}

static json_t *proof_json(const struct proof *p, const char *warrant)
{
    json_t *documents = json_pack("{so so so so}", "certificate", api_string(p->certificate),
                                  "warrant", api_string(p->warrant), "policy",
                                  api_string(p->policy), "network", api_string(p->note));
    json_t *log =
        json_pack("{so so so}", "checkpoint", api_string(p->log_checkpoint), "certificate",
                  leaf_json(&p->logged_certificate), "policy", leaf_json(&p->logged_policy));
    return json_pack("{so so so so so so so so so so so}", "bot", api_string(p->bot), "warrant",
                     api_string(warrant), "wrong", api_string(p->wrong), "record",
                     leaf_json(&p->record), "batch", leaf_json(&p->batch), "round",
                     leaf_json(&p->round), "checkpoint", api_string(p->checkpoint), "verdict",
                     verdict_json(p), "signed", base64(p->signed_bytes, p->signed_len), "documents",
                     documents, "log", log);
}

struct proving {
    struct api_call *call;
    struct desk_request request;
    char bot[VALUE_DOMAIN_MAX + 1], warrant[VALUE_WARRANT_MAX + 1];
};

/* Of the warrant that was named, or of the first. */
static const char *choose(const char *const *warrants, const char *named)
{
    for (; *warrants != NULL; warrants++)
        if (named == NULL || strcmp(*warrants, named) == 0)
            return *warrants;
    return NULL;
}

static int take_message(void *context, const struct desk_message *m)
{
    struct proving *p = context;
    const char *warrant = choose(m->warrants, api_text(p->call, "warrant", NULL));
    if (warrant == NULL)
        return diag_set(&p->call->d, ERR_NOT_FOUND, "it is not archived under that warrant");
    snprintf(p->bot, sizeof p->bot, "%s", m->bot);
    snprintf(p->warrant, sizeof p->warrant, "%s", warrant);
    p->request = (struct desk_request){
        .kind = DESK_REQUEST_PROOF, .bot = p->bot, .proof = {.n = m->n, .warrant = p->warrant}};
    memcpy(p->request.proof.certificate, m->certificate, HASH_BYTES);
    api_shown(p->call, m);
    return 0;
}

static int answer_with(struct api_call *c, const struct proving *p, const struct buf *reply)
{
    struct cursor bytes = cursor_over(reply->data, reply->len);
    CLEANUP_ARENA struct arena a = ARENA_INIT(PROOF_BYTES_MAX);
    struct proof proof;
    if (proof_get(&bytes, &a, &proof) < 0)
        return api_refuse(c, API_INTERNAL, "the reader's answer is not a proof");
    c->answer = proof_json(&proof, p->warrant);
    return c->answer == NULL ? api_refuse(c, API_INTERNAL, "the proof's verdict is malformed") : 0;
}

int api_proof(struct api_call *c)
{
    struct proving p = {.call = c};
    const struct buf *reply = NULL;
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    api_what(c, "proof of message %lld", (long long)id);
    r = desk_message(c->api->o.index, id, c->session.user, take_message, &p, &c->d);
    if (r < 0)
        return api_fail(c, r);
    r = api_request(c, &p.request, &reply);
    return r < 0 ? r : answer_with(c, &p, reply);
}
