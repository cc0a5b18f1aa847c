/* What the index finds is what query_matches says of each message, over random messages and
 * queries, with shards of seven messages. The terms are judged here from the test's own record of
 * what there is.
 */
#include <math.h>
#include <stdio.h>
#include <strings.h>

#include "desk/assign.h"
#include "desk/index_internal.h"
#include "query/match.h"
#include "query/terms.h"
#include "scene.h"

#define MESSAGES 160
#define QUERIES 400
#define PEOPLE 8

static const char *const words[] = {
    "the",     "a",      "of",      "to",    "is",    "and",      "boat",  "pier",
    "cash",    "meet",   "Meet",    "nine",  "money", "it's",     "u.s.a", "façade",
    "naïve",   "причал", "девять",  "лодка", "明天",  "码头",     "見面",  "ท่าเรือ",
    "الميناء", "😀",      "meeting", "boats", "x",     "john.doe", "café",  "moskva",
    "москва",  "in",     "at",      "zebra", "quay",  "on",       "for",   "do",
};
#define WORDS (sizeof words / sizeof words[0])
static const char *const people[PEOPLE] = {
    "anna@chat.example", "ben@chat.example", "carl@chat.example", "dora@chat.example",
    "emil@chat.example", "fay@chat.example", "gus@chat.example",  "hedi@chat.example",
};
static const char *const tags[] = {"hot", "cold", "later"};
static const char *const organisations[] = {"", "Dockers", "Clerks"};
static const char *const names[] = {"", "Ringo", "Boss"};
static const char *const countries[] = {"NL", "DE", "", "BR"};

struct said {
    char body[512], to[256];
    int from, place, kind;
    const char *country, *lang, *warrants[2];
    unsigned tags, in_case, assigned, seen, flagged, edited, retracted;
    int64_t at;
};

struct world {
    struct scene *s;
    uint64_t random;
    struct said said[MESSAGES + 1];
    int organisation[PEOPLE], name[PEOPLE];
    int count;
    bool clerks_assigned;
};

static unsigned pick(struct world *w, unsigned n)
{
    w->random += 0x9e3779b97f4a7c15U;
    return (unsigned)(names_mix(w->random) >> 33) % n;
}

/* Low numbers much more often. */
static unsigned pick_skewed(struct world *w, unsigned n)
{
    unsigned a = pick(w, n), b = pick(w, n), c = pick(w, n);
    a = a < b ? a : b;
    return a < c ? a : c;
}

/* ---- messages ---- */

static void make_body(struct world *w, struct said *m)
{
    char text[400] = "";
    unsigned count = 1 + pick(w, 9);
    for (unsigned i = 0; i < count; i++) {
        strcat(text, i == 0 ? "" : pick(w, 12) == 0 ? "\x01 " : pick(w, 6) == 0 ? ", " : " ");
        strcat(text, words[pick_skewed(w, WORDS)]);
    }
    unsigned which = pick(w, 20);
    m->kind = CONTENT_TEXT;
    if (which == 0) {
        snprintf(m->body, sizeof m->body, "geo:52.%02u,4.89\nironside:position", pick(w, 100));
        sscanf(m->body, "geo:52.%02d", &m->place);
        m->kind = CONTENT_POSITION;
    } else if (which == 1 && w->count > 2) {
        int target = 1 + (int)pick(w, (unsigned)w->count - 1);
        m->from = w->said[target].from;
        if (w->said[target].kind == CONTENT_TEXT)
            w->said[target].edited = 1;
        m->kind = CONTENT_EDIT;
        snprintf(m->body, sizeof m->body, "Correction: %s\nironside:edit?id=m%d", text, target - 1);
    } else {
        snprintf(m->body, sizeof m->body, "%s", text);
    }
}

static void make_message(struct world *w)
{
    struct said *m = &w->said[++w->count];
    char to[256] = "";
    *m = (struct said){.from = (int)pick_skewed(w, PEOPLE), .place = -1};
    make_body(w, m);
    for (unsigned i = 0, n = 1 + pick(w, 3); i < n; i++)
        snprintf(to + strlen(to), sizeof to - strlen(to), "%s%s", i == 0 ? "" : " ",
                 people[pick(w, PEOPLE)]);
    strcpy(m->to, to);
    struct follower_message f;
    scene_message(w->s, &f, people[m->from], to, m->body);
    f.at_unix_ms += (int64_t)pick(w, 7) * 61001 - 180000; /* some come late */
    m->at = f.at_unix_ms;
    m->country = countries[pick(w, 4)];
    memcpy(f.country, m->country, strlen(m->country) + 1);
    m->warrants[0] = f.warrant = pick(w, 2) == 0 ? "w1" : "w2";
    scene_must(w->s, scene_add(w->s, &f));
    if (pick(w, 5) == 0) { /* under a second warrant, perhaps after a commit */
        if (pick(w, 2) == 0)
            scene_commit(w->s);
        m->warrants[1] = f.warrant = "w3";
        f.leaf = w->s->leaf + 100000;
        scene_must(w->s, scene_add(w->s, &f));
    }
    if (pick(w, 4) == 0)
        scene_commit(w->s);
}

