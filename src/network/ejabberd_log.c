/* Reading ejabberd's log for ejabberd.h. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/memory.h"
#include "network/ejabberd_internal.h"
#include "network/layout.h"

#define READ_MAX (1 << 20)

static char *log_path(const char *dir, const char *name)
{
    CLEANUP_FREE char *folder = layout_path(dir, LAYOUT_SERVER_LOG);
    return file_join(folder, name);
}

off_t ejabberd_log_size(const char *dir)
{
    CLEANUP_FREE char *path = log_path(dir, "ejabberd.log");
    struct stat st;
    return stat(path, &st) == 0 ? st.st_size : 0;
}

static char *read_from(const char *path, off_t offset)
{
    CLEANUP_BUF struct buf b = BUF_INIT(2 * READ_MAX); /* it may grow meanwhile */
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0)
        return mem_string("");
    if (st.st_size < offset) /* rotated since */
        offset = 0;
    if (st.st_size - offset > READ_MAX)
        offset = st.st_size - READ_MAX;
    if (lseek(fd, offset, SEEK_SET) < 0 || file_read_fd(fd, &b) < 0)
        return mem_string("");
    return mem_string(buf_text(&b));
}

/* The text of a line "TIME [error] <PROCESS>@PLACE TEXT"; NULL when it is no error or only
 * announces an Erlang term on further lines. */
static const char *error_text(const char *line)
{
    static const char *const levels[] = {"[error] ", "[critical] "};
    static const char *const opaque[] = {"SUPERVISOR REPORT", "CRASH REPORT"};
    const char *text = NULL;
    for (size_t i = 0; text == NULL && i < 2; i++)
        if ((text = strstr(line, levels[i])) != NULL)
            text += strlen(levels[i]);
    if (text == NULL)
        return NULL;
    if (*text == '<' && strchr(text, ' ') != NULL)
        text = strchr(text, ' ') + 1;
    for (size_t i = 0; i < 2; i++)
        if (strncmp(text, opaque[i], strlen(opaque[i])) == 0)
            return NULL;
    size_t len = strlen(text);
    return len == 0 || text[len - 1] == ',' || text[len - 1] == '{' ? NULL : text;
}

static char *last_line(char *text, bool errors_only)
{
    const char *found = "";
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        const char *said = errors_only ? error_text(line) : line;
        if (said != NULL)
            found = said;
    }
    return mem_string(found);
}

char *ejabberd_log_error(const char *dir, off_t offset)
{
    CLEANUP_FREE char *path = log_path(dir, "ejabberd.log");
    CLEANUP_FREE char *text = read_from(path, offset);
    char *found = last_line(text, true);
    if (found[0] != '\0')
        return found;
    free(found);
    CLEANUP_FREE char *console_path = log_path(dir, "console.log");
    CLEANUP_FREE char *console = read_from(console_path, 0);
    return last_line(console, false);
}
