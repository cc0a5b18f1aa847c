/* Between say.c and its parts. */
#ifndef IRONSIDE_DEVICE_SAY_INTERNAL_H
#define IRONSIDE_DEVICE_SAY_INTERNAL_H

#include "device/conversation.h"

#define SAYING_ARENA_MAX (32U * VALUE_BODY_MAX)

/* What is being put together. Its strings lie in the arena. */
struct saying {
    struct device *d;
    const struct device_say *m;
    struct diag *diag;
    struct arena arena;
    struct content c;
    const char *to[VALUE_RECIPIENTS_MAX + 1];
    size_t to_count;
    struct group *group;         /* that it is said to */
    struct store_message target; /* that it is about */
    struct store_content target_row;
    int64_t marks; /* number of the message that it marks as read, in the same transaction */
};

/* say.c: the whole of it, but for the tick. `marks`: a message's number, or 0. */
int saying_queue(struct device *d, const struct device_say *m, int64_t marks, char *ret_id,
                 struct diag *diag) MUST_USE;

/* say_about.c: what is about an earlier message: that message, its readers, and what is said of it.
 */
int saying_about(struct saying *s) MUST_USE;
/* One more recipient. */
int saying_to(struct saying *s, const char *account) MUST_USE;
/* … unless it is this device itself, or no member of the group that it is said to. */
int saying_to_reader(struct saying *s, const char *account) MUST_USE;

#endif
