/* The part of the opener that follows the life of its day keys. */
#include <string.h>

#include "base/calendar.h"
#include "ibot/opener_internal.h"

#define LOOK_MS 60000       /* on a live network: other processes change the file, too */
#define LOOK_REPLAY_MS 1000 /* whose clock moves by days at once */
#define DESTROYED_PER_FRAME 1000

/* What the file does not let through is said and tried again; keys that do not open end the
 * process, because without them messages would be refused for good. */
static int failed(struct opener *o, int code, struct diag *d)
{
    if (code != ERR_IO)
        return code;
    o->notice = *d;
    return 0;
}

int opener_keys_name(struct opener *o, const struct policy_set *set, struct diag *d)
{
    int r = 0;
    if (opener_self(o, set->policy) == NULL)
        return 0; /* its warrants are another bot's */
    for (size_t i = 0; r == 0 && i < set->policy->warrant_count; i++) {
        const struct warrant *w = set->warrants[i];
        if (strcmp(w->bot, o->o.bot) != 0)
            continue;
        r = daykeys_name(o->o.keys, w->id, d);
        if (r == ERR_NOT_FOUND) {
            o->notice = *d;
            r = 0;
        }
        r = r < 0 ? failed(o, r, d) : 0;
    }
    return r;
}

static int tell(struct opener *o, struct diag *d)
{
    const char *warrant;
    int64_t day;
    int r = 0;
    bool more = daykeys_next_destroyed(o->o.keys, &warrant, &day);
    while (r == 0 && more) {
        struct buf *b = channel_begin(o->o.keeper, FRAME_DESTROYED);
        for (unsigned i = 0; more && i < DESTROYED_PER_FRAME; i++) {
            frames_put_destroyed(b, warrant, day);
            more = daykeys_next_destroyed(o->o.keys, &warrant, &day);
        }
        r = channel_end(o->o.keeper);
    }
    return r < 0 ? diag_set(d, r, "the keeper does not take what was destroyed") : 0;
}

int opener_keys_timeout_ms(const struct opener *o)
{
    if (clock_is_replay(&o->o.clock))
        return LOOK_REPLAY_MS;
    int64_t left = o->next_keys_ms - clock_monotonic_ms();
    return left < 0 ? 0 : (int)left;
}

int opener_keys_tick(struct opener *o, struct diag *d)
{
    const struct daykeys_time t = {.now_ms = clock_now_ms(&o->o.clock),
                                   .boot_seconds = clock_boot_seconds(),
                                   .replay = clock_is_replay(&o->o.clock)};
    int64_t today = calendar_day_of(t.now_ms);
    if (!o->heads_known || (today == o->keys_day && clock_monotonic_ms() < o->next_keys_ms))
        return 0;
    o->keys_day = today;
    o->next_keys_ms = clock_monotonic_ms() + LOOK_MS;
    int r = daykeys_step(o->o.keys, &t, d);
    if (r < 0)
        r = failed(o, r, d);
    return r < 0 ? r : tell(o, d);
}
