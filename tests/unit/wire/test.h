/* What the tests of this room share besides the fixture. */
#ifndef IRONSIDE_TESTS_WIRE_TEST_H
#define IRONSIDE_TESTS_WIRE_TEST_H

#include <setjmp.h> /* cmocka.h needs these before it */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/memory.h"
#include "wire/fixture.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Fails unless `text` holds `part`, and shows both. */
void assert_says(const char *text, const char *part);

/* Replaces the first `old` in `text` (there must be one) by `new`; the caller's. */
char *replace(const char *text, const char *old, const char *new);

/* `n` times the character; the caller's. */
char *repeat(char c, size_t n);

#endif
