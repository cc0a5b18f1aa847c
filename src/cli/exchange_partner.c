/* ironside exchange partner …: with whom a desk exchanges evidence, while it is stopped; while it
 * runs supervisors do it on its page. Each change stands in the access log.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/file.h"
#include "cli/desk.h"
#include "cli/print.h"
#include "crypto/age.h"
#include "desk/partners.h"
#include "desk/schedule.h"

#define RECEIPT_MINUTES 1440 /* a day, unless it is said */

struct words {
    const char *network, *agency, *key, *scope, *times, *approval, *delivery, *minutes,
        *passphrase_file;
    const char *to[DESK_PARTNER_RECIPIENTS_MAX + 1];
    const char *words[2]; /* the desk, and the partner's name */
};

static int check_words(const struct verb *v, const struct words *w, size_t count)
{
    if (count != 2)
        return verb_misused(v, "which desk, and which partner?");
    if (w->network == NULL)
        return verb_misused(v, "in which network? Name its note with --network FILE");
    if (w->agency == NULL || w->key == NULL)
        return verb_misused(v, "whose desk? Name the --agency NAME and the --key KEY of its desk");
    return w->to[0] == NULL ? verb_misused(v, "to whom? Name each receiver's --to RECIPIENT")
                            : VERB_OK;
}

static int parse(const struct verb *v, int argc, char **argv, struct words *w)
{
    const struct option_spec options[] = {
        {.name = "network", .value = &w->network},
        {.name = "agency", .value = &w->agency},
        {.name = "key", .value = &w->key},
        {.name = "to", .list = w->to, .list_max = DESK_PARTNER_RECIPIENTS_MAX},
        {.name = "scope", .value = &w->scope},
        {.name = "times", .value = &w->times},
        {.name = "approval", .value = &w->approval},
        {.name = "deliver", .value = &w->delivery},
        {.name = "receipt-within", .value = &w->minutes},
        {.name = "passphrase-file", .value = &w->passphrase_file}};
    size_t count;
    *w = (struct words){.scope = "", .times = "", .approval = "first", .delivery = ""};
    int r =
        verb_parse(v, argc, argv, options, sizeof options / sizeof *options, w->words, 2, &count);
    return r == VERB_OK ? check_words(v, w, count) : r;
}

/* What the words say, but for the note. */
static int read_words(const struct verb *v, const struct words *w, struct buf *recipients,
                      struct desk_partner *ret)
{
    uint64_t minutes = RECEIPT_MINUTES;
    *ret = (struct desk_partner){.name = w->words[1],
                                 .agency = w->agency,
                                 .scope = w->scope,
                                 .times = w->times,
                                 .delivery = w->delivery,
                                 .approval = desk_approval_of(w->approval)};
    if (ret->approval == DESK_APPROVALS)
        return verb_misused(v, "--approval '%s' is none of first, each, none", w->approval);
    if (decode_base64_exact(w->key, strlen(w->key), ret->key, sizeof ret->key) < 0)
        return verb_misused(
            v, "--key '%s' is no key of 32 bytes in base64, as its access.pub has it", w->key);
    if (w->minutes != NULL && value_parse_u64(w->minutes, DESK_RECEIPT_MINUTES_MAX, &minutes) < 0)
        return verb_misused(v, "--receipt-within '%s' is no number of minutes up to %d", w->minutes,
                            DESK_RECEIPT_MINUTES_MAX);
    for (size_t i = 0; w->to[i] != NULL; i++)
        buf_format(recipients, "%s%s", i == 0 ? "" : " ", w->to[i]);
    ret->recipients = buf_text(recipients);
    ret->receipt_minutes = (int64_t)minutes;
    return VERB_OK;
}

/* ---- changing ---- */

struct adding {
    struct desk_index *index;
    struct desk_partner *partner;
    struct buf *what;
    char hash[2 * HASH_BYTES + 1];
};

static int take_added(void *context, const struct desk_partner *p)
{
    struct adding *a = context;
    encode_hex(p->network_hash, HASH_BYTES, a->hash);
    buf_format(a->what, "partner %s is added: ", p->name);
    desk_partner_line(p, a->what);
    return 0;
}