static void mark(struct world *w, int id)
{
    struct said *m = &w->said[id];
    struct scene *s = w->s;
    for (unsigned t = 0; t < 3; t++)
        if (pick(w, 6 * (t + 1)) == 0) {
            m->tags |= 1U << t;
            scene_must(s, desk_tag(s->x, id, tags[t], true, &scene_by, &s->d));
        }
    if ((m->flagged = pick(w, 10) == 0) != 0)
        scene_must(s, desk_flag(s->x, id, true, &scene_by, &s->d));
    if ((m->in_case = pick(w, 10) == 0) != 0)
        scene_must(s, desk_case_add(s->x, "c1", id, true, &scene_by, &s->d));
    if ((m->assigned = pick(w, 10) == 0) != 0)
        scene_must(s, desk_assign_message(s->x, id, 1, true, &scene_by, &s->d));
    if ((m->seen = pick(w, 3) == 0) != 0)
        scene_must(s, desk_mark_seen(s->x, id, &scene_by, &s->d));
}

/* In half of the worlds. */
static void assign_clerks(struct world *w)
{
    struct scene *s = w->s;
    if (pick(w, 2) == 0)
        return;
    int r = desk_assign(s->x, DESK_ASSIGN_ORGANISATION, "clerks", 1, true, &scene_by, &s->d);
    if (r != ERR_NOT_FOUND)
        scene_must(s, r);
    w->clerks_assigned = r == 0;
}

static void make_world(struct world *w)
{
    for (int i = 0; i < MESSAGES; i++)
        make_message(w);
    scene_commit(w->s);
    while (desk_index_tidy(w->s->x))
        ;
    scene_must(w->s, desk_case_create(w->s->x, "c1", "A case", &scene_by, &w->s->d));
    for (int id = 1; id <= w->count; id++)
        mark(w, id);
    for (int p = 0; p < PEOPLE; p++) {
        w->organisation[p] = (int)pick(w, 3);
        w->name[p] = (int)pick(w, 3);
        int r = desk_set_organisation(w->s->x, people[p], organisations[w->organisation[p]],
                                      &scene_by, &w->s->d);
        if (r == 0)
            r = desk_set_name(w->s->x, people[p], names[w->name[p]], &scene_by, &w->s->d);
        if (r != ERR_NOT_FOUND)
            scene_must(w->s, r);
    }
    assign_clerks(w);
}

/* ---- the truth ---- */

struct truth {
    struct world *w;
    const struct said *m;
};

static bool is_person(const struct world *w, int p, const char *value)
{
    for (int i = 0; i < PEOPLE; i++)
        if (w->name[i] != 0 && strcasecmp(names[w->name[i]], value) == 0)
            return w->name[p] != 0 && strcasecmp(names[w->name[p]], value) == 0;
    size_t len = strcspn(value, "@");
    return strcspn(people[p], "@") == len && strncmp(people[p], value, len) == 0;
}

static bool got_it(const struct said *m, int p)
{
    return strstr(m->to, people[p]) != NULL;
}

static bool any_person(const struct truth *t, const char *value, bool from, bool to)
{
    for (int p = 0; p < PEOPLE; p++)
        if (is_person(t->w, p, value) && ((from && t->m->from == p) || (to && got_it(t->m, p))))
            return true;
    return false;
}

/* Itself, or another account of the person. */
static bool belongs(const struct world *w, int p, const char *value)
{
    for (int i = 0; i < PEOPLE; i++)
        if (strcasecmp(organisations[w->organisation[i]], value) == 0 &&
            (i == p || (w->name[p] != 0 && w->name[i] == w->name[p])))
            return true;
    return false;
}

