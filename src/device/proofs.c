/* A device asks its bot to show that its verdicts lie in its tree. */
#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"
#include "base/secret.h"
#include "device/device_internal.h"
#include "store/values.h"
#include "wire/inclusion.h"
#include "wire/stanza.h"

#define PROOF_AGE_MS 90000 /* a bot publishes a checkpoint once a minute */
#define PROOF_PAUSE_MS 30000
#define PROOF_LATE_MS 86400000

#define CHECKPOINT_NAME_MAX (sizeof VALUE_CHECKPOINT + 2 * SIGN_PUBLIC_BYTES)

/* One for each bot: a device that goes from one to another and back must not forget. */
static void name_checkpoint(const uint8_t bot_key[static SIGN_PUBLIC_BYTES],
                            char ret[static CHECKPOINT_NAME_MAX])
{
    memcpy(ret, VALUE_CHECKPOINT, sizeof VALUE_CHECKPOINT);
    encode_hex(bot_key, SIGN_PUBLIC_BYTES, ret + strlen(VALUE_CHECKPOINT));
}

/* The newest checkpoint of a bot's tree that this device has verified. */
static bool known_checkpoint(struct device *d, const uint8_t bot_key[static SIGN_PUBLIC_BYTES],
                             struct checkpoint *ret)
{
    size_t len = 0;
    char name[CHECKPOINT_NAME_MAX];
    name_checkpoint(bot_key, name);
    CLEANUP_SECRET char *value = store_get(d->store, name, &len);
    if (value == NULL)
        return false;
    struct cursor c = cursor_over(value, len);
    ret->size = cursor_u64(&c);
    cursor_copy(&c, ret->root, MERKLE_BYTES);
    return cursor_end(&c) == 0;
}

struct shown {
    struct store *s;
    const struct store_round *round;
    const struct checkpoint *checkpoint;
    const char *note; /* as the bot signed it */
};

static int keep_checkpoint(void *context, struct diag *why)
{
    const struct shown *x = context;
    char name[CHECKPOINT_NAME_MAX];
    CLEANUP_BUF struct buf value = BUF_INIT(128);
    name_checkpoint(x->round->bot_key, name);
    buf_put_u64(&value, x->checkpoint->size);
    buf_put(&value, x->checkpoint->root, MERKLE_BYTES);
    (void)why;
    int r = store_put(x->s, name, value.data, value.len);
    if (r == 0)
        r = store_put_text(x->s, VALUE_BOT_CHECKPOINT, x->note);
    return r < 0 ? r : store_drop_round(x->s, x->round->number);
}

/* The bot's JID under this key, by that policy; it lives as long as this is. NULL: none. */
static const char *bot_of(const struct policy *p, const uint8_t key[static SIGN_PUBLIC_BYTES])
{
    for (size_t i = 0; i < p->bot_count; i++)
        if (memcmp(p->bots[i].key, key, SIGN_PUBLIC_BYTES) == 0)
            return p->bots[i].jid;
    return NULL;
}

static void warn_late(struct device *d, const struct store_round *round)
{
    char at[CALENDAR_INSTANT_LEN + 1];
    if (round->warned || clock_system_ms() - round->kept_unix_ms < PROOF_LATE_MS)
        return;
    calendar_format(round->at_unix_ms, at);
    device_notice(d, "",
                  "the bot has not shown within a day that its verdict of %s lies in its log", at);
    (void)!store_warn_round(d->store, round->number);
}

static int verify(struct device *d, const struct inclusion *proof, const char *bot,
                  struct checkpoint *ret_fresh)
{
    const struct store_round *round = &d->proved;
    struct checkpoint known;
    struct diag why;
    bool have = known_checkpoint(d, round->bot_key, &known);
    struct inclusion_query q = {.count = round->count, .old_size = have ? known.size : 0};
    memcpy(q.root, round->root, MERKLE_BYTES);
    int r = inclusion_verify(&q, proof, bot, round->bot_key, have ? &known : NULL, ret_fresh, &why);
    if (r < 0 && !round->warned) {
        device_notice(d, "", "WARNING: %s", why.text);
        (void)!store_warn_round(d->store, round->number);
    }
    return r;
}

/* ERR_FORMAT: the answer is no proof at all. */
static int take_proof(struct device *d, const struct xml_element *iq)
{
    struct inclusion proof;
    struct checkpoint fresh;
    CLEANUP_ARENA struct arena arena = ARENA_INIT(64U * 1024);
    const struct policy *newest = device_newest_policy(d);
    const char *bot = newest == NULL ? NULL : bot_of(newest, d->proved.bot_key);
    if (bot == NULL)
        return 0; /* a policy has come meanwhile */
    if (iq->first == NULL || inclusion_parse_answer(iq->first, &arena, &proof) < 0)
        return ERR_FORMAT;
    if (verify(d, &proof, bot, &fresh) < 0)
        return 0;
    struct shown shown = {
        .s = d->store, .round = &d->proved, .checkpoint = &fresh, .note = proof.checkpoint};
    if (store_transaction(d->store, keep_checkpoint, &shown, NULL) == 0)
        d->next_proof_ms = 0; /* the next one at once */
    return 0;
}

static void on_proof(void *context, const struct xml_element *iq)
{
    struct device *d = context;
    d->proving = false;
    if (!stanza_is_result(iq) || take_proof(d, iq) < 0)
        warn_late(d, &d->proved);
    d->proof_after = d->proved.number;
    device_wake(d);
}

/* The next round, in `proved`, whose bot can be asked, or NULL. Under a key that the policy does
 * not name any more nobody shows anything: it is passed over, and said after a day. */
static const char *next_to_ask(struct device *d)
{
    const struct policy *newest = device_newest_policy(d);
    if (newest == NULL)
        return NULL;
    while (store_next_round(d->store, d->proof_after, &d->proved) == 0) {
        const char *bot = bot_of(newest, d->proved.bot_key);
        if (bot != NULL)
            return bot;
        warn_late(d, &d->proved);
        d->proof_after = d->proved.number;
    }
    d->proof_after = 0; /* from the oldest on again */
    return NULL;
}

static void ask_proof(struct device *d)
{
    struct checkpoint known;
    CLEANUP_BUF struct buf b = BUF_INIT(512);
    d->next_proof_ms = clock_monotonic_ms() + PROOF_PAUSE_MS;
    const char *bot = next_to_ask(d);
    if (bot == NULL || clock_system_ms() - d->proved.kept_unix_ms < PROOF_AGE_MS)
        return;
    struct inclusion_query q = {.count = d->proved.count};
    memcpy(q.root, d->proved.root, MERKLE_BYTES);
    if (known_checkpoint(d, d->proved.bot_key, &known))
        q.old_size = known.size;
    inclusion_put_query(&b, &q);
    d->proving = d->o.net.query(d->o.net.context, bot, "get", buf_text(&b), on_proof, d) == 0;
}

void device_ask_proofs(struct device *d)
{
    if (!d->proving && clock_monotonic_ms() >= d->next_proof_ms)
        ask_proof(d);
}

int64_t device_proofs_due(const struct device *d)
{
    int64_t now = clock_monotonic_ms();
    if (d->proving)
        return -1;
    return d->next_proof_ms > now ? d->next_proof_ms - now : 0;
}
