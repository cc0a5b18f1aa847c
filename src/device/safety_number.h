/* Twelve groups of five digits that both sides of a conversation can compare: the same for both,
 * another one when any of the four keys behind it changes. docs/protocol.md, "Safety number".
 */
#ifndef IRONSIDE_DEVICE_SAFETY_NUMBER_H
#define IRONSIDE_DEVICE_SAFETY_NUMBER_H

struct certificate;

#define SAFETY_NUMBER_LEN (12 * 5 + 11)
void safety_number_of(const struct certificate *a, const struct certificate *b,
                      char ret[static SAFETY_NUMBER_LEN + 1]);

#endif