static bool of_organisation(const struct truth *t, const char *value)
{
    for (int p = 0; p < PEOPLE; p++)
        if ((t->m->from == p || got_it(t->m, p)) && belongs(t->w, p, value))
            return true;
    return false;
}

static bool is_near(const struct said *m, const struct query_place *p)
{
    double lat = 52 + m->place / 100.0;
    return m->place >= 0 && fabs(lat - p->lat) * 111.195 <= p->km;
}

static bool term_holds(void *context, const struct query_node *n)
{
    const struct truth *t = context;
    const struct said *m = t->m;
    switch (n->term) {
    case QUERY_FROM:
        return any_person(t, n->value, true, false);
    case QUERY_TO:
        return any_person(t, n->value, false, true);
    case QUERY_WITH:
        return any_person(t, n->value, true, true);
    case QUERY_ORG:
        return of_organisation(t, n->value);
    case QUERY_COUNTRY:
        return strcasecmp(m->country, n->value) == 0;
    case QUERY_KIND:
        return (int)content_kind_of(n->value) == m->kind;
    case QUERY_HAS:
        return m->place >= 0 && strcmp(n->value, "place") == 0;
    case QUERY_NEAR_PLACE:
        return is_near(m, &n->place);
    case QUERY_TAG:
        for (unsigned i = 0; i < 3; i++)
            if (strcmp(tags[i], n->value) == 0)
                return (m->tags >> i & 1) != 0;
        return false;
    case QUERY_CASE:
        return m->in_case != 0 && strcmp(n->value, "c1") == 0;
    case QUERY_ASSIGNED:
        return m->assigned != 0 || (t->w->clerks_assigned && of_organisation(t, "Clerks"));
    case QUERY_SEEN:
        return m->seen != 0;
    case QUERY_UNSEEN:
        return m->seen == 0;
    case QUERY_IS:
        return strcmp(n->value, "flagged") == 0  ? m->flagged != 0
               : strcmp(n->value, "edited") == 0 ? m->edited != 0
                                                 : m->retracted != 0;
    case QUERY_WARRANT:
        return strcasecmp(m->warrants[0], n->value) == 0 ||
               (m->warrants[1] != NULL && strcasecmp(m->warrants[1], n->value) == 0);
    case QUERY_BOT:
        return strcmp(n->value, SCENE_BOT) == 0;
    default:
        fail_msg("term %d", (int)n->term);
    }
    return false;
}

static bool truly_matches(struct world *w, const struct query *q, int id)
{
    struct truth t = {w, &w->said[id]};
    const char *body = t.m->kind == CONTENT_POSITION ? "" : t.m->body;
    size_t len = strcspn(body, "\n");
    if (t.m->kind == CONTENT_EDIT) {
        body += strlen("Correction: ");
        len -= strlen("Correction: ");
    }
    const struct query_message m = {body, len, t.m->at, term_holds, &t};
    return query_matches(q, w->s->text, &m);
}

/* ---- queries ---- */

static void put_word(struct world *w, struct buf *b)
{
    const char *word = words[pick_skewed(w, WORDS)];
    int len = (int)(2 + pick(w, 2));
    if (pick(w, 8) == 0 && (unsigned char)word[0] < 0x80 && (int)strcspn(word, ".'\xc3") >= len)
        buf_format(b, "%.*s*", len, word);
    else
        buf_put_text(b, word);
}

static void put_term(struct world *w, struct buf *b)
{
    static const char *const fixed[] = {
        "is:flagged",
        "is:edited",
        "is:retracted",
        "case:c1",
        "assigned:me",
        "assigned:anyone",
        "seen:me",
        "unseen:me",
        "seen:anyone",
        "has:place",
        "kind:position",
        "kind:edit",
        "kind:text",
        "near:52.50,4.89,20",
        "bot:bot1",
        "warrant:w1",
        "warrant:w2",
        "warrant:w3",
        "country:nl",
        "country:br",
        "org:Dockers",
        "org:Clerks",
        "tag:hot",
        "tag:cold",
        "tag:later",
        "tag:none",
        "from:ringo",
        "to:boss",
        "with:Ringo",
        "before:2026-03-01T01:00",
        "after:2026-03-01T01:30",
        "on:2026-03-01",
        "at:2026-03-01T00:40",
        "after:2026-03-01T00:30",
        "before:2026-03-01T02:10",
    };
    static const char *const who[] = {"from", "to", "with"};
    if (pick(w, 3) == 0)
        buf_format(b, "%s:%s", who[pick(w, 3)], people[pick(w, PEOPLE)]);
    else
        buf_put_text(b, fixed[pick(w, sizeof fixed / sizeof fixed[0])]);
}

