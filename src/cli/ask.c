#include "cli/ask.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secret.h"
#include "vault/vault.h"

#define EDITED_BYTES 5U /* that an editor may add: a byte order mark, CR and LF */

bool ask_possible(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

char *ask_once(const char *prompt)
{
    CLEANUP_FCLOSE FILE *terminal = fopen("/dev/tty", "r+");
    struct termios old, quiet;
    char *answer = NULL;
    if (terminal == NULL || tcgetattr(fileno(terminal), &old) != 0)
        return NULL;
    quiet = old;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    fputs(prompt, terminal);
    fflush(terminal);
    tcsetattr(fileno(terminal), TCSAFLUSH, &quiet);
    char *line = secret_new(VAULT_PASSPHRASE_MAX + 2);
    if (fgets(line, VAULT_PASSPHRASE_MAX + 2, terminal) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '\0')
            answer = TAKE(line);
    }
    tcsetattr(fileno(terminal), TCSAFLUSH, &old);
    fputc('\n', terminal);
    secret_free(line);
    return answer;
}

int ask_twice(const char *prompt, char **ret, struct diag *d)
{
    CLEANUP_SECRET char *first = ask_once(prompt);
    if (first == NULL)
        return diag_set(d, ERR_NOT_FOUND, "nothing was given");
    CLEANUP_SECRET char *again = ask_once("The same again: ");
    if (again == NULL || strcmp(again, first) != 0)
        return diag_set(d, ERR_KEY, "the two are not the same: nothing was made");
    *ret = TAKE(first);
    return 0;
}

int ask_file(const char *path, const char *what, char **ret, struct diag *d)
{
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(VAULT_PASSPHRASE_MAX + EDITED_BYTES);
    int r = file_read(path, &b, d);
    if (r < 0)
        return r;
    file_plain(&b);
    size_t len = b.len;
    if (len > 0 && b.data[len - 1] == '\n')
        len--;
    if (len == 0 || memchr(b.data, '\0', len) != NULL)
        return diag_set(d, ERR_KEY, "%s holds no %s", path, what);
    if (len > VAULT_PASSPHRASE_MAX)
        return diag_set(d, ERR_KEY, "%s: a %s has at most %u bytes", path, what,
                        VAULT_PASSPHRASE_MAX);
    *ret = secret_new(len + 1);
    memcpy(*ret, b.data, len);
    return 0;
}
