/* What the tests of this room share: a folder of their own. */
#ifndef IRONSIDE_TESTS_LAUNCH_SUPPORT_H
#define IRONSIDE_TESTS_LAUNCH_SUPPORT_H

#include "base/file.h"
#include "wire/test.h"

int folder_set_up(void **state); /* *state: its path */
int folder_tear_down(void **state);
#define FOLDER_TEST(fn) cmocka_unit_test_setup_teardown(fn, folder_set_up, folder_tear_down)

/* Writes the file and gives its path, the caller's. */
char *put_file(const char *folder, const char *name, const void *data, size_t len);
char *put_text(const char *folder, const char *name, const char *text);
/* Names in the folder, without "." and "..". */
size_t count_entries(const char *folder);

#endif
