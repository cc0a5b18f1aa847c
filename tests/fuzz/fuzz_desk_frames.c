/* Frames between a desk's reader and its index. The first byte says which; what is taken is written
 * as it was. */
#include "desk/frames.h"
#include "desk/request.h"
#include "fuzz.h"

static int take(uint8_t type, struct cursor *c, struct arena *a, struct buf *again)
{
    struct follower_message m;
    struct follower_state s;
    struct desk_place p;
    struct desk_request request;
    struct desk_reply reply;
    const char *bot;
    uint64_t n;
    int r = ERR_FORMAT;
    if (type == DESK_FRAME_WHERE && (r = desk_frames_get_where(c, a, &bot)) == 0)
        desk_frames_put_where(again, bot);
    if (type == DESK_FRAME_FROM && (r = desk_frames_get_from(c, a, &p)) == 0)
        desk_frames_put_from(again, &p);
    if (type == DESK_FRAME_MESSAGE && (r = desk_frames_get_message(c, a, &bot, &m)) == 0)
        desk_frames_put_message(again, bot, &m);
    if (type == DESK_FRAME_STATE && (r = desk_frames_get_state(c, a, &s)) == 0)
        desk_frames_put_state(again, &s);
    if (type == DESK_FRAME_COMMITTED && (r = desk_frames_get_committed(c, &n)) == 0)
        desk_frames_put_committed(again, n);
    if (type == DESK_FRAME_REQUEST && (r = desk_request_get(c, a, &request)) == 0)
        desk_request_put(again, &request);
    if (type == DESK_FRAME_REPLY && (r = desk_reply_get(c, a, &reply)) == 0)
        desk_reply_put(again, &reply);
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0)
        return 0;
    CLEANUP_ARENA struct arena a = ARENA_INIT(4 * FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf again = BUF_INIT(FUZZ_BYTES_MAX);
    struct cursor c = cursor_over(data + 1, len - 1);
    if (take(data[0], &c, &a, &again) < 0)
        return 0;
    FUZZ_MUST(again.len == len - 1 && memcmp(again.data, data + 1, again.len) == 0);
    return 0;
}
