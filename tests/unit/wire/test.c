#include "wire/test.h"

void assert_says(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", text, part);
}

char *replace(const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);
    if (at == NULL)
        fail_msg("no \"%s\" in \"%s\"", old, text);
    return mem_format("%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
}

char *repeat(char c, size_t n)
{
    char *s = mem_new(n + 1);
    memset(s, c, n);
    return s;
}