static int add(void *context, int64_t now, struct buf *what, struct diag *d)
{
    struct adding *a = context;
    int64_t number;
    a->what = what;
    a->partner->by.at_unix_ms = now;
    int r = desk_partner_add(a->index, a->partner, &number, d);
    return r == 0 ? desk_partner_read(a->index, number, take_added, a, d) : r;
}

static int run_add(const struct verb *v, int argc, char **argv)
{
    struct words w;
    struct desk_partner p;
    CLEANUP_FREE char *network = NULL;
    CLEANUP_DESK struct desk_opened x = {.passphrase = NULL};
    CLEANUP_BUF struct buf recipients =
        BUF_INIT(DESK_PARTNER_RECIPIENTS_MAX * (AGE_RECIPIENT_LEN + 1) + VALUE_NOTE_MAX);
    struct diag d = {""};
    int r = parse(v, argc, argv, &w);
    if (r == VERB_OK)
        r = read_words(v, &w, &recipients, &p);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (file_read_text(w.network, VALUE_NOTE_MAX, &network, &d) < 0)
        return verb_fail(v, "%s", d.text);
    p.network = network;
    r = desk_open(v, w.words[0], w.passphrase_file, &x);
    if (r != VERB_OK)
        return r;
    struct adding a = {.index = x.engine.index, .partner = &p};
    if (desk_engine_change(&x.engine, ACCESS_MARK, add, &a, &d) < 0)
        return verb_fail(v, "%s", d.text);
    printf("%s is a partner of %s now, in the network whose note is\n%s\n"
           "compare this with what they read there ('ironside exchange verify' prints it, too)\n",
           p.name, x.folder.dir, a.hash);
    return VERB_OK;
}

struct removing {
    struct desk_index *index;
    const char *name;
};

static int remove_partner(void *context, int64_t now, struct buf *what, struct diag *d)
{
    const struct removing *m = context;
    buf_format(what, "partner %s is removed", m->name);
    return desk_partner_remove(m->index, m->name, &(struct desk_by){.at_unix_ms = now}, d);
}

static int run_remove(const struct verb *v, int argc, char **argv)
{
    const char *words[2], *file = NULL;
    const struct option_spec options[] = {{.name = "passphrase-file", .value = &file}};
    CLEANUP_DESK struct desk_opened x = {.passphrase = NULL};
    struct diag d = {""};
    size_t count;
    int r = verb_parse(v, argc, argv, options, 1, words, 2, &count);
    if (r == VERB_OK && count != 2)
        r = verb_misused(v, "which desk, and which partner?");
    if (r == VERB_OK)
        r = desk_open(v, words[0], file, &x);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    struct removing m = {x.engine.index, words[1]};
    if (desk_engine_change(&x.engine, ACCESS_MARK, remove_partner, &m, &d) < 0)
        return verb_fail(v, "%s", d.text);
    printf("%s is no partner of %s any more\n", words[1], x.folder.dir);
    return VERB_OK;
}

/* ---- listing ---- */

struct listing {
    bool json;
    size_t count;
};

static void show_json(const struct desk_partner *p, const char *hash, const char *key)
{
    json_t *o = json_pack("{ss ss ss ss ss ss ss ss ss ss sI}", "name", p->name, "network",
                          p->domain, "network_hash", hash, "agency", p->agency, "key", key,
                          "recipients", p->recipients, "scope", p->scope, "times", p->times,
                          "delivery", p->delivery, "approval", desk_approval_text(p->approval),
                          "receipt_minutes", (json_int_t)p->receipt_minutes);
    print_json(o);
    json_decref(o);
}

static void show_folded(const char *label, const char *value)
{
    CLEANUP_LINE struct line l = LINE_INIT;
    if (value[0] == '\0')
        return;
    line_put(&l, "%s", label);
    line_foreign(&l, value);
    line_end(&l, 0);
}

