#include "launch/replay_days.h"

#include <dirent.h>
#include <stdlib.h>

#include "base/memory.h"
#include "daykeys/folder.h"
#include "journal/reports.h"
#include "network/layout.h"

/* The opener overwrites keys, then tells the keeper, who signs: so what is destroyed in the file of
 * keys is counted before what the journal says of it. */
static bool due_keys_are_told(const struct bot_folder *f, struct journal *j, int64_t day)
{
    size_t due, destroyed, told;
    struct diag d;
    CLEANUP_CLOSE int keys = bot_folder_daykeys(f, &d);
    return keys >= 0 && daykeys_tally(keys, day, &due, &destroyed, &d) == 0 && due == 0 &&
           journal_count_published(j, &told, &d) == 0 && told >= destroyed;
}

static bool nothing_waits(struct journal *j)
{
    enum document_kind kind;
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *note = NULL;
    return journal_next_report(j, &kind, hash, &note) == ERR_NOT_FOUND;
}

static bool bot_has_told(const char *dir, const char *name, int64_t day)
{
    CLEANUP_BOT_FOLDER struct bot_folder f = {0};
    CLEANUP(journal_close_cleanup) struct journal *j = NULL;
    CLEANUP_FREE struct journal_tally *t = mem_new(sizeof *t);
    struct diag d;
    if (bot_folder_open(dir, name, &f, &d) < 0)
        return false;
    CLEANUP_FREE char *path = bot_folder_journal(&f);
    return journal_open(path, false, &j, &d) == 0 && journal_tally(j, day, t, &d) == 0 &&
           t->day == JOURNAL_NO_DAY && due_keys_are_told(&f, j, day) && nothing_waits(j);
}

bool replay_days_told(const char *dir, int64_t day)
{
    CLEANUP_FREE char *folder = layout_path(dir, LAYOUT_BOTS);
    DIR *bots = opendir(folder);
    bool told = true;
    const struct dirent *e;
    while (bots != NULL && told && (e = readdir(bots)) != NULL)
        told = e->d_name[0] == '.' || bot_has_told(dir, e->d_name, day);
    if (bots != NULL)
        closedir(bots);
    return bots != NULL && told;
}
