#include "desk/teller.h"

#include "base/calendar.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "desk/frames.h"
#include "network/layout.h"

struct desk_teller desk_teller_of(const struct desk_folder *f, const struct network_note *net,
                                  struct follower *follower)
{
    return (struct desk_teller){.follower = follower,
                                .replay = net->replay,
                                .clock =
                                    net->replay ? layout_path(f->network, LAYOUT_CLOCK) : NULL};
}

void desk_teller_clear(struct desk_teller *t)
{
    free(t->clock);
    t->clock = NULL;
}

/* A replay's driver makes another page each time, so it is looked at anew. */
static int64_t page_ms(const struct desk_teller *t)
{
    struct clock page;
    if (clock_page_open(t->clock, &page) < 0)
        return 0;
    int64_t at = clock_now_ms(&page);
    clock_clear(&page);
    return value_instant_valid(at) ? at : 0;
}

/* 0 for a live one. */
static int64_t replay_ms(const struct desk_teller *t)
{
    if (!t->replay)
        return 0;
    int64_t page = page_ms(t), archived = follower_clock(t->follower);
    return page > archived ? page : archived;
}

int desk_teller_step(struct desk_teller *t, struct channel *index)
{
    const struct validities *v = NULL;
    struct diag d;
    int news = follower_validities(t->follower, &v, &d);
    int64_t clock_ms = replay_ms(t), day = calendar_day_of(clock_ms);
    if (news < 0 || (news == 0 && day == t->told_day))
        return 0;
    if (news > 0 && !v->logged)
        log_line("the newest policy counts as it is in the documents, unlogged%s%s",
                 d.text[0] == '\0' ? "" : ": ", d.text);
    t->told_day = day;
    CLEANUP_FREE struct desk_told *told = mem_new(sizeof *told);
    *told = (struct desk_told){*v, t->replay, clock_ms};
    desk_frames_put_validities(channel_begin(index, DESK_FRAME_VALIDITIES), told);
    return channel_end(index);
}
