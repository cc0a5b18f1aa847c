/* Originals on their way to the front: each is asked of the reader piece by piece, as the front
 * asks for more. No byte of one is kept here.
 */
#ifndef IRONSIDE_DESK_STREAMS_H
#define IRONSIDE_DESK_STREAMS_H

#include "desk/original.h"
#include "desk/requests.h"
#include "front/question.h"

#define DESK_STREAMS_MAX 64U

struct desk_streams;
/* Both are the caller's; what is put into `front` is flushed by the caller. */
struct desk_streams *desk_streams_new(struct desk_requests *requests, struct channel *front);
void desk_streams_free(struct desk_streams *s);

/* Answers the front's question of that number with the file, by and by. 0, also where it had to be
 * refused. */
int desk_streams_begin(struct desk_streams *s, uint64_t number,
                       const struct desk_original *o) MUST_USE;
/* The front asks for the next piece; a frame's body. ERR_FORMAT; ERR_LIMIT: no room in `front`. */
int desk_streams_more(struct desk_streams *s, struct cursor *c) MUST_USE;
/* Ends those that nobody has asked about for a minute. What an answer could not be written for is
 * returned: the channel has failed. */
int desk_streams_tidy(struct desk_streams *s) MUST_USE;

#endif
