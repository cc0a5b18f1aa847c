/* ironside desk run: becomes ironside-desk, which is beside this program. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "cli/desk.h"

/* A pipe with it inside, which outlives exec; it fits: a passphrase is less than a page. */
static int hand_over(const char *passphrase)
{
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    int r = file_write_fd(ends[1], passphrase, strlen(passphrase));
    close(ends[1]);
    return r < 0 ? -1 : ends[0];
}

static int run(const struct verb *v, int argc, char **argv)
{
    const char *dir, *file = NULL;
    const struct option_spec options[] = {{.name = "passphrase-file", .value = &file}};
    CLEANUP_DESK struct desk_opened x = {.passphrase = NULL};
    CLEANUP_FREE char *program = process_beside("ironside-desk");
    size_t count;
    int r = verb_parse(v, argc, argv, options, 1, &dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1)
        return verb_misused(v, "which desk?");
    r = desk_look(v, dir, file, &x);
    if (r != VERB_OK)
        return r;
    int fd = x.passphrase == NULL ? -1 : hand_over(x.passphrase);
    if (x.passphrase != NULL && fd < 0)
        return verb_fail(v, "the passphrase cannot be handed on: %s", strerror(errno));
    CLEANUP_FREE char *number = mem_format("%d", fd);
    char *words[] = {program, x.folder.dir, fd < 0 ? NULL : (char[]){"--passphrase-fd"}, number,
                     NULL};
    execv(program, words);
    return verb_fail(v, "cannot start %s: %s", program, strerror(errno));
}

const struct verb verb_desk_run = {
    .noun = "desk",
    .name = "run",
    .usage = "FOLDER [--passphrase-file FILE]",
    .help = "run a desk until it is told to end",
    .more = DESK_PASSPHRASE_MORE,
    .run = run,
};
