#include "wire/document_peek.h"

#include <string.h>

#include "base/memory.h"

struct peek {
    const char *at, *end;
    const char *value; /* of the line found last */
    size_t len;
};

/* Takes a line off the text; NULL at its end. */
static const char *take_line(struct peek *p, size_t *ret_len)
{
    const char *line = p->at;
    const char *newline = memchr(line, '\n', (size_t)(p->end - line));
    if (newline == NULL || newline == line)
        return NULL;
    p->at = newline + 1;
    *ret_len = (size_t)(newline - line);
    return line;
}

static struct peek begin(const char *note, size_t len)
{
    struct peek p = {.at = note, .end = note + len};
    (void)take_line(&p, &p.len); /* its kind */
    return p;
}

/* Goes on to the next line with this key. */
static bool find(struct peek *p, const char *key)
{
    size_t key_len = strlen(key), len;
    for (const char *line; (line = take_line(p, &len)) != NULL;) {
        if (len <= key_len || memcmp(line, key, key_len) != 0 || line[key_len] != ' ')
            continue;
        p->value = line + key_len + 1;
        p->len = len - key_len - 1;
        return true;
    }
    return false;
}

char *document_peek(const char *note, size_t len, const char *key)
{
    struct peek p = begin(note, len);
    return find(&p, key) ? mem_string_n(p.value, p.len) : mem_string("");
}

bool document_peek_is(const char *note, size_t len, const char *key, const char *value)
{
    struct peek p = begin(note, len);
    while (find(&p, key))
        if (p.len == strlen(value) && memcmp(p.value, value, p.len) == 0)
            return true;
    return false;
}

size_t document_peek_count(const char *note, size_t len, const char *key)
{
    struct peek p = begin(note, len);
    size_t count = 0;
    while (find(&p, key))
        count++;
    return count;
}
