/* The index's side of the translators: texts that wait for what a program makes of them. */
#ifndef IRONSIDE_DESK_TRANSLATING_H
#define IRONSIDE_DESK_TRANSLATING_H

#include "base/channel.h"
#include "desk/adapters.h"
#include "desk/requests.h"

struct desk_translating;
/* Both are the caller's; what is put into `translators` is flushed by the caller. */
struct desk_translating *desk_translating_new(struct channel *translators,
                                              const struct desk_adapters *adapters);
void desk_translating_free(struct desk_translating *t);
const struct desk_adapters *desk_translating_adapters(const struct desk_translating *t);

/* Numbers the job and sends it. `fn` is called once: with a reply whose body is the translation, or
 * one with ERR_FORMAT and a line where the program made none, or with ERR_TIMEOUT; not before this
 * returns. ERR_LIMIT: too many wait. */
int desk_translating_send(struct desk_translating *t, const struct translation_job *j,
                          desk_reply_fn *fn, void *context) MUST_USE;
/* Forgets those of that context: `fn` is not called. */
void desk_translating_forget(struct desk_translating *t, const void *context);
/* A frame of the translators'. ERR_FORMAT. */
int desk_translating_take(struct desk_translating *t, const struct frame *f) MUST_USE;
/* Ends those that have waited too long. */
void desk_translating_tidy(struct desk_translating *t);

#endif
