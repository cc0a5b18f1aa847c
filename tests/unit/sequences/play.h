/* Plays a row: policies go through the offices to devices and bot, the sender's message to the bot
 * and to its recipient, with whoever helps in between. */
#ifndef IRONSIDE_TESTS_SEQUENCES_PLAY_H
#define IRONSIDE_TESTS_SEQUENCES_PLAY_H

#include "row.h"

/* Fails the test, with all that was said, when something else comes of it than the row says. */
void play(const struct row *r);

#endif
