#include "cli/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "wire/value.h"

#define COLUMNS_MIN 8U /* less than a mark and a word: taken as these */
#define COLUMNS_MAX 1000U

static size_t columns_of(int fd, bool is_terminal)
{
    struct winsize size;
    uint64_t columns = 0;
    const char *said = getenv("COLUMNS");
    if (is_terminal && ioctl(fd, TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
    if (columns == 0 && (said == NULL || value_parse_u64(said, COLUMNS_MAX, &columns) < 0))
        columns = 0;
    if (columns == 0)
        return TERMINAL_COLUMNS;
    return columns < COLUMNS_MIN ? COLUMNS_MIN : (size_t)columns;
}

static bool begins(const char *text, const char *start)
{
    return strncasecmp(text, start, strlen(start)) == 0;
}

/* The locale that the user named, whatever this process set for itself. One that this machine does
 * not have is believed by its name: ssh brings such. */
static void read_locale(struct terminal *t)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *name = NULL;
    for (size_t i = 0; i < 3 && (name == NULL || name[0] == '\0'); i++)
        name = getenv(names[i]);
    name = name == NULL ? "" : name;
    const char *dot = strchr(name, '.');
    locale_t user = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (user != (locale_t)0) {
        t->utf8 = strcmp(nl_langinfo_l(CODESET, user), "UTF-8") == 0;
        freelocale(user);
    } else {
        t->utf8 = dot != NULL && (begins(dot, ".utf-8") || begins(dot, ".utf8"));
    }
    t->wide = begins(name, "zh") || begins(name, "ja") || begins(name, "ko");
}

struct terminal terminal_of(FILE *stream)
{
    int fd = fileno(stream);
    struct terminal t = {.is_one = isatty(fd) == 1};
    t.columns = columns_of(fd, t.is_one);
    read_locale(&t);
    if (!t.is_one)
        t.utf8 = true;
    return t;
}

bool terminal_styled(FILE *stream)
{
    const char *term = getenv("TERM");
    return isatty(fileno(stream)) && getenv("NO_COLOR") == NULL && term != NULL &&
           strcmp(term, "dumb") != 0;
}
