#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *p)
{
    if (p == NULL) {
        fputs("out of memory\n", stderr);
        abort();
    }
    return p;
}

void *mem_new(size_t size)
{
    return checked(calloc(1, size == 0 ? 1 : size));
}

void *mem_array(size_t count, size_t size)
{
    return checked(calloc(count == 0 ? 1 : count, size == 0 ? 1 : size));
}

void *mem_resize(void *p, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return checked(NULL);
    size_t bytes = count * size;
    return checked(realloc(p, bytes == 0 ? 1 : bytes));
}

void *mem_copy(const void *data, size_t len)
{
    void *p = mem_new(len);
    if (len > 0)
        memcpy(p, data, len);
    return p;
}

char *mem_string(const char *s)
{
    return mem_copy(s, strlen(s) + 1);
}

char *mem_string_n(const char *s, size_t len)
{
    char *copy = mem_new(len + 1);
    if (len > 0)
        memcpy(copy, s, len);
    return copy;
}

char *mem_format(const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = vasprintf(&text, fmt, ap);
    va_end(ap);
    return checked(n < 0 ? NULL : text);
}
