/* What all documents share; each kind's own lines are tested with it. */
#include "test.h"

#include "wire/document.h"

#define MAX 1000

struct scene {
    struct document doc;
    struct document_reader r;
    struct note view;
    struct diag d;
    char *note;
};

/* A document "ironside thing 1" with these lines. */
static int begin(struct scene *s, const char *lines)
{
    struct fixture_signer signer;
    CLEANUP_FREE char *text = mem_format("ironside thing 1\n%s", lines);
    fixture_signer_init(&signer, "somebody", "somebody");
    *s = (struct scene){.note = fixture_sign(text, &signer, 1)};
    return document_begin(&s->r, &s->doc, "thing", s->note, strlen(s->note), MAX, &s->view, &s->d);
}

static void end(struct scene *s)
{
    document_clear(&s->doc);
    free(s->note);
}
#define CLEANUP_SCENE CLEANUP(end)

static void document__begin__keeps_the_note(void **state)
{
    (void)state;
    uint8_t hash[HASH_BYTES];
    CLEANUP_SCENE struct scene s;
    assert_int_equal(begin(&s, "a 1\n"), 0);
    hash_sha256("ironside thing 1\na 1\n", 21, hash);
    assert_memory_equal(s.doc.hash, hash, HASH_BYTES);
    assert_string_equal(s.doc.note, s.note);
    assert_ptr_not_equal(s.doc.note, s.note);
    assert_ptr_equal(s.view.text, s.doc.note);
    assert_int_equal(s.doc.text_len, 21);
}

static void document__begin__size(void **state)
{
    (void)state;
    CLEANUP_SCENE struct scene s, over;
    CLEANUP_FREE char *fill = repeat('x', MAX);
    assert_int_equal(begin(&s, "a 1\n"), 0);
    size_t rest = MAX - strlen(s.note);
    CLEANUP_FREE char *most = mem_format("a 1%.*s\n", (int)rest, fill);
    CLEANUP_FREE char *more = mem_format("a 1%.*s\n", (int)rest + 1, fill);
    end(&s);
    assert_int_equal(begin(&s, most), 0);
    assert_int_equal(s.doc.note_len, MAX);
    assert_int_equal(begin(&over, more), ERR_LIMIT);
    assert_string_equal(over.d.text, "thing: larger than 1000 bytes");
}

static void document__value__in_order(void **state)
{
    (void)state;
    CLEANUP_SCENE struct scene s;
    assert_int_equal(begin(&s, "a one two\nab 2\na 3\n"), 0);
    assert_null(document_optional(&s.r, "ab"));
    assert_string_equal(document_optional(&s.r, "a"), "one two");
    assert_null(document_optional(&s.r, "a")); /* "ab" is another key */
    assert_string_equal(document_value(&s.r, "ab"), "2");
    assert_string_equal(document_value(&s.r, "a"), "3");
    assert_null(document_optional(&s.r, "a"));
    assert_int_equal(document_end(&s.r), 0);
    /* the first failure stays */
    assert_string_equal(document_value(&s.r, "b"), "");
    document_refuse(&s.r, "c", "v", "why");
    document_unexpected(&s.r, "why");
    assert_int_equal(document_end(&s.r), ERR_FORMAT);
    assert_string_equal(s.d.text, "thing: the line 'b' is missing at the end");
}

static void document__refuse__names_the_line(void **state)
{
    (void)state;
    CLEANUP_FREE char *fill = repeat('x', 200);
    CLEANUP_FREE char *line = mem_format("a %s\n", fill);
    CLEANUP_SCENE struct scene s, t, u;
    assert_int_equal(begin(&s, "a 1\n"), 0);
    document_refuse(&s.r, "key", fill, "why");
    CLEANUP_FREE char *says = mem_format("thing: line 'key %.80s': why", fill);
    assert_string_equal(s.d.text, says);
    assert_int_equal(begin(&t, line), 0);
    document_refuse(&t.r, "key", "", "why");
    assert_string_equal(t.d.text, "thing: line 'key': why");
    assert_string_equal(document_value(&t.r, "a"), ""); /* it has failed */
    assert_int_equal(begin(&u, line), 0);
    (void)document_value(&u.r, "b");
    CLEANUP_FREE char *shown = mem_format("thing: line 'a %.78s': 'b' is expected here", fill);
    assert_string_equal(u.d.text, shown);
}