static void show_next(const char *times)
{
    CLEANUP(desk_schedule_free_cleanup) struct desk_schedule *s = NULL;
    char shown[CALENDAR_SHOWN_LEN + 1];
    struct clock live = clock_live();
    if (desk_schedule_parse(times, &s, NULL) < 0)
        return; /* it has none */
    calendar_show(desk_schedule_next(s, clock_now_ms(&live)), shown);
    printf("  next:     %s\n", shown);
}

static int show(void *context, const struct desk_partner *p)
{
    struct listing *l = context;
    char hash[2 * HASH_BYTES + 1], key[ENCODE_BASE64_LEN(SIGN_PUBLIC_BYTES) + 1];
    encode_hex(p->network_hash, HASH_BYTES, hash);
    encode_base64(p->key, sizeof p->key, key);
    l->count++;
    if (l->json) {
        show_json(p, hash, key);
        return 0;
    }
    printf("%s: %s in %s, note %s, desk %s\n", p->name, p->agency, p->domain, hash, key);
    show_folded("  to:       ", p->recipients);
    show_folded("  scope:    ", p->scope);
    show_folded("  times:    ", p->times);
    show_next(p->times);
    show_folded("  into:     ", p->delivery);
    printf("  approval: %s; receipt within ", desk_approval_text(p->approval));
    print_count((uint64_t)p->receipt_minutes, "minute\n", "minutes\n");
    return 0;
}

static int run_list(const struct verb *v, int argc, char **argv)
{
    const char *dir, *file = NULL;
    struct listing l = {.json = false};
    const struct option_spec options[] = {{.name = "passphrase-file", .value = &file},
                                          {.name = "json", .flag = true, .set = &l.json}};
    CLEANUP_DESK struct desk_opened x = {.passphrase = NULL};
    struct diag d = {""};
    size_t count;
    int r = verb_parse(v, argc, argv, options, 2, &dir, 1, &count);
    if (r == VERB_OK && count != 1)
        r = verb_misused(v, "which desk?");
    if (r == VERB_OK)
        r = desk_open(v, dir, file, &x);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (desk_partners_each(x.engine.index, show, &l, &d) < 0)
        return verb_fail(v, "%s", d.text);
    print_nothing(l.json, l.count, "the desk has no partners yet");
    return VERB_OK;
}

const struct verb verb_exchange_partner_add = {
    .noun = "exchange",
    .name = "partner add",
    .usage = "DESK NAME --network FILE --agency NAME --key KEY --to RECIPIENT...\n"
             "                     [--scope QUERY --times TIMES] [--approval WHICH]\n"
             "                     [--deliver FOLDER] [--receipt-within MINUTES]\n"
             "                     [--passphrase-file FILE]",
    .help = "name an agency with whom a desk that is stopped exchanges evidence",
    .more =
        "  --network FILE          the note of the network in which it is; its hash is printed, "
        "to\n"
        "                          be compared with what they have\n"
        "  --agency NAME           its name in that network's warrants\n"
        "  --key KEY               of its desk, as a warrant names it (access.pub)\n"
        "  --to RECIPIENT          an age recipient of it; may be given several times\n"
        "  --scope QUERY           what is passed on; times are UTC unless it names a zone\n"
        "  --times TIMES           and when: 'mon,wed,fri 06:00 Europe/Amsterdam'\n"
        "  --approval WHICH        which packages a supervisor approves: first, each or none\n"
        "                          (first)\n"
        "  --deliver FOLDER        where packages are laid, from / on\n"
        "  --receipt-within MINUTES  after which a receipt is missed (1440)\n" DESK_PASSPHRASE_MORE,
    .run = run_add,
};

const struct verb verb_exchange_partner_list = {
    .noun = "exchange",
    .name = "partner list",
    .usage = "DESK [--json] [--passphrase-file FILE]",
    .help = "with whom a desk that is stopped exchanges evidence",
    .more = DESK_PASSPHRASE_MORE "  --json   for programs: one JSON object in a line each\n",
    .run = run_list,
};

const struct verb verb_exchange_partner_remove = {
    .noun = "exchange",
    .name = "partner remove",
    .usage = "DESK NAME [--passphrase-file FILE]",
    .help = "pass nothing on any more to a partner of a desk that is stopped",
    .more = DESK_PASSPHRASE_MORE,
    .run = run_remove,
};
