#include "cli/store_key.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secret.h"
#include "store/store.h"

void store_key_clear(struct store_key *k)
{
    secret_free(k->passphrase);
    secret_free(k->bytes);
    *k = (struct store_key){.passphrase = NULL};
}

#define EDITED_BYTES 5U /* that an editor may add: a byte order mark, CR and LF */

/* Without the newline that editors put at the end. */
static int read_passphrase_file(const char *path, struct store_key *k, struct diag *d)
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
        return diag_set(d, ERR_KEY, "%s holds no passphrase", path);
    if (len > VAULT_PASSPHRASE_MAX)
        return diag_set(d, ERR_KEY, "%s: a passphrase has at most %u bytes", path,
                        VAULT_PASSPHRASE_MAX);
    k->passphrase = secret_new(len + 1);
    memcpy(k->passphrase, b.data, len);
    k->key.passphrase = k->passphrase;
    return 0;
}

/* From the terminal itself, without echo. An empty line gives NULL. */
static char *ask(const char *prompt)
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

static bool on_terminal(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static int read_key_file(const char *path, struct store_key *k, struct diag *d)
{
    k->bytes = secret_new(VAULT_KEY_BYTES);
    k->key.bytes = k->bytes;
    return vault_key_file_read(path, k->bytes, d);
}

int store_key_open(const char *folder, const char *passphrase_file, struct store_key *ret,
                   struct diag *d)
{
    CLEANUP_FREE char *path = file_join(folder, STORE_KEY_FILE);
    CLEANUP_FREE char *store = file_join(folder, STORE_FILE);
    if (passphrase_file != NULL)
        return read_passphrase_file(passphrase_file, ret, d);
    if (file_exists(path))
        return read_key_file(path, ret, d);
    if (!file_exists(store))
        return diag_set(d, ERR_NOT_FOUND,
                        "%s: no device lives there: activate one with 'ironside device activate "
                        "BUNDLE --store %s'",
                        folder, folder);
    if (!on_terminal())
        return diag_set(d, ERR_KEY,
                        "%s is opened by a passphrase: name a file that holds it with "
                        "--passphrase-file",
                        folder);
    ret->passphrase = ask("Passphrase of this device: ");
    ret->key.passphrase = ret->passphrase;
    return ret->passphrase == NULL ? diag_set(d, ERR_KEY, "no passphrase was given") : 0;
}

static int ask_twice(struct store_key *ret, struct diag *d)
{
    ret->passphrase = ask("Choose a passphrase for this device (empty: a key file instead): ");
    if (ret->passphrase == NULL)
        return ERR_NOT_FOUND;
    CLEANUP_SECRET char *again = ask("The same again: ");
    if (again == NULL || strcmp(again, ret->passphrase) != 0)
        return diag_set(d, ERR_KEY, "the two passphrases are not the same: nothing was made");
    ret->key.passphrase = ret->passphrase;
    return 0;
}

int store_key_choose(const char *folder, const char *passphrase_file, struct store_key *ret,
                     struct diag *d)
{
    CLEANUP_FREE char *path = file_join(folder, STORE_KEY_FILE);
    if (passphrase_file != NULL)
        return read_passphrase_file(passphrase_file, ret, d);
    if (on_terminal()) {
        int r = ask_twice(ret, d);
        if (r != ERR_NOT_FOUND)
            return r;
    }
    int r = file_make_folder(folder, 0700, d);
    if (r == 0 && !file_exists(path))
        r = vault_key_file_create(path, d);
    if (r == 0)
        fprintf(stderr, "The store's key lies in %s: who has that folder can read it.\n", path);
    return r < 0 ? r : read_key_file(path, ret, d);
}
