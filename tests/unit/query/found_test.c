/* Three answers to each of thousands of queries over small corpora: the index's, the evaluator's,
 * and one by definition alone, over words that are numbers. */
#include <sqlite3.h>

#include "base/memory.h"
#include "support.h"

#define DOCUMENTS 40U
#define WORDS_MAX 12U
#define QUERIES 1500U

struct document {
    unsigned words[WORDS_MAX]; /* numbers of the vocabulary */
    unsigned count;
    const char *from, *to[2];
    bool nl, photo, place, near, warrant, tagged, flagged;
    int64_t at_unix_ms;
    struct buf body;
};

struct scene {
    struct tools *tools;
    sqlite3 *db;
    char sounds[64][32]; /* of each word of the vocabulary; "" */
    struct document documents[DOCUMENTS];
    unsigned exact, found, empty;
};

/* ---- the corpus ---- */

/* The tests know words by number: each must be one word, in its folded form. */
struct noted {
    const char *word;
    char *sound;
};

static int note_sound(void *context, const struct text_word *w)
{
    const struct noted *n = context;
    assert_true(w->position == 0);
    if (w->kind == TEXT_LATIN)
        snprintf(n->sound, 32, "%.*s", (int)w->len - 1, w->word + 1);
    else
        assert_true(w->len == strlen(n->word) && memcmp(w->word, n->word, w->len) == 0);
    return 0;
}

static void note_sounds(struct scene *s)
{
    assert_true(vocabulary_size() <= COUNT(s->sounds));
    for (size_t i = 0; i < vocabulary_size(); i++) {
        struct noted n = {vocabulary[i], s->sounds[i]};
        assert_int_equal(text_words(s->tools->text, n.word, strlen(n.word), note_sound, &n), 0);
    }
}

/* Half of the words are of the first few, so that phrases are found. */
static void make_document(struct scene *s, struct chance *c, struct document *doc)
{
    static const char *const people[] = {"anna", "ben", "carl"};
    static const char *const between[] = {" ", ", ", " \x01 ", "\n"};
    static const int64_t times[] = {INT64_C(1772300000000), INT64_C(1772366400000),
                                    INT64_C(1772366459999), INT64_C(1772366460000),
                                    INT64_C(1772409600000)};
    *doc = (struct document){.from = people[chance(c, 3)], .body = BUF_INIT(4096)};
    doc->to[0] = people[chance(c, 3)];
    doc->to[1] = chance(c, 2) == 0 ? people[chance(c, 3)] : NULL;
    doc->nl = chance(c, 2) == 0;
    doc->photo = chance(c, 3) == 0;
    doc->place = chance(c, 2) == 0;
    doc->near = doc->place && chance(c, 2) == 0;
    doc->warrant = chance(c, 2) == 0;
    doc->tagged = chance(c, 3) == 0;
    doc->flagged = chance(c, 3) == 0;
    doc->at_unix_ms = times[chance(c, (unsigned)COUNT(times))];
    doc->count = chance(c, WORDS_MAX + 1);
    for (unsigned i = 0; i < doc->count; i++) {
        unsigned below = chance(c, 2) == 0 ? 6 : (unsigned)vocabulary_size();
        doc->words[i] = chance(c, below);
        buf_put_text(&doc->body, vocabulary[doc->words[i]]);
        buf_put_text(&doc->body, between[chance(c, (unsigned)COUNT(between))]);
    }
    (void)s;
}

static void put_filter(struct buf *b, enum query_term term, const char *value)
{
    query_put_filter(b, term, value, strlen(value));
    buf_put_text(b, "\x01 ");
}

static void put_document(struct buf *b, const struct document *doc)
{
    put_filter(b, QUERY_FROM, doc->from);
    for (size_t i = 0; i < 2 && doc->to[i] != NULL; i++)
        put_filter(b, QUERY_TO, doc->to[i]);
    put_filter(b, QUERY_KIND, "text");
    if (doc->nl)
        put_filter(b, QUERY_COUNTRY, "NL");
    if (doc->photo)
        put_filter(b, QUERY_HAS, "photo");
    if (doc->place)
        put_filter(b, QUERY_HAS, "place");
    if (doc->warrant)
        put_filter(b, QUERY_WARRANT, "w-1");
    buf_put_u8(b, ' ');
    buf_put(b, doc->body.data, doc->body.len);
}

