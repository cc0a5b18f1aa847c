#include "support.h"

/* ---- what is read ---- */

struct reading {
    const char *written, *canonical;
};

static void assert_readings(void **state, const struct reading *readings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_canonical(*state, readings[i].written, readings[i].canonical);
}

static void query__parse__reads_operators(void **state)
{
    static const struct reading readings[] = {
        {"", ""},
        {" \t\r\n\xc2\xa0\xe3\x80\x80 ", ""},
        {"a b", "a b"},
        {"a AND b", "a b"},
        {"a and b", "a and b"},
        {"a OR b", "a OR b"},
        {"a or b", "a or b"},
        {"a b OR c d", "(a b) OR (c d)"},
        {"a (b OR c) d", "a (b OR c) d"},
        {"((a))", "a"},
        {"\xe2\x81\xa6"
         "a\xe2\x81\xa9"
         "b",
         "a b"},
        {"a (b (c d))", "a b c d"},
        {"a OR (b OR c)", "a OR b OR c"},
        {"(a OR b) OR c", "a OR b OR c"},
        {"(a OR b)", "a OR b"},
        {"-a", "-a"},
        {"NOT a", "-a"},
        {"NOT not", "-not"},
        {"-(a b)", "-(a b)"},
        {"-(a OR b) c", "-(a OR b) c"},
        {"--a", "a"},
        {"-(-a)", "a"},
        {"-NOT -a", "-a"},
        {"NOT(a)", "-a"},
        {"a(b)c", "a b c"},
        {"a AND NOT b", "a -b"},
        {"a OR -b", "a OR -b"},
    };
    assert_readings(state, readings, COUNT(readings));
}

static void query__parse__reads_words(void **state)
{
    static const struct reading readings[] = {
        {"Meet*", "meet*"},
        {"\"at the Pier\"", "\"at the pier\""},
        {"\"at the pi*\"", "\"at the pi*\""},
        {"\"at the pi\"*", "\"at the pi*\""},
        {"\"pier\"", "pier"},
        {"\"OR\"", "or"},
        {"\"a \"\" b\"", "\"a b\""},
        {"a\"b\"", "a b"},
        {"\xe2\x80\x9c"
         "at the pier"
         "\xe2\x80\x9d",
         "\"at the pier\""},
        {"\xe2\x80\x9e"
         "am Kai"
         "\xe2\x80\x9c",
         "\"am kai\""},
        {"\xc2\xab"
         "au quai"
         "\xc2\xbb",
         "\"au quai\""},
        {"\"a \xe2\x80\x9c"
         "b\xe2\x80\x9d c\"",
         "\"a b c\""},
        {"\xe2\x80\x9c"
         "a\xe2\x80\x9d\"b c\"",
         "a \"b c\""},
        {"john.doe@example.com", "\"john doe example com\""},
        {"foo-bar", "\"foo bar\""},
        {"don't", "\"don t\""},
        {"Café", "cafe"},
        {"10:30", "\"10 30\""},
        {"Größe:5", "\"grosse 5\""},
        {"👍👍", "\"👍👍\""},
        {"研究生命", "\"研究生命\""},
        {"研究 生命", "研究 生命"},
        {"\"研究 生命\"", "\"研究 生命\""},
        {"寿*", "寿*"},
        {"mi\xc2\xbd", "\"mi 12\""},
    };
    assert_readings(state, readings, COUNT(readings));
}

static void query__parse__reads_near(void **state)
{
    static const struct reading readings[] = {
        {"a NEAR b", "a NEAR/10 b"},
        {"a NEAR/0 b", "a NEAR/0 b"},
        {"a NEAR/5 b NEAR/5 c", "a NEAR/5 b NEAR/5 c"},
        {"\"the boat\" NEAR/3 meet*", "\"the boat\" NEAR/3 meet*"},
        {"(a) NEAR/5 b", "a NEAR/5 b"},
        {"x a NEAR/5 b y", "x a NEAR/5 b y"},
        {"a NEAR/5 b OR c", "a NEAR/5 b OR c"},
        {"-a NEAR/5 b", "-(a NEAR/5 b)"},
        {"near a", "near a"},
    };
    assert_readings(state, readings, COUNT(readings));
}