static void put_sieve(struct world *w, struct buf *b)
{
    static const char *const sieves[] = {"tag:hot ",   "tag:cold ",    "is:flagged ",
                                         "case:c1 ",   "seen:me ",     "-tag:hot ",
                                         "unseen:me ", "org:Dockers ", "assigned:me "};
    buf_put_text(b, sieves[pick(w, sizeof sieves / sizeof sieves[0])]);
    if (pick(w, 2) == 0)
        buf_format(b, "%s ", words[pick_skewed(w, 10)]);
}

static void put_query(struct world *w, struct buf *b, unsigned depth)
{
    unsigned what = pick(w, depth == 0 ? 6 : 10);
    switch (what) {
    case 0:
    case 1:
        put_word(w, b);
        return;
    case 2:
        buf_put_u8(b, '"');
        for (unsigned i = 0, n = 1 + pick(w, 3); i < n; i++)
            buf_format(b, "%s%s", i == 0 ? "" : " ", words[pick_skewed(w, 12)]);
        buf_put_text(b, pick(w, 5) == 0 ? " bo*\"" : "\"");
        return;
    case 3:
        buf_format(b, "%s NEAR/%u ", words[pick_skewed(w, 14)], 1 + pick(w, 4));
        buf_put_text(b, words[pick_skewed(w, 14)]);
        return;
    case 4:
    case 5:
        put_term(w, b);
        return;
    case 6:
        buf_put_text(b, "-(");
        put_query(w, b, depth - 1);
        buf_put_u8(b, ')');
        return;
    default:
        buf_put_u8(b, '(');
        put_query(w, b, depth - 1);
        buf_put_text(b, what == 7 ? " OR " : " ");
        put_query(w, b, depth - 1);
        buf_put_u8(b, ')');
    }
}

static void compare(struct world *w, const char *written)
{
    CLEANUP(query_free_cleanup) struct query *q = scene_query(w->s, written);
    CLEANUP_BUF struct buf newest = BUF_INIT(1 << 16), oldest = BUF_INIT(1 << 16);
    bool matches[MESSAGES + 1];
    uint64_t count = 0;
    for (int id = 1; id <= w->count; id++)
        if ((matches[id] = truly_matches(w, q, id))) {
            buf_format(&oldest, "%s%d", oldest.len == 0 ? "" : " ", id);
            count++;
        }
    for (int id = w->count; id >= 1; id--)
        if (matches[id])
            buf_format(&newest, "%s%d", newest.len == 0 ? "" : " ", id);
    const char *found = scene_find(w->s, written);
    if (strcmp(found, buf_text(&newest)) != 0)
        fail_msg("%s\nfound  '%s'\nin truth '%s'", written, found, buf_text(&newest));
    found = scene_find_as(w->s, written, DESK_OLDEST, 1, DESK_HITS_MAX, 0);
    if (strcmp(found, buf_text(&oldest)) != 0)
        fail_msg("oldest first: %s\nfound  '%s'\nin truth '%s'", written, found, buf_text(&oldest));
    struct desk_counts *counts = NULL;
    scene_must(w->s, desk_count_hits(w->s->x, q, 1, 60000, &counts, &w->s->d));
    assert_true(counts->exact);
    if (counts->total != count)
        fail_msg("%s: counted %llu, are %llu", written, (unsigned long long)counts->total,
                 (unsigned long long)count);
    desk_counts_free(counts);
}

static void differential__index_finds_what_matches(void **state)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        if (seed > 1)
            scene_set_up(state);
        struct scene *s = *state;
        s->shard_messages = 7;
        scene_reopen(s);
        struct world *w = calloc(1, sizeof *w);
        w->s = s;
        w->random = seed;
        make_world(w);
        if (seed % 2 == 0)
            scene_reopen(s);
        scene_must(s, desk_index_check(s->x, &s->d));
        for (int i = 0; i < QUERIES; i++) {
            CLEANUP_BUF struct buf b = BUF_INIT(8000);
            if (i % 3 == 0) /* what a small set may drive */
                put_sieve(w, &b);
            put_query(w, &b, pick(w, 4));
            compare(w, buf_text(&b));
        }
        free(w);
        if (seed < 4)
            scene_tear_down(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(differential__index_finds_what_matches),
    };
    return cmocka_run_group_tests_name("differential", tests, NULL, NULL);
}
