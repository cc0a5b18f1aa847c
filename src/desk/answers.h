/* The index's end of its socket to the front: answers and events wait in one bounded queue. A front
 * that does not read them is no failure of the index: no question is taken, nor read, that might
 * have no room for its answer, and an event that has none is left out.
 */
#ifndef IRONSIDE_DESK_ANSWERS_H
#define IRONSIDE_DESK_ANSWERS_H

#include "base/channel.h"
#include "front/question.h"

#define DESK_QUESTION_MAX                                                                          \
    (QUESTION_BODY_MAX + 64U * 1024 + QUESTION_PARAMETERS_MAX * QUESTION_VALUE_MAX)
#define DESK_ANSWER_MAX (ANSWER_BODY_MAX + 64U * 1024)
#define DESK_ANSWERS_QUEUE_MAX (4U * DESK_ANSWER_MAX)

/* Takes the descriptor over, if it succeeds. ERR_IO. */
int desk_answers_init(struct channel *front, int fd) MUST_USE;
/* A question is there that may be answered now: do not wait. */
bool desk_answers_ready(const struct channel *front);
/* One more answer has room. */
bool desk_answers_has_room(const struct channel *front);
/* What to poll it for: without room only for writing. */
short desk_answers_wanted(const struct channel *front);
/* The next question's frame. ERR_AGAIN: none, or no room; ERR_FORMAT. */
int desk_answers_next(struct channel *front, struct frame *ret) MUST_USE;
/* An event for those who listen; left out if it does not fit, since the next one says as much. */
void desk_answers_tell(struct channel *front, const char *text, size_t len);

#endif
