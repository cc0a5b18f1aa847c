#include "desk/answers.h"

#include <poll.h>

#include "base/role.h"
#include "front/front.h"

#define EVENT_ROOM 4096U /* for one event, and the heads of the frames */

int desk_answers_init(struct channel *front, int fd)
{
    int r = channel_init(front, fd, DESK_QUESTION_MAX, DESK_ANSWERS_QUEUE_MAX);
    if (r < 0)
        return r;
    channel_wipes(front);
    front->max_frame = DESK_ANSWER_MAX; /* of what goes out; its buffer bounds what comes in */
    return 0;
}

/* For the longest answer and an event. */
bool desk_answers_has_room(const struct channel *front)
{
    return channel_queued(front) + DESK_ANSWER_MAX + EVENT_ROOM <= DESK_ANSWERS_QUEUE_MAX;
}

bool desk_answers_ready(const struct channel *front)
{
    return channel_has_frame(front) && desk_answers_has_room(front);
}

short desk_answers_wanted(const struct channel *front)
{
    return desk_answers_has_room(front) ? role_wanted(front) : POLLOUT;
}

int desk_answers_next(struct channel *front, struct frame *ret)
{
    return desk_answers_has_room(front) ? channel_next(front, ret) : ERR_AGAIN;
}

void desk_answers_tell(struct channel *front, const char *text, size_t len)
{
    (void)!channel_send(front, FRONT_EVENT, text, len);
}
