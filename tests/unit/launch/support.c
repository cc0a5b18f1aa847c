#include "support.h"

#include <dirent.h>
#include <stdlib.h>

int folder_set_up(void **state)
{
    char dir[] = "/tmp/launch-test-XXXXXX";
    FIXTURE_MUST(mkdtemp(dir) != NULL);
    *state = mem_string(dir);
    return 0;
}

int folder_tear_down(void **state)
{
    int r = file_remove_tree(*state, NULL);
    free(*state);
    return r;
}

char *put_file(const char *folder, const char *name, const void *data, size_t len)
{
    char *path = file_join(folder, name);
    assert_int_equal(file_write(path, data, len, 0600, NULL), 0);
    return path;
}

char *put_text(const char *folder, const char *name, const char *text)
{
    return put_file(folder, name, text, strlen(text));
}

size_t count_entries(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t n = 0;
    assert_non_null(dir);
    while (readdir(dir) != NULL)
        n++;
    closedir(dir);
    return n - 2;
}
