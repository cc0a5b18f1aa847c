#include "archive/proof_log.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"

struct logging {
    struct public_log *log;
    struct checkpoint checkpoint;
    struct arena *a;
    struct diag *d;
};

static int fetch(void *context, unsigned level, uint64_t index, uint8_t ret[static MERKLE_BYTES])
{
    return public_log_node(context, level, index, ret);
}

int proof_log_find(struct public_log *log, uint64_t size, enum document_kind kind,
                   const uint8_t hash[static HASH_BYTES], struct proof_logged *ret, struct diag *d)
{
    struct proof_logged l;
    int r = public_log_find(log, kind, hash, &l.index, &l.entry, d);
    if (r == 0 && l.index >= size)
        r = ERR_NOT_FOUND;
    if (r == 0 && merkle_inclusion_path(fetch, log, l.index, size, l.path, &l.path_count) < 0)
        r = diag_set(d, ERR_FORMAT, "entry %" PRIu64 " of the public log has no path", l.index);
    if (r == 0)
        *ret = l;
    return r;
}

static int find(struct logging *l, enum document_kind kind, const uint8_t hash[static HASH_BYTES],
                struct proof_leaf *ret)
{
    CLEANUP_BUF struct buf text = BUF_INIT(512);
    struct proof_logged logged;
    int r = proof_log_find(l->log, l->checkpoint.size, kind, hash, &logged, l->d);
    if (r < 0)
        return r;
    log_put_text(&text, &logged.entry);
    ret->index = logged.index;
    ret->text = arena_string(l->a, buf_text(&text));
    ret->path_count = logged.path_count;
    memcpy(ret->path, logged.path, sizeof ret->path);
    return ret->text == NULL ? diag_set(l->d, ERR_LIMIT, "its proof is too long") : 0;
}

static void say_nothing(struct proof *p)
{
    p->log_checkpoint = "";
    p->logged_certificate = p->logged_policy = (struct proof_leaf){.text = ""};
}

int proof_log(struct public_log *log, const struct network_note *net,
              const uint8_t certificate[static HASH_BYTES], const uint8_t policy[static HASH_BYTES],
              struct arena *a, struct proof *p, struct diag *d)
{
    struct logging l = {.log = log, .a = a, .d = d};
    CLEANUP_FREE char *note = NULL;
    say_nothing(p);
    int r = log == NULL ? ERR_NOT_FOUND : public_log_newest(log, &note, d);
    if (r == 0)
        r = log_checkpoint_open(net, note, strlen(note), &l.checkpoint, d);
    if (r == 0)
        r = find(&l, DOCUMENT_CERTIFICATE, certificate, &p->logged_certificate);
    if (r == 0)
        r = find(&l, DOCUMENT_POLICY, policy, &p->logged_policy);
    if (r < 0) {
        say_nothing(p);
        return r == ERR_NOT_FOUND ? 0 : r;
    }
    p->log_checkpoint = arena_string(a, note);
    return p->log_checkpoint == NULL ? diag_set(d, ERR_LIMIT, "its proof is too long") : 0;
}
