#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "cli/print.h"
#include "cli/verb.h"
#include "daykeys/offer.h"
#include "daykeys/recovery.h"
#include "network/control.h"
#include "network/layout.h"
#include "network/settings.h"

struct words {
    const char *bot, *id, *from, *until, *out, *recovery;
    const char *shares[RECOVERY_HOLDERS_MAX + 1];
    bool json;
};

/* What the words ask for. */
struct asked {
    int64_t from, until;
    char *names[RECOVERY_HOLDERS_MAX];
    struct recovery_holder holders[RECOVERY_HOLDERS_MAX];
    struct recovery_plan plan; /* `needed` 0: no recovery */
};

static void asked_clear(struct asked *x)
{
    for (size_t i = 0; i < RECOVERY_HOLDERS_MAX; i++)
        free(x->names[i]);
}

/* What was made. */
struct made {
    char *path;      /* of the epochs note */
    bool registered; /* the registrar has it */
};

/* Where the note goes, which must not be there yet: keys without a note would be lost days. */
static int find_path(const struct words *w, const char *dir, char **ret, struct diag *d)
{
    CLEANUP_FREE char *name = mem_format("epochs-%s", w->id), *path = NULL;
    int r = 0;
    if (w->out != NULL)
        path = mem_string(w->out);
    else
        r = layout_document(dir, name, &path, d);
    if (r == 0 && file_exists(path))
        r = diag_set(d, ERR_EXISTS, "%s is there already", path);
    if (r == 0)
        *ret = TAKE(path);
    return r;
}

/* ---- recovery ---- */

static char *recovery_path(const struct words *w, const char *dir, const char *holder)
{
    return holder == NULL ? mem_format("%s/documents/recovery-%s.age", dir, w->id)
                          : mem_format("%s/documents/recovery-%s-%s.age", dir, w->id, holder);
}

/* None of the files may be there: each is made with its offer. */
static int check_recovery(const struct words *w, const struct asked *x, const char *dir,
                          struct diag *d)
{
    int r = x->plan.needed == 0 ? 0 : recovery_check(&x->plan, d);
    for (size_t i = 0; r == 0 && x->plan.needed > 0 && i <= x->plan.count; i++) {
        CLEANUP_FREE char *path =
            recovery_path(w, dir, i == x->plan.count ? NULL : x->holders[i].name);
        r = file_check_new(path, RECOVERY_SEALED_MAX, d);
    }
    return r;
}

static int open_keys(const struct bot_folder *f, int *ret_fd, struct daykeys **ret, struct diag *d)
{
    CLEANUP_SECRET uint8_t *credential = secret_new(DAYKEYS_CREDENTIAL_BYTES);
    CLEANUP_CLOSE int fd = bot_folder_daykeys(f, d);
    if (fd < 0)
        return fd;
    int r = bot_folder_credential(f, credential, d);
    if (r == 0)
        r = daykeys_open(fd, credential, ret, d);
    if (r == 0)
        *ret_fd = TAKE_FD(fd);
    return r;
}

static int save(const struct words *w, const char *dir, const char *holder, const struct buf *b,
                struct diag *d)
{
    CLEANUP_FREE char *path = recovery_path(w, dir, holder);
    return file_create(path, b->data, b->len, 0644, d);
}

static int make_recovery(const struct words *w, struct asked *x, const char *dir,
                         const struct bot_folder *f, const char *domain, struct diag *d)
{
    struct buf sealed = BUF_INIT(RECOVERY_SEALED_MAX), shares[RECOVERY_HOLDERS_MAX];
    CLEANUP(daykeys_free_cleanup) struct daykeys *keys = NULL;
    CLEANUP_CLOSE int fd = -1;
    if (x->plan.needed == 0)
        return 0;
    for (size_t i = 0; i < RECOVERY_HOLDERS_MAX; i++)
        shares[i] = (struct buf)BUF_INIT(2 * RECOVERY_SHARE_MAX);
    x->plan.domain = domain;
    int r = open_keys(f, &fd, &keys, d);
    if (r == 0)
        r = recovery_make(&x->plan, keys, &sealed, shares, d);
    if (r == 0)
        r = save(w, dir, NULL, &sealed, d);
    for (size_t i = 0; r == 0 && i < x->plan.count; i++)
        r = save(w, dir, x->holders[i].name, &shares[i], d);
    buf_clear(&sealed);
    for (size_t i = 0; i < RECOVERY_HOLDERS_MAX; i++)
        buf_clear(&shares[i]);
    return r;
}

/* ---- the offer ---- */

/* A registrar that runs takes it over, and logs it; another does when it starts. */
static int register_it(const char *dir, bool *ret, struct diag *d)
{
    json_t *answer = NULL;
    int r = control_ask(dir, json_pack("{ss}", "do", "import"), &answer, d);
    json_decref(answer);
    *ret = r == 0;
    return r == ERR_NOT_FOUND ? 0 : r;
}

static int make(const struct words *w, struct asked *x, const char *dir, const struct settings *s,
                const struct bot_folder *f, struct made *ret, struct diag *d)
{
    CLEANUP_BUF struct buf note = BUF_INIT(VALUE_EPOCHS_MAX);
    int r = find_path(w, dir, &ret->path, d);
    if (r == 0)
        r = file_check_new(ret->path, VALUE_EPOCHS_MAX, d); /* the bot keeps what it offers */
    if (r == 0)
        r = check_recovery(w, x, dir, d);
    if (r == 0)
        r = offer_make(f, s->domain, w->id, x->from, x->until, &note, d);
    if (r == 0)
        r = make_recovery(w, x, dir, f, s->domain, d);
    if (r == 0)
        r = file_create(ret->path, note.data, note.len, 0644, d);
    return r == 0 && w->out == NULL ? register_it(dir, &ret->registered, d) : r;
}

