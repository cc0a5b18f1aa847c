/* The verbs that change a policy: policy draft, and warrant revoke. */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/encode.h"
#include "base/memory.h"
#include "cli/authority.h"
#include "network/control.h"

#define TIMES_MAX 16U

struct words {
    const char *without, *place, *notice, *out, *at;
    const char *bots[TIMES_MAX + 1], *drop_bots[TIMES_MAX + 1], *certificates[TIMES_MAX + 1],
        *bot_keys[TIMES_MAX + 1], *drop_warrants[TIMES_MAX + 1];
    bool json;
};

/* "ibot" of this network, or a whole address. */
static char *address_of(const struct drafting *x, const char *name)
{
    return strchr(name, '.') != NULL ? mem_string(name)
                                     : mem_format("%s.%s", name, x->from->net->domain);
}

/* NAME=default or NAME=DE,NL */
static int put_bot(struct drafting *x, const char *word, struct diag *d)
{
    const char *equals = strchr(word, '='), *countries[WARRANT_COUNTRIES_MAX];
    uint8_t key[SIGN_PUBLIC_BYTES];
    size_t count = 0;
    if (equals == NULL)
        return diag_set(d, ERR_FORMAT, "--bot '%s' is not NAME=default or NAME=DE,NL", word);
    CLEANUP_FREE char *name = mem_string_n(word, (size_t)(equals - word));
    CLEANUP_FREE char *jid = address_of(x, name), *list = mem_string(equals + 1);
    if (strcmp(list, "default") != 0 &&
        !authority_split(list, countries, WARRANT_COUNTRIES_MAX, &count))
        return diag_set(d, ERR_FORMAT, "--bot '%s' is not NAME=default or NAME=DE,NL", word);
    int r = authority_bot_key(x->dir, jid, key, d);
    return r < 0 ? r : draft_put_bot(x->draft, jid, key, countries, count, d);
}

static int drop_bot(struct drafting *x, const char *word, struct diag *d)
{
    CLEANUP_FREE char *jid = address_of(x, word);
    return draft_drop_bot(x->draft, jid, d);
}

/* A certificate's SHA-256, or an account, whose newest certificate the registrar knows. */
static int revoke_certificate(struct drafting *x, const char *word, struct diag *d)
{
    uint8_t hash[HASH_BYTES];
    json_t *answer = NULL;
    if (decode_hex_exact(word, strlen(word), hash, sizeof hash) == 0)
        return draft_revoke_certificate(x->draft, hash, d);
    CLEANUP_FREE char *handle = mem_string_n(word, strcspn(word, "@"));
    int r = control_ask(x->dir, json_pack("{ss ss}", "do", "certificate", "handle", handle),
                        &answer, d);
    if (r < 0)
        return r;
    const char *hex = json_string_value(json_object_get(answer, "hash"));
    if (hex == NULL || decode_hex_exact(hex, strlen(hex), hash, sizeof hash) < 0)
        r = diag_set(d, ERR_FORMAT, "the registrar's answer is not understood");
    json_decref(answer);
    return r < 0 ? r : draft_revoke_certificate(x->draft, hash, d);
}

static int revoke_bot_key(struct drafting *x, const char *word, struct diag *d)
{
    uint8_t key[SIGN_PUBLIC_BYTES];
    if (decode_base64_exact(word, strlen(word), key, sizeof key) < 0)
        return diag_set(d, ERR_FORMAT, "'%s' is not a bot's key, as its policy line has it", word);
    return draft_revoke_bot_key(x->draft, key, d);
}

static int drop_warrant(struct drafting *x, const char *word, struct diag *d)
{
    return draft_drop_warrant(x->draft, word, d);
}

/* Room for a bot is made before one comes. */
static int change(struct drafting *x, const struct words *w, struct diag *d)
{
    const struct {
        const char *const *list;
        int (*each)(struct drafting *x, const char *word, struct diag *d);
    } steps[] = {
        {w->drop_warrants, drop_warrant},      {w->drop_bots, drop_bot},      {w->bots, put_bot},
        {w->certificates, revoke_certificate}, {w->bot_keys, revoke_bot_key},
    };
    int r = w->without == NULL ? 0 : draft_without_warrant(x->draft, w->without, d);
    if (r == 0 && w->notice != NULL)
        r = draft_notice(x->draft, w->notice, d);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        for (size_t k = 0; r == 0 && steps[i].list[k] != NULL; k++)
            r = steps[i].each(x, steps[i].list[k], d);
    if (r == 0 && w->place != NULL)
        r = draft_without_place(x->draft, w->place, d);
    return r;
}