static void query__parse__reads_terms(void **state)
{
    static const struct reading readings[] = {
        {"FROM:Anna", "from:anna"},
        {"from:anna@chat.example", "from:anna@chat.example"},
        {"from:\"Big Joe\"", "from:\"big joe\""},
        {"from:\" anna \"", "from:anna"},
        {"tag:Plan-B", "tag:Plan-B"},
        {"tag:\"a \"\"b\"\" c\"", "tag:\"a \"\"b\"\" c\""},
        {"tag:\"*\"", "tag:\"*\""},
        {"tag:\"a\tb\"", "tag:\"a\tb\""},
        {"country:NL", "country:nl"},
        {"lang:unknown", "lang:unknown"},
        {"in:0123456789ABCDEF", "in:0123456789abcdef"},
        {"has:Photo", "has:photo"},
        {"is:edited", "is:edited"},
        {"(from:a)", "from:a"},
        {"-from:a", "-from:a"},
        {"near:52.370,+4.89,10", "near:52.37,4.89,10"},
        {"near:-0.5,-0.0,0.25", "near:-0.5,0,0.25"},
        {"near:90,180,20038", "near:90,180,20038"},
        {"near:1.00000019,0,1", "near:1.0000001,0,1"},
    };
    assert_readings(state, readings, COUNT(readings));
}

static void query__parse__says_where_each_part_stands(void **state)
{
    CLEANUP(query_free_cleanup)
    struct query *q = must_parse(*state, "  meet \"the pier\" OR -from:x ");
    const struct query_node * or = query_root(q), *and = or->children[0], *not = or->children[1];
    const struct {
        const struct query_node *n;
        size_t offset, len;
    } places[] = {{ or, 2, 26},
                  {and, 2, 15},
                  { and->children[1], 7, 10},
                  {not, 21, 7},
                  {not ->children[0], 22, 6}};
    for (size_t i = 0; i < COUNT(places); i++) {
        assert_int_equal(places[i].n->offset, places[i].offset);
        assert_int_equal(places[i].n->len, places[i].len);
    }
}

static void query__parse__reads_its_own_text(void **state)
{
    const struct tools *t = *state;
    struct chance c = {0x2545f4914f6cdd1d};
    for (unsigned i = 0; i < 4000; i++) {
        CLEANUP(query_free_cleanup) struct query *q = random_query(&c, t, i % 6);
        CLEANUP_FREE char *text = canonical(q);
        CLEANUP(query_free_cleanup) struct query *again = must_parse(t, text);
        const char *difference = tree_difference(query_root(q), query_root(again));
        if (difference != NULL)
            fail_msg("%s: %s", text, difference);
    }
}

/* ---- what is wrong ---- */

struct mistake {
    const char *written;
    size_t offset, len;
    const char *says;
};

static void assert_mistake(const struct tools *t, const struct mistake *m, size_t len, int code)
{
    struct query *q = NULL;
    struct query_error e = {0, 0, ""};
    int r = query_parse(m->written, len, &t->options, &q, &e);
    if (r == code && q == NULL && e.offset == m->offset && e.len == m->len &&
        strstr(e.text, m->says) != NULL)
        return;
    query_free(q);
    fail_msg("%s: %d at %zu, %zu: %s", m->written, r, e.offset, e.len, e.text);
}

