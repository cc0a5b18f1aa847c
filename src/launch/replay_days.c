#include "launch/replay_days.h"

#include <dirent.h>
#include <stdlib.h>

#include "base/memory.h"
#include "ibot/folder.h"
#include "journal/reports.h"
#include "network/layout.h"

static bool nothing_waits(struct journal *j)
{
    enum document_kind kind;
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *note = NULL;
    struct journal_destroyed key;
    size_t keys = 0;
    struct diag d;
    return journal_next_report(j, &kind, hash, &note) == ERR_NOT_FOUND &&
           journal_unpublished(j, &key, 1, &keys, &d) == 0 && keys == 0;
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
           t->day == JOURNAL_NO_DAY && nothing_waits(j);
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
