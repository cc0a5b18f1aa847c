/* What a test prints, caught. */
#ifndef IRONSIDE_TESTS_CLI_CAPTURE_H
#define IRONSIDE_TESTS_CLI_CAPTURE_H

#include <stddef.h>

/* Standard output and error go into memory from here on. */
void capture_begin(void);
/* What came since; valid until the next call. Both streams are as before. */
void capture_end(const char **ret_out, const char **ret_error);

#endif
