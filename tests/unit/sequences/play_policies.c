/* How policies come: from custodians to the registrar, to devices and bot. */
#include "play_internal.h"

#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"

/* What each says, as lines and as warrants and bots of the fixture. */
static const struct {
    bool a, b, east, open;
    const char *place;
} contents[] = {
    [RULES_OPEN] = {.open = true},
    [RULES_A] = {.a = true},
    [RULES_A_B] = {.a = true, .b = true},
    [RULES_A_B_TODAY] = {.a = true, .b = true},
    [RULES_EAST] = {.a = true, .east = true},
    [RULES_EAST_DEFAULT] = {.a = true, .east = true, .place = "default"},
    [RULES_EAST_OPEN] = {.east = true, .open = true},
    [RULES_KEY_REVOKED] = {.a = true},
    [RULES_SENDER_REVOKED] = {.a = true},
};
_Static_assert(sizeof contents / sizeof *contents == RULES_COUNT, "each has its contents");

const char *play_without(enum rules rules)
{
    return contents[rules].open ? "open" : NULL;
}

bool play_has_a(enum rules rules)
{
    return contents[rules].a;
}

static void show_warrant(struct fixture *view, const struct fixture *f, const char *id, bool shown)
{
    for (size_t i = 0; shown && i < f->warrant_count; i++)
        if (strcmp(f->warrants[i].id, id) == 0)
            view->warrants[view->warrant_count++] = f->warrants[i];
}

/* The fixture with just what these rules name; it owns nothing. */
static void view_of(const struct fixture *f, enum rules rules, struct fixture *ret)
{
    *ret = *f;
    ret->warrant_count = 0;
    ret->bot_count = contents[rules].east ? 2 : 1;
    show_warrant(ret, f, FIXTURE_WARRANT, contents[rules].a);
    show_warrant(ret, f, PLAY_B_WARRANT, contents[rules].b);
    show_warrant(ret, f, PLAY_EAST_WARRANT, contents[rules].east);
}

static char *revocation(const struct play *p, enum rules rules, int64_t since_ms)
{
    char since[CALENDAR_INSTANT_LEN + 1], hex[2 * HASH_BYTES + 1];
    char key[ENCODE_BASE64_LEN(SIGN_PUBLIC_BYTES) + 1];
    calendar_format(since_ms, since);
    encode_base64(p->w->f->bots[0].signer.key.key, SIGN_PUBLIC_BYTES, key);
    encode_hex(anna(p->w)->device->certificate->document.hash, HASH_BYTES, hex);
    if (rules == RULES_KEY_REVOKED)
        return mem_format("revoked bot-key %s %s\n", key, since);
    return rules == RULES_SENDER_REVOKED ? mem_format("revoked certificate %s %s\n", hex, since)
                                         : NULL;
}

/* Two of it: one is the world's. */
static void make_set(struct play *p, const struct change *c, uint32_t serial,
                     struct policy_set *ret[static 2])
{
    const struct policy *last = p->sets[p->newest]->policy;
    int64_t issued = c->flaw == FLAW_EARLY   ? last->issued_unix_ms - 1
                     : c->flaw == FLAW_AHEAD ? p->now + 60 * PLAY_MINUTE
                                             : p->now - c->ago * PLAY_MINUTE;
    CLEANUP_FREE char *revoked = revocation(p, c->rules, issued);
    struct fixture view;
    const struct fixture_policy_options o = {
        .serial = serial,
        .previous = c->flaw == FLAW_ASTRAY ? last->previous : last->document.hash,
        .issued_unix_ms = issued,
        .revoked = revoked,
        .without = contents[c->rules].open ? "open" : NULL,
        .place = contents[c->rules].place};
    view_of(p->w->f, c->rules, &view);
    ret[0] = fixture_policy(&view, &o);
    ret[1] = fixture_policy(&view, &o);
}

