/* The days of a replay, as its bots tell them to the public. */
#ifndef IRONSIDE_LAUNCH_REPLAY_DAYS_H
#define IRONSIDE_LAUNCH_REPLAY_DAYS_H

#include <stdbool.h>
#include <stdint.h>

/* Has every bot of the network in `dir` stated all days before `day`, has it destroyed the keys
 * that are due on `day`, and has the registrar what it signed of all that? False, too, while a
 * journal cannot be read: the bot is writing to it. */
bool replay_days_told(const char *dir, int64_t day);

#endif
