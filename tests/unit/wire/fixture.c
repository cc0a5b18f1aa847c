/* The network and its documents. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"

#define TEXT_MAX (1U << 20)

void fixture_must(bool ok, const char *file, int line, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "%s:%d: the fixture cannot be made: %s\n", file, line, what);
    abort();
}

void fixture_seed(const char *name, uint8_t ret[static 32])
{
    const struct hash_part parts[] = {{"fixture ", 8}, {name, strlen(name)}};
    hash_sha256_parts(parts, 2, ret);
}

void fixture_signer_init(struct fixture_signer *s, const char *name, const char *label)
{
    uint8_t seed[SIGN_SEED_BYTES];
    FIXTURE_MUST(strlen(name) <= NOTE_NAME_MAX);
    strcpy(s->name, name);
    s->key.name = s->name;
    fixture_seed(label, seed);
    sign_keypair_from_seed(seed, s->key.key, s->secret);
}

char *fixture_sign(const char *text, const struct fixture_signer *signers, size_t count)
{
    struct buf b = BUF_INIT(TEXT_MAX);
    buf_put_text(&b, text);
    buf_put_u8(&b, '\n');
    for (size_t i = 0; i < count; i++)
        note_sign_line(&b, text, strlen(text), &signers[i].key, signers[i].secret);
    FIXTURE_MUST(!buf_failed(&b));
    return buf_take_text(&b);
}

char *fixture_sign_quorum(const struct fixture *f, const char *text)
{
    return fixture_sign(text, f->custodians, f->quorum);
}

static void put_key(struct buf *b, const uint8_t key[static 32])
{
    encode_base64_buf(b, key, 32);
}

static void put_network(struct buf *b, const struct fixture *f, bool replay)
{
    uint8_t authority[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    fixture_seed("authority", authority);
    encode_hex(authority, sizeof authority, hex);
    buf_format(b, "ironside network 1\ndomain %s\nkind %s\nauthority %s\n", f->domain,
               replay ? "replay" : "live", hex);
    for (size_t i = 0; i < f->custodian_count; i++) {
        buf_format(b, "custodian %s ", f->custodians[i].name);
        put_key(b, f->custodians[i].key.key);
        buf_put_u8(b, '\n');
    }
    buf_format(b, "quorum %zu\nregistrar ", f->quorum);
    put_key(b, f->registrar.key.key);
    buf_format(b, "\nupload upload.%s\n", f->domain);
}

struct fixture *fixture_new(const struct fixture_options *options)
{
    struct fixture_options o = options == NULL ? (struct fixture_options){0} : *options;
    struct fixture *f = mem_new(sizeof *f);
    f->domain = mem_string(o.domain == NULL ? FIXTURE_DOMAIN : o.domain);
    f->custodian_count = o.custodians == 0 ? 3 : o.custodians;
    f->quorum = o.quorum == 0 ? 2 : o.quorum;
    for (size_t i = 0; i < f->custodian_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "custodian-%zu", i + 1);
        fixture_signer_init(&f->custodians[i], name, name);
    }
    CLEANUP_FREE char *registrar = mem_format("registrar.%s", f->domain);
    fixture_signer_init(&f->registrar, registrar, registrar);
    CLEANUP_FREE char *bot = mem_format("ibot.%s", f->domain);
    fixture_add_bot(f, bot, NULL);

    struct buf b = BUF_INIT(TEXT_MAX);
    put_network(&b, f, o.replay);
    f->network_text = buf_take_text(&b);
    f->network_note = fixture_sign_quorum(f, f->network_text);
    FIXTURE_MUST(network_note_open(f->network_note, strlen(f->network_note), &f->network, NULL) ==
                 0);
    return f;
}

void fixture_free(struct fixture *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < f->warrant_count; i++) {
        struct fixture_warrant *w = &f->warrants[i];
        free(w->id);
        free(w->bot);
        free(w->day_keys);
        free(w->epochs_text);
        free(w->epochs_note);
        free(w->text);
        free(w->note);
    }
    network_note_free(f->network);
    free(f->network_note);
    free(f->network_text);
    free(f->domain);
    free(f);
}

struct fixture_bot *fixture_add_bot(struct fixture *f, const char *jid, const char *countries)
{
    FIXTURE_MUST(f->bot_count < POLICY_BOTS_MAX);
    struct fixture_bot *b = &f->bots[f->bot_count++];
    fixture_signer_init(&b->signer, jid, jid);
    b->jid = b->signer.name;
    b->countries = countries;
    return b;
}

const struct fixture_bot *fixture_bot_of(const struct fixture *f, const char *jid)
{
    size_t i = 0;
    while (i < f->bot_count && strcmp(f->bots[i].jid, jid) != 0)
        i++;
    FIXTURE_MUST(i < f->bot_count);
    return &f->bots[i];
}

static void make_epochs(const struct fixture *f, struct fixture_warrant *w, int64_t low_order_day)
{
    struct buf b = BUF_INIT(TEXT_MAX);
    buf_format(&b, "ironside epochs 1\nnetwork %s\nwarrant %s\nbot %s\n", f->domain, w->id, w->bot);
    for (size_t i = 0; i < w->key_count; i++) {
        int64_t day = w->first_key_day + (int64_t)i;
        uint8_t seed[32];
        CLEANUP_FREE char *name = mem_format("day key %s %lld", w->id, (long long)day);
        fixture_seed(name, seed);
        hpke_derive_keypair(seed, sizeof seed, &w->day_keys[i]);
        if (day == low_order_day)
            memset(w->day_keys[i].public, 0, sizeof w->day_keys[i].public);
        buf_format(&b, "%lld ", (long long)day);
        put_key(&b, w->day_keys[i].public);
        buf_put_u8(&b, '\n');
    }
    w->epochs_text = buf_take_text(&b);
    w->epochs_note = fixture_sign(w->epochs_text, &fixture_bot_of(f, w->bot)->signer, 1);
}

static void put_agencies(struct buf *b, struct fixture_warrant *w, bool desk)
{
    static const char *const agencies[] = {"north", "south"};
    for (size_t i = 0; i < 2; i++) {
        char recipient[AGE_RECIPIENT_LEN + 1];
        CLEANUP_FREE char *name = mem_format("agency %s", agencies[i]);
        fixture_seed(name, w->agencies[i].secret);
        hpke_public_of(w->agencies[i].secret, w->agencies[i].public);
        struct age_recipient r = age_identity_recipient(&w->agencies[i]);
        age_recipient_format(&r, recipient);
        buf_format(b, "agency %s %s\n", agencies[i], recipient);
        if (i > 0 || !desk)
            continue;
        buf_put_text(b, "desk ");
        put_key(b, w->desk.key.key);
        buf_put_u8(b, '\n');
    }
}

static void make_warrant(const struct fixture *f, struct fixture_warrant *w,
                         const struct fixture_warrant_options *o)
{
    uint8_t epochs[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1], from[CALENDAR_DAY_LEN + 1], until[CALENDAR_DAY_LEN + 1];
    hash_sha256(w->epochs_text, strlen(w->epochs_text), epochs);
    encode_hex(epochs, sizeof epochs, hex);
    calendar_format_day(w->from_day, from);
    calendar_format_day(w->until_day, until);

    struct buf b = BUF_INIT(TEXT_MAX);
    buf_format(&b,
               "ironside warrant 1\nnetwork %s\nid %s\nauthority District Court, North Holland\n"
               "bot %s\nepochs %s\nfrom %s\nuntil %s\nscope %s\n",
               f->domain, w->id, w->bot, hex, from, until, o->scope == NULL ? "all" : o->scope);
    if (o->exclude != NULL)
        buf_format(&b, "exclude %s\n", o->exclude);
    fixture_signer_init(&w->desk, "north", "desk north");
    put_agencies(&b, w, o->desk);
    FIXTURE_MUST(!buf_failed(&b));
    w->text = buf_take_text(&b);
    w->note = fixture_sign_quorum(f, w->text);
    hash_sha256(w->text, strlen(w->text), w->hash);
}

struct fixture_warrant *fixture_add_warrant(struct fixture *f,
                                            const struct fixture_warrant_options *options)
{
    struct fixture_warrant_options o =
        options == NULL ? (struct fixture_warrant_options){0} : *options;
    FIXTURE_MUST(f->warrant_count < POLICY_WARRANTS_MAX);
    struct fixture_warrant *w = &f->warrants[f->warrant_count++];
    w->id = mem_string(o.id == NULL ? FIXTURE_WARRANT : o.id);
    w->bot = mem_string(o.bot == NULL ? f->bots[0].jid : o.bot);
    w->from_day = o.from_day == 0 ? FIXTURE_DAY - 1 : o.from_day;
    w->until_day = o.until_day == 0 ? FIXTURE_DAY + 1 : o.until_day;
    w->first_key_day = o.keys_from == 0 ? w->from_day : o.keys_from;
    int64_t last = o.keys_until == 0 ? w->until_day : o.keys_until;
    FIXTURE_MUST(last >= w->first_key_day);
    w->key_count = (size_t)(last - w->first_key_day + 1);
    w->day_keys = mem_array(w->key_count, sizeof *w->day_keys);
    make_epochs(f, w, o.low_order_day);
    make_warrant(f, w, &o);
    return w;
}

const struct hpke_keypair *fixture_day_key(const struct fixture_warrant *w, int64_t day)
{
    FIXTURE_MUST(day >= w->first_key_day && day - w->first_key_day < (int64_t)w->key_count);
    return &w->day_keys[day - w->first_key_day];
}

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, HASH_BYTES);
}

char *fixture_scope_accounts(const char *warrant_id, const char *const *handles, size_t count)
{
    CLEANUP_FREE uint8_t *hashes = mem_array(count, HASH_BYTES);
    struct buf b = BUF_INIT(TEXT_MAX);
    for (size_t i = 0; i < count; i++)
        warrant_account_hash(warrant_id, handles[i], hashes + i * HASH_BYTES);
    qsort(hashes, count, HASH_BYTES, compare_hashes);
    buf_put_text(&b, "accounts");
    for (size_t i = 0; i < count; i++) {
        char hex[2 * HASH_BYTES + 1];
        encode_hex(hashes + i * HASH_BYTES, HASH_BYTES, hex);
        buf_format(&b, " %s", hex);
    }
    return buf_take_text(&b);
}

static int compare_warrants(const void *a, const void *b)
{
    const struct fixture_warrant *const *x = a, *const *y = b;
    return strcmp((*x)->id, (*y)->id);
}

static void put_policy_lists(struct buf *b, const struct fixture *f)
{
    const struct fixture_warrant *sorted[POLICY_WARRANTS_MAX];
    for (size_t i = 0; i < f->bot_count; i++) {
        buf_format(b, "bot %s ", f->bots[i].jid);
        put_key(b, f->bots[i].signer.key.key);
        if (f->bots[i].countries == NULL)
            buf_put_text(b, " default\n");
        else
            buf_format(b, " countries %s\n", f->bots[i].countries);
    }
    for (size_t i = 0; i < f->warrant_count; i++)
        sorted[i] = &f->warrants[i];
    qsort(sorted, f->warrant_count, sizeof *sorted, compare_warrants);
    for (size_t i = 0; i < f->warrant_count; i++) {
        char hex[2 * HASH_BYTES + 1];
        encode_hex(sorted[i]->hash, HASH_BYTES, hex);
        buf_format(b, "warrant %s %s\n", sorted[i]->id, hex);
    }
}

char *fixture_policy_text(const struct fixture *f, const struct fixture_policy_options *options)
{
    struct fixture_policy_options o =
        options == NULL ? (struct fixture_policy_options){0} : *options;
    static const uint8_t zeros[HASH_BYTES];
    char issued[CALENDAR_INSTANT_LEN + 1], hex[2 * HASH_BYTES + 1];
    struct buf b = BUF_INIT(TEXT_MAX);
    calendar_format(o.issued_unix_ms == 0 ? FIXTURE_AT : o.issued_unix_ms, issued);
    buf_format(&b, "ironside policy 2\nnetwork %s\nserial %u\n", f->domain,
               o.serial == 0 ? 1 : o.serial);
    if (o.serial > 1) {
        encode_hex(o.previous == NULL ? zeros : o.previous, HASH_BYTES, hex);
        buf_format(&b, "previous %s\n", hex);
    }
    buf_format(&b, "issued %s\n", issued);
    put_policy_lists(&b, f);
    buf_format(&b, "%swithout-warrant %s\n", o.revoked == NULL ? "" : o.revoked,
               o.without == NULL ? "stop" : o.without);
    if (o.place != NULL)
        buf_format(&b, "without-place %s\n", o.place);
    buf_format(&b, "notice %s\n",
               o.notice == NULL ? "This network keeps records of what is written in it."
                                : o.notice);
    FIXTURE_MUST(!buf_failed(&b));
    return buf_take_text(&b);
}

struct policy_set *fixture_policy(const struct fixture *f, const struct fixture_policy_options *o)
{
    struct policy *p = NULL;
    CLEANUP_FREE char *text = fixture_policy_text(f, o);
    CLEANUP_FREE char *note = fixture_sign_quorum(f, text);
    FIXTURE_MUST(policy_open(f->network, note, strlen(note), &p, NULL) == 0);
    struct policy_set *set = policy_set_new(p);
    for (size_t i = 0; i < f->warrant_count; i++) {
        const struct fixture_warrant *w = &f->warrants[i];
        FIXTURE_MUST(
            policy_set_add(set, f->network, DOCUMENT_WARRANT, w->note, strlen(w->note), NULL) == 0);
        FIXTURE_MUST(policy_set_add(set, f->network, DOCUMENT_EPOCHS, w->epochs_note,
                                    strlen(w->epochs_note), NULL) == 0);
    }
    return set;
}
