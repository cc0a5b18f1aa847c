#include "base/log.h"

#include <stdio.h>

/* The one global of the library: a name that never changes after main() has set it. */
static const char *program_name = "ironside";

void log_open(const char *program)
{
    program_name = program;
}

void log_line(const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    diag_clean(text);
    fprintf(stderr, "%s: %s\n", program_name, text);
}
