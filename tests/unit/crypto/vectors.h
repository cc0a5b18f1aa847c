/* Public test vectors that are not part of the project: JSON files in the folder "vectors" of
 * $IRONSIDE_SHARED, else of ../shared beside the project. They are additional cases: what each is
 * about has a test with data of our own, too. Tests skip those that are absent.
 */
#ifndef IRONSIDE_TESTS_VECTORS_H
#define IRONSIDE_TESTS_VECTORS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h> /* cmocka.h needs these four before it */

#include <cmocka.h>
#include <jansson.h>

/* Owned by the caller. */
char *vectors_path(const char *name);
/* The file, parsed; NULL, and a line that says so, when it is absent. */
json_t *vectors_json(const char *name);

/* Bytes from hexadecimal; the number of them. Fails the test when there are more than `max`. */
size_t vectors_unhex(const char *hex, uint8_t *ret, size_t max);
/* The same from a member of an object. */
size_t vectors_hex(const json_t *object, const char *member, uint8_t *ret, size_t max);
const char *vectors_text(const json_t *object, const char *member);
json_int_t vectors_int(const json_t *object, const char *member);
/* Fails unless `hex` says `data`. */
void vectors_assert_hex(const void *data, size_t len, const char *hex);

#endif