static void query__parse__says_what_is_wrong(void **state)
{
    static const struct mistake mistakes[] = {
        {"x befor:2026", 2, 6, "'befor:' is no filter; did you mean 'before:'?"},
        {"Form:anna", 0, 5, "did you mean 'from:'?"},
        {"wiht:anna", 0, 5, "did you mean 'with:'?"},
        {"http://a.example", 0, 5, "'http:' is no filter; put it in quotes"},
        {"x \"open", 2, 5, "put a \" behind"},
        {"x \xe2\x80\x9copen\"", 2, 8, "put a \" behind"},
        {"from:\"anna", 5, 5, "put a \" behind"},
        {"(a OR b", 0, 1, "this ( is not closed"},
        {"(a (b)", 0, 1, "this ( is not closed"},
        {"a (", 2, 1, "this ( is not closed"},
        {"a) b", 1, 1, "this ) closes nothing"},
        {")", 0, 1, "this ) closes nothing"},
        {"a () b", 2, 2, "nothing between these parentheses"},
        {"a OR", 2, 2, "OR has nothing on its right; for the word itself write \"OR\""},
        {"(a OR) b", 3, 2, "OR has nothing on its right"},
        {"a OR OR b", 2, 2, "OR has nothing on its right"},
        {"a AND", 2, 3, "AND has nothing on its right"},
        {"a AND OR b", 2, 3, "AND has nothing on its right"},
        {"OR a", 0, 2, "OR has nothing on its left"},
        {"(OR a)", 1, 2, "OR has nothing on its left"},
        {"AND", 0, 3, "AND has nothing on its left"},
        {"NOT", 0, 3, "NOT has nothing on its right"},
        {"a NOT OR b", 2, 3, "NOT has nothing on its right"},
        {"a - b", 2, 1, "'-' stands right before what is left out"},
        {"-", 0, 1, "'-' stands right before"},
        {"(-)", 1, 1, "'-' stands right before"},
        {"---", 2, 1, "'-' stands right before"},
        {"NEAR a", 0, 4, "NEAR has nothing on its left"},
        {"a NEAR/5", 2, 6, "NEAR has nothing on its right"},
        {"a NEAR/5 -b", 2, 6, "NEAR stands between two words or phrases"},
        {"a NEAR/5 from:b", 2, 6, "NEAR stands between two words or phrases"},
        {"from:a NEAR/5 b", 7, 6, "NEAR stands between two words or phrases"},
        {"a NEAR/5 (b c)", 2, 6, "NEAR stands between two words or phrases"},
        {"(a NEAR/5 b) NEAR/5 c", 13, 6, "NEAR stands between two words or phrases"},
        {"a NEAR/5 b NEAR/3 c", 11, 6, "write: a NEAR/5 b AND b NEAR/3 c"},
        {"a NEAR/x b", 2, 6, "NEAR takes a number of words"},
        {"a NEAR/ b", 2, 5, "NEAR/ lacks its number"},
        {"a NEAR/1001 b", 2, 9, "at most"},
        {"a NEAR/99999999999999 b", 2, 19, "at most"},
        {"a NEAR/4294967301 b", 2, 15, "at most"},
        {"x me*et", 2, 5, "'*' stands behind the first letters"},
        {"*", 0, 1, "'*' stands behind the first letters"},
        {"m*", 0, 2, "'m*' is too short; write at least 2 letters"},
        {"\"at m*\"", 0, 7, "too short"},
        {"x !!! y", 2, 3, "there is no word in '!!!'"},
        {"\"\"", 0, 2, "there is no word in ''"},
        {"from:", 0, 5, "'from:' has no value"},
        {"from: anna", 0, 5, "'from:' has no value"},
        {"from:\"\"", 0, 5, "'from:' has no value"},
        {"from:\" \"", 0, 8, "nothing between these quotes"},
        {"from:(a OR b)", 0, 5, "write (from:A OR from:B)"},
        {"from:an*", 0, 8, "without '*'"},
        {"has:foto", 0, 8, "'has:foto' is none; did you mean 'has:photo'?"},
        {"has:everything", 0, 14, "there are: photo file voice place"},
        {"is:seen", 0, 7, "there are: edited retracted flagged"},
        {"kind:txt", 0, 8, "did you mean 'kind:text'?"},
        {"tag:\"a\xe2\x80\xae"
         "b\"",
         0, 11, "changes the order"},
        {"country:NLD", 0, 11, "two letters"},
        {"country:1", 0, 9, "two letters"},
        {"lang:english", 0, 12, "two or three letters"},
        {"in:friends", 0, 10, "16 hexadecimal digits"},
        {"near:1,2", 0, 8, "LAT,LON,KM"},
        {"near:91,0,1", 0, 11, "LAT,LON,KM"},
        {"near:90.0001,0,1", 0, 16, "LAT,LON,KM"},
        {"near:0,-181,1", 0, 13, "LAT,LON,KM"},
        {"near:0,0,0", 0, 10, "LAT,LON,KM"},
        {"near:0,0,20039", 0, 14, "LAT,LON,KM"},
        {"near:18446744073709551617,0,1", 0, 29, "LAT,LON,KM"},
        {"near:0,0,1,", 0, 11, "LAT,LON,KM"},
        {"near:,,", 0, 7, "LAT,LON,KM"},
        {"near:99999999999999999999,0,1", 0, 29, "LAT,LON,KM"},
        {"a \xff b", 2, 1, "not UTF-8"},
        {"a \xed\xa0\x80", 2, 1, "not UTF-8"},
        {"a \x01 b", 2, 1, "control character"},
        {"tag:\"a\x7f\"", 6, 1, "control character"},
    };
    for (size_t i = 0; i < COUNT(mistakes); i++)
        assert_mistake(*state, &mistakes[i], strlen(mistakes[i].written), ERR_FORMAT);
    assert_mistake(*state, &(struct mistake){"a\0b", 1, 1, "control character"}, 3, ERR_FORMAT);
}