/* It is in the registrar's hands and in the log; whom it is told to depends on the helper. */
static void spread(struct play *p, struct policy_set *s)
{
    struct world *w = p->w;
    policy_set_free(w->rules);
    w->rules = s;
    world_put_document(w, DOCUMENT_POLICY, &s->policy->document, NULL, s->policy->serial);
    for (size_t i = 0; i < s->policy->warrant_count; i++) {
        world_put_document(w, DOCUMENT_WARRANT, &s->warrants[i]->document, NULL, 0);
        world_put_document(w, DOCUMENT_EPOCHS, &s->epochs[i]->document, NULL, 0);
    }
    bool given = !play_helps(p, REGISTRAR_SILENT, REGISTRAR_OLD);
    world_announce(w, anna(w));
    if (!play_helps(p, SERVER_HOLDS_RECIPIENT, SERVER_HOLDS_BOTH))
        world_announce(w, bert(w));
    if (given && !play_helps(p, SERVER_HOLDS_BOT, SERVER_HOLDS_BOTH)) {
        bot_publish(p->b, s);
        bot_announce(p->b);
    }
}

void play_issue(struct play *p, size_t i)
{
    const struct change *c = &p->row->changes[i];
    uint32_t serial = p->newest + (c->flaw == FLAW_SKIPS ? 2 : 1);
    struct policy_set *both[2];
    make_set(p, c, serial, both);
    play_note(p, WHO_CUSTODIANS, office_read(p->office, p->sets[p->newest], both[0]));
    const char *line = office_import(p->office, both[0]);
    bool taken = line[0] == '\0' || p->row->helper == REGISTRAR_TAKES;
    if (p->row->helper != REGISTRAR_TAKES)
        play_note(p, WHO_REGISTRAR, line);
    p->sets[serial] = both[0];
    if (taken) {
        spread(p, both[1]);
        p->newest = serial;
    } else {
        policy_set_free(both[1]);
    }
}

static bool is_named(const struct row *r, enum rules rules)
{
    for (size_t i = 0; i < r->change_count; i++)
        if (r->changes[i].rules == rules)
            return true;
    return false;
}

void play_add_warrants(struct play *p)
{
    struct fixture *f = p->w->f;
    const int64_t today = calendar_day_of(p->now);
    struct fixture_warrant_options o = {.from_day = today - 2, .until_day = today + 2};
    if (f->warrant_count == 0)
        fixture_add_warrant(f, &o);
    o.id = PLAY_EAST_WARRANT;
    o.bot = PLAY_EAST_BOT;
    fixture_add_bot(f, PLAY_EAST_BOT, "DE");
    fixture_add_warrant(f, &o);
    o.id = PLAY_B_WARRANT;
    o.bot = NULL;
    o.from_day = is_named(p->row, RULES_A_B_TODAY) ? today : today - 2;
    fixture_add_warrant(f, &o);
}

void play_found(struct play *p)
{
    const struct fixture *f = p->w->f;
    for (size_t i = 0; i < p->w->document_count; i++) {
        const char *text = p->w->documents[i].note;
        struct policy *x = NULL;
        if (p->w->documents[i].kind != DOCUMENT_POLICY)
            continue;
        FIXTURE_MUST(policy_open(f->network, text, strlen(text), &x, NULL) == 0);
        struct policy_set *s = p->sets[x->serial] = policy_set_new(x);
        const struct fixture_warrant *a = &f->warrants[0];
        if (x->warrant_count > 0)
            FIXTURE_MUST(policy_set_add(s, f->network, DOCUMENT_WARRANT, a->note, strlen(a->note),
                                        NULL) == 0 &&
                         policy_set_add(s, f->network, DOCUMENT_EPOCHS, a->epochs_note,
                                        strlen(a->epochs_note), NULL) == 0);
        const char *line = office_import(p->office, s);
        if (line[0] != '\0')
            fail_msg("%s", line);
    }
    p->newest = ROW_FIRST;
    FIXTURE_MUST(p->sets[ROW_FIRST] != NULL);
}