static int run_draft(const struct verb *v, int argc, char **argv)
{
    struct words w = {.without = NULL};
    const struct option_spec options[] = {
        {.name = "without-warrant", .value = &w.without},
        {.name = "without-place", .value = &w.place},
        {.name = "notice", .value = &w.notice},
        {.name = "bot", .list = w.bots, .list_max = TIMES_MAX},
        {.name = "drop-bot", .list = w.drop_bots, .list_max = TIMES_MAX},
        {.name = "revoke-certificate", .list = w.certificates, .list_max = TIMES_MAX},
        {.name = "revoke-bot-key", .list = w.bot_keys, .list_max = TIMES_MAX},
        {.name = "drop-warrant", .list = w.drop_warrants, .list_max = TIMES_MAX},
        {.name = "at", .value = &w.at},
        {.name = "out", .value = &w.out},
        {.name = "json", .flag = true, .set = &w.json},
    };
    const char *dir[1];
    struct diag d = {""};
    size_t count;
    int r = verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1)
        return verb_misused(v, "which network?");
    CLEANUP_DRAFTING struct drafting x = {.verb = v, .dir = dir[0], .out = w.out, .json = w.json};
    r = drafting_begin(&x, w.at);
    if (r == VERB_OK && change(&x, &w, &d) < 0)
        r = verb_fail(v, "%s", d.text);
    return r == VERB_OK ? drafting_end(&x) : r;
}

static int run_revoke(const struct verb *v, int argc, char **argv)
{
    const char *words[2], *out = NULL, *at = NULL;
    bool json = false;
    const struct option_spec options[] = {{.name = "out", .value = &out},
                                          {.name = "at", .value = &at},
                                          {.name = "json", .flag = true, .set = &json}};
    struct diag d = {""};
    size_t count;
    int r = verb_parse(v, argc, argv, options, 3, words, 2, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 2)
        return verb_misused(v, "which network, and which warrant?");
    CLEANUP_DRAFTING struct drafting x = {.verb = v, .dir = words[0], .out = out, .json = json};
    r = drafting_begin(&x, at);
    if (r == VERB_OK && draft_revoke_warrant(x.draft, words[1], &d) < 0)
        r = verb_fail(v, "%s", d.text);
    return r == VERB_OK ? drafting_end(&x) : r;
}

const struct verb verb_policy_draft = {
    .noun = "policy",
    .name = "draft",
    .usage = "DIR --out PROPOSAL [--without-warrant stop|open]\n"
             "                     [--without-place stop|default] [--notice TEXT]\n"
             "                     [--bot NAME=CC,...] [--drop-bot NAME] [--drop-warrant ID]\n"
             "                     [--revoke-certificate WHO] [--revoke-bot-key KEY]\n"
             "                     [--at INSTANT] [--json]",
    .help = "propose the next policy to the custodians",
    .more =
        "  --out PROPOSAL               the folder that is made for the custodians\n"
        "  --without-warrant stop|open  what happens to messages that no warrant covers\n"
        "  --without-place stop|default  what happens, where there are several bots, to messages\n"
        "                               of devices whose country is not known: they are not\n"
        "                               delivered (the default), or go to the default bot\n"
        "  --notice TEXT                what devices show\n"
        "  --bot NAME=CC,...            a bot of bots/ for the devices in these countries;\n"
        "                               NAME=default: for all that no other bot has\n"
        "  --drop-bot NAME              a bot archives no more\n"
        "  --drop-warrant ID            a warrant that has ended is named no more\n"
        "  --revoke-certificate WHO     a device, by its account or its certificate's SHA-256\n"
        "  --revoke-bot-key KEY         nothing that it signs counts any more\n"
        "  --at INSTANT                 when it is issued, in the network's time (now)\n"
        "  --json                       for programs: one JSON object in a line\n",
    .run = run_draft,
};
const struct verb verb_warrant_revoke = {
    .noun = "warrant",
    .name = "revoke",
    .usage = "DIR ID --out PROPOSAL [--at INSTANT] [--json]",
    .help = "propose the end of a warrant, for ever, to the custodians",
    .more = "  --out PROPOSAL  the folder that is made for the custodians\n"
            "  --at INSTANT    when it is issued, in the network's time (now)\n"
            "  --json          for programs: one JSON object in a line\n",
    .run = run_revoke,
};