static void insert(const struct scene *s, sqlite3_int64 id, const struct document *doc)
{
    CLEANUP_BUF struct buf b = BUF_INIT(8192);
    sqlite3_stmt *q = NULL;
    put_document(&b, doc);
    assert_int_equal(
        sqlite3_prepare_v2(s->db, "INSERT INTO f(rowid, body) VALUES(?, ?)", -1, &q, NULL), 0);
    sqlite3_bind_int64(q, 1, id);
    sqlite3_bind_text(q, 2, (const char *)b.data, (int)b.len, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(q), SQLITE_DONE);
    sqlite3_finalize(q);
}

static void make_corpus(struct scene *s, struct chance *c)
{
    assert_int_equal(sqlite3_exec(s->db,
                                  "DROP TABLE IF EXISTS f; CREATE VIRTUAL TABLE f USING "
                                  "fts5(body, content='', columnsize=0, tokenize='desk')",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    for (size_t i = 0; i < DOCUMENTS; i++) {
        buf_clear(&s->documents[i].body);
        make_document(s, c, &s->documents[i]);
        insert(s, (sqlite3_int64)i, &s->documents[i]);
    }
}

static int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    struct diag d = {""};
    void *tools;
    tools_set_up(&tools);
    s->tools = tools;
    note_sounds(s);
    if (sqlite3_open(":memory:", &s->db) != SQLITE_OK || text_register(s->db, &d) < 0)
        fail_msg("%s", d.text);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    void *tools = s->tools;
    for (size_t i = 0; i < DOCUMENTS; i++)
        buf_clear(&s->documents[i].body);
    tools_tear_down(&tools);
    int r = sqlite3_close(s->db);
    free(s);
    return r;
}

/* ---- by definition ---- */

static bool names(const struct document *doc, const char *value, bool from, bool to)
{
    if (from && strcmp(doc->from, value) == 0)
        return true;
    for (size_t i = 0; to && i < 2 && doc->to[i] != NULL; i++)
        if (strcmp(doc->to[i], value) == 0)
            return true;
    return false;
}

static bool has_term(void *context, const struct query_node *n)
{
    const struct document *doc = context;
    switch (n->term) {
    case QUERY_FROM:
        return names(doc, n->value, true, false);
    case QUERY_TO:
        return names(doc, n->value, false, true);
    case QUERY_WITH:
        return names(doc, n->value, true, true);
    case QUERY_COUNTRY:
        return doc->nl;
    case QUERY_HAS:
        return doc->photo;
    case QUERY_KIND:
        return true;
    case QUERY_NEAR_PLACE:
        return doc->near;
    case QUERY_WARRANT:
        return doc->warrant;
    case QUERY_TAG:
        return doc->tagged;
    case QUERY_IS:
        return doc->flagged;
    default:
        fail_msg("%d was asked for", n->term);
        return false;
    }
}

static bool defined_word(const struct scene *s, unsigned word, const struct query_word *w)
{
    const char *texts[] = {vocabulary[word], s->sounds[word]};
    bool ascii = (w->word[0] & 0x80) == 0;
    for (size_t i = 0; i < (s->tools->options.latin && ascii ? 2 : 1); i++)
        if (w->prefix ? strncmp(texts[i], w->word, strlen(w->word)) == 0
                      : strcmp(texts[i], w->word) == 0)
            return true;
    return false;
}

static bool defined_phrase(const struct scene *s, const struct document *doc, unsigned at,
                           const struct query_node *n)
{
    bool is = at + n->word_count <= doc->count;
    for (size_t i = 0; is && i < n->word_count; i++)
        is = defined_word(s, doc->words[at + i], &n->words[i]);
    return is;
}

/* Every choice of places: phrase i onwards, with those before at `starts`. */
static bool defined_near(const struct scene *s, const struct document *doc,
                         const struct query_node *n, size_t i, unsigned *starts)
{
    if (i < n->child_count) {
        for (starts[i] = 0; starts[i] < doc->count; starts[i]++)
            if (defined_phrase(s, doc, starts[i], n->children[i]) &&
                defined_near(s, doc, n, i + 1, starts))
                return true;
        return false;
    }
    unsigned last = 0;
    for (size_t j = 0; j < n->child_count; j++)
        last = starts[j] > last ? starts[j] : last;
    for (size_t j = 0; j < n->child_count; j++)
        if (last > starts[j] + n->children[j]->word_count + n->distance)
            return false;
    return true;
}

static bool defined_leaf(const struct scene *s, const struct document *doc,
                         const struct query_node *n)
{
    unsigned starts[8];
    if (n->kind == QUERY_NEAR)
        return defined_near(s, doc, n, 0, starts);
    if (n->kind == QUERY_TERM && n->to_unix_ms != n->from_unix_ms)
        return doc->at_unix_ms >= n->from_unix_ms && doc->at_unix_ms < n->to_unix_ms;
    if (n->kind == QUERY_TERM)
        return has_term((void *)doc, n);
    for (unsigned i = 0; i < doc->count; i++)
        if (defined_phrase(s, doc, i, n))
            return true;
    return false;
}

static bool defined(const struct scene *s, const struct document *doc, const struct query_node *n)
{
    size_t holding = 0;
    if (n->child_count == 0 || n->kind == QUERY_NEAR)
        return defined_leaf(s, doc, n);
    for (size_t i = 0; i < n->child_count; i++)
        holding += defined(s, doc, n->children[i]);
    return n->kind == QUERY_NOT  ? holding == 0
           : n->kind == QUERY_OR ? holding > 0
                                 : holding == n->child_count;
}

/* ---- the three held against each other ---- */

static void ask_index(const struct scene *s, struct query_plan *plan, bool ret[static DOCUMENTS])
{
    sqlite3_stmt *q = NULL;
    int r;
    memset(ret, plan->match.len == 0, DOCUMENTS);
    if (plan->match.len == 0)
        return;
    assert_int_equal(sqlite3_prepare_v2(s->db, "SELECT rowid FROM f WHERE f MATCH ?", -1, &q, NULL),
                     0);
    sqlite3_bind_text(q, 1, buf_text(&plan->match), -1, SQLITE_STATIC);
    while ((r = sqlite3_step(q)) == SQLITE_ROW)
        ret[sqlite3_column_int(q, 0)] = true;
    sqlite3_finalize(q);
    if (r != SQLITE_DONE)
        fail_msg("%s: %s", sqlite3_errmsg(s->db), buf_text(&plan->match));
}

static void hold_against(struct scene *s, const struct query *q, struct query_plan *plan, size_t id,
                         bool found)
{
    struct document *doc = &s->documents[id];
    struct query_message m = {(const char *)doc->body.data, doc->body.len, doc->at_unix_ms,
                              has_term, doc};
    bool is = defined(s, doc, query_root(q)), says = query_matches(q, s->tools->text, &m);
    bool within = doc->at_unix_ms >= plan->from_unix_ms && doc->at_unix_ms < plan->to_unix_ms;
    found = found && within;
    if (is == says && (plan->exact ? is == found : is <= found)) {
        s->found += found;
        return;
    }
    CLEANUP_FREE char *text = canonical(q);
    fail_msg("%s\non \"%s\": it is %d, the evaluator says %d, the index %d (exact %d): %s", text,
             buf_text(&doc->body), is, says, found, plan->exact, buf_text(&plan->match));
}

static void ask(struct scene *s, const struct query *q)
{
    bool found[DOCUMENTS];
    struct query_plan plan;
    query_compile(q, NULL, &plan);
    ask_index(s, &plan, found);
    for (size_t i = 0; i < DOCUMENTS; i++)
        hold_against(s, q, &plan, i, found[i]);
    s->exact += plan.exact;
    s->empty += plan.match.len == 0;
    query_plan_clear(&plan);
}

static void ask_many(struct scene *s, bool latin, uint64_t seed)
{
    struct chance c = {seed};
    s->tools->options.latin = latin;
    for (unsigned i = 0; i < QUERIES; i++) {
        if (i % 100 == 0)
            make_corpus(s, &c);
        CLEANUP(query_free_cleanup) struct query *q = random_query(&c, s->tools, 1 + i % 4);
        ask(s, q);
    }
    /* The test says nothing where nothing is found, or where the index is not asked. */
    assert_true(s->exact > QUERIES / 4 && s->exact < QUERIES);
    assert_true(s->empty < QUERIES / 2);
    assert_true(s->found > QUERIES);
}

static void query__compile__finds_what_matches(void **state)
{
    ask_many(*state, false, 0x9e3779b97f4a7c15);
}

static void query__compile__finds_what_sounds_alike(void **state)
{
    ask_many(*state, true, 0xd1b54a32d192ed03);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(query__compile__finds_what_matches, set_up, tear_down),
        cmocka_unit_test_setup_teardown(query__compile__finds_what_sounds_alike, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