static void query__parse__cuts_what_it_shows(void **state)
{
    static const char written[] = "tag:x country:ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ";
    struct mistake m = {written, 6, sizeof written - 7, "ÄÄÄÄÄÄ...'"};
    assert_mistake(*state, &m, sizeof written - 1, ERR_FORMAT);
}

/* ---- bounds ---- */

/* `part` `count` times, and `end`; the caller's. */
static char *repeated(const char *part, size_t count, const char *end)
{
    struct buf b = BUF_INIT(1U << 20);
    for (size_t i = 0; i < count; i++)
        buf_put_text(&b, part);
    buf_put_text(&b, end);
    return buf_take_text(&b);
}

/* Is it read, or too much? */
static int parse(const struct tools *t, const char *written, struct query_error *e)
{
    struct query *q = NULL;
    int r = query_parse(written, strlen(written), &t->options, &q, e);
    query_free(q);
    return r;
}

static void assert_bound(const struct tools *t, const char *part, size_t most, const char *middle,
                         const char *end, const char *says)
{
    for (size_t over = 0; over < 2; over++) {
        struct query_error e = {0, 0, ""};
        CLEANUP_FREE char *left = repeated(part, most + over, middle);
        CLEANUP_FREE char *right = repeated(end, most + over, "");
        struct buf all = BUF_INIT(1U << 20);
        buf_put_text(&all, left);
        buf_put_text(&all, right);
        CLEANUP_FREE char *written = buf_take_text(&all);
        int r = parse(t, written, &e);
        if (r != (over == 0 ? 0 : ERR_LIMIT) || (over == 1 && strstr(e.text, says) == NULL))
            fail_msg("%zu: %d: %s", most + over, r, e.text);
    }
}

static void query__parse__keeps_its_bounds(void **state)
{
    assert_bound(*state, "x", QUERY_BYTES_MAX, "", "", "longer than 8192 bytes");
    assert_bound(*state, "(", QUERY_DEPTH_MAX, "x", ")", "more than 32 parentheses");
    /* Each part is two nodes within each other, and is written with two parentheses. */
    assert_bound(*state, "aa (bb OR ", QUERY_DEPTH_MAX / 2, "cc", ")", "parts within each other");
    /* Each is written out with the zone. */
    assert_bound(*state, "on:2026 ", QUERY_BYTES_MAX / strlen("on:2026[Europe/Berlin] "), "", "",
                 "longer than 8192 bytes; ask in several");
    /* One more node joins them. */
    assert_bound(*state, "x ", QUERY_NODES_MAX - 1, "", "", "too many parts");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(query__parse__reads_operators),
        cmocka_unit_test(query__parse__reads_words),
        cmocka_unit_test(query__parse__reads_near),
        cmocka_unit_test(query__parse__reads_terms),
        cmocka_unit_test(query__parse__says_where_each_part_stands),
        cmocka_unit_test(query__parse__reads_its_own_text),
        cmocka_unit_test(query__parse__says_what_is_wrong),
        cmocka_unit_test(query__parse__cuts_what_it_shows),
        cmocka_unit_test(query__parse__keeps_its_bounds),
    };
    return cmocka_run_group_tests(tests, tools_set_up, tools_tear_down);
}
