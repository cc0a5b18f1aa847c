/* ironside desk statement: what the desk says in public of its use. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/desk.h"
#include "cli/print.h"
#include "desk/daily.h"

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
    CLEANUP_FREE char *path = NULL;
    int r = desk_daily_put(w->to, x, note, &path, w->d);
    if (r == ERR_EXISTS)
        return 0;
    if (r < 0)
        return r;
    calendar_format_day(x->day, day);
    printf("%s: warrant %s, agency %s, %s (UTC)\n", path, x->warrant, x->agency, day);
    w->written++;
    return 0;
}

static int only_statements(const struct dirent *e)
{
    return file_name_ends(e->d_name, DESK_STATEMENT_ENDING);
}

static int copy_one(struct writing *w, const char *from, const char *name)
{
    CLEANUP_FREE char *path = file_join(from, name);
    CLEANUP_FREE char *copy = file_join(w->to, name);
    CLEANUP_FREE char *note = NULL;
    if (file_exists(copy))
        return 0;
    int r = file_read_text(path, VALUE_USE_MAX, &note, w->d);
    if (r == 0)
        r = file_create(copy, note, strlen(note), 0644, w->d);
    if (r < 0)
        return r;
    printf("%s\n", copy);
    w->written++;
    return 0;
}

/* A desk that runs has signed them, in its first turn of the day. */
static int copy_signed(struct writing *w, const struct desk_folder *f)
{
    CLEANUP_FREE char *from = desk_folder_file(f, DESK_STATEMENTS);
    struct dirent **names = NULL;
    int n = scandir(from, &names, only_statements, versionsort), r = 0;
    for (int i = 0; i < n; i++) {
        if (r == 0)
            r = copy_one(w, from, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return n < 0 ? diag_set(w->d, ERR_IO, "%s: %s", from, strerror(errno)) : r;
}

static int sign_all(struct writing *w, const struct desk_opened *x)
{
    struct clock live = clock_live();
    int r = desk_statement_make(&x->folder, &x->engine, clock_now_ms(&live), w->d);
    return r < 0 ? r : desk_statement_each(&x->engine, write_one, w, w->d);
}

static int run(const struct verb *v, int argc, char **argv)
{
    const char *dir, *file = NULL, *to = NULL;
    const struct option_spec options[] = {{.name = "passphrase-file", .value = &file},
                                          {.name = "to", .value = &to}};
    CLEANUP_DESK struct desk_opened x = {.passphrase = NULL};
    struct diag d = {""};
    size_t count;
    int r = verb_parse(v, argc, argv, options, 2, &dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1 || to == NULL)
        return verb_misused(v, "which desk, and --to which folder?");
    r = desk_look(v, dir, file, &x);
    if (r != VERB_OK)
        return r;
    struct writing w = {.verb = v, .to = to, .d = &d};
    r = file_make_folder(to, 0755, &d);
    int opened = r < 0 ? r : desk_engine_open(&x.folder, x.passphrase, &x.engine, &d);
    if (opened == ERR_INVALID_STATE)
        r = copy_signed(&w, &x.folder);
    else
        r = opened < 0 ? opened : sign_all(&w, &x);
    if (r < 0)
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
    .help = "what a desk was used for, day by day, as signed statements",
    .more =
        "  --to FOLDER  where the statements go, a file each; those there already "
        "stay\n" DESK_PASSPHRASE_MORE
        "A desk that runs signs them each day, and this copies them; of one that is stopped those "
        "that are\nmissing are signed. Counts by warrant, for every day that has ended: no "
        "content, "
        "and no names.\nA warrant is stated that names this desk's key (access.pub) as that of an "
        "agency's desk.\n",
    .run = run,
};