static void check_words(const char *value, size_t max, size_t count, const char *says)
{
    CLEANUP_SCENE struct scene s;
    const char *word[8];
    assert_int_equal(begin(&s, "a 1\n"), 0);
    assert_int_equal(document_words(&s.r, "k", value, word, max), count);
    if (says == NULL) {
        assert_int_equal(s.r.failed, 0);
        for (size_t i = 0; i < count; i++)
            assert_non_null(strstr(value, word[i]));
        return;
    }
    assert_int_equal(s.r.failed, ERR_FORMAT);
    assert_says(s.d.text, says);
}

static void document__words__split(void **state)
{
    (void)state;
    check_words("one", 3, 1, NULL);
    check_words("one two three", 3, 3, NULL);
    check_words("one two three four", 3, 0, "line 'k one two three four': too many words");
    check_words("", 3, 0, "an empty word");
    check_words(" one", 3, 0, "an empty word");
    check_words("one ", 3, 0, "an empty word");
    check_words("one  two", 3, 0, "an empty word");
    check_words("one two three ", 3, 0, "too many words");
}

static void document__words__arena_full(void **state)
{
    (void)state;
    CLEANUP_SCENE struct scene s;
    const char *word[3];
    assert_int_equal(begin(&s, "a 1\nb 2\n"), 0);
    while (arena_new(&s.doc.arena, 1) != NULL) {
    }
    assert_int_equal(document_words(&s.r, "k", "one two", word, 3), 0);
    assert_says(s.d.text, "too large");
    CLEANUP_SCENE struct scene t;
    assert_int_equal(begin(&t, "a 1\n"), 0);
    while (arena_new(&t.doc.arena, 1) != NULL) {
    }
    assert_string_equal(document_value(&t.r, "a"), "");
    assert_int_equal(t.r.failed, ERR_LIMIT);
}

static void document__traits__of_each_kind(void **state)
{
    static const struct {
        const char *word;
        unsigned version;
        bool logged, tagged, hidden, of_bot;
    } rows[] = {
        {"network", 1, false, false, false, false},   {"policy", 2, true, false, false, false},
        {"warrant", 1, true, false, false, false},    {"epochs", 1, true, false, false, false},
        {"device", 1, true, true, true, false},       {"place", 1, false, false, false, false},
        {"statement", 1, true, false, false, true},   {"destruction", 1, true, false, false, true},
        {"exemptions", 1, true, false, false, false}, {"use", 1, true, true, false, false},
    };
    _Static_assert(COUNT(rows) == DOCUMENT_KINDS - 1, "each kind is looked at");
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum document_kind kind = (enum document_kind)(i + 1);
        const struct document_traits *t = document_traits(kind);
        assert_string_equal(document_kind_text(kind), rows[i].word);
        assert_int_equal(document_kind_of(rows[i].word), kind);
        assert_int_equal(t->version, rows[i].version);
        assert_int_equal(t->logged, rows[i].logged);
        assert_int_equal(t->tagged, rows[i].tagged);
        assert_int_equal(t->hidden, rows[i].hidden);
        assert_int_equal(t->of_bot, rows[i].of_bot);
    }
    assert_null(document_traits((enum document_kind)0));
    assert_null(document_traits(DOCUMENT_KINDS));
    assert_null(document_kind_text(DOCUMENT_KINDS));
    assert_int_equal(document_kind_of(""), 0);
    assert_int_equal(document_kind_of("Policy"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(document__traits__of_each_kind),
        cmocka_unit_test(document__begin__keeps_the_note),
        cmocka_unit_test(document__begin__size),
        cmocka_unit_test(document__value__in_order),
        cmocka_unit_test(document__refuse__names_the_line),
        cmocka_unit_test(document__words__split),
        cmocka_unit_test(document__words__arena_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
