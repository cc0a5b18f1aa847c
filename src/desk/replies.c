#include "desk/replies.h"

#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/secret.h"
#include "desk/frames.h"

#define ARENA_MAX 4096U /* of a request's strings */

struct desk_replies {
    struct desk_replies_options o;
    struct originals *originals;
    struct arena arena;
    struct buf body; /* of the reply under way */
};

struct desk_replies *desk_replies_new(const struct desk_replies_options *o)
{
    struct desk_replies *p = mem_new(sizeof *p);
    p->o = *o;
    p->originals = originals_new();
    p->arena = (struct arena)ARENA_INIT(ARENA_MAX);
    p->body = (struct buf)BUF_INIT_SECRET(DESK_REPLY_BODY_MAX);
    return p;
}

void desk_replies_free(struct desk_replies *p)
{
    if (p == NULL)
        return;
    originals_free(p->originals);
    arena_clear(&p->arena);
    buf_clear(&p->body);
    free(p);
}

void desk_replies_tidy(struct desk_replies *p)
{
    originals_tidy(p->originals);
}

/* Which of desk.json's; bot_count: none of them. */
static size_t find_bot(const struct desk_replies *p, const char *address)
{
    size_t i = 0;
    for (; i < p->o.folder->bot_count; i++) {
        char bot[VALUE_DOMAIN_MAX + 1];
        desk_folder_bot(p->o.folder, p->o.net, i, bot);
        if (strcmp(bot, address) == 0)
            break;
    }
    return i;
}

static int read_from(struct desk_replies *p, const struct originals_place *place,
                     const struct desk_request *q, struct diag *d)
{
    return originals_read(p->originals, place, &q->original.file, q->original.offset,
                          q->original.len, &p->body, d);
}

/* Beside the bot's journal, or else among what came in packages. */
static int read_original(struct desk_replies *p, size_t bot, const struct desk_request *q,
                         struct diag *d)
{
    bool follows = bot < p->o.folder->bot_count;
    CLEANUP_FREE char *journal = follows ? desk_folder_journal(p->o.folder, bot) : NULL;
    CLEANUP_FREE char *files = follows ? desk_folder_files(p->o.folder, bot) : NULL;
    CLEANUP_FREE char *received = desk_folder_file(p->o.folder, DESK_RECEIVED);
    const struct originals_place own = {journal, files}, others = {NULL, received};
    struct diag of_own = {""};
    int r = follows ? read_from(p, &own, q, &of_own) : ERR_NOT_FOUND;
    if (r != ERR_NOT_FOUND)
        return r < 0 ? diag_set(d, r, "%s", of_own.text) : r;
    r = read_from(p, &others, q, d);
    return r == ERR_NOT_FOUND && follows ? diag_set(d, r, "%s", of_own.text) : r;
}

static int prove(struct desk_replies *p, size_t bot, const struct proof_of *of, struct diag *d)
{
    CLEANUP_FREE char *path = desk_folder_journal(p->o.folder, bot);
    CLEANUP(journal_close_cleanup) struct journal *j = NULL;
    CLEANUP(public_log_close_cleanup) struct public_log *log = NULL;
    CLEANUP_ARENA struct arena a = ARENA_INIT(PROOF_BYTES_MAX);
    struct proof_options o = {
        .net = p->o.net, .identities = p->o.identities, .identity_count = p->o.identity_count};
    struct proof proof;
    int r = follower_documents(p->o.follower, &o.library, d);
    if (r == 0)
        r = journal_open(path, false, &j, d);
    o.journal = j;
    if (r == 0)
        r = desk_folder_open_log(p->o.folder, &log, d);
    o.public_log = log;
    if (r == 0)
        r = proof_find(&o, of, &a, &proof, d);
    if (r < 0 && j != NULL && journal_woken(j))
        return diag_set(d, ERR_TIMEOUT, "the bot has just begun to write: ask again");
    if (r == 0)
        proof_put(&p->body, &proof);
    return r == 0 && buf_failed(&p->body) ? diag_set(d, ERR_LIMIT, "its proof is too long") : r;
}

static int find(struct desk_replies *p, const struct desk_request *q, struct diag *d)
{
    size_t bot = find_bot(p, q->bot);
    switch (q->kind) {
    case DESK_REQUEST_ORIGINAL:
        return read_original(p, bot, q, d);
    case DESK_REQUEST_PROOF:
        if (bot == p->o.folder->bot_count)
            return diag_set(d, ERR_NOT_FOUND, "%s: this desk does not follow it", q->bot);
        return prove(p, bot, &q->proof, d);
    case DESK_REQUESTS:
        break;
    }
    return ERR_FORMAT;
}

int desk_replies_take(struct desk_replies *p, struct cursor *c)
{
    struct desk_request q;
    struct diag d = {""};
    arena_reset(&p->arena);
    p->body = (struct buf)BUF_INIT_SECRET(DESK_REPLY_BODY_MAX);
    if (desk_request_get(c, &p->arena, &q) < 0)
        return ERR_FORMAT;
    int r = find(p, &q, &d);
    secret_wipe(&q.original, sizeof q.original);
    if (r < 0) {
        log_line("%s", d.text);
        buf_clear(&p->body);
    }
    const struct desk_reply reply = {.number = q.number,
                                     .code = r,
                                     .line = r < 0 ? d.text : "",
                                     .body = p->body.data,
                                     .body_len = p->body.len};
    desk_reply_put(channel_begin(p->o.index, DESK_FRAME_REPLY), &reply);
    buf_clear(&p->body);
    return channel_end(p->o.index);
}
