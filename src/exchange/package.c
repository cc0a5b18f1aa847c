#include "exchange/package.h"

#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"
#include "wire/value.h"

static const char *const why_texts[] = {[PACKAGE_SHOWN] = "record",
                                        [PACKAGE_OUT_OF_SCOPE] = "scope",
                                        [PACKAGE_PRIVILEGED] = "privileged",
                                        [PACKAGE_REDACTED] = "redacted",
                                        [PACKAGE_UNVERIFIED] = "unverified"};
_Static_assert(sizeof why_texts / sizeof *why_texts == PACKAGE_WHYS, "a word for each");

const char *package_why_text(enum package_why why)
{
    return why_texts[why];
}

enum package_why package_why_of(const char *word)
{
    enum package_why why = 0;
    while (why < PACKAGE_WHYS && strcmp(word, why_texts[why]) != 0)
        why++;
    return why;
}

bool package_name_valid(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len <= PACKAGE_NAME_MAX && name[0] >= 'a' && name[0] <= 'z' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

/* ---- writing ---- */

static void put_bot(struct buf *b, const struct package_bot *x)
{
    buf_format(b, "bot %s %" PRIu64, x->jid, x->size);
    for (enum package_why why = 0; why < PACKAGE_WHYS; why++)
        buf_format(b, " %" PRIu64, x->counts[why]);
    buf_put_text(b, "\n");
}

void package_format(struct buf *b, const struct package *p)
{
    char hex[2 * PACKAGE_MANIFEST_BYTES + 1];
    buf_format(b, "ironside package 1\nnetwork %s\nagency %s\npackage %s\nmade ", p->network,
               p->agency, p->name);
    document_put_instant(b, p->made_unix_ms);
    buf_format(b, "\nscope %s\n", p->scope);
    for (size_t i = 0; i < p->warrant_count; i++) {
        buf_format(b, "warrant %s ", p->warrants[i].id);
        document_put_hash(b, p->warrants[i].hash);
        buf_put_text(b, "\n");
    }
    for (size_t i = 0; i < p->bot_count; i++)
        put_bot(b, &p->bots[i]);
    encode_hex(p->manifest, sizeof p->manifest, hex);
    buf_format(b, "manifest %s\n", hex);
}

/* ---- reading ---- */

static void read_warrants(struct document_reader *r, struct package *p)
{
    const char *value, *words[2];
    while (r->failed == 0 && (value = document_optional(r, "warrant")) != NULL) {
        struct package_warrant *w = &p->warrants[p->warrant_count];
        if (p->warrant_count == PACKAGE_WARRANTS_MAX ||
            document_words(r, "warrant", value, words, 2) != 2 || !value_warrant_valid(words[0]) ||
            decode_hex_exact(words[1], strlen(words[1]), w->hash, HASH_BYTES) < 0) {
            document_refuse(r, "warrant", value, "not an id and a hash, or too many");
            return;
        }
        w->id = words[0];
        p->warrant_count++;
        if (p->warrant_count > 1 && strcmp(w[-1].id, w->id) >= 0)
            document_refuse(r, "warrant", value, "not in order");
    }
    if (p->warrant_count == 0)
        document_unexpected(r, "names no warrant");
}

#define BOT_WORDS (2 + PACKAGE_WHYS)

static bool take_bot(const char *const *words, size_t count, struct package_bot *x)
{
    if (count != BOT_WORDS || !value_domain_valid(words[0]) ||
        value_parse_u64(words[1], INT64_MAX, &x->size) < 0)
        return false;
    x->jid = words[0];
    for (enum package_why why = 0; why < PACKAGE_WHYS; why++)
        if (value_parse_u64(words[2 + why], x->size, &x->counts[why]) < 0)
            return false;
    return true;
}

static void read_bots(struct document_reader *r, struct package *p)
{
    const char *value, *words[BOT_WORDS];
    while (r->failed == 0 && (value = document_optional(r, "bot")) != NULL) {
        if (p->bot_count == PACKAGE_BOTS_MAX ||
            !take_bot(words, document_words(r, "bot", value, words, BOT_WORDS),
                      &p->bots[p->bot_count])) {
            document_refuse(r, "bot", value, "not a bot with its counts, or too many");
            return;
        }
        p->bot_count++;
    }
    if (p->bot_count == 0)
        document_unexpected(r, "names no bot");
}

static void read_manifest(struct document_reader *r, struct package *p)
{
    const char *value = document_value(r, "manifest");
    if (r->failed == 0 &&
        decode_hex_exact(value, strlen(value), p->manifest, sizeof p->manifest) < 0)
        document_refuse(r, "manifest", value, "not a SHA-512 in hexadecimal");
}

static int read_text(struct document_reader *r, struct package *p, const char *domain)
{
    document_network(r, domain);
    p->network = domain;
    p->agency = document_value(r, "agency");
    if (!value_handle_valid(p->agency))
        document_refuse(r, "agency", p->agency, "not an agency's name");
    p->name = document_value(r, "package");
    if (!package_name_valid(p->name))
        document_refuse(r, "package", p->name, "not a package's name");
    p->made_unix_ms = document_instant(r, "made");
    p->scope = document_value(r, "scope");
    if (!value_line_valid(p->scope, PACKAGE_SCOPE_MAX))
        document_refuse(r, "scope", p->scope, "not a line");
    read_warrants(r, p);
    read_bots(r, p);
    read_manifest(r, p);
    return document_end(r);
}

void package_free(struct package *p)
{
    if (p == NULL)
        return;
    document_clear(&p->document);
    free(p);
}

/* ---- whose it is ---- */

static int check_warrant(const struct library *l, const struct package_warrant *w,
                         const struct warrant **ret, struct diag *d)
{
    *ret = library_warrant(l, w->id);
    if (*ret == NULL || memcmp((*ret)->document.hash, w->hash, HASH_BYTES) != 0)
        return diag_set(d, ERR_NOT_FOUND, "package: warrant %s is not in the documents", w->id);
    return 0;
}

/* Any of its warrants may name the desk; whoever holds that key has said the whole. */
static int check_desk(const struct library *l, const struct package *p, const struct note *view,
                      struct diag *d)
{
    bool named = false;
    for (size_t i = 0; i < p->warrant_count; i++) {
        const struct warrant *w;
        int r = check_warrant(l, &p->warrants[i], &w, d);
        if (r < 0)
            return r;
        const struct warrant_agency *a = warrant_agency(w, p->agency);
        if (a == NULL || !a->has_desk || named)
            continue;
        r = document_verify(view, "package", a->name, a->desk, d);
        if (r < 0)
            return r;
        named = true;
    }
    return named ? 0
                 : diag_set(d, ERR_AUTH, "package: none of its warrants names a desk of %s",
                            p->agency);
}

int package_open(const struct network_note *net, const struct library *l, const char *note,
                 size_t len, struct package **ret, struct diag *d)
{
    CLEANUP(package_free_cleanup) struct package *p = mem_new(sizeof *p);
    struct document_reader r;
    struct note view;
    int e = document_begin(&r, &p->document, "package", note, len, PACKAGE_NOTE_MAX, &view, d);
    if (e == 0)
        e = read_text(&r, p, net->domain);
    if (e == 0)
        e = check_desk(l, p, &view, d);
    if (e == 0)
        *ret = TAKE(p);
    return e;
}
