/* ironside desk statement: what the desk says in public of its use. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/desk.h"
#include "cli/print.h"
#include "desk/statement.h"

struct writing {
    const struct verb *verb;
    const char *to;
    uint64_t written;
    struct diag *d;
};

static int write_one(void *context, const struct use *x, const char *note)
{
    struct writing *w = context;
    char day[CALENDAR_DAY_LEN + 1];
    CLEANUP_FREE char *name = mem_format("%s-%s-%" PRIu64 ".use", x->warrant, x->agency, x->serial);
    CLEANUP_FREE char *path = file_join(w->to, name);
    int r = file_create(path, note, strlen(note), 0644, w->d);
    if (r == ERR_EXISTS)
        return 0;
    if (r < 0)
        return r;
    calendar_format_day(x->day, day);
    printf("%s: warrant %s, agency %s, %s (UTC)\n", path, x->warrant, x->agency, day);
    w->written++;
    return 0;
}

static int run(const struct verb *v, int argc, char **argv)
{
    const char *dir, *file = NULL, *to = NULL;
    const struct option_spec options[] = {{.name = "passphrase-file", .value = &file},
                                          {.name = "to", .value = &to}};
    CLEANUP_DESK struct desk_opened x = {.passphrase = NULL};
    struct clock live = clock_live();
    struct diag d = {""};
    size_t count;
    int r = verb_parse(v, argc, argv, options, 2, &dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1 || to == NULL)
        return verb_misused(v, "which desk, and --to which folder?");
    r = desk_open(v, dir, file, &x);
    if (r != VERB_OK)
        return r;
    struct writing w = {.verb = v, .to = to, .d = &d};
    if (file_make_folder(to, 0755, &d) < 0 ||
        desk_statement_make(&x.folder, &x.engine, clock_now_ms(&live), &d) < 0 ||
        desk_statement_each(&x.engine, write_one, &w, &d) < 0)
        return verb_fail(v, "%s", d.text);
    if (w.written == 0)
        puts("nothing new: every day that has ended is stated");
    else
        printf("hand them in, in their order: ironside log submit DIR FILE\n");
    return VERB_OK;
}

const struct verb verb_desk_statement = {
    .noun = "desk",
    .name = "statement",
    .usage = "FOLDER --to FOLDER [--passphrase-file FILE]",
    .help = "sign what a desk that is stopped was used for, day by day",
    .more = "  --to FOLDER  where the statements go, a file each; those there already "
            "stay\n" DESK_PASSPHRASE_MORE
            "Counts by warrant, for every day that has ended: no content, and no names. A warrant "
            "is\nstated that names this desk's key (access.pub) as that of an agency's desk.\n",
    .run = run,
};
