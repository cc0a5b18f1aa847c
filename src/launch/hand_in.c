#include "launch/hand_in.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "desk/daily.h"
#include "network/control.h"

#define EACH_MS 60000

static int only_statements(const struct dirent *e)
{
    return file_name_ends(e->d_name, DESK_STATEMENT_ENDING);
}

/* What the registrar has refused it would refuse again. */
static int hand_in_one(const char *network, const char *path, struct diag *d)
{
    CLEANUP_FREE char *note = NULL;
    json_t *answer = NULL;
    int r = file_read_text(path, VALUE_USE_MAX, &note, d);
    if (r < 0)
        return r;
    r = control_ask(network, json_pack("{ss ss}", "do", "use", "note", note), &answer, d);
    json_decref(answer);
    if (r != ERR_INVALID_STATE)
        return r;
    log_line("%s is not taken: %s", path, d->text);
    return 0;
}

/* In the order of their numbers. */
static int hand_in_folder(const char *network, const char *folder, struct diag *d)
{
    struct dirent **names = NULL;
    int n = scandir(folder, &names, only_statements, versionsort);
    int r = n < 0 ? diag_set(d, ERR_IO, "%s: %s", folder, strerror(errno)) : 0;
    for (int i = 0; i < n; i++) {
        CLEANUP_FREE char *path = file_join(folder, names[i]->d_name);
        if (r == 0)
            r = hand_in_one(network, path, d);
        free(names[i]);
    }
    free(names);
    return r;
}

/* Nothing, too, where the desk has made none yet; what is to be tried again has its line in `d`. */
static int hand_in_all(struct hand_in *h, const char *network, const char *desk, struct diag *d)
{
    CLEANUP_FREE char *folder = file_join(desk, DESK_STATEMENTS);
    struct stat st;
    if (stat(folder, &st) != 0 || memcmp(&st.st_mtim, &h->seen, sizeof h->seen) == 0)
        return 0;
    int r = hand_in_folder(network, folder, d);
    if (r == 0)
        h->seen = st.st_mtim;
    return r;
}

void hand_in_watch(struct hand_in *h, const char *network, const char *desk)
{
    struct diag d;
    int64_t now = clock_monotonic_ms();
    if (now < h->next_ms)
        return;
    h->next_ms = now + EACH_MS;
    if (hand_in_all(h, network, desk, &d) < 0)
        log_line("statements of use of %s wait: %s", desk, d.text);
}
