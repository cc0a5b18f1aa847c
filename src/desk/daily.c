#include "desk/daily.h"

#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/file.h"
#include "base/memory.h"

struct desk_daily {
    const struct desk_engine *e;
    struct network_note *net;
    struct library *library;
    char *folder;
    int64_t day; /* that has been seen to */
};

int desk_daily_new(const struct desk_folder *f, const struct desk_engine *e,
                   struct desk_daily **ret, struct diag *d)
{
    CLEANUP_FREE char *documents = desk_folder_documents(f);
    struct desk_daily *x = mem_new(sizeof *x);
    x->e = e;
    x->day = INT64_MIN;
    x->folder = desk_folder_file(f, DESK_STATEMENTS);
    int r = file_make_folder(x->folder, 0700, d);
    if (r == 0)
        r = desk_folder_note(f, &x->net, d);
    if (r == 0)
        r = library_open(x->net, documents, &x->library, d);
    if (r < 0)
        desk_daily_free(x);
    else
        *ret = x;
    return r;
}

void desk_daily_free(struct desk_daily *x)
{
    if (x == NULL)
        return;
    library_free(x->library);
    network_note_free(x->net);
    free(x->folder);
    free(x);
}

int desk_daily_put(const char *folder, const struct use *x, const char *note, char **ret_path,
                   struct diag *d)
{
    CLEANUP_FREE char *name =
        mem_format("%s-%s-%" PRIu64 DESK_STATEMENT_ENDING, x->warrant, x->agency, x->serial);
    CLEANUP_FREE char *path = file_join(folder, name);
    int r = file_exists(path) ? ERR_EXISTS : file_create(path, note, strlen(note), 0644, d);
    if (ret_path != NULL)
        *ret_path = TAKE(path);
    return r;
}

static int put(void *context, const struct use *x, const char *note)
{
    const struct desk_daily *daily = context;
    int r = desk_daily_put(daily->folder, x, note, NULL, NULL);
    return r == ERR_EXISTS ? 0 : r;
}

int desk_daily_step(struct desk_daily *x, int64_t now_unix_ms, struct diag *d)
{
    int64_t today = calendar_day_of(now_unix_ms);
    if (today == x->day)
        return 0;
    x->day = today;
    int r = desk_statement_make_by(x->e, x->net, x->library, now_unix_ms, d);
    if (r == ERR_NOT_FOUND) /* no warrant names this desk */
        return 0;
    if (r == 0)
        r = desk_statement_each(x->e, put, x, d);
    return r < 0 ? diag_prefix(d, r, "%s", x->folder) : 0;
}
