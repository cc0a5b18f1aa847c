#include "wire/test.h"

#include "population/internal.h"

#define TEXTS 400U
#define BODY 4096U

static struct texts *opened(void)
{
    struct texts *t = mem_new(sizeof *t);
    struct diag d = {""};
    if (texts_open(t, &d) < 0)
        fail_msg("%s", d.text);
    return t;
}

static void closed(struct texts *t)
{
    texts_clear(t);
    free(t);
}

/* Which script a character is of; NULL: of all or none. */
static const char *script_of(uint32_t c)
{
    return c >= 'A' && c <= 'z'         ? "Latin"
           : c >= 0x370 && c <= 0x3ff   ? "Greek"
           : c >= 0x400 && c <= 0x4ff   ? "Cyrillic"
           : c >= 0x600 && c <= 0x6ff   ? "Arabic"
           : c >= 0xe00 && c <= 0xe7f   ? "Thai"
           : c >= 0x4e00 && c <= 0x9fff ? "Han"
                                        : NULL;
}

static uint32_t next_character(const uint8_t **at)
{
    uint32_t c = *(*at)++;
    unsigned more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
    c &= more == 0 ? 0x7fU : 0x3fU >> more;
    while (more-- > 0)
        c = c << 6 | (*(*at)++ & 0x3f);
    return c;
}

/* Characters of the language's own script, of a hundred that have one. */
static unsigned own_share(const struct grammar *g, const char *text)
{
    const uint8_t *at = (const uint8_t *)text;
    unsigned own = 0, all = 0;
    while (*at != 0) {
        const char *script = script_of(next_character(&at));
        own += script != NULL && strcmp(script, grammar_script(g)) == 0;
        all += script != NULL;
    }
    return all == 0 ? 0 : own * 100 / all;
}

static void texts__open__has_languages_and_scripts(void **state)
{
    (void)state;
    struct texts *t = opened();
    const char *scripts[POPULATION_LANGUAGES_MAX];
    size_t count = 0;
    assert_true(t->count >= 8);
    assert_string_equal(grammar_language(t->grammars[0]), "en");
    for (size_t i = 0; i < t->count; i++) {
        size_t k = 0;
        while (k < count && strcmp(scripts[k], grammar_script(t->grammars[i])) != 0)
            k++;
        if (k == count)
            scripts[count++] = grammar_script(t->grammars[i]);
        assert_int_equal(texts_language(t, grammar_language(t->grammars[i])), i);
    }
    assert_true(count >= 4);
    assert_int_equal(texts_language(t, "xx"), -1);
    closed(t);
}

/* Every country's language has a word list. */
static void texts__language__of_every_country(void **state)
{
    (void)state;
    struct texts *t = opened();
    assert_true(countries_count >= 90 && countries_count <= POPULATION_COUNTRIES_MAX);
    for (size_t i = 0; i < countries_count; i++) {
        assert_true(texts_language(t, countries[i].language) >= 0);
        assert_true(value_country_valid(countries[i].code));
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(countries[i].code, countries[k].code);
    }
    closed(t);
}

static void assert_speaks(const struct texts *t, uint8_t language)
{
    CLEANUP_BUF struct buf all = BUF_INIT(TEXTS * BODY);
    for (uint64_t key = 1; key <= TEXTS; key++) {
        struct text_ref r = {
            .key = key, .day = 18267, .language = language, .start = (uint8_t)(key % STARTS)};
        CLEANUP_BUF struct buf one = BUF_INIT(BODY);
        texts_say(t, 1, &r, &one);
        assert_false(buf_failed(&one));
        assert_true(one.len > 0 && one.len < BODY && value_utf8_valid((char *)one.data, one.len));
        assert_null(strpbrk(buf_text(&one), "{}|"));
        buf_put(&all, one.data, one.len);
    }
    assert_in_range(own_share(t->grammars[language], buf_text(&all)), 90, 100);
}

static void texts__say__in_each_language(void **state)
{
    (void)state;
    struct texts *t = opened();
    for (size_t i = 0; i < t->count; i++)
        assert_speaks(t, (uint8_t)i);
    closed(t);
}

/* Threats are said in many ways, and what only sounds like one in as many. */
static void texts__say__threats_differ(void **state)
{
    (void)state;
    struct texts *t = opened();
    for (size_t i = 0; i < t->count; i++) {
        assert_true(grammar_ways(t->grammars[i], t->rules[i][START_THREAT]) >= 15);
        assert_true(grammar_ways(t->grammars[i], t->rules[i][START_NEGATIVE]) >= 10);
    }
    closed(t);
}

static void texts__say__again_is_the_same(void **state)
{
    (void)state;
    struct texts *t = opened();
    for (uint64_t key = 1; key < 50; key++) {
        struct text_ref r = {.key = key, .day = 18267}, other = r;
        CLEANUP_BUF struct buf a = BUF_INIT(BODY), b = BUF_INIT(BODY), c = BUF_INIT(BODY);
        texts_say(t, 1, &r, &a);
        texts_say(t, 1, &r, &b);
        assert_string_equal(buf_text(&a), buf_text(&b));
        other.passed_on = 1;
        texts_say(t, 1, &other, &c);
        assert_true(strncmp(buf_text(&c), "fwd: ", 5) == 0);
        assert_string_equal(buf_text(&c) + 5, buf_text(&a));
    }
    closed(t);
}

/* How many of a thousand are typed with a mistake or an emoji. */
static unsigned changed(uint8_t typos, uint8_t emojis, const char *text)
{
    struct population p = {.o.seed = 3};
    const struct member m = {.typos = typos, .emojis = emojis};
    struct diag d;
    unsigned count = 0;
    assert_int_equal(texts_open(&p.texts, &d), 0);
    for (uint64_t number = 1; number <= 1000; number++) {
        CLEANUP_BUF struct buf out = BUF_INIT(BODY);
        texts_type(&p, &m, number, 0, text, strlen(text), &out);
        assert_true(value_utf8_valid((char *)out.data, out.len));
        count += out.len != strlen(text) || memcmp(out.data, text, out.len) != 0;
    }
    texts_clear(&p.texts);
    return count;
}

static void texts__type__makes_mistakes(void **state)
{
    (void)state;
    assert_int_equal(changed(0, 0, "nothing is wrong here"), 0);
    assert_in_range(changed(20, 0, "abcdefghijklmnopqrstuvw"), 150, 250);
    assert_in_range(changed(20, 0, "привет как дела брат"), 100, 250);
    assert_in_range(changed(0, 30, "nothing is wrong here"), 250, 350);
    assert_int_equal(changed(100, 0, "short"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts__open__has_languages_and_scripts),
        cmocka_unit_test(texts__language__of_every_country),
        cmocka_unit_test(texts__say__in_each_language),
        cmocka_unit_test(texts__say__threats_differ),
        cmocka_unit_test(texts__say__again_is_the_same),
        cmocka_unit_test(texts__type__makes_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