static void say(const struct words *w, const struct asked *x, const struct bot_folder *f,
                const struct made *m)
{
    long long days = x->until - x->from + 1;
    if (w->json) {
        json_t *o =
            json_pack("{ss ss sI ss sb sI sI}", "id", w->id, "bot", f->jid, "days",
                      (json_int_t)days, "file", m->path, "registered", m->registered, "shares",
                      (json_int_t)x->plan.count, "needed", (json_int_t)x->plan.needed);
        print_json(o);
        json_decref(o);
        return;
    }
    printf("%s: bot %s offers %lld days for a warrant %s. ", m->path, f->jid, days, w->id);
    if (x->plan.needed == 0)
        printf("Only this bot has their keys: if it is lost, so are they. ");
    else
        printf("Any %zu of the %zu holders of shares can recover their keys, also those that the "
               "bot will have destroyed. ",
               x->plan.needed, x->plan.count);
    printf("They are destroyed when no policy has named the warrant for 30 days.\n");
}

static int offer(const struct verb *v, const struct words *w, const char *dir, struct asked *x)
{
    struct settings s;
    struct diag d = {""};
    CLEANUP_BOT_FOLDER struct bot_folder f = {.network = NULL};
    struct made m = {.path = NULL};
    bool made = settings_read(dir, &s, &d) == 0 && bot_folder_open(dir, w->bot, &f, &d) == 0 &&
                make(w, x, dir, &s, &f, &m, &d) == 0;
    if (made)
        say(w, x, &f, &m);
    free(m.path);
    return made ? VERB_OK : verb_fail(v, "%s", d.text);
}

/* ---- words ---- */

static int parse_recovery(const struct verb *v, const struct words *w, struct asked *x)
{
    uint64_t needed = 0;
    if (w->recovery == NULL && w->shares[0] == NULL)
        return VERB_OK;
    if (w->recovery == NULL || w->shares[0] == NULL)
        return verb_misused(v, w->recovery == NULL ? "how many shares are needed? --recovery K"
                                                   : "who holds them? --share NAME=age1...");
    if (value_parse_u64(w->recovery, RECOVERY_HOLDERS_MAX, &needed) < 0)
        return verb_misused(v, "--recovery '%s' is not a number of shares", w->recovery);
    for (size_t i = 0; w->shares[i] != NULL; i++) {
        x->names[i] = mem_string(w->shares[i]);
        char *equals = strchr(x->names[i], '=');
        if (equals != NULL)
            *equals = '\0';
        x->holders[i].name = x->names[i];
        if (equals == NULL || age_recipient_parse(equals + 1, &x->holders[i].recipient) < 0)
            return verb_misused(v, "--share '%s' is not NAME=age1...", w->shares[i]);
        x->plan.count++;
    }
    x->plan.needed = (size_t)needed;
    x->plan.holders = x->holders;
    x->plan.warrant = w->id;
    return needed == 0 ? verb_misused(v, "--recovery 0 needs nobody") : VERB_OK;
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct words w = {.bot = "ibot"};
    const struct option_spec options[] = {
        {.name = "bot", .value = &w.bot},
        {.name = "id", .value = &w.id},
        {.name = "from", .value = &w.from},
        {.name = "until", .value = &w.until},
        {.name = "out", .value = &w.out},
        {.name = "json", .flag = true, .set = &w.json},
        {.name = "recovery", .value = &w.recovery},
        {.name = "share", .list = w.shares, .list_max = RECOVERY_HOLDERS_MAX},
    };
    const char *dir[1];
    size_t count;
    CLEANUP(asked_clear) struct asked x = {.from = 0};
    int r = verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1 || w.id == NULL)
        return verb_misused(v, count != 1 ? "which network?" : "for which warrant? --id ID");
    if (w.from == NULL || w.until == NULL)
        return verb_misused(v, "which days? --from and --until, as YYYY-MM-DD");
    r = verb_day(v, "from", w.from, &x.from);
    if (r == VERB_OK)
        r = verb_day(v, "until", w.until, &x.until);
    if (r == VERB_OK)
        r = parse_recovery(v, &w, &x);
    return r == VERB_OK ? offer(v, &w, dir[0], &x) : r;
}

const struct verb verb_warrant_offer = {
    .noun = "warrant",
    .name = "offer",
    .usage = "DIR --id ID --from DAY --until DAY [--bot NAME] [--out FILE]\n"
             "                     [--recovery K] [--share NAME=age1...] [--json]",
    .help = "a bot makes day keys for a warrant, and publishes their public halves",
    .more = "  --id ID             of the warrant that is to use them\n"
            "  --from DAY          first day, UTC\n"
            "  --until DAY         last day\n"
            "  --bot NAME          which bot (ibot)\n"
            "  --out FILE          where the epochs note goes (DIR/documents/epochs-ID.note)\n"
            "  --recovery K        any K of the holders can put the keys together again\n"
            "  --share NAME=age1...  a holder of a share, two to sixteen times\n"
            "  --json              for programs: one JSON object in a line\n"
            "Without --recovery a lost bot means lost keys.\n",
    .run = run,
};
