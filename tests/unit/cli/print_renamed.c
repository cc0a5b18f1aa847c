/* cmocka has a print_message of its own. */
#define print_message shown_message
#include "../../../src/cli/print.c"
