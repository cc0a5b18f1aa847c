#include "device/left.h"

#include <string.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/secret.h"
#include "device/device_internal.h"
#include "store/values.h"

#define LEFT_MAX 16
#define LEFT_BYTES (SIGN_PUBLIC_BYTES + sizeof(uint64_t) + HASH_BYTES)

/* Remembers it; of more than 16 the oldest is forgotten. */
static int put(struct store *s, const struct left *x)
{
    size_t len = 0;
    CLEANUP_BUF struct buf list = BUF_INIT(LEFT_MAX * LEFT_BYTES);
    CLEANUP_SECRET char *old = store_get(s, VALUE_LEFT, &len);
    size_t skip = len == LEFT_MAX * LEFT_BYTES ? LEFT_BYTES : 0;
    if (old != NULL)
        buf_put(&list, old + skip, len - skip);
    buf_put(&list, x->bot_key, sizeof x->bot_key);
    buf_put_u64(&list, x->n);
    buf_put(&list, x->digest, sizeof x->digest);
    return buf_failed(&list) ? ERR_LIMIT : store_put(s, VALUE_LEFT, list.data, list.len);
}

static void read_at(const char *at, struct left *ret)
{
    struct cursor c = cursor_over(at, LEFT_BYTES);
    cursor_copy(&c, ret->bot_key, sizeof ret->bot_key);
    ret->n = cursor_u64(&c);
    cursor_copy(&c, ret->digest, sizeof ret->digest);
}

int left_take(struct store *s, const uint8_t bot_key[static SIGN_PUBLIC_BYTES], uint64_t n,
              struct left *ret)
{
    size_t len = 0;
    struct left x;
    CLEANUP_SECRET char *list = store_get(s, VALUE_LEFT, &len);
    for (size_t end = len; list != NULL && end >= LEFT_BYTES; end -= LEFT_BYTES) {
        char *at = list + end - LEFT_BYTES;
        read_at(at, &x);
        if (memcmp(x.bot_key, bot_key, sizeof x.bot_key) != 0 || (x.n != n && x.n + 1 != n))
            continue;
        memmove(at, list + end, len - end);
        int r = store_put(s, VALUE_LEFT, list, len - LEFT_BYTES);
        if (r == 0)
            *ret = x;
        return r;
    }
    return ERR_NOT_FOUND;
}

struct leaving {
    struct store *s;
    const struct outbox_entry *e;
};

static int put_left(void *context, struct diag *why)
{
    const struct leaving *l = context;
    struct left x = {.n = l->e->envelope.n};
    memcpy(x.bot_key, l->e->bot_key, sizeof x.bot_key);
    memcpy(x.digest, l->e->digest, sizeof x.digest);
    int r = put(l->s, &x);
    if (r == 0)
        r = outbox_update(l->s, l->e);
    if (r < 0 && store_fault(l->s, why) == 0)
        diag_set(why, r, "a message that goes to another bot cannot be written into the store");
    return r;
}

/* Back to the queue: the bot's key is not to be used any more. Whether the bot has the message is
 * not known. */
static void leave_bot(struct device *d, struct outbox_entry *e)
{
    struct leaving l = {.s = d->store, .e = e};
    struct diag why;
    e->state = OUTBOX_QUEUED;
    if (store_transaction(d->store, put_left, &l, &why) < 0) {
        device_store_failed(d, &why);
        return;
    }
    d->signed_entry = 0;
    device_unschedule(d, e->number, "");
}

void device_leave_old_bot(struct device *d, const struct policy *p)
{
    struct outbox_entry e;
    struct arena arena = ARENA_INIT(STANZA_MEMORY);
    if (d->signed_entry != 0 && outbox_get(d->store, d->signed_entry, &arena, &e) == 0) {
        const struct policy_bot *bot = policy_bot(p, e.envelope.bot);
        if (bot == NULL || memcmp(bot->key, e.bot_key, sizeof e.bot_key) != 0)
            leave_bot(d, &e);
        secret_wipe(e.content, sizeof e.content);
    }
    arena_clear(&arena);
}
