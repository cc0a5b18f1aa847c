#include "base/log.h"

#include <stdio.h>

/* The one global of the library: a name that never changes after main() has set it. */
static const char *program_name = "ironside";

void log_open(const char *program)
{
    program_name = program;
}

__attribute__((format(printf, 1, 0))) static void line(const char *fmt, va_list ap)
{
    char text[1024];
    vsnprintf(text, sizeof text, fmt, ap);
    diag_clean(text);
    fprintf(stderr, "%s: %s\n", program_name, text);
}

void log_error(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    line(fmt, ap);
    va_end(ap);
}

void log_notice(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    line(fmt, ap);
    va_end(ap);
}
