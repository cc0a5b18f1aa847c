#include "vectors.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

char *vectors_path(const char *name)
{
    const char *shared = getenv("IRONSIDE_SHARED"), *source = getenv("IRONSIDE_SOURCE");
    if (shared != NULL)
        return mem_format("%s/vectors/%s", shared, name);
    return mem_format("%s/../shared/vectors/%s", source == NULL ? "." : source, name);
}

json_t *vectors_json(const char *name)
{
    json_error_t error;
    char *path = vectors_path(name);
    json_t *root = NULL;
    if (access(path, R_OK) != 0) {
        print_message("%s is absent: skipped\n", name);
    } else {
        root = json_load_file(path, 0, &error);
        if (root == NULL)
            fail_msg("%s: %s", name, error.text);
    }
    free(path);
    return root;
}

static unsigned digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = strchr(digits, c);
    assert_non_null(at);
    return (unsigned)(at - digits);
}

size_t vectors_unhex(const char *hex, uint8_t *ret, size_t max)
{
    size_t len = strlen(hex) / 2;
    assert_true(strlen(hex) % 2 == 0 && len <= max);
    for (size_t i = 0; i < len; i++)
        ret[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    return len;
}

size_t vectors_hex(const json_t *object, const char *member, uint8_t *ret, size_t max)
{
    return vectors_unhex(vectors_text(object, member), ret, max);
}

const char *vectors_text(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    if (text == NULL)
        fail_msg("no text %s", member);
    return text;
}

json_int_t vectors_int(const json_t *object, const char *member)
{
    json_t *v = json_object_get(object, member);
    assert_true(json_is_integer(v));
    return json_integer_value(v);
}

void vectors_assert_hex(const void *data, size_t len, const char *hex)
{
    uint8_t *expected = mem_new(len);
    assert_int_equal(vectors_unhex(hex, expected, len), len);
    assert_memory_equal(data, expected, len);
    free(expected);
}
