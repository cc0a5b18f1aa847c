#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "cli/print.h"
#include "cli/verb.h"
#include "daykeys/folder.h"
#include "daykeys/recovery.h"
#include "network/layout.h"
#include "network/settings.h"
#include "wire/document_peek.h"

struct words {
    const char *bot, *id;
    const char *shares[RECOVERY_HOLDERS_MAX + 1];
    bool json;
};

static int join(const struct words *w, const char *domain, struct age_identity *ret, struct diag *d)
{
    struct buf shares[RECOVERY_HOLDERS_MAX];
    const char *texts[RECOVERY_HOLDERS_MAX];
    size_t count = 0;
    int r = 0;
    for (; r == 0 && w->shares[count] != NULL; count++) {
        shares[count] = (struct buf)BUF_INIT_SECRET(RECOVERY_SHARE_MAX);
        r = file_read(w->shares[count], &shares[count], d);
        file_plain(&shares[count]);
        texts[count] = buf_text(&shares[count]);
    }
    if (r == 0)
        r = recovery_join(domain, w->id, texts, count, ret, d);
    for (size_t i = 0; i < count; i++)
        buf_clear(&shares[i]);
    return r;
}

/* The offer that everyone has seen must name the same keys. */
static int check_offer(const char *dir, const struct words *w, const struct recovery_keys *k,
                       struct diag *d)
{
    CLEANUP_FREE char *name = mem_format("epochs-%s", w->id), *path = NULL, *note = NULL;
    int r = layout_document(dir, name, &path, d);
    if (r < 0 || !file_exists(path))
        return r;
    r = file_read_text(path, VALUE_EPOCHS_MAX, &note, d);
    for (size_t i = 0; r == 0 && i < k->count; i++) {
        char key[ENCODE_BASE64_LEN(HPKE_PUBLIC_BYTES) + 1];
        encode_base64(k->pairs[i].public, HPKE_PUBLIC_BYTES, key);
        CLEANUP_FREE char *day = mem_format("%" PRId64, k->first_day + (int64_t)i);
        if (!document_peek_is(note, strlen(note), day, key))
            r = diag_set(d, ERR_AUTH, "%s does not name these keys", path);
    }
    return r;
}

/* Days whose keys the bot would have destroyed by now are left out; a replay's opener destroys them
 * itself, since only its clock tells. */
static int put(const char *dir, const struct words *w, const struct settings *s,
               struct recovery_keys *k, size_t *ret_days, struct diag *d)
{
    CLEANUP_BOT_FOLDER struct bot_folder f = {.network = NULL};
    CLEANUP_SECRET uint8_t *credential = secret_new(DAYKEYS_CREDENTIAL_BYTES);
    const struct clock clock = clock_live();
    int64_t oldest = calendar_day_of(clock_now_ms(&clock)) - DAYKEYS_GRACE_DAYS;
    size_t skip = 0;
    if (!s->replay && oldest > k->first_day)
        skip = (size_t)(oldest - k->first_day);
    if (skip >= k->count)
        return diag_set(d, ERR_NOT_FOUND, "all days of warrant %s are over: their keys are gone",
                        w->id);
    int r = bot_folder_open(dir, w->bot, &f, d);
    if (r < 0)
        return r;
    CLEANUP_CLOSE int fd = bot_folder_daykeys(&f, d);
    if (fd < 0)
        return fd;
    r = bot_folder_credential(&f, credential, d);
    if (r == 0)
        r = daykeys_put(fd, credential, w->id, k->first_day + (int64_t)skip, k->pairs + skip,
                        k->count - skip, d);
    *ret_days = k->count - skip;
    return r;
}

static int recover(const struct verb *v, const struct words *w, const char *dir)
{
    struct settings s;
    struct diag d = {""};
    size_t days = 0;
    CLEANUP_RECOVERY_KEYS struct recovery_keys k = {0};
    CLEANUP_SECRET struct age_identity *id = secret_new(sizeof *id);
    CLEANUP_BUF struct buf sealed = BUF_INIT(RECOVERY_SEALED_MAX);
    CLEANUP_FREE char *path = mem_format("%s/documents/recovery-%s.age", dir, w->id);
    if (!value_warrant_valid(w->id))
        return verb_misused(v, "'%s' is not a warrant's id", w->id);
    if (settings_read(dir, &s, &d) < 0 || join(w, s.domain, id, &d) < 0 ||
        file_read(path, &sealed, &d) < 0)
        return verb_fail(v, "%s", d.text);
    if (recovery_open(s.domain, w->id, sealed.data, sealed.len, id, &k, &d) < 0)
        return verb_fail(v, "%s: %s", path, d.text);
    if (check_offer(dir, w, &k, &d) < 0 || put(dir, w, &s, &k, &days, &d) < 0)
        return verb_fail(v, "%s", d.text);
    if (w->json) {
        json_t *o = json_pack("{ss ss sI}", "id", w->id, "bot", w->bot, "days", (json_int_t)days);
        print_json(o);
        json_decref(o);
    } else {
        printf("Bot %s has the keys of %zu days of warrant %s. It uses them from its next start "
               "on.\n",
               w->bot, days, w->id);
    }
    return VERB_OK;
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct words w = {.bot = "ibot"};
    const struct option_spec options[] = {
        {.name = "bot", .value = &w.bot},
        {.name = "id", .value = &w.id},
        {.name = "share", .list = w.shares, .list_max = RECOVERY_HOLDERS_MAX},
        {.name = "json", .flag = true, .set = &w.json},
    };
    const char *dir[1];
    size_t count;
    int r = verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1 || w.id == NULL || w.shares[0] == NULL)
        return verb_misused(v, count != 1     ? "which network?"
                               : w.id == NULL ? "of which warrant? --id ID"
                                              : "which shares? --share FILE");
    return recover(v, &w, dir[0]);
}

const struct verb verb_warrant_recover = {
    .noun = "warrant",
    .name = "recover",
    .usage = "DIR --id ID --share FILE... [--bot NAME] [--json]",
    .help = "put a bot's lost day keys together from their holders' shares",
    .more = "  --id ID       of the warrant\n"
            "  --share FILE  opened with 'ironside warrant share'; as often as shares are needed\n"
            "  --bot NAME    the bot that gets them (ibot)\n"
            "  --json        for programs: one JSON object in a line\n",
    .run = run,
};
